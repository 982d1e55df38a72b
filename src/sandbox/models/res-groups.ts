import { boolean, char, float, integer, many2many, many2one, one2many, text } from '../orm/fields.js'
import type { ModelSpec, Rec } from '../orm/types.js'
import { withImplied } from './groups.js'
import { listArch } from './list-arch.js'

/** Groups: what their members may do. */
export const resGroups: ModelSpec = {
  name: 'res.groups',
  description: 'Access Groups',
  order: major => (major < 19 ? 'name' : 'privilege_id, sequence, name, id'),
  recName: 'full_name',
  fields: {
    name: char('Name', { required: true, translate: true }),
    full_name: char('Group Name', { readonly: true, store: false, searchable: true, compute: fullName }),
    category_id: many2one('Application', 'ir.module.category', { until: 18 }),
    privilege_id: many2one('Privilege', 'res.groups.privilege', { from: 19 }),
    users: many2many('Users', 'res.users', 'res_groups_users_rel', { reverse: true, until: 18 }),
    user_ids: many2many('User', 'res.users', 'res_groups_users_rel', { reverse: true, from: 19 }),
    comment: text('Comment', { translate: true }),
    share: boolean('Share Group'),
    implied_ids: major => many2many(major < 17 ? 'Inherits' : 'Implied Groups', 'res.groups', 'res_groups_implied_rel'),
    trans_implied_ids: many2many('Transitively inherits', 'res.groups', 'none', {
      readonly: true,
      store: false,
      compute: impliedBeyond,
      until: 18
    }),
    all_implied_ids: many2many('Transitively Implied Groups', 'res.groups', 'none', {
      readonly: true,
      store: false,
      searchable: true,
      compute: ({ env, id }) => [...withImplied(env.tables, [id])],
      from: 19
    }),
    implied_by_ids: many2many('Implying Groups', 'res.groups', 'res_groups_implied_rel', { reverse: true, from: 19 }),
    api_key_duration: float('API Keys maximum duration days', { from: 18 }),
    sequence: integer('Sequence', { aggregator: null, from: 19 })
  },
  access: [
    ['base.group_erp_manager', 'crwu'],
    ['base.group_user', 'r']
  ],
  nameSearch: ['name'],
  unique: [
    {
      name: 'res_groups_name_uniq',
      fields: ['category_id', 'name'],
      message: 'The name of the group must be unique within an application!',
      until: 18
    },
    {
      name: 'res_groups_name_uniq',
      fields: ['privilege_id', 'name'],
      message: 'The name of the group must be unique within a group privilege!',
      from: 19
    }
  ],
  copyDefaults: ({ get }) => ({ name: `${get('name')} (copy)` }),
  listView: major => listArch(major, 'Groups', 'full_name')
}

function fullName({ env, get }: Rec): string {
  const of = env.major < 19 ? get('category_id.name') : get('privilege_id.name')
  return of ? `${of} / ${get('name')}` : String(get('name') ?? '')
}

function impliedBeyond({ env, id }: Rec): number[] {
  const all = withImplied(env.tables, [id])
  all.delete(id)
  return [...all]
}

/** The headings of groups until 18. */
export const irModuleCategory: ModelSpec = {
  name: 'ir.module.category',
  description: 'Application',
  order: major => (major < 18 ? 'name' : 'sequence, name, id'),
  fields: {
    name: major =>
      major < 17
        ? char('Name', { required: true, readonly: true, translate: true })
        : char('Name', { required: true, translate: true }),
    description: major =>
      major < 17 ? text('Description', { readonly: true, translate: true }) : text('Description', { translate: true }),
    sequence: major =>
      major < 17 ? integer('Sequence', { readonly: true }) : integer('Sequence', { aggregator: null }),
    visible: major =>
      major < 17 ? boolean('Visible', { readonly: true, default: true }) : boolean('Visible', { default: true })
  },
  access: [
    ['base.group_erp_manager', 'r'],
    ['base.group_user', 'r', { from: 18 }]
  ]
}

/** The headings of groups from 19. */
export const resGroupsPrivilege: ModelSpec = {
  name: 'res.groups.privilege',
  from: 19,
  description: 'Privileges',
  order: 'sequence, name, id',
  fields: {
    name: char('Name', { required: true, translate: true, from: 19 }),
    description: text('Description', { from: 19 }),
    sequence: integer('Sequence', { aggregator: null, from: 19 }),
    category_id: many2one('Category', 'ir.module.category', { from: 19 }),
    group_ids: one2many('Groups', 'res.groups', 'privilege_id', { from: 19 })
  },
  access: [
    ['base.group_user', 'r', { from: 18 }],
    ['base.group_erp_manager', 'crwu', { from: 18 }]
  ]
}
