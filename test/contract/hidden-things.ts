import type { Json, JsonObject } from '../../src/core/json.js'
import type { DirectOdoo } from '../lab/rpc.js'
import type { Flags } from './server.js'
import type { World } from './world.js'

/** One way to what is hidden. */
export interface Way {
  way: string
  tool: string
  input: JsonObject
  /** What the refusal is about. */
  detail: RegExp
  /** The same with another field, on the same server: the control where nothing lifts the denial. */
  allowed?: JsonObject
}

/** Far beyond the last id: where a denial is lifted, Odoo finds no such record and changes nothing. */
export const nobody = 2147483647

/** Hides models that every Odoo has, and that partners lead to. */
export const strict: Flags = { 'denied-models': 'res.country,res.partner.category' }
export const lifted: Flags = {
  'denied-models': '!res.users,!res.users.apikeys*,!ir.config_parameter',
  'denied-methods': '!web_*,!export_data'
}

const of =
  (model: string) => (tool: string, way: string, detail: RegExp) => (input: JsonObject, allowed?: JsonObject) => ({
    way,
    tool,
    detail,
    input: { model, ...input },
    ...(allowed && { allowed: { model, ...allowed } })
  })

/** A hidden model, by its own name and from a partner. */
export function hiddenModel({ partners, major, ref }: World, country: number): Way[] {
  const [id] = partners as [number]
  const no = /no access to res\.country/
  const direct = of('res.country')
  const partner = of('res.partner')
  const count = (way: string, domain: Json) => partner('odoo_count', way, no)({ domain })
  const call = (way: string, method: string, more: JsonObject) => partner('odoo_call', way, no)({ method, ...more })
  const values = { name: 'x', ref, country_id: country }
  const onlyOn = (from: number, ways: Way[]) => (major >= from ? ways : [])
  return [
    direct('odoo_search', 'a search', no)({ limit: 1 }),
    direct('odoo_search_read', 'an alias', no)({ limit: 1 }),
    direct('odoo_read', 'a read', no)({ ids: [country] }),
    direct('odoo_count', 'a count', no)({}),
    direct('odoo_aggregate', 'groups', no)({ group_by: [] }),
    direct('odoo_name_search', 'names', no)({ name: 'Bel' }),
    direct('odoo_get_fields', 'the description of its fields', no)({}),
    direct('odoo_call', 'odoo_call by position', no)({ method: 'search_count', args: [[]] }),
    direct('odoo_execute_kw', 'odoo_call by keyword', no)({ method: 'search_read', kwargs: { domain: [], limit: 1 } }),
    direct('odoo_call', 'a method that nobody knows', no)({ method: 'no_such_method', ids: [nobody] }),
    count('a name in a domain', [['country_id', 'ilike', 'bel']]),
    count('a path of two', [['country_id.code', '=', 'BE']]),
    count('a path of three', [['parent_id.country_id.code', '=', 'BE']]),
    count('a path of four', [['child_ids.parent_id.country_id.code', '=', 'BE']]),
    count('a path as text', '[["country_id.code", "=", "BE"]]'),
    ...onlyOn(17, [
      count('a domain within a domain', [['parent_id', 'any', [['country_id', 'any', [['code', '=', 'BE']]]]]])
    ]),
    partner('odoo_search', 'a field that shows its names', no)({ fields: ['name', 'country_id'], limit: 1 }),
    partner('odoo_read', 'a field of records by id', no)({ ids: [id], fields: ['country_id'] }),
    partner('odoo_search', 'an order', no)({ order: 'country_id', limit: 1 }),
    partner('odoo_aggregate', 'a term to group by', no)({ group_by: ['country_id'], limit: 1 }),
    partner('odoo_read_group', 'an alias to group by', no)({ group_by: ['country_id'], limit: 1 }),
    partner('odoo_aggregate', 'a measure', no)({ group_by: ['lang'], measures: ['country_id:count_distinct'] }),
    partner(
      'odoo_aggregate',
      'a condition on groups',
      no
    )({
      group_by: ['lang'],
      having: [['country_id:count_distinct', '>', 0]]
    }),
    partner('odoo_aggregate', 'an order of groups', no)({ group_by: ['lang'], order: 'country_id:count_distinct' }),
    partner('odoo_name_search', 'a domain among names', no)({ name: 'a', domain: [['country_id.code', '=', 'BE']] }),
    call('a domain by position', 'search_count', { args: [[['country_id.code', '=', 'BE']]] }),
    call('a domain by keyword', 'search_read', {
      kwargs: { domain: [['country_id.code', '=', 'BE']], fields: ['id'] }
    }),
    call('fields by position', 'read', { args: [[id], ['country_id']] }),
    call('groups by keyword', 'read_group', { kwargs: { domain: [], fields: ['id'], groupby: ['country_id'] } }),
    ...onlyOn(17, [
      partner(
        'odoo_aggregate',
        'tags to group by',
        /no access to res\.partner\.category/
      )({
        group_by: ['category_id'],
        limit: 1
      }),
      partner(
        'odoo_call',
        'tags to group by in odoo_call',
        /no access to res\.partner\.category/
      )({
        method: 'read_group',
        args: [[], [], ['category_id']]
      })
    ]),
    call('a domain by position of a method that nobody knows', 'no_such_method', {
      ids: [nobody],
      args: [[['country_id.code', '=', 'BE']]]
    }),
    call('the same as Python writes it', 'no_such_method', {
      ids: [nobody],
      args: ["[('country_id.code', '=', 'BE')]"]
    }),
    call('values by position', 'write', { ids: [nobody], args: [{ country_id: country }] }),
    call('an argument of a method that nobody knows', 'no_such_method', { ids: [nobody], args: ['res.country'] }),
    partner('odoo_write', 'a record to point to', no)({ ids: [nobody], values: { country_id: country } }),
    partner(
      'odoo_write',
      'a command',
      no
    )({
      ids: [id],
      values: { child_ids: [[1, nobody, { country_id: country }]] }
    }),
    partner(
      'odoo_write',
      'a command in a command',
      no
    )({
      ids: [id],
      values: { child_ids: [[1, nobody, { child_ids: [[1, nobody, { country_id: country }]] }]] }
    }),
    partner('odoo_create', 'values', no)({ values }),
    partner(
      'odoo_create',
      'a default of the context',
      no
    )({
      values: { name: 'x', ref },
      context: { default_country_id: country }
    })
  ]
}

