import { type Call, type Case, type Json, type JsonObject, single } from './calls.js'
import type { Catalogue } from './catalogue.js'
import { markedBy } from './differential-data.js'
import { equalFields } from './differential-domains.js'
import type { Labels } from './labels.js'
import type { Random } from './random.js'

const models = ['res.partner', 'res.partner', 'crm.lead', 'product.product', 'sale.order', 'sale.order.line']

/** `read` of ids of all kinds, and `search_read` with orders and pages of all kinds. */
export function readCases(catalogue: Catalogue, labels: Labels, random: Random, count: number): Case[] {
  const cases = [...strangeReads, ...strangePages()].map(call => single('read', call))
  for (let n = 0; n < count; n++) {
    const model = random.pick(models)
    const fields = random.some(equalFields(catalogue, model), 1 + random.below(5))
    if (n % 2 === 0) {
      const ids = random.some(labels.names(model), 1 + random.below(6))
      if (random.chance(0.1)) ids.push(random.pick(ids))
      const kwargs: JsonObject = random.chance(0.3) ? { load: '' } : {}
      cases.push(single('read', { model, method: 'read', args: [ids, fields], kwargs, shape: 'rows' }))
    } else {
      const order = orderOf(catalogue, model, random)
      const kwargs: JsonObject = { fields, order, limit: random.below(12), offset: random.below(6) }
      if (random.chance(0.3)) kwargs.context = { active_test: false }
      cases.push(single('read', page(model, kwargs)))
    }
  }
  return cases
}

/** Ends in the id: rows that are alike in the other fields come in no certain order. */
function orderOf(catalogue: Catalogue, model: string, random: Random): string {
  const sortable = equalFields(catalogue, model).filter(name => {
    const { type, store, relation } = catalogue.get(model, name) ?? { type: '', store: false }
    const known = relation === undefined || /partner|product|category|tag|country$|stage|lead|order/.test(relation)
    return store && known && !/^(one2many|many2many|binary|json|properties)/.test(type)
  })
  const parts = random.some(sortable, 1 + random.below(2)).map(name => {
    return name + random.pick(['', '', ' desc', ' DESC', ' asc'])
  })
  return [...parts, random.pick(['id', 'id desc', 'id'])].join(random.pick([',', ', ', ' , ']))
}

function page(model: string, kwargs: JsonObject): Call {
  return {
    model,
    method: 'search_read',
    args: [[[markedBy[model] as string, '=like', '§%']]],
    kwargs,
    shape: 'rows'
  }
}

const p = (n: number) => `@res.partner:${n}`
const read = (ids: Json, fields: Json = ['name'], kwargs: JsonObject = {}): Call => {
  return { model: 'res.partner', method: 'read', args: [ids, fields], kwargs, shape: 'rows' }
}

const strangeReads: Call[] = [
  read([]),
  read([p(3), p(1), p(2)]),
  read([p(3), p(3), p(3)]),
  read([999999999]),
  read([999999999, p(1)]),
  read([p(10), p(17)]),
  read(p(1)),
  read([0]),
  read([-1]),
  read([p(1), -1]),
  read(0),
  read(false),
  // Not in a list: null and false, which are ids of records that are not stored yet to Odoo's own code.
  read(null),
  read(''),
  read('x'),
  read(['x']),
  // Not 1.5 and not '999999999': 14 looks for them until Python's stack ends.
  read([true]),
  read([[p(1)]]),
  read([[p(1), p(2)], p(3)]),
  read([{}]),
  read({}),
  read([99999999999]),
  { ...read([p(1)], []), shape: 'type' },
  read([p(1)], ['id']),
  read([p(1)], ['name', 'name']),
  read([p(1)], ['nope']),
  read([p(1)], ['name', 'nope', 'nope2']),
  read([], ['nope']),
  read([999999999], ['nope']),
  read([p(1)], 'name'),
  { ...read([p(1)], ''), shape: 'type' },
  read([p(1)], [null]),
  read([p(1)], [5]),
  read([p(1)], ['parent_id.name']),
  read([p(1)], ['NAME']),
  read([p(1)], ['']),
  read([p(1)], [['name']]),
  { ...read([p(1)], {}), shape: 'type' },
  read([p(1)], { name: true }),
  read([p(1)], ['name'], { load: '' }),
  read([p(24)], ['parent_id', 'category_id', 'country_id'], { load: '' }),
  read([p(24)], ['parent_id', 'category_id', 'country_id'], { load: null }),
  read([p(24)], ['parent_id', 'category_id', 'country_id'], { load: false }),
  read([p(24)], ['parent_id', 'category_id', 'country_id'], { load: 'x' }),
  read([p(24)], ['parent_id', 'category_id', 'country_id'], { load: '_classic_read' }),
  read([p(24)], ['parent_id', 'category_id', 'country_id'], { load: '_classic_write' }),
  read([p(1)], ['image_1920'], { context: { bin_size: true } }),
  read([p(1)], ['name', 'display_name'], { context: { lang: 'en_US' } }),
  read([p(24), p(26), p(27)], ['display_name'], { context: { show_address: true } }),
  read([p(25)], ['display_name'], { context: { show_email: true } }),
  read([p(7), p(23)], ['name', 'email', 'phone']),
  read([p(20)], ['name', 'city', 'comment']),
  read([p(28), p(2)], ['child_ids', 'active']),
  read([p(2)], ['child_ids', 'active'], { context: { active_test: false } }),
  read([p(28)], ['parent_id', 'create_uid', 'write_uid', 'create_date', 'write_date'])
]

