import type { JsonObject } from '../json.js'
import { boolean, char, integer, many2many, many2one, one2many, related, selection } from '../orm/fields.js'
import type { ModelSpec, Rec } from '../orm/types.js'
import { companyOf, ofCompanies } from './companies.js'
import { searchBank, searchTag } from './display-names.js'
import { parentPath, pathOfNames, refuseCycles } from './hierarchies.js'
import { listArch } from './list-arch.js'
import { searchLastName } from './name-searches.js'
import { randomColor } from './random-color.js'
import { textOf } from './res-partner-computed.js'

/** Tags of contacts, in a tree. */
export const resPartnerCategory: ModelSpec = {
  name: 'res.partner.category',
  description: 'Partner Tags',
  order: major => (major < 17 ? 'name' : 'name, id'),
  parentStore: true,
  fields: {
    name: major => char(major < 17 ? 'Tag Name' : 'Name', { required: true, translate: true }),
    color: major =>
      major < 17
        ? integer('Color Index', { default: randomColor })
        : integer('Color', { aggregator: null, default: randomColor }),
    parent_id: major =>
      many2one(major < 17 ? 'Parent Category' : 'Category', 'res.partner.category', { ondelete: 'cascade' }),
    child_ids: one2many('Child Tags', 'res.partner.category', 'parent_id'),
    active: boolean('Active', { default: true }),
    parent_path: char('Parent Path', {
      compute: ({ env, id }) => parentPath(env, 'res.partner.category', 'parent_id', id)
    }),
    partner_ids: many2many('Partners', 'res.partner', 'res_partner_res_partner_category_rel', {
      reverse: true,
      column: 'partner_id',
      copy: false
    })
  },
  access: [
    ['base.group_user', 'r'],
    ['base.group_partner_manager', 'crwu'],
    ['sales_team.group_sale_manager', 'r'],
    ['sales_team.group_sale_salesman', 'crw']
  ],
  displayName: ({ env, id }) =>
    pathOfNames(env, 'res.partner.category', 'parent_id', id, at => nameOf(env, 'res.partner.category', at)),
  nameSearch: ['name'],
  searchName: searchLastName,
  searchDisplayName: searchTag,
  check(env, ids, changed) {
    if (changed.includes('parent_id')) refuseCycles(env, 'res.partner.category', 'parent_id', ids)
  },
  listView: major => listArch(major, 'Contact Tags', 'name display_name color')
}

function nameOf(env: Rec['env'], model: string, id: number): string {
  const name = env.tables.row(model, id)?.name
  if (typeof name === 'object' && name !== null && env.lang !== null) return name[env.lang] ?? textOf(name) ?? ''
  return textOf(name) ?? ''
}

/** Titles of persons; gone with 19. */
export const resPartnerTitle: ModelSpec = {
  name: 'res.partner.title',
  until: 18,
  description: 'Partner Title',
  order: 'name',
  fields: {
    name: char('Title', { required: true, translate: true, until: 18 }),
    shortcut: char('Abbreviation', { translate: true, until: 18 })
  },
  access: [
    ['base.group_partner_manager', 'crwu'],
    [null, 'r']
  ]
}

/** Banks. */
export const resBank: ModelSpec = {
  name: 'res.bank',
  description: 'Bank',
  order: major => (major < 17 ? 'name' : 'name, id'),
  fields: {
    name: char('Name', { required: true }),
    bic: char('Bank Identifier Code'),
    city: char('City'),
    country: many2one('Country', 'res.country'),
    active: boolean('Active', { default: true }),
    email: char('Email'),
    phone: char('Phone')
  },
  access: [
    ['base.group_system', 'crwu'],
    ['base.group_partner_manager', 'crwu'],
    ['base.group_user', 'r']
  ],
  displayName: ({ get }) => (get('bic') ? `${get('name')} - ${get('bic')}` : String(get('name') ?? '')),
  nameSearch: ['name', 'bic'],
  searchDisplayName: searchBank
}

/** Accounts of contacts at banks. */
export const resPartnerBank: ModelSpec = {
  name: 'res.partner.bank',
  description: 'Bank Accounts',
  order: 'sequence, id',
  recName: 'acc_number',
  beforeCreate: heldBy,
  fields: {
    active: boolean('Active', { default: true }),
    acc_number: char('Account Number', { required: true }),
    sanitized_acc_number: char('Sanitized Account Number', {
      readonly: true,
      compute: ({ get }) => sanitized(get('acc_number'))
    }),
    acc_holder_name: char('Account Holder Name'),
    partner_id: many2one('Account Holder', 'res.partner', {
      required: true,
      domain: ['|', ['is_company', '=', true], ['parent_id', '=', false]],
      ondelete: 'cascade'
    }),
    bank_id: many2one('Bank', 'res.bank'),
    sequence: major =>
      major < 17 ? integer('Sequence', { default: 10 }) : integer('Sequence', { aggregator: null, default: 10 }),
    currency_id: many2one('Currency', 'res.currency'),
    company_id: major =>
      major < 17
        ? many2one('Company', 'res.company', { readonly: true, default: env => companyOf(env) })
        : related('many2one', 'Company', 'partner_id.company_id', {
            store: true,
            relation: 'res.company',
            default: env => companyOf(env)
          }),
    acc_type: selection('Type', [['bank', 'Normal']], { readonly: true, store: false, compute: () => 'bank' })
  },
  access: [
    ['base.group_user', 'r'],
    ['base.group_partner_manager', 'crwu']
  ],
  rules: [{ name: 'Partner bank company rule', domain: env => ofCompanies(env) }],
  unique: [
    {
      name: 'res_partner_bank_unique_number',
      fields: ['acc_number', 'company_id'],
      message: 'Account Number must be unique',
      until: 15
    },
    {
      name: 'res_partner_bank_unique_number',
      fields: ['acc_number', 'partner_id'],
      message: 'The combination Account Number/Partner must be unique.',
      from: 16
    }
  ]
}

function heldBy(env: Rec['env'], values: JsonObject): JsonObject {
  if (env.major < 17 || values.acc_holder_name) return values
  return { ...values, acc_holder_name: textOf(env.tables.row('res.partner', Number(values.partner_id))?.name) }
}

const sanitized = (account: unknown) =>
  String(account ?? '')
    .replace(/\W+/g, '')
    .toUpperCase() || null
