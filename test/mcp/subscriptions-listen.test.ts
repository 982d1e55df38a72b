import type { Client } from '@modelcontextprotocol/client'
import { InMemoryServerEventBus } from '@modelcontextprotocol/server'
import t from 'tap'
import { until } from '../contract/until.js'
import { FakeHub, watchedBy } from './fake-hub.js'
import { connect, listen, messages, post } from './listen.js'

const uri = 'odoo://res.partner/7'
const other = 'odoo://res.partner/8'

async function listener(t: Parameters<typeof connect>[0], url: URL, key?: string) {
  const { client } = await connect(t, url, 'modern', key)
  const heard: string[] = []
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => void heard.push(params.uri))
  return { client, heard, listen: (...resourceSubscriptions: string[]) => client.listen({ resourceSubscriptions }) }
}

/** A listen request as it looks on the wire. */
function raw(notifications: unknown, id: number | string = 5) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {}
  }
  return { jsonrpc: '2.0', id, method: 'subscriptions/listen', params: { notifications, _meta } }
}

const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' }

t.test('a client hears of what it listens to, until it closes the stream', async t => {
  const hub = new FakeHub()
  const { url, mcp } = await listen(t, { providers: [watchedBy(hub)] })
  const ann = await listener(t, url)
  const stream = await ann.listen(uri, other, uri)
  t.strictSame(stream.honoredFilter, { resourceSubscriptions: [uri, other] })
  t.strictSame(hub.uris, [uri, other])
  hub.change(other)
  await until('the change is heard of', () => ann.heard.length === 1)
  hub.change(uri)
  await until('the other change is heard of', () => ann.heard.length === 2)
  t.strictSame(ann.heard, [other, uri])
  t.equal(mcp.listenCount, 1)
  await stream.close()
  await until('nothing is left', () => hub.open.size === 0 && mcp.listenCount === 0)
})

t.test('a stream hears of its own subscriptions only, whoever else listens on this server', async t => {
  const hub = new FakeHub()
  const { url } = await listen(t, { providers: [watchedBy(hub)] })
  const [ann, bob] = [await listener(t, url, 'ann'), await listener(t, url, 'bob')]
  await ann.listen('odoo://ann.only/1', uri)
  const bobs = await bob.listen('odoo://ann.only/1', uri)
  t.strictSame(bobs.honoredFilter, { resourceSubscriptions: [uri] }, 'what is refused is left out')
  hub.change('odoo://ann.only/1')
  hub.change(uri)
  await until('both have heard', () => ann.heard.length === 2 && bob.heard.length === 1)
  t.strictSame(bob.heard, [uri])
})

t.test('the session is the one that the request names', async t => {
  const hub = new FakeHub()
  const authenticate = () => ({ principal: 'key:ann', handle: 'oms_h_1', requestId: 'r' })
  const { url } = await listen(t, { providers: [watchedBy(hub)], authenticate })
  await (await listener(t, url)).listen(uri)
  const [entry] = hub.open
  t.match(entry?.subscriber.caller, { principal: 'key:ann', handle: 'oms_h_1', opens: 'handle', surface: 'mcp' })
})

t.test('when nothing may be listened to, the answer is an error that names the URI and the reason', async t => {
  const hub = new FakeHub()
  const { url, mcp } = await listen(t, { providers: [watchedBy(hub)] })
  const refused = async (...resourceSubscriptions: string[]) => {
    const response = await post(url, raw({ resourceSubscriptions }), headers)
    t.equal(response.status, 200)
    return response.json()
  }
  const missing = 'odoo://res.partner/404'
  t.match(await refused(missing, 'odoo://secret.model/1'), {
    id: 5,
    error: { code: -32602, message: `${missing}: not_found: There is no such record.`, data: { uri: missing } }
  })
  t.match(await refused('odoo://secret.model/1'), { error: { data: { code: 'policy_denied' } } })
  t.match(await refused('https://example.org'), { error: { code: -32602, data: { uri: 'https://example.org' } } })
  const many = Array.from({ length: 1001 }, (_, n) => `odoo://res.partner/${n + 1}`)
  t.match(await refused(...many), { error: { code: -32602, message: /names 1001 URIs; expected 1000 at most/ } })
  t.equal(hub.open.size, 0)
  await until('nothing is left', () => mcp.listenCount === 0)
})

t.test('a reason that may pass refuses the whole request, and ends what it had begun to watch', async t => {
  const hub = new FakeHub()
  const { url } = await listen(t, { providers: [watchedBy(hub)] })
  const response = await post(url, raw({ resourceSubscriptions: [uri, 'odoo://down.model/1'] }), headers)
  t.match(await response.json(), {
    error: { code: -32603, message: /^odoo:\/\/down\.model\/1: odoo_unavailable:/, data: { code: 'odoo_unavailable' } }
  })
  await until('nothing is left', () => hub.open.size === 0)
})

t.test('many URIs are read a few at a time', async t => {
  const hub = new FakeHub()
  const { url } = await listen(t, { providers: [watchedBy(hub)] })
  const uris = Array.from({ length: 200 }, (_, n) => `odoo://res.partner/${n + 1000}`)
  const { listen: listenTo } = await listener(t, url)
  t.equal((await listenTo(...uris)).honoredFilter.resourceSubscriptions?.length, 200)
  t.ok(hub.mostAtOnce <= 8)
})

