/** A request that both the sandbox and a real Odoo get. `§db` and `§key` stand for the database and the API key. */
export interface Ask {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
}

const json = { 'content-type': 'application/json' }
const xml = { 'content-type': 'text/xml' }

const post = (path: string, body: unknown, headers: Record<string, string> = json): Ask => ({
  path,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body)
})

const rpc = (service: unknown, method: unknown, args: unknown) =>
  post('/jsonrpc', { id: 1, params: { service, method, args } })

const admin = ['§db', 2, 'admin']

/** What comes in JSON-RPC's envelope, well made and badly made. */
const envelopes: Ask[] = [
  ...['{bad', '', '"abc"', '5', 'null', '[{}]', '{}', '{"id": 5}', '{"id": 5, "params": [1, 2]}'],
  '{"id": 5, "params": null}',
  '{"id": "abc", "params": {"service": "common", "method": "version", "args": {}}}',
  '{"id": {"a": 1}, "params": {"service": "common", "method": "version"}}',
  '{"params": {"service": "common", "method": "version", "args": [], "more": 1}}',
  '{bad <é"\'>'
].map(body => post('/jsonrpc', body))

const services: Ask[] = [
  ...['version', 'login', 'about', 'authenticate', 'nope', 5].map(method => rpc('common', method, [])),
  ...[[1], null, 5].map(args => rpc('common', 'version', args)),
  ...[[true], [1, 2]].map(args => rpc('common', 'about', args)),
  ...['admin', 'wrong', '§key'].map(secret => rpc('common', 'login', ['§db', 'admin', secret])),
  ...[null, {}, 5].map(environment => rpc('common', 'authenticate', ['§db', 'admin', 'admin', environment])),
  ...[null, '', 'nodb', 5].map(database => rpc('common', 'authenticate', [database, 'admin', 'admin', {}])),
  ...[5, null, ['a']].map(login => rpc('common', 'authenticate', ['§db', login, login, {}])),
  rpc('common', 'authenticate', ['§db', 'admin', 'admin', {}, 5]),
  ...['list', 'server_version', 'db_exist', 'nope', 'drop', 5].map(method => rpc('db', method, [])),
  ...['§db', 'nope'].map(database => rpc('db', 'db_exist', [database])),
  rpc('db', 'list', [true]),
  rpc('db', 'drop', ['wrong', 'nodb']),
  rpc('nope', 'x', [])
]

const read = ['res.partner', 'read', [[1], ['name']]]

const objects: Ask[] = [
  ...[[], ['§db'], admin, [...admin, 'res.partner'], [...admin, 'res.partner', 'search_count']],
  ...[{}, null, [], 5].map(kwargs => [...admin, 'res.users', 'search_count', [[['id', '=', 0]]], kwargs]),
  [...admin, 'res.users', 'search_count', [[]], {}, 5],
  ...[null, 5].map(args => [...admin, 'res.users', 'search_count', args]),
  ...[null, [2], 'admin', 0, false, 99999].map(uid => ['§db', uid, 'admin', ...read]),
  ...[2.7, '2', ' 2 '].map(uid => ['§db', uid, 'admin', 'res.partner', 'search_count', [[['id', '=', 0]]]]),
  ...['', null, 'wrong'].map(secret => ['§db', 2, secret, ...read]),
  ...[null, '', 'nodb'].map(database => [database, 2, 'admin', ...read]),
  ...['res.nope', 5, null].map(model => [...admin, model, 'read', [[1]]]),
  ...['nope', '_nope'].map(method => [...admin, 'res.partner', method, [[1]]]),
  [...admin, 'res.partner', 'write', [[99999999], { name: 'x' }]],
  [...admin, 'res.partner', 'read', [[1], ['nope']]],
  [...admin, 'res.users', 'context_get', []]
].map(args => rpc('object', 'execute_kw', args))

const methods: Ask[] = [
  ...['nope', 'obj_list', 5].map(method => rpc('object', method, [...admin, ...read])),
  ...['wrong', ''].map(secret => rpc('object', 'nope', ['nodb', 2, secret, ...read])),
  rpc('object', 'execute', [...admin, 'res.partner', 'search_count', [['id', '=', 0]]]),
  rpc('object', 'execute', [...admin, 'res.partner']),
  rpc('object', 'execute', admin)
]

const xmlCall = (path: string, method: string, values: readonly string[] = []) => {
  const params = values.map(value => `<param><value>${value}</value></param>`).join('')
  return post(path, `<methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`, xml)
}

const none = '<array><data></data></array>'
const ids = (id: number) => `<array><data><value><int>${id}</int></value></data></array>`
const list = (...values: string[]) =>
  `<array><data>${values.map(value => `<value>${value}</value>`).join('')}</data></array>`
const struct = (name: string, value: string) =>
  `<struct><member><name>${name}</name><value>${value}</value></member></struct>`

