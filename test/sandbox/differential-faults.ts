import { type Call, type Case, type Json, type JsonObject, single } from './calls.js'

const call = (model: Json, method: Json, args: Json = [], kwargs?: Json): Call => {
  return { model, method, args, ...(kwargs !== undefined && { kwargs }), shape: 'type' }
}
const partner = (method: Json, args: Json = [], kwargs?: Json) => call('res.partner', method, args, kwargs)
const one = '@res.partner:1'
const mine = [['ref', '=like', '§%']]
const search = (context: Json, more: JsonObject = {}) => partner('search', [mine], { context, ...more })

/** Calls that no careful caller makes. */
export function faultCases(): Case[] {
  return [...models, ...methods, ...signatures, ...contexts, ...states].map(call => single('fault', call))
}

const models: Call[] = [
  call('nope', 'search', [[]]),
  call('res.nope', 'read', [[1], ['name']]),
  call('', 'search', [[]]),
  call(' res.partner', 'search', [[]]),
  call('res_partner', 'search', [[]]),
  call('Res.Partner', 'search', [[]]),
  call('nope', 'nope', []),
  call('nope', '_nope', []),
  call(null, 'search', [[]]),
  call(5, 'search', [[]]),
  call(['res.partner'], 'search', [[]]),
  call('base', 'search', [[]])
]

const methods: Call[] = [
  ...['nope', '', ' search', 'Search', 'search ', 'name', 'active', 'id', 'ids', 'env', 'pool', 'search.x'].map(name =>
    partner(name, [])
  ),
  ...['_search', '_read', '__class__', '__init__', '_name', '_nope', '__dict__', '_write', '_create'].map(name =>
    partner(name, [])
  ),
  ...['sudo', 'with_context', 'browse', 'exists', 'filtered', 'mapped', 'ensure_one', 'init', 'flush'].map(name =>
    partner(name, [])
  ),
  ...['search_fetch', 'fetch', 'modified', 'clear_caches', 'invalidate_cache', 'check_access'].map(name =>
    partner(name, [])
  ),
  ...[null, 5, ['search'], true].map(name => partner(name, [])),
  call('sale.order', 'action_nope', [['@sale.order:0']]),
  call('sale.order', '_action_confirm', [['@sale.order:0']])
]

const signatures: Call[] = [
  partner('search', []),
  partner('search', [mine, 0, 1, 'id', false, 'x', 'y']),
  partner('search', [mine], { nope: 1 }),
  partner('search', [mine], { nope: 1, other: 2 }),
  partner('search', [mine], { domain: [] }),
  partner('search', [], { domain: mine, limit: 1 }),
  partner('search', [], { args: mine, limit: 1 }),
  partner('search', [mine, 0, 1], { limit: 1 }),
  partner('search', [mine, 0, 1], { offset: 1 }),
  partner('search_count', []),
  partner('search_count', [mine, true]),
  partner('search_count', [mine], { count: true }),
  partner('search_read', [], { domain: mine, limit: 1 }),
  partner('search_read', [mine, ['ref'], 0, 1, 'id', 'x', 'y', 'z']),
  partner('search_read', [mine], { nope: 1 }),
  partner('search_read', [mine], { load: '', fields: ['ref'] }),
  partner('read', []),
  partner('read', [], { fields: ['name'] }),
  partner('read', [[one]], { nope: 1 }),
  partner('read', [[one], ['name'], '', 'x']),
  partner('read', [[one], ['name']], { fields: ['name'] }),
  partner('write', []),
  partner('write', [[one]]),
  partner('write', [[one], {}, {}]),
  partner('write', [[one]], { values: {} }),
  partner('write', [[one]], { vals: {} }),
  partner('write', [[one], 'x']),
  partner('write', [[one], null]),
  partner('write', [[one], false]),
  partner('write', [[one], []]),
  partner('write', [[one], 5]),
  partner('write', [[], { name: 'x' }]),
  partner('write', [[], { nope: 'x' }]),
  partner('write', [[999999999], { color: 1 }]),
  partner('write', [[999999999], {}]),
  partner('write', [999999999, { color: 1 }]),
  partner('write', ['x', { color: 1 }]),
  partner('write', [['x'], { color: 1 }]),
  partner('write', [false, { color: 1 }]),
  partner('create', []),
  partner('create', ['x']),
  partner('create', [null]),
  partner('create', [false]),
  partner('create', [5]),
  partner('create', [[5]]),
  partner('create', [['x']]),
  partner('create', [[]]),
  partner('create', [{}]),
  partner('create', [[{}]]),
  partner('create', [{}, {}]),
  partner('create', [], { vals: {} }),
  partner('create', [{ nope: 1 }]),
  partner('create', [{ name: 'x', nope: 1 }]),
  partner('unlink', []),
  partner('unlink', [[]]),
  partner('unlink', [[999999999]]),
  partner('unlink', [['x']]),
  partner('unlink', ['x']),
  partner('unlink', [false]),
  partner('unlink', [[999999999], 1]),
  partner('copy', []),
  partner('copy', [[999999999]]),
  partner('copy', [999999999]),
  partner('copy', [[]]),
  partner('copy', [[one], 'x']),
  partner('copy', [[one], { nope: 1 }]),
  partner('copy', [[one]], { nope: 1 }),
  partner('name_create', []),
  partner('name_create', ['']),
  partner('name_create', [false]),
  partner('name_search', ['x', [], 'ilike', 1, 2, 3]),
  partner('default_get', []),
  partner('fields_get', [[], [], 1]),
  partner('fields_get', [], { nope: 1 }),
  partner('read_group', []),
  partner('read_group', [mine]),
  partner('read_group', [mine, ['color']]),
  partner('formatted_read_group', []),
  partner('formatted_read_group', [mine, ['country_id']]),
  partner('search', {}, {}),
  partner('search', null, {}),
  partner('search', 'x', {}),
  partner('search', 5, {}),
  partner('search', { domain: mine }, {}),
  partner('search', [mine], []),
  partner('search', [mine], null),
  partner('search', [mine], 'x'),
  partner('search', [mine], 5),
  partner('search', [mine], [['limit', 1]]),
  call('res.users', 'has_group', ['base.group_user']),
  call('res.users', 'has_group', ['nope']),
  call('ir.model.data', 'check_object_reference', ['base', 'nope']),
  call('ir.model.data', 'check_object_reference', ['base']),
  call('ir.attachment', 'create', [{ name: 'x', datas: 'not base64' }])
]

