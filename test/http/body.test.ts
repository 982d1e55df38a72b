import { request } from 'node:http'
import t from 'tap'
import { fakeGateway, listening, options, serverOf } from './fake-gateway.js'

const json = { 'content-type': 'application/json' }
const search = { method: 'POST', url: '/search' } as const

const accepted: Record<string, { payload?: string | Buffer; headers?: Record<string, string>; input: unknown }> = {
  'an object': { payload: '{"model":"res.partner"}', headers: json, input: { model: 'res.partner' } },
  'an object with a charset': {
    payload: '{"a":"é"}',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    input: { a: 'é' }
  },
  'an object after a byte order mark': { payload: '\uFEFF{"a":1}', headers: json, input: { a: 1 } },
  'no body': { input: {} },
  'an empty body that says it is JSON': { payload: '', headers: json, input: {} },
  'a body of 32 levels': { payload: nested(32), headers: json, input: Object },
  'a key that only contains __proto__': { payload: '{"x__proto__":1}', headers: json, input: { x__proto__: 1 } },
  'a constructor without a prototype': { payload: '{"constructor":"x"}', headers: json, input: { constructor: 'x' } }
}

for (const [name, { payload, headers, input }] of Object.entries(accepted)) {
  t.test(`${name} reaches the tool`, async t => {
    const gateway = fakeGateway()
    const app = await serverOf(t, options({ gateway }))
    const answer = await app.inject({
      ...search,
      ...(headers && { headers }),
      ...(payload !== undefined && { payload })
    })
    t.equal(answer.statusCode, 200, answer.body)
    t.match(gateway.calls[0]?.input, input)
  })
}

const unreadable: Record<string, string | Buffer> = {
  'broken JSON': '{"model":',
  'JSON and more': '{} {}',
  'single quotes': "{'model':'x'}",
  'invalid UTF-8': Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
  'half a character at the end': Buffer.from([0x22, 0xc3]),
  'UTF-16': Buffer.from('{"a":1}', 'utf16le'),
  '33 levels': nested(33),
  '100 levels': nested(100),
  '100000 levels': nested(100_000),
  'a __proto__ key': '{"model":"x","__proto__":{"admin":true}}',
  'an escaped __proto__ key': '{"\\u005f_proto__":{"admin":true}}',
  'a nested __proto__ key': '{"values":[{"__proto__":null}]}',
  'a constructor.prototype key': '{"constructor":{"prototype":{"admin":true}}}'
}

for (const [name, payload] of Object.entries(unreadable)) {
  t.test(`${name}: a problem over REST, -32700 on /mcp, and no tool is called`, async t => {
    const gateway = fakeGateway()
    const mount = (app: { post: (url: string, handler: () => Promise<object>) => unknown }) => {
      app.post('/mcp', async () => ({}))
    }
    const app = await serverOf(t, options({ gateway, mount }))

    const rest = await app.inject({ ...search, headers: json, payload })
    t.equal(rest.statusCode, 400)
    t.match(rest.json(), { code: 'invalid_input', status: 400, detail: /^The body is / })

    const mcp = await app.inject({ method: 'POST', url: '/mcp', headers: json, payload })
    t.equal(mcp.statusCode, 400)
    t.match(mcp.headers['content-type'], /^application\/json/)
    t.match(mcp.json(), { jsonrpc: '2.0', id: null, error: { code: -32700, message: /^Parse error: The body is / } })
    t.equal(gateway.calls.length, 0)
  })
}

const otherTypes = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/json',
  'nonsense'
]
for (const type of otherTypes) {
  t.test(`a body of type ${type} is 415, whatever it holds`, async t => {
    const gateway = fakeGateway()
    const app = await serverOf(t, options({ gateway }))
    const answer = await app.inject({ ...search, headers: { 'content-type': type }, payload: '{"model":"x"}' })
    t.equal(answer.statusCode, 415)
    t.match(answer.json(), { code: 'invalid_input', status: 415, detail: /application\/json/ })
    t.equal(gateway.calls.length, 0)
  })
}

t.test('a body without a type is 415', async t => {
  const { port } = await listening(t, options())
  const answer = await send(port, { headers: {}, body: '{"model":"x"}' })
  t.equal(answer.status, 415)
})

t.test('a compressed body is 415', async t => {
  const app = await serverOf(t, options())
  const headers = { ...json, 'content-encoding': 'gzip' }
  t.equal((await app.inject({ ...search, headers, payload: '{}' })).statusCode, 415)
})

t.test('a JSON array is for the gateway to judge', async t => {
  const app = await serverOf(t, options())
  const answer = await app.inject({ ...search, headers: json, payload: '[]' })
  t.equal(answer.statusCode, 400)
  t.match(answer.json(), { code: 'invalid_input', detail: /expected an object/ })
})

t.test('null is for the gateway to judge, it is not an empty input', async t => {
  const gateway = fakeGateway()
  const app = await serverOf(t, options({ gateway }))
  await app.inject({ ...search, headers: json, payload: 'null' })
  t.equal(gateway.calls[0]?.input, null)
})

for (const size of [300_000, 5_000_000]) {
  t.test(`a body of ${size} bytes is read`, async t => {
    const gateway = fakeGateway()
    const { port } = await listening(t, options({ gateway }))
    const answer = await send(port, { headers: json, body: JSON.stringify({ model: 'x'.repeat(size) }) })
    t.equal(answer.status, 200)
    t.equal(gateway.calls.length, 1)
  })
}

t.test('a body beyond the limit is 413 and names the limit', async t => {
  const { port } = await listening(t, options({ limits: { bodyBytes: 1000 } }))
  const fine = await send(port, { headers: json, body: JSON.stringify({ model: 'x'.repeat(900) }) })
  t.equal(fine.status, 200)
  const large = await send(port, { headers: json, body: JSON.stringify({ model: 'x'.repeat(1000) }) })
  t.equal(large.status, 413)
  t.match(JSON.parse(large.body), { code: 'invalid_input', status: 413, detail: /1000 bytes/ })
})

for (const size of [5_000_000, 40_000_000]) {
  t.test(`a client that sends ${size} bytes too many still reads why it was refused`, async t => {
    const { port } = await listening(t, options({ limits: { bodyBytes: 1000 } }))
    const known = await send(port, { headers: json, body: 'x'.repeat(size) })
    t.equal(known.status, 413)
    const chunked = await send(port, { headers: { ...json, 'transfer-encoding': 'chunked' }, body: 'x'.repeat(size) })
    t.equal(chunked.status, 413)
  })
}

function nested(levels: number): string {
  return `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`
}

function send(port: number, { headers, body }: { headers: Record<string, string>; body: string }) {
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path: '/search', method: 'POST', headers }, incoming => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', chunk => {
        text += chunk
      })
      incoming.on('end', () => resolve({ status: incoming.statusCode, body: text }))
    })
    outgoing.on('error', reject)
    if (!('transfer-encoding' in headers)) outgoing.setHeader('content-length', Buffer.byteLength(body))
    outgoing.end(body)
  })
}
