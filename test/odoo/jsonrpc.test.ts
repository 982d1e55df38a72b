import t from 'tap'
import type { ErrorCode } from '../../src/core/errors.js'
import { GatewayError } from '../../src/core/errors.js'
import { jsonrpc } from '../../src/odoo/wires/jsonrpc.js'
import type { WireCall, WireReply } from '../../src/odoo/wires/wire.js'
import { callOf, type Recorded, recording, recordings } from './recorded.js'

const url = 'http://odoo.example'
const call: WireCall = {
  kind: 'execute',
  database: 'lab',
  uid: 2,
  secret: 'secret',
  model: 'res.partner',
  method: 'read',
  args: [[1]],
  kwargs: { fields: ['name'] }
}
const reply = (body: string, more: Partial<WireReply> = {}): WireReply => ({
  status: 200,
  headers: {},
  text: body,
  complete: true,
  ...more
})
const decode = (body: string, more: Partial<WireReply> = {}) => jsonrpc.decode(call, reply(body, more), url)

/** The recordings use other names for some kinds of errors; and here is where we judge otherwise on purpose. */
function expectedCode({ version, name, category, exception }: Recorded): ErrorCode | 'ok' {
  const id = `${version}/${name}`
  // Foreign keys are conflicts in our list of codes; 14 names the constraint, which is enough to know them by.
  if (id === '14/create_m2o_missing_target' || id === '14/fk_restrict_unlink') return 'conflict'
  // An unknown database is something that does not exist, rather than an Odoo that is not there.
  if (category === 'unavailable' && name.startsWith('wrong_database')) return 'not_found'
  // A private method is refused by policy, also by ours; an unknown one does not exist.
  if (category === 'method_not_allowed')
    return exception === 'odoo.exceptions.AccessError' ? 'policy_denied' : 'not_found'
  return category as ErrorCode | 'ok'
}

for (const recorded of recordings()) {
  const expected = expectedCode(recorded)
  const title = `Odoo ${recorded.version}: ${recorded.name} is ${expected}`
  t.test(title, async t => {
    const decoded = () => jsonrpc.decode(callOf(recorded), recorded.reply, url)
    if (expected === 'ok') {
      const { result } = JSON.parse(recorded.reply.text)
      if (recorded.name === 'common_version') t.equal(decoded().result, `${recorded.version}.0`)
      else t.strictSame(decoded(), { result: result ?? null })
      return
    }
    try {
      decoded()
      t.fail('should have thrown')
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      t.equal(error.code, expected)
      const said = error.detail + (error.extra.hint ?? '')
      t.ok(error.detail.length > 5, said)
      t.notMatch(said, /Traceback|LINE 1|SELECT|\/var\/|\/usr\/|psycopg2\.|\.py\b/, 'shows nothing of the server')
      if (recorded.reply.status === 200) t.equal(error.extra.outcome, 'not_applied', 'Odoo has rolled back')
    }
  })
}

for (const name of ['ok_read', 'search_read', 'unknown_kwarg', 'write']) {
  t.test(`a call goes out as it was recorded: ${name}`, async t => {
    const recorded = recording('19', name)
    const { method, path, headers, body } = jsonrpc.encode(callOf(recorded))
    t.equal(method, 'POST')
    t.equal(path, '/jsonrpc')
    t.match(headers, { 'content-type': 'application/json' })
    t.strictSame(JSON.parse(body), recorded.request.body)
  })
}

t.test('asking for the version sends no secret', async t => {
  const { params } = JSON.parse(jsonrpc.encode({ kind: 'version' }).body)
  t.strictSame(params, { service: 'common', method: 'version', args: [] })
})

t.test('a login sends database, user and secret', async t => {
  const body = jsonrpc.encode({ kind: 'authenticate', database: 'lab', username: 'admin', secret: 'wrong' }).body
  t.strictSame(JSON.parse(body), recording('19', 'auth_wrong_password_authenticate').request.body)
})

t.test('a method that returned nothing has the result null', async t => {
  t.strictSame(decode('{"jsonrpc":"2.0","id":1}'), { result: null })
})

t.test('a fault without an id is understood', async t => {
  const { reply } = recording('19', 'call_kw_no_session')
  t.throws(() => jsonrpc.decode(call, reply, url), { code: 'auth_failed' })
})

t.test('what is not Odoo speaking is not repeated', async t => {
  for (const body of [
    '<html>router login, admin/admin</html>',
    '',
    'null',
    '[]',
    '{}',
    '{"jsonrpc":"1.0","id":1,"result":1}',
    '{"jsonrpc":"2.0","id":7,"result":1}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"inner service 10.0.0.7"}}',
    '{"jsonrpc":"2.0","id":1,"error":"inner service 10.0.0.7"}'
  ]) {
    t.throws(
      () => decode(body),
      { code: 'odoo_unavailable', detail: 'What answers at this address is not an Odoo.' },
      body
    )
  }
  const version = '{"jsonrpc":"2.0","id":1,"result":{"name":"x"}}'
  t.throws(() => jsonrpc.decode({ kind: 'version' }, reply(version), url), { code: 'odoo_unavailable' })
})

