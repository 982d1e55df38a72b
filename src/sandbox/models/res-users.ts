import type { Json } from '../json.js'
import type { Env } from '../orm/env.js'
import {
  boolean,
  char,
  datetime,
  html,
  integer,
  many2many,
  many2one,
  one2many,
  related,
  selection
} from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { companyOf } from './companies.js'
import { searchUser } from './display-names.js'
import { idOf } from './external-ids.js'
import { groupsOf, withImplied } from './groups.js'
import { listArch } from './list-arch.js'
import { commercialOfUser } from './res-partner-rules.js'
import { createUsers, unlinkUsers } from './res-users-14.js'
import {
  checkUsers,
  contextGet,
  hasGroup,
  refuseUserChange,
  refuseUserRemoval,
  signed,
  writePassword
} from './res-users-rules.js'
import { writeUsers } from './res-users-self.js'
import { searchState } from './search-methods.js'
import { offsetOf } from './zones.js'

/** Who can log in. Name, email and so on are those of the partner within. */
export const resUsers: ModelSpec = {
  name: 'res.users',
  description: major => (major < 15 ? 'Users' : 'User'),
  order: 'name, login',
  recName: 'name',
  inherits: { partner_id: 'res.partner' },
  fields: {
    partner_id: many2one('Related Partner', 'res.partner', { required: true, ondelete: 'restrict' }),
    login: char('Login', { required: true }),
    password: char('Password', { store: false, compute: () => '', write: writePassword, copy: false }),
    new_password: char('Set Password', { store: false, compute: () => '', write: writePassword, copy: false }),
    signature: major => (major < 17 ? html('Email Signature', { default: '' }) : html('Email Signature')),
    active: boolean('Active', { default: true }),
    active_partner: related('boolean', 'Partner is Active', 'partner_id.active'),
    groups_id: many2many('Groups', 'res.groups', 'res_groups_users_rel', { default: defaultGroups, until: 18 }),
    group_ids: many2many('Groups', 'res.groups', 'res_groups_users_rel', { default: defaultGroups, from: 19 }),
    all_group_ids: many2many('Groups and implied groups', 'res.groups', 'none', {
      readonly: true,
      store: false,
      searchable: true,
      compute: ({ env, id }) => [...withImplied(env.tables, env.tables.links('res_groups_users_rel', id, false))],
      from: 19
    }),
    share: boolean('Share User', {
      readonly: true,
      compute: ({ env, id }) => !groupsOf(env.tables, id).has('base.group_user')
    }),
    companies_count: integer('Number of Companies', {
      readonly: true,
      store: false,
      compute: ({ env }) => env.tables.rows('res.company').size
    }),
    tz_offset: char('Timezone offset', {
      readonly: true,
      store: false,
      compute: ({ env, get }) => offsetOf(get('tz'), env.now)
    }),
    groups_count: integer('# Groups', {
      readonly: true,
      store: false,
      compute: ({ env, id }) => env.tables.links('res_groups_users_rel', id, false).size
    }),
    company_id: many2one('Company', 'res.company', {
      required: true,
      context: { user_preference: true },
      default: env => companyOf(env)
    }),
    log_ids: one2many('User log entries', 'res.users.log', 'create_uid', { copy: false }),
    company_ids: many2many('Companies', 'res.company', 'res_company_users_rel', {
      reverse: true,
      default: env => [[6, 0, [companyOf(env) || 1]]]
    }),
    api_key_ids: one2many('API Keys', 'res.users.apikeys', 'user_id', { copy: false }),
    notification_type: major =>
      selection(
        'Notification',
        major < 17
          ? [
              ['email', 'Handle by Emails'],
              ['inbox', 'Handle in Odoo']
            ]
          : [
              ['email', 'By Emails'],
              ['inbox', 'In Odoo']
            ],
        { required: true, default: 'email' }
      ),
    // Nobody's group: only Odoo itself reads it.
    totp_secret: char('Totp Secret', { store: false, copy: false, groups: '.', compute: () => null }),
    totp_enabled: major =>
      major < 17
        ? boolean('Two-factor authentication', { readonly: true, store: false, compute: () => false })
        : boolean('Two-factor authentication', {
            readonly: true,
            store: false,
            searchable: true,
            compute: () => false
          }),
    state: major =>
      selection(
        'Status',
        major < 17
          ? [
              ['new', 'Never Connected'],
              ['active', 'Confirmed']
            ]
          : [
              ['new', 'Invited'],
              ['active', 'Confirmed']
            ],
        {
          readonly: true,
          store: false,
          searchable: true,
          search: searchState,
          compute: ({ get }) => (get('login_date') ? 'active' : 'new')
        }
      ),
    login_date: major =>
      related('datetime', major < 17 ? 'Latest authentication' : 'Latest Login', 'log_ids.create_date', {
        readonly: false
      }),
    sale_team_id: major =>
      major < 17
        ? many2one("User's Sales Team", 'crm.team')
        : many2one('User Sales Team', 'crm.team', { readonly: true })
  },
  readsFirst: () => 'u',
  access: [
    [null, 'r', { until: 17 }],
    ['base.group_erp_manager', 'crwu'],
    ['base.group_public', 'r', { from: 18 }],
    ['base.group_portal', 'r', { from: 18 }],
    ['base.group_user', 'r', { from: 18 }]
  ],
  rules: [
    { name: 'user rule', domain: env => ['|', ['share', '=', false], ['company_ids', 'in', env.companies]] },
    {
      name: 'portal user access',
      group: 'base.group_portal',
      domain: env => (env.major < 18 ? [] : [['commercial_partner_id', '=', commercialOfUser(env)]])
    }
  ],
  nameSearch: major => (major < 17 ? ['name', 'login'] : ['name']),
  searchDisplayName: searchUser,
  unique: [
    {
      name: 'res_users_login_key',
      fields: ['login'],
      message: 'You can not have two users with the same login !',
      until: 17
    },
    {
      name: 'res_users_login_key',
      fields: ['login'],
      message: 'You can not have two users with the same login!',
      from: 18
    }
  ],
  check: checkUsers,
  beforeCreate: signed,
  beforeWrite: refuseUserChange,
  beforeUnlink: refuseUserRemoval,
  copyDefaults: ({ get }) => ({ name: `${get('name')} (copy)`, login: `${get('login')} (copy)` }),
  methods: {
    context_get: contextGet,
    has_group: hasGroup,
    write: writeUsers,
    create: createUsers,
    unlink: unlinkUsers
  },
  listView: major => listArch(major, 'Users', 'name login lang login_date company_id')
}