t.test('a malformed request is refused by the framing, and nothing is read for it', async t => {
  const hub = new FakeHub()
  const { url, mcp } = await listen(t, { providers: [watchedBy(hub)] })
  const ask = async (body: unknown, more = headers as Record<string, string>) => (await post(url, body, more)).json()
  for (const notifications of [undefined, null, { resourceSubscriptions: uri }, { resourceSubscriptions: [uri, 7] }]) {
    t.match(await ask(raw(notifications)), { error: { code: -32602 } }, JSON.stringify(notifications))
  }
  t.match(await ask(raw({ resourceSubscriptions: [uri] }), { ...headers, 'mcp-method': 'tools/call' }), { error: {} })
  t.strictSame(hub.asked, [])
  await until('nothing is left', () => mcp.listenCount === 0)
})

t.test('an empty filter, and changes of lists that never change, are acknowledged as nothing and end', async t => {
  const hub = new FakeHub()
  const { url } = await listen(t, { providers: [watchedBy(hub)] })
  for (const filter of [{}, { toolsListChanged: true, resourcesListChanged: true, resourceSubscriptions: [] }]) {
    const [acknowledged, result] = await messages(await post(url, raw(filter), headers))
    t.match(acknowledged, { method: 'notifications/subscriptions/acknowledged', params: { notifications: {} } })
    t.match(result, { id: 5, result: { resultType: 'complete' } })
  }
})

t.test('without anything to watch, only what is declared is honoured', async t => {
  const bus = new InMemoryServerEventBus()
  const changes = { capabilities: { tools: { listChanged: true } } }
  const { url } = await listen(t, { providers: [changes], bus })
  const { client } = await connect(t, url, 'modern')
  const heard: string[] = []
  client.setNotificationHandler('notifications/tools/list_changed', ({ method }) => void heard.push(method))
  const stream = await client.listen({ toolsListChanged: true, resourceSubscriptions: [uri] })
  t.strictSame(stream.honoredFilter, { toolsListChanged: true })
  bus.publish({ kind: 'resource_updated', uri })
  bus.publish({ kind: 'tools_list_changed' })
  await until('the change is heard of', () => heard.length === 1)
})

const ends: [string, (hub: FakeHub, mcp: { close(): Promise<void> }) => unknown][] = [
  ['the session ends', hub => hub.end('expired')],
  ['the hub closes', hub => hub.close()],
  ['the server closes', (_hub, mcp) => mcp.close()]
]

for (const [what, end] of ends) {
  t.test(`when ${what}, the stream ends with its result, after what was still to be told`, async t => {
    const hub = new FakeHub()
    const { url, mcp } = await listen(t, { providers: [watchedBy(hub)] })
    const ann = await listener(t, url)
    const stream = await ann.listen(uri, other)
    hub.change(uri)
    await end(hub, mcp)
    t.equal(await stream.closed, 'graceful')
    t.strictSame(ann.heard, [uri])
    await until('nothing is left', () => hub.open.size === 0 && mcp.listenCount === 0)
  })
}

t.test('a session that ends while its listen request is answered leaves no stream that hears nothing', async t => {
  const hub = new FakeHub()
  const { url } = await listen(t, { providers: [watchedBy(hub)] })
  const answer = post(url, raw({ resourceSubscriptions: [uri, 'odoo://slow.model/1'] }), headers)
  await until('the first is watched', () => hub.uris.includes(uri))
  hub.end('disconnected')
  hub.answer()
  t.match(await (await answer).json(), { error: { data: { code: /auth_required|cancelled/ } } })
  t.equal(hub.open.size, 0)
})

t.test('a client that leaves while its request is answered leaves nothing behind', async t => {
  const hub = new FakeHub()
  const { url, mcp } = await listen(t, { providers: [watchedBy(hub)] })
  const left = new AbortController()
  const body = JSON.stringify(raw({ resourceSubscriptions: [uri, 'odoo://slow.model/1'] }))
  const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers }
  const answer = fetch(url, { method: 'POST', body, headers: json, signal: left.signal })
  await until('it is read', () => hub.asked.length === 2)
  left.abort()
  await t.rejects(answer)
  await until('nothing is left', () => hub.open.size === 0 && mcp.listenCount === 0)
})

t.test('a principal has so many streams and no more; others are not concerned', async t => {
  const hub = new FakeHub()
  const { url } = await listen(t, { providers: [watchedBy(hub)], maxStreamsPerPrincipal: 2 })
  const [ann, bob] = [await listener(t, url, 'ann'), await listener(t, url, 'bob')]
  const first = await ann.listen(uri)
  await ann.listen(uri)
  const third = await post(url, raw({ resourceSubscriptions: [uri] }), { ...headers, authorization: 'Bearer ann' })
  t.equal(third.status, 503)
  t.equal(third.headers.get('retry-after'), '5')
  t.match(await third.json(), { id: 5, error: { code: -32001, message: /2 streams open/, data: { code: 'busy' } } })
  await bob.listen(uri)
  await first.close()
  await until('there is room again', () => ann.listen(uri).catch(() => undefined))
})

t.test('a server that is shutting down takes no new streams', async t => {
  const hub = new FakeHub()
  const { url, mcp } = await listen(t, { providers: [watchedBy(hub)] })
  await mcp.close()
  const refused = await post(url, raw({ resourceSubscriptions: [uri] }), headers)
  t.match(await refused.json(), { id: 5, error: { code: -32001, message: /shutting down/ } })
  t.equal(hub.open.size, 0)
})

t.test('after many streams nothing is left: no timer, no subscription', async t => {
  const hub = new FakeHub()
  const { url, mcp } = await listen(t, { providers: [watchedBy(hub)] })
  const timers = () => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
  const before = timers()
  const { client }: { client: Client } = await listener(t, url)
  for (let n = 0; n < 10; n += 1) await (await client.listen({ resourceSubscriptions: [uri, other] })).close()
  await until('nothing is left', () => hub.open.size === 0 && mcp.listenCount === 0)
  await until('no timer is left but perhaps one of the HTTP server', () => timers() <= before + 1)
})
