import { PassThrough } from 'node:stream'
import { Client } from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import t from 'tap'
import { serveMcpStdio } from '../../src/mcp/stdio.js'
import { until } from '../contract/until.js'
import { FakeGateway } from './fake-gateway.js'
import { FakeHub, watchedBy } from './fake-hub.js'
import { initialize, memoryLog } from './listen.js'

const uri = 'odoo://res.partner/7'
const other = 'odoo://res.partner/8'

function serve(hub: FakeHub, stdout = new PassThrough()) {
  const stdin = new PassThrough()
  const gateway = new FakeGateway()
  const options = { gateway, log: memoryLog(), version: '0.0.0', maxResultBytes: 100_000, providers: [watchedBy(hub)] }
  return { stdio: serveMcpStdio({ ...options, stdin, stdout }), stdin, stdout }
}

/** The SDK's current client; frames look the same from both ends. */
async function connect(t: { teardown(fn: () => unknown): void }, hub: FakeHub, era: 'modern' | 'legacy') {
  const { stdio, stdin, stdout } = serve(hub)
  const mode = era === 'modern' ? { pin: '2026-07-28' } : era
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
  const heard: string[] = []
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => void heard.push(params.uri))
  await client.connect(new StdioServerTransport(stdout, stdin))
  t.teardown(() => client.close())
  return { stdio, stdin, client, heard, listen: (...uris: string[]) => client.listen({ resourceSubscriptions: uris }) }
}

