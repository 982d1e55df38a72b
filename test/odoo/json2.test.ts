import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { Json, JsonObject } from '../../src/core/json.js'
import { json2 } from '../../src/odoo/wires/json2.js'
import { jsonrpc } from '../../src/odoo/wires/jsonrpc.js'
import type { Wire, WireCall, WireReply } from '../../src/odoo/wires/wire.js'
import { callOf, recordings } from './recorded.js'
import { json2Recordings } from './recorded-json2.js'

const url = 'http://odoo.example'
const login = { database: 'lab', uid: 2, secret: 'the-key' }
const call = (method: string, args: Json[] = [], kwargs: JsonObject = {}): WireCall => ({
  kind: 'execute',
  ...login,
  model: 'res.partner',
  method,
  args,
  kwargs
})
const reply = (text: string, more: Partial<WireReply> = {}): WireReply => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  text,
  complete: true,
  ...more
})
const bodyOf = (of: WireCall) => JSON.parse(json2.encode(of).body) as JsonObject

/** The code and text of the error with its outcome, or `ok`. */
async function meaning(wire: Wire, of: WireCall, got: WireReply): Promise<string> {
  try {
    await wire.decode(of, got, url)
    return 'ok'
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const said = `${error.code}: ${error.detail} ${error.extra.outcome}`
    if (/Traceback|LINE 1|SELECT|\/var\/|\/usr\/|psycopg2\.|\.py\b|werkzeug/.test(said))
      return `SHOWS THE SERVER: ${said}`
    return said
  }
}

/** What JSON-2 says that JSON-RPC does not, or says in other words. The texts are ours, but for those of a bad request. */
const own: Record<string, RegExp> = {
  api_model_with_ids: /^invalid_input: cannot call res\.partner\.search_read with ids not_applied$/,
  api_model_with_ids_create: /^invalid_input: cannot call res\.partner\.create with ids not_applied$/,
  args_key: /^invalid_input: got an unexpected keyword argument 'args' not_applied$/,
  unknown_kwarg: /^invalid_input: got an unexpected keyword argument 'bogus' not_applied$/,
  too_few_args: /^invalid_input: missing a required argument: 'vals' not_applied$/,
  empty_body: /^invalid_input: missing a required argument: 'domain' not_applied$/,
  json_null_body: /^invalid_input: missing a required argument: 'domain' not_applied$/,
  bad_json: /^invalid_input: could not parse the body as json: .* not_applied$/,
  context_not_dict: /^invalid_input: dictionary update sequence element #0 has length 1; 2 is required not_applied$/,
  auth_basic_header: /^auth_failed: Odoo refused the login\. not_applied$/,
  auth_no_header: /^auth_failed: /,
  auth_expired_api_key: /^auth_failed: /,
  auth_password_as_bearer: /^auth_failed: /,
  auth_short_api_key: /^auth_failed: /,
  auth_wrong_api_key: /^auth_failed: Odoo refused the login\. not_applied$/,
  wrong_database: /^not_found: The database "nodb" does not exist on this Odoo\. not_applied$/,
  unknown_model: /^not_found: The model res\.nope does not exist in this Odoo\. not_applied$/,
  unknown_method: /^not_found: The method nope does not exist on res\.partner\. not_applied$/,
  form_content_type: /^invalid_input: Odoo refused the type of the request\. not_applied$/,
  wrong_content_type: /^invalid_input: Odoo refused the type of the request\. not_applied$/,
  attachment_raw_not_utf8: /^odoo_error: Odoo failed to answer\. unknown$/,
  doc_bearer_index_denied: /^access_denied: /,
  // Paths that we never ask.
  get_verb: /^odoo_error: NotFound: Did you mean POST/,
  unknown_path: /^odoo_error: NotFound: Did you mean POST/,
  unknown_path_deep: /^odoo_error: NotFound: Did you mean POST/,
  unknown_path_root: /^odoo_error: NotFound: Did you mean POST/
}

