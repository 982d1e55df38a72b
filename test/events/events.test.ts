import t from 'tap'
import { until } from '../contract/until.js'
import { liveBearer } from '../http/fake-gateway.js'
import { world } from './world.js'

const ada = 'odoo://res.partner/1'
const bob = 'odoo://res.partner/2'
const query = (...uris: string[]) => `/events?${uris.map(uri => `uri=${encodeURIComponent(uri)}`).join('&')}`

t.test('the first event says who the client is, in the form that early clients read', async t => {
  const { listen } = await world(t)
  const client = await listen()
  t.equal(client.status, 200)
  t.equal(client.headers['content-type'], 'text/event-stream')
  t.equal(client.headers['cache-control'], 'no-store')
  const { id, event, params } = await client.next()
  t.equal(event, 'connection/established')
  t.match(params, { client_id: /^[\w-]{16}$/ })
  t.strictSame(Object.keys(params), ['client_id'])
  t.match(id, /^[\w-]{22}\.0$/)
  const lines = client.text.split('\n')
  t.ok(
    lines.includes(
      `data: {"jsonrpc":"2.0","method":"notifications/connection/established","params":{"client_id":"${params.client_id}"}}`
    )
  )
  t.ok(lines.includes('event: notifications/connection/established'))
  t.ok(lines.includes('retry: 2000'))
})

t.test('what the address names is subscribed before the stream begins, and each change is told', async t => {
  const { hub, listen } = await world(t)
  const client = await listen(query(ada, bob, ada))
  t.equal((await client.next()).event, 'connection/established')
  t.strictSame(hub.asked, [ada, bob], 'each once')
  hub.change(ada, { id: 1, name: 'Ada\nLovelace' })
  hub.change(bob, { deleted: true })
  const first = await client.next()
  t.match(first, { event: 'resources/updated', params: { uri: ada, data: { id: 1, name: 'Ada\nLovelace' } } })
  const second = await client.next()
  t.match(second.params, { uri: bob, data: { deleted: true } })
  t.equal(second.id, first.id.replace(/1$/, '2'))
})

t.test('a URI that cannot be subscribed is a problem, not a stream', async t => {
  const { hub, sessions, streams, listen } = await world(t)
  const client = await listen(query(ada, 'odoo://missing/1'))
  t.equal(client.status, 404)
  t.equal(client.headers['content-type'], 'application/problem+json')
  await until('the answer is there', () => client.ended)
  t.match(JSON.parse(client.text), { code: 'not_found', detail: 'odoo://missing/1 does not exist' })
  t.equal(streams.size, 0)
  t.equal(sessions.held.size, 0)
  await until('the other one is let go', () => hub.count(ada) === 0)
})

for (const [path, detail] of [
  ['/events?urls=x', /^urls: unknown key; .*Did you mean "uri"/],
  ['/events?ticket=a&ticket=b', /^ticket: .*one ticket/],
  ['/events?uri=', /^uri: .*odoo:\/\/ URIs/]
] as const) {
  t.test(`${path} is refused in words`, async t => {
    const { listen, streams } = await world(t)
    const client = await listen(path)
    await until('the answer is there', () => client.ended)
    t.equal(client.status, 400)
    t.match(JSON.parse(client.text), { code: 'invalid_input', detail })
    t.equal(streams.size, 0)
  })
}

t.test('a stream can be given more to tell of, and less', async t => {
  const { hub, listen, post } = await world(t)
  const client = await listen()
  const { client_id } = (await client.next()).params
  t.strictSame(await post('/subscribe', { client_id, uri: ada }), {
    status: 200,
    body: { status: 'success', client_id, uri: ada }
  })
  t.equal((await post('/subscribe', { client_id, uri: ada })).status, 200, 'twice is no harm')
  t.equal(hub.count(ada), 1)
  hub.change(ada, { id: 1 })
  t.match(await client.next(), { params: { uri: ada, data: { id: 1 } } })

  t.strictSame(await post('/unsubscribe', { client_id, uri: ada }), {
    status: 200,
    body: { status: 'success', client_id, uri: ada }
  })
  t.equal(hub.count(ada), 0)
  const again = await post('/unsubscribe', { client_id, uri: ada })
  t.match(again, { status: 404, body: { code: 'not_found', detail: /^uri: / } })
})