/** A client that writes and reads lines. */
function raw(hub: FakeHub) {
  const { stdio, stdin, stdout } = serve(hub)
  const lines: { id?: unknown; method?: string; params?: Record<string, unknown>; error?: object; result?: object }[] =
    []
  let text = ''
  stdout.on('data', chunk => {
    text += chunk
    const parts = text.split('\n')
    text = parts.pop() ?? ''
    for (const part of parts) lines.push(JSON.parse(part))
  })
  const send = (method: string, params: object, id?: number | string) =>
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...(id !== undefined && { id }), method, params })}\n`)
  const answerTo = (id: unknown) => until(`${id} is answered`, () => lines.find(line => line.id === id))
  return { stdio, stdin, lines, send, answerTo }
}

const _meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {}
}
const listenTo = (...resourceSubscriptions: string[]) => ({ notifications: { resourceSubscriptions }, _meta })

t.test('a client of revision 2025-11-25 hears of what it subscribes, until it unsubscribes or goes', async t => {
  const hub = new FakeHub()
  const { client, heard, stdin, stdio } = await connect(t, hub, 'legacy')
  await client.subscribeResource({ uri })
  await client.subscribeResource({ uri: other })
  hub.change(uri)
  await until('the change is heard of', () => heard.length === 1)
  await client.unsubscribeResource({ uri })
  hub.change(uri)
  hub.change(other)
  await until('the other change is heard of', () => heard.includes(other))
  t.strictSame(heard, [uri, other])
  t.strictSame(hub.uris, [other])
  stdin.end()
  await stdio.closed
  t.equal(hub.open.size, 0)
})

t.test('a v1 client hears of what it subscribes', async t => {
  const hub = new FakeHub()
  const { stdin, stdout } = serve(hub)
  const client = new OldClient({ name: 'old', version: '1' })
  const heard: unknown[] = []
  client.fallbackNotificationHandler = async ({ params }) => void heard.push(params?.uri)
  // The v1 types do not know exactOptionalPropertyTypes.
  await client.connect(new StdioServerTransport(stdout, stdin) as Parameters<OldClient['connect']>[0])
  t.teardown(() => client.close())
  await client.subscribeResource({ uri })
  hub.change(uri)
  await until('the change is heard of', () => heard.length === 1)
  t.strictSame(heard, [uri])
})

t.test('a client of revision 2026-07-28 hears of what it listens to, once on each stream that named it', async t => {
  const hub = new FakeHub()
  const { listen, heard } = await connect(t, hub, 'modern')
  const first = await listen(uri, 'odoo://res.partner/404')
  t.strictSame(first.honoredFilter, { resourceSubscriptions: [uri] }, 'what is refused is left out')
  const second = await listen(uri, other)
  hub.change(uri)
  hub.change(other)
  await until('the changes are heard of', () => heard.includes(other))
  t.strictSame(heard, [uri, uri, other])
  await second.close()
  await until('its subscriptions have ended', () => hub.open.size === 1)
  hub.change(other)
  hub.change(uri)
  await until('the first hears on', () => heard.length === 4)
  t.strictSame(heard.slice(3), [uri])
})

t.test('a listen request is refused with the URI and the reason when nothing of it may be watched', async t => {
  const hub = new FakeHub()
  const { listen } = await connect(t, hub, 'modern')
  await t.rejects(listen('odoo://secret.model/1'), { message: /^odoo:\/\/secret\.model\/1: policy_denied/ })
  await t.rejects(listen(uri, 'odoo://down.model/1'), { message: /odoo_unavailable/ })
  t.equal(hub.open.size, 0)
  t.ok(await listen(uri), 'and the connection goes on')
})

t.test('when the session ends, each listen request is answered with its result, and others can follow', async t => {
  const hub = new FakeHub()
  const { listen, heard } = await connect(t, hub, 'modern')
  const [first, second] = [await listen(uri), await listen(uri, other)]
  hub.end('replaced')
  t.strictSame([await first.closed, await second.closed], ['graceful', 'graceful'])
  await listen(uri)
  hub.change(uri)
  await until('it hears again', () => heard.length === 1)
})

t.test('on the wire: acknowledged first, then the changes, at last the result, all with its id', async t => {
  const hub = new FakeHub()
  const { send, lines, stdio } = raw(hub)
  send('subscriptions/listen', listenTo(uri, 'odoo://slow.model/1'), 'a')
  await until('the first is watched', () => hub.uris.includes(uri))
  hub.change(uri)
  send('tools/list', { _meta }, 2)
  await until('others are answered meanwhile', () => lines.some(line => line.id === 2))
  hub.answer()
  await until('the change is told', () => lines.length === 3)
  hub.end('expired')
  await until('it has ended', () => lines.length === 4)
  const named = { _meta: { 'io.modelcontextprotocol/subscriptionId': 'a' } }
  const notifications = { resourceSubscriptions: [uri, 'odoo://slow.model/1'] }
  t.match(lines.slice(1), [
    { method: 'notifications/subscriptions/acknowledged', params: { notifications, ...named } },
    { method: 'notifications/resources/updated', params: { uri, ...named } },
    { id: 'a', result: { resultType: 'complete', ...named } }
  ])
  await stdio.close()
  t.equal(lines.length, 4, 'answered once')
})

t.test('`close` answers the listen requests that are open and ends what they watch', async t => {
  const hub = new FakeHub()
  const { send, lines, stdio, answerTo } = raw(hub)
  send('subscriptions/listen', listenTo(uri), 'a')
  await until('it is acknowledged', () => lines.length === 1)
  await stdio.close()
  t.match(await answerTo('a'), { result: { resultType: 'complete' } })
  t.equal(hub.open.size, 0)
})

t.test('a listen request that is cancelled while it is read is not answered, and nothing is left of it', async t => {
  const hub = new FakeHub()
  const { send, lines, answerTo } = raw(hub)
  send('subscriptions/listen', listenTo(uri, 'odoo://slow.model/1'), 'a')
  await until('it is read', () => hub.asked.length === 2)
  send('notifications/cancelled', { requestId: 'a' })
  await until('nothing is left', () => hub.open.size === 0)
  hub.answer()
  send('tools/list', { _meta }, 2)
  await answerTo(2)
  t.equal(lines.length, 1)
})

t.test('a request that is not in order, or of another revision, is refused and leaves nothing open', async t => {
  const hub = new FakeHub()
  const stateless = raw(hub)
  stateless.send('subscriptions/listen', { notifications: { resourceSubscriptions: uri }, _meta }, 1)
  t.match(await stateless.answerTo(1), { error: { code: -32602 } })
  stateless.send('subscriptions/listen', { notifications: { resourceSubscriptions: [uri] } }, 2)
  t.match(await stateless.answerTo(2), { error: { code: -32602 } })
  const wrong = { ..._meta, 'io.modelcontextprotocol/protocolVersion': '2031-01-01' }
  stateless.send('subscriptions/listen', { notifications: { resourceSubscriptions: [uri] }, _meta: wrong }, 3)
  t.match(await stateless.answerTo(3), { error: {} })

  const legacy = raw(hub)
  legacy.stdin.write(`${JSON.stringify(initialize())}\n`)
  await legacy.answerTo(1)
  legacy.send('subscriptions/listen', listenTo(uri), 2)
  t.match(await legacy.answerTo(2), { error: { code: -32601 } })
  await until('nothing is left open', () => hub.open.size === 0)
})

t.test('a client that does not read hears afterwards of everything that changed, once', async t => {
  const hub = new FakeHub()
  const { stdin, stdout } = serve(hub, new PassThrough({ highWaterMark: 1000 }))
  const uris = Array.from({ length: 100 }, (_, n) => `odoo://res.partner/${n + 1000}`)
  stdin.write(
    `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params: listenTo(...uris) })}\n`
  )
  await until('all is watched', () => hub.open.size === uris.length)
  for (let n = 0; n < 50; n += 1) {
    for (const uri of uris) hub.change(uri)
    await new Promise(setImmediate)
  }
  // Its end comes when it reads again.
  t.ok(stdout.readableLength < 20_000, `${stdout.readableLength} bytes wait`)
  let text = ''
  stdout.on('data', chunk => {
    text += chunk
  })
  await until('all are told', () => uris.every(uri => text.includes(`"${uri}","_meta"`)))
  t.ok(text.split('resources/updated').length < 2 * uris.length)
})