t.test('what Odoo 19 answered over JSON-2 means what it means over JSON-RPC, or what is written here', async t => {
  const overJsonRpc = new Map(recordings().flatMap(one => (one.version === '19' ? [[one.name, one] as const] : [])))
  let compared = 0
  for (const { name, call, reply } of json2Recordings()) {
    // Answers of other paths, which we never ask.
    if (name === 'get_web_health' || name === 'doc_bearer_model_excerpt') continue
    const said = await meaning(json2, call, reply)
    const expected = own[name]
    const twin = overJsonRpc.get(name)
    if (expected !== undefined) t.match(said, expected, name)
    else if (reply.status === 200) t.equal(said, 'ok', name)
    else if (twin !== undefined) t.equal(codeOf(said), codeOf(await meaning(jsonrpc, callOf(twin), twin.reply)), name)
    else t.fail(`${name}: nothing is known of it: ${said}`)
    compared++
  }
  t.ok(compared > 110, `${compared} recordings`)
})

/** Code and outcome: the texts name other records, and another language's user. */
function codeOf(said: string): string {
  return `${said.split(':', 1)[0]} ${said.split(' ').at(-1)}`
}

t.test('the recorded results come through as they are', async t => {
  const named = new Map(json2Recordings().map(one => [one.name, one]))
  const decoded = (name: string) => {
    const { call, reply } = named.get(name) as { call: WireCall; reply: WireReply }
    return json2.decode(call, reply, url)
  }
  t.strictSame(decoded('get_web_version'), { result: '19.0' })
  t.strictSame(decoded('auth_ok'), { result: [{ id: 1, name: 'YourCompany' }] })
  t.strictSame(decoded('method_returning_none'), { result: null })
  const whoAmI = named.get('context_get') as { reply: WireReply }
  const authenticate = { kind: 'authenticate', database: 'lab', username: '', secret: 'key' } as const
  t.strictSame(json2.decode(authenticate, whoAmI.reply, url), { result: 2 })
})

t.test('asking for the version sends no secret', async t => {
  t.strictSame(json2.encode({ kind: 'version' }), {
    method: 'GET',
    path: '/web/version',
    headers: { accept: 'application/json' },
    body: ''
  })
})

t.test('a login asks whose the key is', async t => {
  const { method, path, headers, body } = json2.encode({
    kind: 'authenticate',
    database: 'lab',
    username: '',
    secret: 'k'
  })
  t.equal(`${method} ${path} ${body}`, 'POST /json/2/res.users/context_get {}')
  t.match(headers, { authorization: 'bearer k', 'x-odoo-database': 'lab', 'content-type': 'application/json' })
})

