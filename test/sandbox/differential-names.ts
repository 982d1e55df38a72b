import { type Call, type Case, type Json, type JsonObject, single } from './calls.js'
import { markedBy } from './differential-data.js'

/** name_search, name_get and display names; default_get and fields_get. */
export function nameCases(version: string): Case[] {
  return [
    ...searches(version).map(call => single('name', call)),
    ...nameGets.map(call => single('name', call)),
    ...defaults.map(call => single('meta', call)),
    ...fieldsGets.map(call => single('meta', call))
  ]
}

function searches(version: string): Call[] {
  const domainName = Number(version) >= 19 ? 'domain' : 'args'
  const search = (model: string, name: Json, kwargs: JsonObject = {}): Call => {
    const domain = [[markedBy[model] as string, '=like', '§%']]
    return { model, method: 'name_search', args: [name], kwargs: { [domainName]: domain, ...kwargs }, shape: 'pairs' }
  }
  const names: Json[] = [
    '',
    'Gent',
    'cotton',
    'ärzte',
    '%',
    '_',
    '\\',
    'dr',
    'aerzte@',
    '§p07',
    false,
    null,
    5,
    ['x'],
    true
  ]
  const operators = [
    'ilike',
    'like',
    '=',
    '!=',
    'not ilike',
    '=ilike',
    '=like',
    'in',
    'not in',
    '<',
    'child_of',
    'foo',
    ''
  ]
  return [
    ...names.map(name => search('res.partner', name)),
    ...['desk', '§D', '[§D1] Desk (oak)', '[§D1]', '§111', '', 'x'].map(name => search('product.product', name)),
    ...['gold', '§ Gold / § Gold plus', 'Gold plus', ''].map(name => search('res.partner.category', name)),
    ...['office', '%', ''].map(name => search('crm.lead', name)),
    ...['SO1', '§SO', 'cotton', ''].map(name => search('sale.order', name)),
    ...operators.map(operator => search('res.partner', 'eleven', { operator })),
    ...operators.map(operator => search('product.product', 'desk lamp', { operator })),
    ...operators.map(operator => search('crm.tag', '§ hot', { operator })),
    search('res.partner', 'e', { limit: 3 }),
    search('res.partner', 'e', { limit: 0 }),
    search('res.partner', 'e', { limit: null }),
    search('res.partner', 'e', { limit: 'x' }),
    search('res.partner', 'e', { limit: -1 }),
    search('res.partner', 'archived', { context: { active_test: false } }),
    search('res.partner', 'archived'),
    search('res.partner', 'x', { [domainName]: [['nope', '=', 1]] }),
    search('res.partner', 'x', { [domainName]: 'x' }),
    search('res.partner', 'x', { nope: 1 }),
    ...[['Belg'], ['BE'], ['be'], [''], ['BE', '='], ['nl', 'ilike', 1], ['', '=', 1]].map(([name, ...more]): Call => {
      const args = [name as string, [['code', 'in', ['BE', 'DE', 'FR', 'NL', 'US']]], ...more]
      return { model: 'res.country', method: 'name_search', args, shape: 'pairs' }
    })
  ]
}

const nameGets: Call[] = [
  ...['res.partner', 'product.product', 'crm.lead', 'sale.order', 'sale.order.line', 'res.partner.category'].map(
    (model): Call => ({ model, method: 'name_get', args: [[`@${model}:0`, `@${model}:1`]], shape: 'pairs' })
  ),
  {
    model: 'res.partner',
    method: 'name_get',
    args: [['@res.partner:24', '@res.partner:26', '@res.partner:27']],
    shape: 'pairs'
  },
  { model: 'res.partner', method: 'name_get', args: [[999999999]], shape: 'pairs' },
  { model: 'res.partner', method: 'name_get', args: [[]], shape: 'pairs' },
  {
    model: 'product.product',
    method: 'name_get',
    args: [['@product.product:0']],
    kwargs: { context: { display_default_code: false } },
    shape: 'pairs'
  }
]

const defaultGet = (model: string, fields: Json, context: JsonObject = {}): Call => {
  return { model, method: 'default_get', args: [fields], kwargs: { context }, shape: 'rows' }
}

