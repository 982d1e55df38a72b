import {
  binary,
  boolean,
  char,
  date,
  html,
  integer,
  many2many,
  many2one,
  one2many,
  related,
  selection,
  text
} from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { avatar } from './avatar.js'
import { listArch } from './list-arch.js'
import { activitySchedule, messagePost } from './mail-posting.js'
import { searchPartnerNames } from './name-searches.js'
import { nameCreate } from './partner-name-create.js'
import {
  commercialCompanyName,
  commercialPartner,
  completeName,
  contactAddress,
  emailFormatted,
  isShared,
  shownName
} from './res-partner-computed.js'
import { fieldsOfModules } from './res-partner-modules.js'
import { checkPartners, commercialOfUser, tidy, unlinkPartners, writeCompanyType } from './res-partner-rules.js'
import { languages, offsetOf, zones } from './zones.js'

/** Contacts: people and companies. */
export const resPartner: ModelSpec = {
  name: 'res.partner',
  description: 'Contact',
  order: major => (major < 17 ? 'display_name' : 'complete_name ASC, id DESC'),
  fields: {
    name: char('Name'),
    complete_name: char('Complete Name', { readonly: true, compute: completeName, from: 17 }),
    display_name: major =>
      char('Display Name', {
        readonly: true,
        store: major < 17,
        searchable: true,
        copy: false,
        // A column until 16, which no context changes.
        compute: major < 17 ? completeName : shownName
      }),
    date: date('Date', { until: 18 }),
    title: many2one('Title', 'res.partner.title', { until: 18 }),
    parent_id: major => many2one('Related Company', 'res.partner', { followed: major < 17 ? 'on write' : 'always' }),
    parent_name: related('char', 'Parent name', 'parent_id.name'),
    child_ids: major =>
      major < 17
        ? one2many('Contact', 'res.partner', 'parent_id', { domain: [['active', '=', true]] })
        : one2many('Contact', 'res.partner', 'parent_id', {
            domain: [['active', '=', true]],
            context: { active_test: false }
          }),
    ref: char('Reference', { copy: true }),
    lang: selection('Language', languages, { dynamic: true, default: ({ lang }) => lang ?? 'en_US' }),
    active_lang_count: integer('Active Lang Count', { readonly: true, store: false, compute: () => languages.length }),
    tz: selection('Timezone', zones, { default: env => env.tz ?? false }),
    tz_offset: char('Timezone offset', {
      readonly: true,
      store: false,
      compute: ({ env, get }) => offsetOf(get('tz'), env.now)
    }),
    user_id: many2one('Salesperson', 'res.users'),
    vat: char('Tax ID'),
    bank_ids: one2many('Banks', 'res.partner.bank', 'partner_id'),
    website: char('Website Link'),
    comment: major => (major < 17 ? text('Notes') : html('Notes')),
    category_id: many2many('Tags', 'res.partner.category', 'res_partner_res_partner_category_rel', {
      column: 'category_id'
    }),
    active: boolean('Active', { default: true }),
    employee: boolean('Employee'),
    function: char('Job Position'),
    type: major =>
      selection(
        'Address Type',
        major < 17
          ? [
              ['contact', 'Contact'],
              ['invoice', 'Invoice Address'],
              ['delivery', 'Delivery Address'],
              ['other', 'Other Address'],
              ['private', 'Private Address']
            ]
          : [
              ['contact', 'Contact'],
              ['invoice', 'Invoice'],
              ['delivery', 'Delivery'],
              ['other', 'Other']
            ],
        { default: 'contact' }
      ),
    street: char('Street'),
    street2: char('Street2'),
    zip: char('Zip'),
    city: char('City'),
    state_id: many2one('State', 'res.country.state'),
    country_id: major => many2one('Country', 'res.country', major < 17 ? {} : { followed: 'on write' }),
    country_code: related('char', 'Country Code', 'country_id.code', { size: 2, from: 15 }),
    email: char('Email'),
    email_formatted: char('Formatted Email', { readonly: true, store: false, compute: emailFormatted }),
    phone: char('Phone'),
    mobile: char('Mobile', { until: 18 }),
    is_company: boolean('Is a Company', { default: false }),
    company_type: major =>
      selection(
        'Company Type',
        major < 17
          ? [
              ['person', 'Individual'],
              ['company', 'Company']
            ]
          : [
              ['person', 'Person'],
              ['company', 'Company']
            ],
        {
          store: false,
          compute: ({ get }) => (get('is_company') === true ? 'company' : 'person'),
          write: writeCompanyType
        }
      ),
    company_id: many2one('Company', 'res.company'),
    color: integer('Color Index', { default: 0 }),
    user_ids: one2many('Users', 'res.users', 'partner_id', { autoJoin: true }),
    partner_share: boolean('Share Partner', { readonly: true, compute: isShared }),
    contact_address: char('Complete Address', { readonly: true, store: false, compute: contactAddress }),
    commercial_partner_id: many2one('Commercial Entity', 'res.partner', { readonly: true, compute: commercialPartner }),
    commercial_company_name: char('Company Name Entity', { readonly: true, compute: commercialCompanyName }),
    company_name: char('Company Name'),
    company_registry: char('Company ID', { from: 16 }),
    barcode: major =>
      major < 17
        ? char('Barcode', { store: false, searchable: true, companyDependent: true, copy: false })
        : char('Barcode', { companyDependent: true, copy: false }),
    self: many2one('Self', 'res.partner', { readonly: true, store: false, compute: ({ id }) => id }),
    image_1920: binary('Image', { attachment: true }),
    image_1024: related('binary', 'Image 1024', 'image_1920', { store: true, attachment: true }),
    image_512: related('binary', 'Image 512', 'image_1920', { store: true, attachment: true }),
    image_256: related('binary', 'Image 256', 'image_1920', { store: true, attachment: true }),
    image_128: related('binary', 'Image 128', 'image_1920', { store: true, attachment: true }),
    avatar_128: binary('Avatar 128', {
      readonly: true,
      store: false,
      compute: ({ get }) => avatar(get('image_128'), get('name')),
      from: 15
    }),
    ...fieldsOfModules
  },
  access: [
    ['base.group_public', 'r'],
    ['base.group_portal', 'r'],
    ['base.group_partner_manager', 'crwu'],
    ['base.group_user', 'r'],
    ['account.group_account_manager', 'r'],
    ['sales_team.group_sale_manager', 'r'],
    ['sales_team.group_sale_salesman', 'crw'],
    ['sales_team.group_sale_salesman', 'r'],
    ['sales_team.group_sale_manager', 'crw'],
    ['sales_team.group_sale_manager', 'crw', { until: 17 }]
  ],
  rules: [
    {
      name: 'res.partner company',
      domain: ({ companies, major }) => [
        '|',
        '|',
        ['partner_share', '=', false],
        ['company_id', major < 17 ? 'in' : 'parent_of', companies],
        ['company_id', '=', false]
      ]
    },
    {
      name: 'res_partner: portal/public: read access on my commercial partner',
      group: 'base.group_portal',
      rights: 'r',
      domain: env => [['id', 'child_of', commercialOfUser(env)]]
    },
    {
      name: 'res.partner.rule.private.employee',
      group: 'base.group_user',
      domain: ({ major }) => (major < 17 ? ['|', ['type', '!=', 'private'], ['type', '=', false]] : [])
    },
    {
      name: 'res.partner.rule.private.group',
      group: 'base.group_private_addresses',
      domain: ({ major }) => (major < 17 ? [['type', '=', 'private']] : [])
    }
  ],
  displayName: shownName,
  readsFirst: () => 'w',
  recName: 'name',
  nameSearch: major => [
    major < 17 ? 'display_name' : 'complete_name',
    'email',
    'ref',
    'vat',
    ...(major < 17 ? [] : ['company_registry'])
  ],
  searchName: searchPartnerNames,
  archivedChildren: true,
  overrides: {
    create: 'ResPartner',
    write: 'ResPartner',
    unlink: 'MailThread',
    name_create: 'ResPartner',
    default_get: 'ResPartner'
  },
  check: checkPartners,
  beforeCreate: tidy,
  beforeWrite: (env, _ids, values) => tidy(env, values),
  beforeUnlink: unlinkPartners,
  copyDefaults: ({ get }) => ({ name: `${get('name') ?? ''} (copy)` }),
  methods: { name_create: nameCreate, message_post: messagePost, activity_schedule: activitySchedule },
  listView: major =>
    listArch(
      major,
      'Contacts',
      'complete_name phone email user_id city state_id country_id category_id company_id active'
    )
}
