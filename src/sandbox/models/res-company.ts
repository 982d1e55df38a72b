import { userError } from '../exceptions.js'
import type { Json } from '../json.js'
import type { Env } from '../orm/env.js'
import { boolean, char, integer, many2many, many2one, one2many, related } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { create } from '../orm/write/create.js'
import { write } from '../orm/write/write.js'
import { companyOf, currencyOfCompany } from './companies.js'
import { refuseCycles } from './hierarchies.js'
import { listArch } from './list-arch.js'

/** The companies whose data this is. Their address is that of their partner. */
export const resCompany: ModelSpec = {
  name: 'res.company',
  description: 'Companies',
  order: 'sequence, name',
  parentStore: major => major >= 17,
  fields: {
    name: related('char', 'Company Name', 'partner_id.name', { required: true, readonly: false, store: true }),
    active: boolean('Active', { default: true, from: 17 }),
    sequence: major =>
      major < 17 ? integer('Sequence', { default: 10 }) : integer('Sequence', { aggregator: null, default: 10 }),
    parent_id: many2one('Parent Company', 'res.company'),
    child_ids: major => one2many(major < 17 ? 'Child Companies' : 'Branches', 'res.company', 'parent_id'),
    partner_id: many2one('Partner', 'res.partner', { required: true }),
    currency_id: many2one('Currency', 'res.currency', {
      required: true,
      default: env => currencyOfCompany(env, companyOf(env)) ?? false
    }),
    user_ids: many2many('Accepted Users', 'res.users', 'res_company_users_rel'),
    street: char('Street', {
      store: false,
      compute: ({ get }) => get('partner_id.street'),
      write: toPartner('street')
    }),
    street2: char('Street2', {
      store: false,
      compute: ({ get }) => get('partner_id.street2'),
      write: toPartner('street2')
    }),
    zip: char('Zip', { store: false, compute: ({ get }) => get('partner_id.zip'), write: toPartner('zip') }),
    city: char('City', { store: false, compute: ({ get }) => get('partner_id.city'), write: toPartner('city') }),
    state_id: many2one('Fed. State', 'res.country.state', {
      store: false,
      compute: ({ get }) => get('partner_id.state_id'),
      write: toPartner('state_id')
    }),
    country_id: many2one('Country', 'res.country', {
      store: false,
      compute: ({ get }) => get('partner_id.country_id'),
      write: toPartner('country_id')
    }),
    email: related('char', 'Email', 'partner_id.email', { readonly: false, store: true }),
    phone: related('char', 'Phone', 'partner_id.phone', { readonly: false, store: true }),
    website: related('char', 'Website Link', 'partner_id.website', { readonly: false }),
    vat: related('char', 'Tax ID', 'partner_id.vat', { readonly: false }),
    company_registry: major =>
      major < 17
        ? char('Company Registry')
        : related('char', 'Company ID', 'partner_id.company_registry', { readonly: false }),
    logo: related('binary', 'Company Logo', 'partner_id.image_1920', { readonly: false })
  },
  access: [
    ['base.group_erp_manager', 'crwu'],
    [null, 'r', { until: 17 }],
    ['base.group_public', 'r', { from: 18 }],
    ['base.group_portal', 'r', { from: 18 }],
    ['base.group_user', 'r', { from: 18 }]
  ],
  rules: [
    { name: 'company rule portal', group: 'base.group_portal', domain: env => [['id', 'in', env.companies]] },
    { name: 'company rule employee', group: 'base.group_user', domain: env => [['id', 'in', env.companies]] },
    { name: 'company rule public', group: 'base.group_public', domain: env => [['id', 'in', env.companies]] },
    { name: 'company rule erp manager', group: 'base.group_erp_manager', domain: () => [] }
  ],
  unique: [
    { name: 'res_company_name_uniq', fields: ['name'], message: 'The company name must be unique !', until: 17 },
    { name: 'res_company_name_uniq', fields: ['name'], message: 'The company name must be unique!', from: 18 }
  ],
  check(env, ids, changed) {
    if (changed.includes('parent_id'))
      refuseCycles(env, 'res.company', 'parent_id', ids, 'You cannot create recursive companies.')
  },
  beforeCreate(env, values) {
    if (values.partner_id) return values
    const { name, email, phone, website, vat } = values
    const row = {
      name: name ?? false,
      is_company: true,
      email: email ?? false,
      phone: phone ?? false,
      website: website ?? false,
      vat: vat ?? false
    }
    const [partner] = create(env.sudo(), env.models.need('res.partner'), [row])
    return { ...values, partner_id: partner as number }
  },
  /** Who creates a company may work in it. */
  afterCreate(env, ids) {
    for (const id of ids) env.tables.link('res_company_users_rel', id, env.uid)
  },
  copyDefaults: () => {
    throw userError('Duplicating a company is not allowed. Please create a new company instead.')
  },
  listView: major => listArch(major, 'Companies', 'name partner_id')
}

function toPartner(field: string) {
  return (env: Env, ids: number[], value: Json): void => {
    for (const id of ids) {
      const partner = env.tables.row('res.company', id)?.partner_id
      if (typeof partner === 'number') write(env.sudo(), env.models.need('res.partner'), [partner], { [field]: value })
    }
  }
}