function defaultGroups(env: Env): Json {
  const names = [
    'base.group_user',
    'sales_team.group_sale_manager',
    'base.group_partner_manager',
    'product.group_product_manager'
  ]
  const ids = names.map(name => idOf(env, name)).filter(id => id !== undefined)
  return [[6, 0, ids]]
}

/** The keys that stand in for passwords. */
export const resUsersApikeys: ModelSpec = {
  name: 'res.users.apikeys',
  description: major => (major < 15 ? 'res.users.apikeys' : 'Users API Keys'),
  fields: {
    name: char('Description', { required: true, readonly: true }),
    user_id: many2one('User', 'res.users', { required: true, readonly: true, ondelete: 'cascade' }),
    scope: char('Scope', { readonly: true }),
    create_date: datetime('Creation Date', { readonly: true }),
    expiration_date: datetime('Expiration Date', { readonly: true, from: 18 })
  },
  access: [
    ['base.group_user', 'r'],
    ['base.group_portal', 'r']
  ],
  rules: [
    { name: "Public users can't interact with keys at all", group: 'base.group_public', domain: () => [[0, '=', 1]] },
    {
      name: 'Users can read and delete their own keys',
      group: 'base.group_user',
      domain: env => [['user_id', '=', env.uid]]
    },
    {
      name: 'Users can read and delete their own keys',
      group: 'base.group_portal',
      domain: env => [['user_id', '=', env.uid]]
    },
    { name: 'Administrators can view user keys to revoke them', group: 'base.group_system', domain: () => [] }
  ]
}

/** When users logged in. */
export const resUsersLog: ModelSpec = {
  name: 'res.users.log',
  description: 'Users Log',
  order: 'id desc',
  fields: {},
  access: [
    [null, 'cr', { until: 17 }],
    ['base.group_system', 'cr', { from: 18 }]
  ]
}
