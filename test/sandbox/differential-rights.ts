import { type Call, type Case, type Json, type JsonObject, single } from './calls.js'
import { markedBy } from './differential-data.js'
import type { Who } from './sides.js'

const marked = (model: string) => [[markedBy[model] as string, '=like', '§%']]
const models = ['res.partner', 'product.product', 'crm.lead', 'sale.order', 'sale.order.line', 'res.partner.category']
const hidden = [
  'ir.model',
  'ir.rule',
  'ir.config_parameter',
  'res.users',
  'res.company',
  'res.country',
  'ir.attachment'
]
const fields: { [model: string]: string[] } = {
  'res.partner': ['name', 'city', 'parent_id'],
  'sale.order': ['name', 'amount_total', 'partner_id'],
  'crm.lead': ['name', 'user_id']
}

/** The same calls as a salesperson and as a portal user: what they see, may do, and are told. */
export function rightsCases(version: string): Case[] {
  return (['sales', 'portal'] as const).flatMap(as => {
    const calls: Call[] = [
      ...models.flatMap(model => looking(as, model)),
      ...hidden.flatMap(model => peeking(as, model)),
      ...changing(as),
      ...asking(as, version)
    ]
    return [...calls.map(call => single('rights', call)), ...committing(as)]
  })
}

function looking(as: Who, model: string): Call[] {
  const names = fields[model] ?? ['display_name']
  const shown = { fields: names, order: 'id' }
  return [
    { as, model, method: 'search', args: [marked(model)], kwargs: { order: 'id' }, shape: 'ids' },
    { as, model, method: 'search_count', args: [marked(model)], shape: 'plain' },
    { as, model, method: 'search_read', args: [marked(model)], kwargs: shown, shape: 'rows' },
    { as, model, method: 'read', args: [[`@${model}:0`, `@${model}:1`], names], shape: 'rows' },
    { as, model, method: 'read', args: [[`@${model}:0`, 999999999], names], shape: 'rows' },
    { as, model, method: 'read', args: [[999999999], names], shape: 'rows' },
    { as, model, method: 'read', args: [[`@${model}:0`], ['nope']], shape: 'rows' },
    { as, model, method: 'write', args: [[`@${model}:0`], {}], shape: 'plain' },
    { as, model, method: 'write', args: [[999999999], {}], shape: 'plain' },
    { as, model, method: 'unlink', args: [[999999999]], shape: 'plain' },
    { as, model, method: 'name_search', args: ['§', marked(model)], shape: 'pairs' }
  ]
}

function peeking(as: Who, model: string): Call[] {
  // The first attachment is of another kind on each side.
  const id = model === 'ir.attachment' ? 999999999 : 1
  const calls: Call[] = [
    { as, model, method: 'search', args: [[]], kwargs: { limit: 1 }, shape: 'type' },
    { as, model, method: 'write', args: [[id], {}], shape: 'type' },
    { as, model, method: 'unlink', args: [[id]], shape: 'type' }
  ]
  // Odoo 14 sends who may not create users to a menu instead, by its id.
  return model === 'res.users' ? calls : [...calls, { as, model, method: 'create', args: [{}], shape: 'type' }]
}

function changing(as: Who): Call[] {
  const change = (model: string, method: string, ...args: Json[]): Call => ({ as, model, method, args, shape: 'ids' })
  return [
    change('product.product', 'write', ['@product.product:0'], { name: 'x' }),
    change('product.product', 'create', { name: '§ x', default_code: '§x' }),
    change('product.product', 'unlink', ['@product.product:5']),
    change('product.template', 'write', ['@product.template:0'], { list_price: 1 }),
    change('product.category', 'create', { name: '§ x' }),
    change('crm.lead', 'write', ['@crm.lead:0'], { name: 'x' }),
    change('crm.lead', 'write', ['@crm.lead:0', '@crm.lead:4'], { color: 1 }),
    change('crm.lead', 'unlink', ['@crm.lead:4']),
    change('crm.lead', 'unlink', ['@crm.lead:0']),
    change('crm.stage', 'create', { name: '§ x' }),
    change('crm.stage', 'write', ['@crm.stage:New'], { name: 'x' }),
    change('sale.order', 'write', ['@sale.order:0'], { origin: 'x' }),
    change('sale.order', 'unlink', ['@sale.order:4']),
    change('sale.order', 'action_confirm', ['@sale.order:0']),
    change('sale.order.line', 'write', ['@sale.order.line:0'], { discount: 1 }),
    change('res.users', 'write', ['@res.users:admin'], { name: 'x' }),
    change('res.users', 'create', { name: 'x', login: '§x' }),
    change('res.company', 'write', ['@res.company:main'], { name: 'x' }),
    change('res.country', 'write', ['@res.country:BE'], { name: 'x' }),
    change('ir.config_parameter', 'create', { key: '§x', value: 'y' })
  ]
}

