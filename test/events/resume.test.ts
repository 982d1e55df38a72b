import t from 'tap'
import { until } from '../contract/until.js'
import { liveBearer } from '../http/fake-gateway.js'
import type { Listener } from './listen.js'
import { world } from './world.js'

const ada = 'odoo://res.partner/1'
const bob = 'odoo://res.partner/2'
const query = (...uris: string[]) => `/events?${uris.map(uri => `uri=${encodeURIComponent(uri)}`).join('&')}`
const after = (id: string) => ({ 'last-event-id': id })

async function gone(client: Listener): Promise<void> {
  client.leave()
  await until('the client has gone', () => client.ended)
}

t.test('a client that comes back gets what it missed, once, and keeps what it had subscribed', async t => {
  const { hub, listen, post } = await world(t)
  const client = await listen(query(ada))
  const { client_id } = (await client.next()).params
  await post('/subscribe', { client_id, uri: bob })
  hub.change(ada, { n: 1 })
  const seen = await client.next()
  await gone(client)
  hub.change(bob, { n: 2 })
  hub.change(ada, { n: 3 })
  hub.change(ada, { n: 4 })

  const back = await listen(query(ada), after(seen.id))
  t.match(await back.next(), { id: seen.id, event: 'connection/established', params: { client_id, resumed: true } })
  t.match(await back.next(), { params: { uri: bob, data: { n: 2 } } })
  t.match(await back.next(), { params: { uri: ada, data: { n: 4 } } })
  hub.change(bob, { n: 5 })
  t.match(await back.next(), { params: { uri: bob, data: { n: 5 } } })
  t.equal(hub.asked.length, 2, 'nothing was subscribed anew')
})

t.test('what was sent but did not arrive is sent again', async t => {
  const { hub, listen } = await world(t)
  const client = await listen(query(ada, bob))
  const first = await client.next()
  hub.change(ada, { n: 1 })
  hub.change(bob, { n: 2 })
  await client.next()
  await client.next()
  const back = await listen('/events', after(first.id))
  t.equal((await back.next()).params.resumed, true)
  t.match(await back.next(), { params: { uri: ada, data: { n: 1 } } })
  t.match(await back.next(), { params: { uri: bob, data: { n: 2 } } })
})

t.test('who comes back before the server has noticed takes the place of who was there', async t => {
  const { hub, streams, listen } = await world(t)
  const client = await listen(query(ada))
  const { id } = await client.next()
  const back = await listen(query(ada), after(id))
  await back.next()
  await until('the old connection ends', () => client.ended)
  hub.change(ada, { n: 1 })
  t.match(await back.next(), { params: { data: { n: 1 } } })
  t.equal(client.told.length, 1)
  t.equal(streams.size, 1)
  await gone(back)
  t.equal((await listen('/events', after(id))).status, 200)
})

t.test('what was unsubscribed stays so over a reconnect, whatever the address says', async t => {
  const { hub, listen, post } = await world(t)
  const client = await listen(query(ada, bob))
  const { id, params } = await client.next()
  await gone(client)
  hub.change(ada, { n: 1 })
  await post('/unsubscribe', { client_id: params.client_id as string, uri: ada })
  hub.change(ada, { n: 2 })
  hub.change(bob, { n: 3 })
  const back = await listen(query(ada, bob), after(id))
  await back.next()
  t.match(await back.next(), { params: { uri: bob } })
})

t.test('who finds nothing of what was is told so, and what there is now', async t => {
  const { listen } = await world(t)
  for (const id of [`${'A'.repeat(22)}.7`, 'nonsense', '42']) {
    const client = await listen(query(ada), after(id))
    const first = await client.next()
    t.strictSame(Object.keys(first.params), ['client_id'], 'a new stream')
    t.match(await client.next(), { event: 'connection/gap', params: { reason: 'unknown' } })
    t.match(await client.next(), { event: 'resources/updated', params: { uri: ada, data: { first: true } } })
  }
})

t.test('a stream waits for its client as long as it says, and no longer', async t => {
  const { hub, sessions, streams, listen } = await world(t, { awayMs: 100 })
  const client = await listen(query(ada))
  const { id, params } = await client.next()
  await gone(client)
  await until('the stream is given up', () => streams.size === 0)
  t.equal(hub.count(ada), 0)
  t.equal(sessions.held.size, 0)
  const back = await listen(query(ada), after(id))
  t.not((await back.next()).params.client_id, params.client_id)
  t.equal((await back.next()).event, 'connection/gap')
})

t.test('nobody goes on with the stream of another session', async t => {
  const { hub, listen } = await world(t)
  const client = await listen(query(ada), { authorization: `Bearer ${liveBearer}` })
  const { id } = await client.next()
  await gone(client)
  hub.change(ada, { secret: true })
  const thief = await listen('/events', after(id))
  await thief.next()
  t.match(await thief.next(), { event: 'connection/gap', params: { reason: 'unknown' } })
  const owner = await listen('/events', { ...after(id), authorization: `Bearer ${liveBearer}` })
  t.equal((await owner.next()).params.resumed, true)
  t.match(await owner.next(), { params: { data: { secret: true } } })
  t.equal(thief.told.length, 2)
})

t.test('who comes back to more than was kept is told which it must read again', async t => {
  const { hub, listen } = await world(t, { queueMax: 2 })
  const uris = [1, 2, 3].map(id => `odoo://res.partner/${id}`)
  const client = await listen(query(...uris))
  const { id } = await client.next()
  await gone(client)
  for (const uri of uris) hub.change(uri, { uri })
  const back = await listen('/events', after(id))
  await back.next()
  const gap = await back.next()
  t.match(gap, { event: 'connection/gap', params: { reason: 'dropped', uris: [uris[0]] } })
  t.match(await back.next(), { params: { uri: uris[1] } })
  t.match(await back.next(), { params: { uri: uris[2] } })
  const knows = await listen('/events', after(gap.id))
  await knows.next()
  t.match(await knows.next(), { event: 'resources/updated', params: { uri: uris[1] } }, 'and is told once')
})

t.test('a client that has gone gives its place to one that is there', async t => {
  const { listen, streams } = await world(t, { maxPerPrincipal: 2 })
  const [first, second] = [await listen(), await listen()]
  const { id } = await first.next()
  await second.next()
  t.equal((await listen()).status, 503, 'while they are there they keep theirs')
  await gone(second)
  await until('there is room', async () => (await listen()).status === 200)
  t.equal(streams.size, 2)
  const back = await listen('/events', after(id))
  t.equal((await back.next()).params.resumed, true, 'the one that was there still is')
})