const orders: Json[] = [
  'name desc, id',
  'NAME, id',
  'name Desc,id',
  'city, id',
  'city desc, id desc',
  'country_id, id',
  'country_id desc, id',
  'parent_id, id',
  'color, id',
  'color desc, id',
  'display_name, id',
  'display_name desc, id',
  'complete_name, id',
  'active, id',
  'is_company desc, id',
  'email, id',
  'partner_latitude, id',
  'category_id, id',
  'child_ids, id',
  'comment, id',
  'commercial_partner_id, id',
  'type, id',
  'parent_id.name, id',
  'country_id.code, id',
  'parent_id.id, id',
  'country_id.nope, id',
  'name.nope, id',
  'id.name',
  'id asc',
  'id desc nulls last',
  'city nulls first, id',
  'city desc nulls last, id',
  'name collate "C", id',
  'nope',
  'nope desc',
  'name; drop table res_partner',
  'name desc; select 1',
  'name,',
  ',name',
  ',',
  ' ',
  '',
  'name name',
  'name asc desc',
  'name desc asc',
  'name, name, id',
  '1',
  'name()',
  'random()',
  'lower(name)',
  '"name"',
  'res_partner.name',
  "name' --",
  'name /* x */',
  'name\n, id',
  'name\t desc, id',
  'id, nope',
  'nope.name',
  'contact_address, id',
  'sale_order_count, id',
  'image_1920, id',
  'tz_offset, id',
  false,
  null,
  true,
  5,
  ['name'],
  {}
]

const limits: Json[] = [0, 1, 3, 1000, null, false, true, '3', '0', 'x', '', 1.5, -1, [], [1], {}, 99999999999999]

function strangePages(): Call[] {
  return [
    ...orders.map(order => page('res.partner', { fields: ['ref'], order, limit: 40 })),
    ...limits.map(limit => page('res.partner', { fields: ['ref'], order: 'id', limit })),
    ...limits.map(offset => page('res.partner', { fields: ['ref'], order: 'id', limit: 2, offset })),
    ...limits.map((limit): Call => {
      const args = [[['ref', '=like', '§%']]]
      return { model: 'res.partner', method: 'search_count', args, kwargs: { limit }, shape: 'plain' }
    }),
    ...['priority desc, id', 'stage_id, id', 'expected_revenue desc, id', 'date_deadline, id', 'tag_ids, id'].map(
      order => page('crm.lead', { fields: ['name'], order })
    ),
    ...['partner_id, id', 'partner_id desc, id', 'amount_total desc, id', 'date_order', 'state, id'].map(order =>
      page('sale.order', { fields: ['name'], order })
    ),
    ...['product_id, id', 'order_id desc, id', 'sequence, id', 'product_id.name, id', 'price_subtotal, id'].map(order =>
      page('sale.order.line', { fields: ['name'], order })
    ),
    ...['name, id', 'categ_id, id', 'list_price, id', 'lst_price, id', 'product_tmpl_id, id', 'default_code'].map(
      order => page('product.product', { fields: ['default_code'], order })
    ),
    ...models.slice(1).map(model => page(model, { fields: ['display_name'] })),
    page('res.partner', { fields: ['nope'] }),
    page('res.partner', { fields: 'name' }),
    page('res.partner', { fields: [5] }),
    { ...page('res.partner', { fields: [], limit: 3 }), shape: 'type' }
  ]
}