function asking(as: Who, version: string): Call[] {
  const operations = ['read', 'write', 'create', 'unlink']
  const method = Number(version) >= 18 ? 'has_access' : 'check_access_rights'
  const more: Json[] = Number(version) >= 18 ? [] : [false]
  return [
    ...models.flatMap(model =>
      operations.map((operation): Call => {
        const args = Number(version) >= 18 ? [[], operation] : [operation, ...more]
        return { as, model, method, args, shape: 'plain' }
      })
    ),
    { as, model: 'res.partner', method: 'check_access_rights', args: ['nope'], shape: 'plain' },
    { as, model: 'res.users', method: 'has_group', args: ['base.group_user'], shape: 'plain' },
    { as, model: 'res.users', method: 'read', args: [['@res.users:admin'], ['login']], shape: 'rows' },
    { as, model: 'res.users', method: 'read', args: [[`@res.users:${as}`], ['login', 'company_id']], shape: 'rows' },
    { as, model: 'res.partner', method: 'search', args: [[['sale_order_count', '>', 0]]], shape: 'type' },
    {
      as,
      model: 'res.partner',
      method: 'read',
      args: [[`@res.partner:${as}`], ['name', 'email', 'ref']],
      shape: 'rows'
    },
    { as, model: 'res.partner', method: 'read', args: [[`@res.partner:${as}`], ['signup_token']], shape: 'type' },
    {
      as,
      model: 'sale.order',
      method: 'search',
      args: [[['order_line.product_id.name', '=', 'desk lamp']]],
      shape: 'ids'
    },
    { as, model: 'product.product', method: 'read', args: [['@product.product:0'], ['standard_price']], shape: 'rows' },
    { as, model: 'crm.lead', method: 'read_group', args: [marked('crm.lead'), [], ['priority']], shape: 'rows' },
    {
      as,
      model: 'sale.order',
      method: 'read_group',
      args: [marked('sale.order'), ['amount_total:sum'], ['state']],
      shape: 'rows'
    },
    { as, model: 'res.partner', method: 'default_get', args: [['type']], shape: 'rows' },
    { as, model: 'crm.lead', method: 'fields_get', args: [['name'], ['type']], shape: 'plain' },
    { as, model: 'res.partner', method: '_search', args: [[]], shape: 'plain' },
    { as, model: 'nope', method: 'search', args: [[]], shape: 'plain' }
  ]
}

/** What they may create and change, as it stands afterwards. */
function committing(as: Who): Case[] {
  const create = (model: string, name: string, values: JsonObject, read: string[]): Case => ({
    kind: 'rights',
    calls: [
      { as, model, method: 'create', args: [values], creates: `${as}-${name}`, shape: 'ids' },
      { model, method: 'read', args: [[`@${model}:${as}-${name}`], read], shape: 'rows' },
      { as, model, method: 'read', args: [[`@${model}:${as}-${name}`], read], shape: 'rows' },
      {
        as,
        model,
        method: 'write',
        args: [[`@${model}:${as}-${name}`], { user_id: '@res.users:admin' }],
        shape: 'plain'
      },
      { as, model, method: 'read', args: [[`@${model}:${as}-${name}`], read], shape: 'rows' },
      { as, model, method: 'unlink', args: [[`@${model}:${as}-${name}`]], shape: 'plain' }
    ]
  })
  return [
    create('res.partner', 'p1', { name: '§ theirs', ref: '§w' }, ['name', 'user_id', 'company_id', 'create_uid']),
    create('crm.lead', 'l1', { name: '§ theirs' }, ['name', 'user_id', 'type', 'stage_id', 'company_id']),
    create('crm.lead', 'l2', { name: '§ not theirs', user_id: '@res.users:admin' }, ['name', 'user_id']),
    create('sale.order', 's1', { partner_id: '@res.partner:3', client_order_ref: '§w' }, [
      'user_id',
      'state',
      'partner_id'
    ])
  ]
}
