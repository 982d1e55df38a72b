import type { RawRequest } from './differential-wires.js'

const json = { 'content-type': 'application/json' }
const xml = { 'content-type': 'text/xml' }
const bearer = { ...json, authorization: 'bearer <key>' }
const rpc = (params: unknown, more: object = {}): RawRequest => {
  return {
    path: '/jsonrpc',
    headers: json,
    body: JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 7, params, ...more })
  }
}
const execute = (...rest: unknown[]) => rpc({ service: 'object', method: 'execute_kw', args: ['<database>', ...rest] })

/** Requests that are wrong, or right in an unusual way. */
export function rawRequests(version: string): RawRequest[] {
  return [...jsonRpc, ...xmlRpc, ...others, ...(Number(version) >= 19 ? json2 : [])]
}

const jsonRpc: RawRequest[] = [
  rpc({ service: 'common', method: 'version', args: [] }),
  rpc({ service: 'common', method: 'nope', args: [] }),
  rpc({ service: 'nope', method: 'version', args: [] }),
  rpc({ service: 'common', method: 'version' }),
  rpc({ service: 'common', args: [] }),
  rpc({ method: 'version', args: [] }),
  rpc({}),
  rpc([]),
  rpc(null),
  rpc({ service: 'common', method: 'version', args: [1, 2] }),
  rpc({ service: 'common', method: 'authenticate', args: ['<database>', 'nobody', 'wrong', {}] }),
  rpc({ service: 'common', method: 'login', args: ['<database>', 'admin', '<password>'] }),
  rpc({ service: 'common', method: 'authenticate', args: ['no-such-database', 'admin', 'admin', {}] }),
  rpc({ service: 'db', method: 'list', args: [] }),
  rpc({ service: 'db', method: 'db_exist', args: ['<database>'] }),
  rpc({ service: 'db', method: 'server_version', args: [] }),
  rpc({ service: 'object', method: 'execute_kw', args: [] }),
  rpc({ service: 'object', method: 'nope', args: ['<database>', 2, '<password>'] }),
  rpc({
    service: 'object',
    method: 'execute',
    args: ['<database>', 2, '<password>', 'res.partner', 'search', [], 0, 1]
  }),
  execute(2),
  execute(2, '<password>'),
  execute(2, '<password>', 'res.partner'),
  execute(2, '<password>', 'res.partner', 'search_count'),
  execute(2, '<password>', 'res.partner', 'search_count', [[['id', '=', -1]]]),
  execute(999999999, '<password>', 'res.partner', 'search_count', [[]]),
  execute(false, '<password>', 'res.partner', 'search_count', [[]]),
  execute(null, '<password>', 'res.partner', 'search_count', [[]]),
  execute('2', '<password>', 'res.partner', 'search_count', [[]]),
  execute('admin', '<password>', 'res.partner', 'search_count', [[]]),
  rpc({ service: 'object', method: 'execute_kw', args: ['no-such-database', 2, 'x', 'res.partner', 'search', [[]]] }),
  { path: '/jsonrpc', headers: json, body: '' },
  { path: '/jsonrpc', headers: json, body: '{' },
  { path: '/jsonrpc', headers: json, body: '[]' },
  { path: '/jsonrpc', headers: json, body: '5' },
  { path: '/jsonrpc', headers: json, body: 'null' },
  { path: '/jsonrpc', headers: json, body: '{}' },
  { path: '/jsonrpc', headers: { 'content-type': 'text/plain' }, body: '{}' },
  { path: '/jsonrpc', method: 'GET' },
  { path: '/jsonrpc/', headers: json, body: '{}' }
]

const xmlRpc: RawRequest[] = [
  { path: '/xmlrpc/2/common', headers: xml, body: '<methodCall><methodName>version</methodName></methodCall>' },
  { path: '/xmlrpc/2/common', headers: xml, body: '<methodCall><methodName>nope</methodName></methodCall>' },
  { path: '/xmlrpc/2/nope', headers: xml, body: '<methodCall><methodName>version</methodName></methodCall>' },
  { path: '/xmlrpc/2/db', headers: xml, body: '<methodCall><methodName>list</methodName></methodCall>' },
  { path: '/xmlrpc/common', headers: xml, body: '<methodCall><methodName>version</methodName></methodCall>' },
  { path: '/xmlrpc/2/object', headers: xml, body: '<methodCall><methodName>execute_kw</methodName></methodCall>' },
  { path: '/xmlrpc/2/object', headers: xml, body: '' },
  { path: '/xmlrpc/2/object', headers: xml, body: '<a/>' },
  { path: '/xmlrpc/2/common', method: 'GET' },
  { path: '/xmlrpc/2', headers: xml, body: '<a/>' },
  { path: '/xmlrpc/3/common', headers: xml, body: '<a/>' }
]