/** A withheld field; each with the same for another field as its control. */
export function withheldField({ partners: [id = 0], major }: World, order: number): Way[] {
  const detail = /field access_token is withheld/
  const sale = of('sale.order')
  const both = (tool: string, way: string, input: (field: string) => JsonObject) =>
    sale(tool, way, detail)(input('access_token'), input('name'))
  const path = (field: string) => `order_line.order_id.${field}`
  return [
    both('odoo_search', 'a field', field => ({ fields: [field], limit: 1 })),
    both('odoo_read', 'a field of records by id', field => ({ ids: [order], fields: [field] })),
    both('odoo_search', 'an order', field => ({ order: `date_order, ${field} desc`, fields: ['id'], limit: 1 })),
    both('odoo_count', 'a domain', field => ({ domain: [[field, '=like', 'a%']] })),
    both('odoo_count', 'a domain as text', field => ({ domain: JSON.stringify(['!', [field, '=', 'a']]) })),
    both('odoo_count', 'a path of three', field => ({ domain: [[path(field), '=like', 'a%']] })),
    ...(major >= 17
      ? [
          both('odoo_count', 'a domain within', field => ({
            domain: [['order_line', 'any', [[`order_id.${field}`, '=', 'a']]]]
          }))
        ]
      : []),
    both('odoo_aggregate', 'a term to group by', field => ({ group_by: [field], limit: 1 })),
    both('odoo_aggregate', 'a measure', field => ({ group_by: ['state'], measures: [`${field}:count_distinct`] })),
    both('odoo_name_search', 'a domain among names', field => ({ name: 'S', domain: [[field, '!=', 'a']] })),
    both('odoo_call', 'odoo_call by position', field => ({ method: 'read', args: [[order], [field]] })),
    both('odoo_call', 'odoo_call by keyword', field => ({
      method: 'search_read',
      kwargs: { fields: [field], limit: 1 }
    })),
    both('odoo_execute_kw', 'an order in odoo_call', field => ({
      method: 'search',
      args: [[]],
      kwargs: { limit: 1, order: field }
    })),
    both('odoo_call', 'groups in odoo_call', field => ({
      method: 'read_group',
      args: [[['id', '=', order]], ['id'], [field]]
    })),
    both('odoo_call', 'a method that nobody knows', field => ({
      method: 'no_such_method',
      ids: [nobody],
      args: [[field]]
    })),
    both('odoo_write', 'values', field => ({ ids: [nobody], values: { [field]: 'x' } })),
    both('odoo_call', 'values in odoo_call', field => ({ method: 'write', args: [[nobody], { [field]: 'x' }] })),
    {
      way: 'a command',
      tool: 'odoo_write',
      detail,
      input: { model: 'res.partner', ids: [id], values: { sale_order_ids: [[1, nobody, { access_token: 'x' }]] } },
      allowed: { model: 'res.partner', ids: [id], values: { sale_order_ids: [[1, nobody, { name: 'x' }]] } }
    }
  ]
}

