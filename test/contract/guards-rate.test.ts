import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { sandboxAs } from '../lab/witnesses.js'
import { watchedFetch } from './canary.js'
import { connectionFlags, type Flags, startServer } from './server.js'
import { mcpHttp, modern, toReply } from './surfaces.js'

const [ada, bob] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')]
const burst = 5

/** A server whose callers have five requests, and no more for a while. */
async function limited(t: Test, flags: Flags = {}) {
  const odoo = await sandboxAs(19)
  const server = await startServer({
    ...connectionFlags(odoo),
    'access-keys': `ada=${ada},bob=${bob}`,
    'requests-per-minute': '1',
    burst: `${burst}`,
    'trust-proxy': '1',
    'log-level': 'warn',
    ...flags
  })
  t.teardown(() => server.close())
  return server
}

interface Asking {
  key?: string | undefined
  from?: string
  method?: string
  headers?: Record<string, string>
  body?: unknown
}

function ask(url: string, { key, from = '203.0.113.1', method = 'POST', headers = {}, body = {} }: Asking) {
  return watchedFetch(url, {
    method,
    headers: {
      'x-forwarded-for': from,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(key && { authorization: `Bearer ${key}` }),
      ...headers
    },
    ...(method === 'POST' && { body: JSON.stringify(body) })
  })
}

const count = { body: { model: 'res.partner' } }
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {}
}
const modernCall: Asking = {
  headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' },
  body: { jsonrpc: '2.0', id: 'n-1', method: 'tools/list', params: { _meta: meta } }
}
const initialize: Asking = {
  body: {
    jsonrpc: '2.0',
    id: 7,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } }
  }
}
const dialectCall: Asking = { body: { jsonrpc: '2.0', id: 3, method: 'list_tools' } }

/** Every way in, and whether what it answers over the limit is JSON-RPC, with which id and status. */
const ways: [name: string, path: string, asking: Asking, rpc?: { id: unknown; status: number }][] = [
  ['REST', '/count', count],
  ['a route that does not exist', '/nope', {}],
  ['GET /session', '/session', { method: 'GET' }],
  ['/events', '/events', { method: 'GET' }],
  ['/binary', '/binary/res.partner/image_1920/1', { method: 'GET' }],
  ['MCP 2026-07-28', '/mcp', modernCall, { id: 'n-1', status: 429 }],
  ['MCP 2025-11-25', '/mcp', initialize, { id: 7, status: 429 }],
  ['a stream of MCP', '/mcp', { method: 'GET' }, { id: null, status: 429 }],
  ['the early dialect', '/mcp', dialectCall, { id: 3, status: 200 }]
]

t.test('over the limit every way in says so, with how long to wait; another key is not slowed', async t => {
  const server = await limited(t)
  for (let n = 0; n < burst; n++) t.equal((await ask(`${server.url}/count`, { key: ada, ...count })).status, 200)
  for (const [name, path, asking, rpc] of ways) {
    await t.test(name, async t => {
      const answer = await ask(server.url + path, { key: ada, ...asking })
      t.equal(answer.status, rpc?.status ?? 429)
      t.match(answer.headers.get('retry-after'), /^[1-9]\d*$/)
      const body = (await answer.json()) as { error: { data: object } }
      const problem = (rpc === undefined ? body : body.error.data) as { retry_after_s: number }
      t.match(problem, { code: 'rate_limited', status: 429, retry_after_s: Number, retryable: true, hint: String })
      t.equal(String(problem.retry_after_s), answer.headers.get('retry-after'))
      if (rpc !== undefined) t.match(body, { jsonrpc: '2.0', id: rpc.id, error: { code: -32001 } })
      if (!['REST', 'MCP 2026-07-28', 'the early dialect'].includes(name)) return
      const other = await ask(server.url + path, { key: bob, from: '203.0.113.2', ...asking })
      t.equal(other.status, 200, 'control: another key')
      t.notMatch(await other.text(), /rate_limited/)
    })
  }
  await t.test('monitors are not counted', async t => {
    for (let n = 0; n < 20; n++) {
      for (const path of ['/health', '/ready', '/metrics']) {
        t.equal((await ask(server.url + path, { key: ada, method: 'GET' })).status, 200)
      }
    }
  })
  await t.test('a cancellation is let through: it makes work less', async t => {
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1, _meta: meta } }
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': cancel.method }
    t.not((await ask(`${server.url}/mcp`, { key: ada, headers, body: cancel })).status, 429)
    const disguised = await ask(`${server.url}/mcp`, { key: ada, headers, body: { ...cancel, id: 1 } })
    t.equal(disguised.status, 429, 'control: a request of that name is none')
  })
})

