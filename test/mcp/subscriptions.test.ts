import t from 'tap'
import { until } from '../contract/until.js'
import { FakeHub, watchedBy } from './fake-hub.js'
import { connect, connectOld, listen, openSession, post } from './listen.js'

const uri = 'odoo://res.partner/7'
const other = 'odoo://res.partner/8'

/** A client that has heard of these changes. */
async function subscriber(t: Parameters<typeof connect>[0], url: URL, which: 'current' | 'v1', key?: string) {
  const heard: string[] = []
  if (which === 'v1') {
    const { client } = await connectOld(t, url, key)
    client.fallbackNotificationHandler = async ({ params }) => void heard.push(String(params?.uri))
    return { client, heard }
  }
  const { client } = await connect(t, url, 'legacy', key)
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => void heard.push(params.uri))
  return { client, heard }
}

const raw = (method: string, id: number, params: object) => ({ jsonrpc: '2.0', id, method, params })

for (const which of ['current', 'v1'] as const) {
  t.test(`a ${which} client hears of what it has subscribed, until it unsubscribes`, async t => {
    const hub = new FakeHub()
    const { url } = await listen(t, { providers: [watchedBy(hub)] })
    const { client, heard } = await subscriber(t, url, which)
    t.match(client.getServerCapabilities(), { resources: { subscribe: true } })
    t.notOk(client.getServerCapabilities()?.resources?.listChanged, 'which never happens')
    await client.subscribeResource({ uri })
    await client.subscribeResource({ uri: other })
    t.strictSame(hub.uris, [uri, other])
    hub.change(uri)
    await until('the change is heard of', () => heard.length === 1)
    await client.unsubscribeResource({ uri })
    t.strictSame(hub.uris, [other])
    hub.change(uri)
    hub.change(other)
    await until('the other change is heard of', () => heard.includes(other))
    t.strictSame(heard, [uri, other])
    await client.close()
  })
}

t.test('subscribing twice is subscribing once, also at the same time; the last word wins', async t => {
  const hub = new FakeHub()
  const { url } = await listen(t, { providers: [watchedBy(hub)] })
  const { client, heard } = await subscriber(t, url, 'current')
  await Promise.all([client.subscribeResource({ uri }), client.subscribeResource({ uri })])
  await client.subscribeResource({ uri })
  t.strictSame(hub.uris, [uri])
  t.strictSame(hub.asked, [uri])
  hub.change(uri)
  await until('the change is heard of', () => heard.length > 0)
  t.equal(heard.length, 1)

  const slow = 'odoo://slow.model/1'
  const subscribing = client.subscribeResource({ uri: slow })
  await until('it is read', () => hub.asked.includes(slow))
  const unsubscribing = client.unsubscribeResource({ uri: slow })
  hub.answer()
  await Promise.all([subscribing, unsubscribing])
  t.strictSame(hub.uris, [uri])
})

t.test('a subscription that is refused says why, as reading does, and leaves nothing open', async t => {
  const hub = new FakeHub()
  const { url } = await listen(t, { providers: [watchedBy(hub)] })
  const { client } = await subscriber(t, url, 'current')
  const refused = (uri: string) => client.subscribeResource({ uri })
  await t.rejects(refused('odoo://res.partner/404'), { code: -32602, data: { code: 'not_found' } })
  await t.rejects(refused('odoo://secret.model/1'), { code: -32603, message: /policy_denied: This model is not/ })
  await t.rejects(refused('https://example.org'), { code: -32602, data: { uri: 'https://example.org' } })
  t.equal(hub.open.size, 0)
  await client.unsubscribeResource({ uri })
})

t.test('sessions hear of their own subscriptions only, also those of one principal', async t => {
  const hub = new FakeHub()
  const { url } = await listen(t, { providers: [watchedBy(hub)] })
  const ann = await subscriber(t, url, 'current', 'ann')
  const ann2 = await subscriber(t, url, 'current', 'ann')
  const bob = await subscriber(t, url, 'v1', 'bob')
  await ann.client.subscribeResource({ uri: 'odoo://ann.only/1' })
  await ann2.client.subscribeResource({ uri: other })
  await t.rejects(bob.client.subscribeResource({ uri: 'odoo://ann.only/1' }), { code: -32602 })
  await bob.client.subscribeResource({ uri })
  for (const changed of ['odoo://ann.only/1', other, uri]) hub.change(changed)
  await until('all have heard', () => [ann, ann2, bob].every(({ heard }) => heard.length > 0))
  t.strictSame([ann.heard, ann2.heard, bob.heard], [['odoo://ann.only/1'], [other], [uri]])
})

t.test('the rights of a subscription are those of the session that it was made in', async t => {
  const hub = new FakeHub()
  const { url } = await listen(t, { providers: [watchedBy(hub)] })
  const { client } = await subscriber(t, url, 'current', 'ann')
  await client.callTool({ name: 'odoo_connect', arguments: {} })
  await client.subscribeResource({ uri })
  const [entry] = hub.open
  t.match(entry?.subscriber.caller, { principal: 'key:ann', surface: 'mcp', slot: { secret: 'connected' } })
})

t.test(
  'when the Odoo session ends, its subscribers are told to look, hear no more, and may subscribe anew',
  async t => {
    const hub = new FakeHub()
    const { url } = await listen(t, { providers: [watchedBy(hub)] })
    const { client, heard } = await subscriber(t, url, 'current')
    await client.subscribeResource({ uri })
    await client.subscribeResource({ uri: other })
    hub.end('replaced')
    await until('the client is told', () => heard.length === 2)
    t.strictSame([...heard].sort(), [uri, other])
    await client.subscribeResource({ uri })
    hub.change(uri)
    await until('it hears again', () => heard.length === 3)
  }
)

t.test('at the end of an MCP session its subscriptions end, also one that is just beginning', async t => {
  const hub = new FakeHub()
  const { url, mcp } = await listen(t, { providers: [watchedBy(hub)] })
  const session = await openSession(url)
  const headers = { 'mcp-session-id': session }
  await (await post(url, raw('resources/subscribe', 2, { uri }), headers)).text()
  t.strictSame(hub.uris, [uri])
  const beginning = post(url, raw('resources/subscribe', 3, { uri: 'odoo://slow.model/1' }), headers)
  await until('it is read', () => hub.asked.length === 2)
  await fetch(url, { method: 'DELETE', headers })
  t.equal(hub.open.size, 0)
  await (await beginning).text()
  hub.answer()
  await until('nothing is left', () => hub.open.size === 0 && mcp.sessionCount === 0)
})

t.test('an idle MCP session ends with its subscriptions: they alone do not keep it', async t => {
  const hub = new FakeHub()
  const limits = { maxSessions: 9, maxSessionsPerPrincipal: 9, idleMs: 100 }
  const { url, mcp } = await listen(t, { providers: [watchedBy(hub)], limits })
  const session = await openSession(url)
  await (await post(url, raw('resources/subscribe', 2, { uri }), { 'mcp-session-id': session })).text()
  await until('the session has ended', () => mcp.sessionCount === 0)
  t.equal(hub.open.size, 0)
})

t.test('revision 2026-07-28 has no resources/subscribe, and nothing is left open by asking for it', async t => {
  const hub = new FakeHub()
  const { url } = await listen(t, { providers: [watchedBy(hub)] })
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {}
  }
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'resources/subscribe' }
  const answer = await post(url, raw('resources/subscribe', 2, { uri, _meta }), headers)
  t.match(await answer.json(), { error: { code: -32601 } })
  t.equal(hub.open.size, 0)
})