const context = { lang: 'en_US' }
const domain = [['id', '=', 1]]
for (const [method, args, kwargs, body] of [
  ['read', [[1, 2], ['name'], '_classic_read'], {}, { ids: [1, 2], fields: ['name'], load: '_classic_read' }],
  ['read', [[1]], { fields: ['name'], context }, { ids: [1], fields: ['name'], context }],
  ['read', [], { ids: [1], fields: ['name'] }, { ids: [1], fields: ['name'] }],
  ['search', [[], 0, 5, 'name'], {}, { domain: [], offset: 0, limit: 5, order: 'name' }],
  ['search_count', [domain, 3], {}, { domain, limit: 3 }],
  ['search_read', [domain], { limit: 2 }, { domain, limit: 2 }],
  ['fields_get', [['name'], ['type']], {}, { allfields: ['name'], attributes: ['type'] }],
  ['default_get', [['name']], {}, { fields: ['name'] }],
  ['name_search', ['azure', [], 'ilike', 4], {}, { name: 'azure', domain: [], operator: 'ilike', limit: 4 }],
  ['create', [{ name: 'x' }], {}, { vals_list: { name: 'x' } }],
  ['create', [[{ name: 'x' }]], {}, { vals_list: [{ name: 'x' }] }],
  ['write', [[1], { name: 'x' }], {}, { ids: [1], vals: { name: 'x' } }],
  ['copy', [[1], { name: 'x' }], {}, { ids: [1], default: { name: 'x' } }],
  ['unlink', [[1]], {}, { ids: [1] }],
  [
    'read_group',
    [[], ['id'], ['type'], 0, 5, 'type', false],
    {},
    { domain: [], fields: ['id'], groupby: ['type'], offset: 0, limit: 5, orderby: 'type', lazy: false }
  ],
  [
    'formatted_read_group',
    [[], ['type'], ['__count'], [], 0, 5, 'type'],
    {},
    { domain: [], groupby: ['type'], aggregates: ['__count'], having: [], offset: 0, limit: 5, order: 'type' }
  ],
  ['get_views', [[[false, 'list']]], { options: {} }, { views: [[false, 'list']], options: {} }],
  ['check_object_reference', ['base', 'user_admin'], {}, { module: 'base', xml_id: 'user_admin' }],
  // A method of records from 18 on; whoever calls it as 14 had it gets Odoo's own word for it.
  ['has_group', [[2], 'base.group_user'], {}, { ids: [2], group_ext_id: 'base.group_user' }],
  ['has_group', ['base.group_user'], {}, { group_ext_id: 'base.group_user' }],
  ['action_archive', [[1, 2]], {}, { ids: [1, 2] }],
  ['action_archive', [1], { context }, { ids: 1, context }],
  ['message_post', [[1]], { body: 'hi' }, { ids: [1], body: 'hi' }],
  ['some_model_method', [], { a: 1 }, { a: 1 }]
] as [string, Json[], JsonObject, JsonObject][]) {
  t.test(`${method}(${JSON.stringify(args)}) goes by name: ${Object.keys(body).join(', ')}`, async t => {
    const { path, headers } = json2.encode(call(method, args, kwargs))
    t.equal(path, `/json/2/res.partner/${method}`)
    t.match(headers, { authorization: 'bearer the-key', 'x-odoo-database': 'lab' })
    t.strictSame(bodyOf(call(method, args, kwargs)), body)
  })
}

for (const [method, args, kwargs, detail] of [
  ['message_subscribe', [[1], [7]], {}, /^args: .* message_subscribe are not known; give them by name in kwargs/],
  ['some_method', ['text'], {}, /^args: .* some_method are not known/],
  // An empty list of ids would be dropped where the method is not one of records, and what it stood for is lost.
  ['some_method', [[]], {}, /^args: /],
  ['some_method', [[1.5]], {}, /^args: /],
  ['unlink', [[1], 'more'], {}, /^args: more than unlink takes over JSON-2; expected at most ids$/],
  ['context_get', [[1]], {}, /^args: more than context_get takes over JSON-2; expected none$/],
  ['write', [[1], { name: 'x' }], { vals: {} }, /^kwargs\.vals: given as a positional argument of write, too$/],
  ['write', [[1]], { ids: [2], vals: {} }, /^kwargs\.ids: given as a positional argument of write, too$/],
  ['search', [[]], { ids: [1] }, /^kwargs\.ids: means the records that a method is called on/],
  ['some_method', [], { ids: [1] }, /^kwargs\.ids: means the records/]
] as [string, Json[], JsonObject, RegExp][]) {
  t.test(`${method}(${JSON.stringify(args)}, ${JSON.stringify(kwargs)}) is refused before sending`, async t => {
    t.throws(() => json2.encode(call(method, args, kwargs)), {
      code: 'invalid_input',
      detail,
      extra: { outcome: 'not_applied', hint: /protocol jsonrpc or xmlrpc/ }
    })
  })
}

t.test('a secret that no header holds is no API key; a database that none holds cannot be named', async t => {
  for (const secret of ['pass word', 'pässword', 'a\r\nX-Evil: 1', 'пароль']) {
    t.throws(() => json2.encode({ kind: 'authenticate', database: 'lab', username: '', secret }), {
      code: 'auth_failed',
      detail: 'Odoo refused the login.',
      extra: { outcome: 'not_applied', hint: /^JSON-2 takes API keys only/ }
    })
  }
  for (const database of ['база', 'a\nb', 'my db']) {
    t.throws(() => json2.encode({ kind: 'authenticate', database, username: '', secret: 'key' }), {
      code: 'invalid_input',
      detail: /^database: .* cannot be named over JSON-2/
    })
  }
})