t.test('the client of the SDK shows what it was told', async t => {
  const server = await limited(t, { burst: '20' })
  const client = await mcpHttp(server.url, modern, { bearer: ada })
  t.teardown(() => client.close())
  const failure = await (async () => {
    for (;;) await client.call('odoo_count', { model: 'res.partner' })
  })().catch(error => error)
  t.match(failure.message, /rate_limited/)
})

t.test('every message of a batch is paid for', async t => {
  const server = await limited(t)
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }
  const opened = await ask(`${server.url}/mcp`, { key: ada, ...initialize })
  await opened.body?.cancel()
  const headers = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '', 'mcp-protocol-version': '2025-03-26' }
  const batch = (size: number) => ask(`${server.url}/mcp`, { key: ada, headers, body: Array(size).fill(ping) })
  const one = await batch(3)
  t.not(one.status, 429)
  await one.body?.cancel()
  t.equal((await batch(3)).status, 429)
})

t.test('a key is guessed slowly: the address is asked before keys are compared', async t => {
  const server = await limited(t)
  const guess = (from: string) =>
    ask(`${server.url}/count`, { key: randomBytes(24).toString('hex'), from, ...count }).then(({ status }) => status)
  t.equal((await ask(`${server.url}/count`, { key: bob, from: '198.51.100.1', ...count })).status, 200)
  const statuses = []
  for (let n = 0; n < 100; n++) statuses.push(await guess('198.51.100.1'))
  t.equal(statuses.filter(status => status === 401).length, burst)
  t.equal(statuses.filter(status => status === 429).length, 100 - burst)
  t.comment(`guard: guessed keys, refused before comparing: ${100 - burst} of 100`)
  const right = (key: string, from: string) => ask(`${server.url}/count`, { key, from, ...count }).then(a => a.status)
  t.equal(await right(ada, '198.51.100.1'), 429, 'the right key is not tried either')
  t.equal(await right(bob, '198.51.100.1'), 200, 'who was there before is not shut out')
  t.equal(await right(ada, '198.51.100.2'), 200, 'control: from elsewhere it is right')
  for (const path of ['/metrics', '/', '/mcp', '/events']) {
    const answer = await ask(server.url + path, { key: ada, from: '198.51.100.1', method: 'GET' })
    t.equal(answer.status, 429, path)
    await answer.body?.cancel()
  }
})

t.test('control: without the limit, keys are guessed as fast as one can', async t => {
  const server = await limited(t, { 'requests-per-minute': '0' })
  for (let n = 0; n < 50; n++)
    t.equal((await ask(`${server.url}/count`, { key: `${n}`.repeat(32), ...count })).status, 401)
})

t.test('sessions that one key has opened have a limit each, and a made-up session pays by its address', async t => {
  const server = await limited(t, { 'allow-connect': true, burst: '10' })
  const open = async () => (await toReply(await ask(`${server.url}/connect`, { key: ada }))).output?.session as string
  const [first, second] = [await open(), await open()]
  const statusOf = (key: string) => ask(`${server.url}/count`, { key, ...count }).then(({ status }) => status)
  for (let n = 0; n < 10; n++) t.equal(await statusOf(first), 200)
  t.equal(await statusOf(first), 429)
  t.equal(await statusOf(second), 200)
  const madeUp = []
  for (let n = 0; n < 20; n++) madeUp.push(await statusOf(`oms_b_${randomBytes(32).toString('base64url')}`))
  t.equal(madeUp.filter(status => status === 401).length, 10)
  t.equal(madeUp.filter(status => status === 429).length, 10)
})