t.test('POST /subscribe fails as reading does, and can be tried again', async t => {
  const { hub, listen, post } = await world(t)
  const client = await listen()
  const { client_id } = (await client.next()).params
  for (const _ of [1, 2]) {
    t.match(await post('/subscribe', { client_id, uri: 'odoo://missing/1' }), {
      status: 404,
      body: { code: 'not_found' }
    })
  }
  t.equal(hub.asked.length, 2)
  t.match(await post('/subscribe', { client_id, url: ada }), {
    status: 400,
    body: { code: 'invalid_input', detail: /url: unknown key.*Did you mean "uri"/ }
  })
  t.match(await post('/subscribe?x=1', { client_id, uri: ada }), { status: 400 })
  t.match(await post('/events/ticket', { client_id }), { status: 400 })
})

t.test('who asks at once for the same URI gets one subscription', async t => {
  const { hub, listen, post } = await world(t)
  const client = await listen()
  const { client_id } = (await client.next()).params
  const both = [1, 2].map(() => post('/subscribe', { client_id, uri: 'odoo://slow/1' }))
  await until('it is asked for', () => hub.asked.length > 0)
  hub.release()
  t.strictSame(
    (await Promise.all(both)).map(({ status }) => status),
    [200, 200]
  )
  t.equal(hub.count('odoo://slow/1'), 1)
})

t.test('a subscription that is ended while it begins tells nothing', async t => {
  const { hub, listen, post } = await world(t)
  const client = await listen()
  const { client_id } = (await client.next()).params
  const uri = 'odoo://slow/1'
  const subscribing = post('/subscribe', { client_id, uri })
  await until('it is asked for', () => hub.asked.length > 0)
  const ending = post('/unsubscribe', { client_id, uri })
  await until('nothing more is to be told', () =>
    post('/unsubscribe', { client_id, uri }).then(({ status }) => status === 404)
  )
  hub.release()
  t.equal((await subscribing).status, 200)
  t.equal((await ending).status, 200)
  t.equal(hub.count(uri), 0)
})

t.test('nobody uses the stream of another session, whose id nobody else confirms', async t => {
  const { listen, post, hub, streams } = await world(t)
  const client = await listen()
  const { client_id } = (await client.next()).params
  const other = { authorization: `Bearer ${liveBearer}` }
  for (const path of ['/subscribe', '/unsubscribe']) {
    const theirs = await post(path, { client_id, uri: ada }, other)
    const none = await post(path, { client_id: 'AAAAAAAAAAAAAAAA', uri: ada }, other)
    t.equal(theirs.status, 404)
    t.strictSame({ ...theirs.body, request_id: '' }, { ...none.body, request_id: '' })
  }
  t.equal(hub.asked.length, 0)
  t.equal((await post('/subscribe', { client_id, uri: ada })).status, 200, 'its own does')

  const caller = { principal: 'local', surface: 'rest', opens: 'bearer', requestId: '1' } as const
  t.strictSame(await streams.of(caller), [client_id])
  t.strictSame(await streams.of({ ...caller, bearer: liveBearer }), [])
  t.strictSame(await streams.of({ ...caller, principal: 'key:desk' }), [], 'the default connection is many')
})

t.test('the end of the session is the last event, and ends the answer and the subscriptions', async t => {
  const { hub, sessions, streams, listen } = await world(t)
  const headers = { authorization: `Bearer ${liveBearer}` }
  const client = await listen(query(ada), headers)
  const bystander = await listen()
  await client.next()
  await bystander.next()
  sessions.end(liveBearer, 'expired')
  t.match(await client.next(), { event: 'connection/closed', params: { reason: 'expired' } })
  await until('the answer ends', () => client.ended)
  t.equal(client.ended, 'properly')
  await until('the subscription ends', () => hub.count(ada) === 0)
  t.equal(streams.size, 1)
  t.equal(bystander.ended, undefined)
  const again = await listen(query(ada), headers)
  t.equal(again.status, 401)
})