const contexts: Call[] = [
  search(null),
  search(false),
  search('x'),
  search(5),
  search([]),
  search([['lang', 'en_US']]),
  search({ lang: 'xx_XX' }),
  search({ lang: '' }),
  search({ lang: null }),
  search({ lang: false }),
  search({ lang: 5 }),
  search({ lang: ['en_US'] }),
  search({ lang: 'en_US; drop table' }),
  search({ tz: 'Nowhere/Land' }),
  search({ tz: 5 }),
  search({ tz: false }),
  search({ active_test: 'no' }),
  search({ active_test: 0 }),
  search({ active_test: null }),
  search({ allowed_company_ids: [999999999] }),
  search({ allowed_company_ids: [] }),
  search({ allowed_company_ids: 'x' }),
  search({ allowed_company_ids: ['x'] }),
  search({ allowed_company_ids: [null] }),
  search({ allowed_company_ids: false }),
  search({ allowed_company_ids: ['@res.company:second'] }),
  search({ uid: 1 }),
  search({ bin_size: 'x' }),
  search({ nope: { deep: [1, { x: null }] } }),
  partner('read', [[one], ['name', 'company_id']], { context: { allowed_company_ids: [999999999] } }),
  partner('read', [[one], ['name']], { context: { lang: 'xx_XX' } }),
  partner('search_read', [mine, ['barcode']], { context: { allowed_company_ids: ['@res.company:second'] } }),
  call('sale.order', 'search', [[]], { context: { allowed_company_ids: [999999999] } })
]

/** Bad transitions, and links that do not exist. */
const states: Call[] = [
  call('sale.order', 'action_confirm', [[]]),
  call('sale.order', 'action_confirm', [[999999999]]),
  call('sale.order', 'action_cancel', [[999999999]]),
  call('sale.order', 'create', [{}]),
  call('sale.order', 'create', [{ partner_id: 999999999 }]),
  call('sale.order', 'create', [{ partner_id: false }]),
  call('sale.order', 'create', [{ partner_id: 'x' }]),
  call('sale.order.line', 'create', [{}]),
  call('sale.order.line', 'create', [{ order_id: 999999999 }]),
  call('sale.order.line', 'create', [{ order_id: '@sale.order:0' }]),
  call('crm.lead', 'create', [{}]),
  call('crm.lead', 'create', [{ name: false }]),
  call('product.product', 'create', [{}]),
  call('product.product', 'create', [{ name: '' }, 5]),
  call('res.users', 'create', [{ name: 'No login' }]),
  call('res.users', 'create', [{ name: 'x', login: 'admin' }]),
  call('res.users', 'write', [['@res.users:sales'], { login: 'admin' }]),
  call('res.users', 'read', [['@res.users:sales'], ['password', 'login']]),
  call('res.country', 'create', [{ name: 'Belgium 2', code: 'BE' }]),
  call('crm.tag', 'create', [{ name: '§ hot' }]),
  call('res.partner', 'unlink', [['@res.partner:2']]),
  call('res.partner', 'unlink', [['@res.partner:1', 999999999]]),
  call('product.product', 'unlink', [['@product.product:0']]),
  call('sale.order', 'unlink', [[999999999]])
]