t.test('create answers one object with one id, as the other wires do', async t => {
  t.strictSame(json2.decode(call('create', [{ name: 'x' }]), reply('[7]'), url), { result: 7 })
  t.strictSame(json2.decode(call('create', [], { vals_list: { name: 'x' } }), reply('[7]'), url), { result: 7 })
  t.strictSame(json2.decode(call('create', [[{ name: 'x' }]]), reply('[7]'), url), { result: [7] })
  t.strictSame(json2.decode(call('create', [{ name: 'x' }]), reply('7'), url), { result: 7 })
})

t.test('a 200 belongs to a call that succeeded, also when its body cannot be read', async t => {
  for (const got of [reply('[{"id": 1, "na', { complete: false }), reply('[{"id": 1, "na'), reply('')]) {
    t.match(json2.decode(call('write'), got, url), { result: null, warning: /^Odoo did this, but its answer/ })
  }
})

t.test('the case of a media type is no matter', async t => {
  const loud = reply('7', { headers: { 'content-type': 'Application/JSON' } })
  t.strictSame(await json2.decode(call('write'), loud, url), { result: 7 })
})

t.test('what is not Odoo speaking is not repeated', async t => {
  const notOdoo = { code: 'odoo_unavailable', detail: 'What answers at this address is not an Odoo.' }
  const page = reply('<html>router login, admin/admin</html>', { headers: { 'content-type': 'text/html' } })
  t.throws(() => json2.decode(call('write'), page, url), { ...notOdoo, extra: { outcome: 'unknown' } })
  t.throws(() => json2.decode(call('write'), reply('[]', { headers: {} }), url), notOdoo)
  for (const text of ['{"version":"1.0"}', '{"version_info":[1]}', '[]', 'null', '{', '"19.0"']) {
    t.throws(() => json2.decode({ kind: 'version' }, reply(text), url), notOdoo, text)
  }
  const authenticate = { kind: 'authenticate', database: 'lab', username: '', secret: 'key' } as const
  for (const text of ['{"lang":"en_US"}', '{"uid":false}', 'null']) {
    t.throws(() => json2.decode(authenticate, reply(text), url), notOdoo, text)
  }
  // JSON of somebody else, such as a proxy.
  for (const text of ['{"message":"inner 10.0.0.7"}', '{"name":"x","message":"inner 10.0.0.7"}', '[]', '"x"']) {
    t.throws(() => json2.decode(call('write'), reply(text, { status: 503 }), url), {
      code: 'odoo_unavailable',
      detail: /HTTP error\.$/,
      extra: { outcome: 'unknown', retryable: true }
    })
  }
})

t.test('only a call in a database can miss it', async t => {
  const page = { status: 404, headers: { 'content-type': 'text/html' } }
  const said = reply('<p>No database is selected and the requested URL was not found', page)
  t.throws(() => json2.decode({ kind: 'version' }, said, url), { code: 'odoo_unavailable' })
  const authenticate = { kind: 'authenticate', database: 'nope', username: '', secret: 'key' } as const
  t.throws(() => json2.decode(authenticate, said, url), { code: 'not_found', detail: /"nope"/ })
  t.throws(() => json2.decode(call('read'), reply('<p>Not Found', page), url), { code: 'odoo_unavailable' })
})

t.test('even asking for the version, and who one is, can fail with an exception', async t => {
  const broken = reply('{"name":"builtins.MemoryError","message":"","debug":"Traceback …"}', { status: 500 })
  const authenticate = { kind: 'authenticate', database: 'lab', username: '', secret: 'key' } as const
  for (const of of [{ kind: 'version' } as const, authenticate]) {
    t.throws(() => json2.decode(of, broken, url), { code: 'odoo_error', detail: 'MemoryError' })
  }
})