const others: RawRequest[] = [
  { path: '/web/webclient/version_info', headers: json, body: '{"jsonrpc":"2.0","method":"call","params":{}}' },
  { path: '/web/database/list', headers: json, body: '{"jsonrpc":"2.0","method":"call","params":{}}' },
  { path: '/web/version', method: 'GET' },
  { path: '/json/version', method: 'GET' },
  { path: '/nope', method: 'GET' },
  { path: '/json/2/res.partner', method: 'GET' }
]

const two = (path: string, body: unknown, more: Partial<RawRequest> = {}): RawRequest => {
  return { path: `/json/2/${path}`, headers: bearer, body: JSON.stringify(body), ...more }
}

const json2: RawRequest[] = [
  two('res.partner/search_count', { domain: [['id', '=', -1]] }),
  two('res.partner/search_count', {}),
  two('res.partner/search_count', { domain: [], nope: 1 }),
  two('res.partner/search', { domain: [], ids: [1] }),
  two('res.partner/read', { fields: ['name'] }),
  two('res.partner/read', []),
  two('res.partner/read', [1]),
  two('res.partner/read', null),
  two('res.partner/read', 'x'),
  two('res.partner/read', { ids: 'x', fields: ['name'] }),
  two('res.partner/read', { ids: [999999999], fields: ['name'] }),
  two('res.partner/read', { args: [[1]], kwargs: {} }),
  two('res.partner/nope', {}),
  two('res.partner/_search', { domain: [] }),
  two('res.partner/search_fetch', { domain: [] }),
  two('nope/search', { domain: [] }),
  two('nope/nope', {}),
  two('res.partner/write', { ids: [999999999], vals: { color: 1 } }),
  two('res.partner/write', { vals: { color: 1 } }),
  two('res.partner/create', { vals_list: {} }),
  two('res.partner/create', { vals_list: [{ color: 'x' }] }),
  two('res.partner/search', { domain: [['nope', '=', 1]] }),
  two('res.partner/search', { domain: 'x' }),
  two('res.partner/search', { domain: [], limit: -1 }),
  two('res.partner/search_count', { domain: [], context: { lang: 'xx_XX' } }),
  two('res.partner/search_count', { domain: [], context: 'x' }),
  two('res.partner/search_count', { domain: [], context: null }),
  two('res.users/context_get', {}),
  two('res.partner/search_count', {}, { body: '' }),
  two('res.partner/search_count', {}, { body: '{' }),
  two('res.partner/search_count', { domain: [] }, { headers: json }),
  two('res.partner/search_count', { domain: [] }, { headers: { ...json, authorization: 'bearer wrong' } }),
  two('res.partner/search_count', { domain: [] }, { headers: { ...json, authorization: 'Bearer <key>' } }),
  two('res.partner/search_count', { domain: [] }, { headers: { ...json, authorization: '<key>' } }),
  two('res.partner/search_count', { domain: [] }, { headers: { ...json, authorization: 'basic <key>' } }),
  two('res.partner/search_count', { domain: [] }, { headers: { ...bearer, 'content-type': 'text/plain' } }),
  two('res.partner/search_count', { domain: [] }, { headers: { ...bearer, 'x-odoo-database': 'nope' } }),
  { path: '/json/2/res.partner/search_count', method: 'GET', headers: { authorization: 'bearer <key>' } },
  { path: '/json/2/res.partner/search_count', method: 'PUT', headers: bearer, body: '{}' },
  { path: '/json/2/res.partner', headers: bearer, body: '{}' },
  { path: '/json/2/', headers: bearer, body: '{}' },
  { path: '/json/2/res.partner/search/x', headers: bearer, body: '{}' }
]