/** Version 1 and 2 of the wire: they differ in faults. */
const overXml: Ask[] = ['/xmlrpc/2', '/xmlrpc'].flatMap(path => [
  xmlCall(`${path}/common`, 'version'),
  xmlCall(`${path}/common`, 'nope'),
  xmlCall(`${path}/common`, 'login', ['§db', 'admin', 'wrong']),
  xmlCall(`${path}/common`, 'login', ['nodb', 'admin', 'admin']),
  xmlCall(`${path}/db`, 'list'),
  xmlCall(`${path}/nope`, 'x'),
  xmlCall(`${path}/common/`, 'version'),
  xmlCall(`${path}/object`, 'execute_kw', ['§db']),
  ...['read', 'nope', '_nope'].map(method =>
    xmlCall(`${path}/object`, 'execute_kw', ['§db', '2', 'admin', 'res.nope', method, none])
  ),
  xmlCall(`${path}/object`, 'execute_kw', ['§db', '2', 'wrong', 'res.nope', 'read', none]),
  xmlCall(`${path}/object`, 'execute_kw', ['§db', '2', '<nil/>', 'res.nope', 'read', none]),
  xmlCall(`${path}/object`, 'execute_kw', ['§db', '2', 'admin', 'res.partner', 'nope', list(ids(1))]),
  xmlCall(`${path}/object`, 'execute_kw', ['§db', '2', 'admin', 'res.users', 'context_get', none]),
  xmlCall(`${path}/object`, 'execute_kw', [
    ...['§db', '2', 'admin', 'res.partner', 'write'],
    list(ids(99999999), struct('name', 'x'))
  ]),
  xmlCall(`${path}/object`, 'execute_kw', [
    ...['§db', '2', 'admin', 'res.partner', 'write'],
    list(ids(1), struct('parent_id', '<int>1</int>'))
  ])
])

const documents: Ask[] = [
  ...['', '<hello/>', '<methodCall>', '<methodCall/>', '<methodCall><params/></methodCall>'],
  ...['<int>x</int>', '<boolean>2</boolean>', '<foo/>'].map(
    value =>
      `<methodCall><methodName>version</methodName><params><param><value>${value}</value></param></params></methodCall>`
  )
].map(body => post('/xmlrpc/2/common', body, xml))

const routes: Ask[] = [
  ...['/nope', '/xmlrpc', '/web/version', '/json/version', '/web/health', '/xmlrpc/2/common'].map(path => ({
    method: 'GET',
    path
  })),
  ...['/nope', '/web/webclient/version_info', '/web/database/list'].map(path => post(path, { id: 1 })),
  ...['get_session_info', 'destroy', 'check'].map(route => post(`/web/session/${route}`, { id: 1 })),
  ...['wrong', '§key'].map(password =>
    post('/web/session/authenticate', { id: 1, params: { db: '§db', login: 'admin', password } })
  ),
  post('/web/session/authenticate', { id: 1, params: { db: 'nodb', login: 'admin', password: 'admin' } }),
  post('/web/session/authenticate', { id: 1, params: { db: '§db', login: 'admin' } }),
  post('/web/dataset/call_kw', { id: 1, params: { model: 'res.partner', method: 'read', args: [[1]], kwargs: {} } }),
  post('/jsonrpc', '{}', { 'content-type': 'text/plain' }),
  post('/jsonrpc', '{}', { 'content-type': 'application/x-www-form-urlencoded' }),
  { ...post('/jsonrpc', { params: { service: 'common', method: 'version', args: [] } }), method: 'PUT' }
]

export const requests: readonly Ask[] = [
  ...envelopes,
  ...services,
  ...objects,
  ...methods,
  ...overXml,
  ...documents,
  ...routes
]

const key = { ...json, authorization: 'bearer §key' }
const partner = '/json/2/res.partner'

/** JSON-2, for 19 alone. */
export const json2Requests: readonly Ask[] = [
  ...[json, { ...json, authorization: 'Basic x' }, { ...json, authorization: 'Bearer x' }].map(headers =>
    post(`${partner}/read`, {}, headers)
  ),
  ...['§db', 'nodb'].map(database => post(`${partner}/read`, {}, { ...key, 'x-odoo-database': database })),
  ...['{bad', '', 'null', '[[1]]', '{}'].map(body => post(`${partner}/search_count`, body, key)),
  post(`${partner}/search_count`, '', { authorization: 'bearer §key' }),
  ...['text/plain', 'application/x-www-form-urlencoded'].map(type =>
    post(`${partner}/read`, {}, { ...key, 'content-type': type })
  ),
  { method: 'GET', path: `${partner}/read` },
  ...['/json/2', partner, `${partner}/read/1`, '/json/2/res.nope/read'].map(path => post(path, {}, key)),
  post(partner, {}, {}),
  { ...post(`${partner}/read`, {}, key), method: 'PUT' },
  ...['nope', '_nope', 'read', 'write', 'read/'].map(method => post(`${partner}/${method}`, {}, key)),
  post(`${partner}/search`, { domain: [], bogus: 1 }, key),
  post(`${partner}/search_read`, { ids: [1], domain: [] }, key),
  post(`${partner}/search`, { domain: [], limit: 1, context: 'abc' }, key),
  post(`${partner}/write`, { ids: [99999999], vals: { name: 'x' } }, key),
  post(`${partner}/read`, { ids: [1], fields: ['nope'] }, key),
  post(`${partner}/unlink`, { ids: [] }, key),
  post('/json/2/res.users/context_get', {}, key)
]

/** Where the sandbox answers otherwise, and why it is left so. */
export const different: readonly (Ask & { why: string; only?: number })[] = [
  { ...rpc('db', 'list_lang', []), why: 'the sandbox does not know the languages that could be installed' },
  {
    ...rpc('object', 'execute_kw', ['§db', 2, 5, ...read]),
    why: 'a secret that is no text is wrong here; there it breaks the library that hashes passwords'
  },
  { ...rpc(null, 'x', []), only: 19, why: 'a KeyError here holds a text, there whatever was no key' },
  {
    ...post('/xmlrpc/2/common', 'x<methodCall/>', xml),
    why: 'of text before the document expat says that a token is invalid'
  },
  {
    ...post('/xmlrpc/2/common', '<methodCall a=1/>', xml),
    why: 'of an attribute without quotes the sandbox names the column where it begins'
  }
]