/** A model that can be read and not written, and a model behind it that is hidden. */
export function readOnlyModel({ partners: [id = 0] }: World): Way[] {
  const users = /lets res\.users be read, not changed/
  const user = of('res.users')
  const write = (way: string, values: JsonObject) => of('res.partner')('odoo_write', way, users)({ ids: [id], values })
  const call = (way: string, method: string, more: JsonObject) => user('odoo_call', way, users)({ method, ...more })
  const keys = /no access to res\.users\.apikeys/
  return [
    user('odoo_write', 'a write', users)({ ids: [nobody], values: { signature: 'x' } }),
    user('odoo_unlink', 'an unlink', users)({ ids: [nobody] }),
    call('odoo_call of write', 'write', { ids: [nobody], args: [{ signature: 'x' }] }),
    call('odoo_call of a method that nobody knows', 'no_such_method', { ids: [nobody] }),
    write('a command that creates', { user_ids: [[0, 0, { name: 'without a login' }]] }),
    write('a command that changes', { user_ids: [[1, nobody, { signature: 'x' }]] }),
    write('a command that links', { user_ids: [[4, nobody, 0]] }),
    write('a command that deletes', { child_ids: [[1, nobody, { user_ids: [[2, nobody, 0]] }]] }),
    write('a command within a command', {
      child_ids: [[1, nobody, { user_ids: [[1, nobody, { signature: 'x' }]] }]]
    }),
    of('res.partner')('odoo_call', 'a command inside odoo_call', users)({
      method: 'write',
      args: [[id], { user_ids: [[1, nobody, { signature: 'x' }]] }]
    }),
    of('res.partner')('odoo_count', 'a path to the keys of users', keys)({
      domain: [['user_ids.api_key_ids.name', '=', 'x']]
    }),
    of('mail.compose.message')('odoo_create', 'an expression in a mail', /Odoo would evaluate the expression/)(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Jinja of Odoo 14
      { values: { model: 'res.partner', subject: '${object.env} {{ object.env }}' } },
      { values: { model: 'res.partner', subject: '5% off' } }
    ),
    of('mail.compose.message')('odoo_call', 'a template of whatever record', /denies the method onchange_template_id/)(
      { method: 'onchange_template_id', ids: [nobody], args: [1, 'comment', 'res.users', 2] },
      { method: 'read', ids: [nobody], args: [['subject']] }
    ),
    of('res.partner')('odoo_call', 'a link with a key in it', /denies the method get_access_action/)(
      { method: 'get_access_action', ids: [id], context: { force_website: true } },
      { method: 'read', ids: [id], args: [['name']] }
    ),
    of('res.partner')('odoo_call', 'a private method', /is not the name of a public method/)(
      { method: '_compute_display_name', ids: [id] },
      { method: 'name_get', ids: [id] }
    ),
    of('ir.config_parameter')('odoo_execute_kw', 'a method of a hidden model', /no access to ir\.config_parameter/)({
      method: 'get_param',
      args: ['no.such.key']
    }),
    of('res.partner')('odoo_call', 'a denied method', /denies the method export_data/)({
      method: 'export_data',
      ids: [id],
      args: [['name']]
    }),
    of('res.partner')('odoo_call', 'a method of the web client', /denies the method web_read/)({
      method: 'web_read',
      ids: [id],
      args: [{ name: {} }]
    })
  ]
}

/** Rows that belong to a record of a hidden model, and to one that may be seen; written past everything of ours. */
export interface Belongings {
  name: string
  hidden: { attachment: number; message: number }
  shown: { attachment: number; message: number }
  /** Has both attachments. */
  letter: number
  close(): Promise<void>
}

export async function createBelongings(admin: DirectOdoo, { ref, partners: [id = 0] }: World): Promise<Belongings> {
  const name = `${ref}.txt`
  const attach = (res_model: string, res_id: number) =>
    admin.call<number[]>('ir.attachment', 'create', [
      [{ name, res_model, res_id, datas: 'aGlkZGVu', mimetype: 'text/plain' }]
    ])
  const post = (model: string, res_id: number, attachment_ids: Json = []) =>
    admin.call<number[]>('mail.message', 'create', [
      [{ model, res_id, body: `<p>${ref}</p>`, message_type: 'comment', attachment_ids }]
    ])
  const [parameter] = await admin.call<number[]>('ir.config_parameter', 'search', [[], 0, 1])
  const [attachment = 0] = await attach('ir.config_parameter', parameter as number)
  const [shown = 0] = await attach('res.partner', id)
  const [message = 0] = await post('ir.config_parameter', parameter as number)
  const [said = 0] = await post('res.partner', id)
  const [letter = 0] = await post('res.partner', id, [[6, 0, [attachment, shown]]])
  return {
    name,
    hidden: { attachment, message },
    shown: { attachment: shown, message: said },
    letter,
    async close() {
      await admin.call('mail.message', 'unlink', [[message, said, letter]])
      const left = await admin.call<number[]>('ir.attachment', 'search', [[['id', 'in', [attachment, shown]]]])
      if (left.length > 0) await admin.call('ir.attachment', 'unlink', [left])
    }
  }
}