t.test('a session that ends while its stream begins leaves nothing behind', async t => {
  const { hub, sessions, streams, listen } = await world(t)
  const opening = listen(query('odoo://slow/1'), { authorization: `Bearer ${liveBearer}` })
  await until('it is asked for', () => hub.asked.length > 0)
  sessions.end(liveBearer, 'disconnected')
  const client = await opening
  await until('the answer is there', () => client.ended)
  t.equal(client.status, 401)
  t.equal(streams.size, 0)
  t.equal(sessions.held.size, 0)
})

t.test('a stream that ends while it is given more is not found any more', async t => {
  const { hub, sessions, listen, post } = await world(t)
  const client = await listen()
  const { client_id } = (await client.next()).params
  const subscribing = post('/subscribe', { client_id, uri: 'odoo://slow/1' })
  await until('it is asked for', () => hub.asked.length > 0)
  sessions.end('default', 'auth_failed')
  t.match(await subscribing, { status: 404, body: { detail: /^client_id: / } })
})

t.test('a client that leaves while its stream begins leaves nothing behind', async t => {
  const { hub, sessions, streams, url } = await world(t)
  const leaving = new AbortController()
  const opening = fetch(`${url}${query('odoo://slow/1')}`, { signal: leaving.signal }).catch(() => 'left')
  await until('it is asked for', () => hub.asked.length > 0)
  t.equal(streams.size, 1)
  leaving.abort()
  t.equal(await opening, 'left')
  await until('its stream is gone', () => streams.size === 0)
  t.equal(sessions.held.size, 0)
})

t.test('when the server closes, every stream is told and ends properly', async t => {
  const { hub, listen, close } = await world(t)
  const clients = [await listen(query(ada)), await listen()]
  for (const client of clients) await client.next()
  await close()
  for (const client of clients) {
    t.match(await client.next(), { event: 'connection/closed', params: { reason: 'shutdown' } })
    await until('the answer ends', () => client.ended)
    t.equal(client.ended, 'properly')
  }
  t.equal(hub.count(ada), 0)
})

t.test('a principal has as many streams as it may, and others have theirs', async t => {
  const { listen } = await world(t, { maxPerPrincipal: 2 })
  for (const _ of [1, 2]) t.equal((await listen()).status, 200)
  const third = await listen()
  t.equal(third.status, 503)
  t.equal(third.headers['retry-after'], '30')
})

t.test('HEAD is no way to open a stream, and POST none to read one', async t => {
  const { url, streams } = await world(t)
  t.equal((await fetch(`${url}/events`, { method: 'HEAD' })).status, 405)
  t.equal((await fetch(`${url}/events`, { method: 'POST' })).status, 405)
  t.equal(streams.size, 0)
})

t.test('a page of an allowed origin may listen, others may not', async t => {
  const { listen, streams } = await world(t)
  const allowed = await listen('/events', { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' })
  t.equal(allowed.status, 200)
  t.equal(allowed.headers['access-control-allow-origin'], 'https://app.example.com')
  t.match(allowed.headers.vary, /Origin/)
  const size = streams.size
  for (const headers of [
    { origin: 'https://evil.example.com' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  ]) {
    t.equal((await listen('/events', headers as Record<string, string>)).status, 403)
  }
  t.equal(streams.size, size)
})

t.test('clients that have come and gone leave nothing behind', async t => {
  const { hub, sessions, listen, streams, connections } = await world(t, { awayMs: 1, maxPerPrincipal: 50 })
  const clients = await Promise.all(Array.from({ length: 50 }, () => listen(query(ada, bob))))
  await Promise.all(clients.map(client => client.next()))
  t.equal(hub.count(ada), 50)
  for (const client of clients) client.leave()
  // On its way when they went.
  for (let n = 0; n < 50; n++) hub.change(ada, { n })
  await until('the streams are given up', () => streams.size === 0)
  t.equal(hub.count(ada) + hub.count(bob), 0)
  t.equal(sessions.held.size, 0)
  await until('the sockets are closed', async () => (await connections()) === 0)
})