const defaults: Call[] = [
  defaultGet('res.partner', ['type', 'active', 'lang', 'color', 'name', 'is_company']),
  defaultGet('res.partner', ['name', 'country_id'], { default_name: 'x', default_country_id: '@res.country:BE' }),
  defaultGet('res.partner', ['name'], { default_name: false }),
  defaultGet('res.partner', ['color'], { default_color: '7' }),
  defaultGet('res.partner', ['category_id'], { default_category_id: ['@res.partner.category:0'] }),
  defaultGet('res.partner', ['nope'], { default_nope: 1 }),
  defaultGet('res.partner', ['nope']),
  defaultGet('res.partner', []),
  defaultGet('res.partner', 'name'),
  defaultGet('res.partner', null),
  defaultGet('crm.lead', ['type', 'priority', 'user_id', 'active', 'stage_id', 'probability']),
  defaultGet('crm.lead', ['type'], { default_type: 'lead' }),
  defaultGet('crm.lead', ['type'], { default_type: 'nope' }),
  defaultGet('product.product', ['type', 'sale_ok', 'purchase_ok', 'active', 'list_price', 'uom_id']),
  defaultGet('sale.order', ['state', 'company_id', 'user_id', 'name']),
  defaultGet('sale.order.line', ['product_uom_qty', 'sequence', 'discount', 'price_unit']),
  defaultGet('res.partner.category', ['active'])
]

const attributes = [
  ...['type', 'string', 'required', 'readonly', 'store', 'searchable', 'sortable', 'relation', 'relation_field'],
  ...['translate', 'size', 'trim', 'digits', 'currency_field', 'company_dependent', 'name', 'groupable']
]

const shown: { [model: string]: string[] } = {
  'res.partner': [
    'name',
    'parent_id',
    'child_ids',
    'category_id',
    'active',
    'email',
    'color',
    'display_name',
    'id',
    'comment'
  ],
  'crm.lead': ['name', 'expected_revenue', 'stage_id', 'date_deadline', 'tag_ids', 'description', 'probability'],
  'product.product': ['name', 'list_price', 'lst_price', 'default_code', 'product_tmpl_id', 'categ_id', 'barcode'],
  'sale.order': [
    'name',
    'partner_id',
    'order_line',
    'amount_total',
    'date_order',
    'currency_id',
    'note',
    'validity_date'
  ],
  'sale.order.line': ['order_id', 'product_id', 'price_unit', 'price_subtotal', 'discount', 'name', 'order_partner_id'],
  'res.users': ['login', 'password', 'partner_id', 'company_ids', 'name', 'active'],
  'res.country': ['name', 'code', 'currency_id']
}

const fieldsGets: Call[] = [
  ...Object.entries(shown).flatMap(([model, fields]) => {
    return fields.map((field): Call => ({ model, method: 'fields_get', args: [[field], attributes], shape: 'plain' }))
  }),
  ...[
    ['res.partner', 'type'],
    ['crm.lead', 'priority'],
    ['crm.lead', 'type'],
    ['sale.order', 'state'],
    ['sale.order.line', 'display_type']
  ].map(([model, field]): Call => {
    return { model: model as string, method: 'fields_get', args: [[field as string], ['selection']], shape: 'plain' }
  }),
  { model: 'res.partner', method: 'fields_get', args: [['nope']], shape: 'plain' },
  { model: 'res.partner', method: 'fields_get', args: [['name', 'nope'], ['type']], shape: 'plain' },
  { model: 'res.partner', method: 'fields_get', args: [['name'], ['nope']], shape: 'plain' },
  { model: 'res.partner', method: 'fields_get', args: [['name'], []], shape: 'type' },
  { model: 'res.partner', method: 'fields_get', args: [[], ['type']], shape: 'type' },
  { model: 'res.partner', method: 'fields_get', args: ['name', ['type']], shape: 'plain' },
  { model: 'res.partner', method: 'fields_get', args: [['name'], 'type'], shape: 'plain' },
  { model: 'res.partner', method: 'fields_get', args: [5], shape: 'plain' }
]