t.test('a fault without text or traceback is still a fault', async t => {
  const body = '{"jsonrpc":"2.0","id":1,"error":{"data":{"name":"odoo.exceptions.AccessDenied"}}}'
  t.throws(() => decode(body), { code: 'auth_failed' })
})

t.test('even asking for the version can fail', async t => {
  const body = '{"jsonrpc":"2.0","id":1,"error":{"data":{"name":"builtins.MemoryError","message":""}}}'
  t.throws(() => jsonrpc.decode({ kind: 'version' }, reply(body), url), { code: 'odoo_error', detail: 'MemoryError' })
})

t.test('a reply that breaks off after the word result belongs to a call that succeeded', async t => {
  const cut = '{"jsonrpc": "2.0", "id": 1, "result": [{"id": 1, "na'
  t.match(decode(cut, { complete: false }), { result: null, warning: /could not be read/ })
  t.match(decode(cut), { result: null, warning: /could not be read/ }, 'also when it says that it is complete')
})

t.test('a reply that breaks off earlier tells nothing about the call', async t => {
  for (const cut of ['{"jsonrpc": "2.0", "id": 1, ', '{"jsonrpc": "2.0", "id": 1, "error": {"code": 200']) {
    t.throws(() => decode(cut, { complete: false }), { code: 'odoo_error', extra: { outcome: 'unknown' } })
  }
  t.throws(() => decode('{"js', { complete: false }), { code: 'odoo_unavailable', extra: { outcome: 'unknown' } })
})

t.test(
  'a reply that is nested deeper than Python writes it cannot be read, but says that the call succeeded',
  async t => {
    const nested = (levels: number, open = '[', close = ']') =>
      `{"jsonrpc":"2.0","id":1,"result":${open.repeat(levels)}1${close.repeat(levels)}}`
    t.match(decode(nested(999)), { warning: undefined }, 'as deep as an answer may be')
    for (const text of [nested(1000), nested(100_000), nested(100_000, '{"__proto__":', '}')]) {
      t.match(decode(text), { result: null, warning: /could not be read/ })
    }
  }
)

t.test('a key __proto__ in an answer is dropped, however it is spelt', async t => {
  for (const key of ['__proto__', '\\u005f_proto__', '__\\u0070roto__']) {
    const { result } = decode(`{"jsonrpc":"2.0","id":1,"result":[{"id":1,"${key}":{"polluted":true},"x":{"a":1}}]}`)
    t.strictSame(result, [{ id: 1, x: { a: 1 } }])
    t.notOk(Object.hasOwn((result as object[])[0] ?? {}, '__proto__'))
  }
  const { result } = decode('{"jsonrpc":"2.0","id":1,"result":"a text about __proto__"}')
  t.equal(result, 'a text about __proto__')
})

for (const [status, code, outcome] of [
  [301, 'odoo_unavailable', 'unknown'],
  [400, 'invalid_input', 'unknown'],
  [401, 'odoo_unavailable', 'unknown'],
  [403, 'odoo_unavailable', 'unknown'],
  [404, 'odoo_unavailable', 'unknown'],
  [413, 'invalid_input', 'not_applied'],
  [415, 'invalid_input', 'not_applied'],
  [429, 'rate_limited', 'not_applied'],
  [500, 'odoo_error', 'unknown'],
  [502, 'odoo_unavailable', 'unknown'],
  [503, 'odoo_unavailable', 'unknown'],
  [504, 'odoo_unavailable', 'unknown']
] as const) {
  t.test(`HTTP ${status} is ${code}, and a write is then ${outcome}`, async t => {
    t.throws(() => decode('<html>', { status }), { code, extra: { outcome } })
  })
}

t.test('Retry-After is passed on, in seconds or as a date', async t => {
  const code = 'odoo_unavailable'
  const wait = (value: string) => () => decode('', { status: 503, headers: { 'retry-after': value } })
  t.throws(wait('7'), { code, extra: { retryable: true, retry_after_s: 7 } })
  t.throws(wait('Wed, 21 Oct 2015 07:28:00 GMT'), { code, extra: { retry_after_s: 0 } }, 'a date that is past')
  t.throws(wait('soon'), { code, extra: { retryable: true, retry_after_s: undefined } })
})

t.test('a redirect to https on the same host is named, another one is not', async t => {
  const code = 'odoo_unavailable'
  const redirect = (location: string) => () => decode('', { status: 302, headers: { location } })
  t.throws(redirect('https://odoo.example/jsonrpc'), {
    code,
    extra: { hint: /use https:\/\/odoo\.example as the url/ }
  })
  t.throws(redirect('https://inner.example/'), { code, extra: { hint: /^The server redirects/ } })
  t.throws(redirect('http://'), { code, extra: { hint: undefined } })
  t.throws(() => decode('', { status: 302 }), { code })
})
