import fastify from 'fastify'
import t from 'tap'
import { eventRoutes } from '../../src/events/routes.js'
import { createEventStreams } from '../../src/events/streams.js'
import { until } from '../contract/until.js'
import { FakeHub, FakeSessions } from './fake-hub.js'
import { type Listener, listen } from './listen.js'
import { world } from './world.js'

const query = (uris: string[]) => `/events?${uris.map(uri => `uri=${encodeURIComponent(uri)}`).join('&')}`
// More than the buffers of two sockets hold.
const changes = 400
const filler = 'x'.repeat(100_000)

function numberOf(client: Listener): unknown {
  return (client.told.at(-1)?.params.data as { n?: number } | undefined)?.n
}

t.test('a client that does not read holds nobody up, and has the newest when it reads again', async t => {
  const { hub, listen } = await world(t)
  const path = query(['odoo://a/1'])
  const [slow, fast] = [await listen(path), await listen(path)]
  await slow.next()
  await fast.next()
  slow.pause()
  for (let n = 1; n <= changes; n++) {
    hub.change('odoo://a/1', { n, filler })
    if (n % 20 === 0) await until('the other one has it', () => numberOf(fast) === n)
  }
  slow.resume()
  await until('it has the newest', () => numberOf(slow) === changes)
  t.ok(slow.told.length < changes / 2, `it got ${slow.told.length} of ${changes}`)
  t.notOk(
    slow.told.some(({ event }) => event === 'connection/gap'),
    'which is all there is to know'
  )
  const numbers = slow.told.slice(1).map(({ id }) => Number(id.split('.')[1]))
  t.strictSame(
    numbers,
    [...numbers].sort((a, b) => a - b),
    'in order'
  )
})

t.test('a client that does not read what changes in more places than are kept is told in which', async t => {
  const { hub, listen } = await world(t, { queueMax: 10 })
  const uris = Array.from({ length: changes }, (_, index) => `odoo://a/${index + 1}`)
  const client = await listen('/events')
  await client.next()
  const [slow, fast] = [await listen(query(uris)), await listen(query(uris))]
  slow.pause()
  for (const [index, uri] of uris.entries()) {
    hub.change(uri, { n: index + 1, filler })
    if (index % 5 === 4) await until('the other one has it', () => numberOf(fast) === index + 1)
  }
  slow.resume()
  await until('it has the newest', () => numberOf(slow) === changes)
  const heard = slow.told.flatMap(({ event, params }) => {
    if (event === 'resources/updated') return [params.uri]
    return event === 'connection/gap' ? (params.uris as string[]) : []
  })
  t.strictSame(heard.sort(), [...uris].sort(), 'every one, once')
  t.ok(slow.told.some(({ event, params }) => event === 'connection/gap' && params.reason === 'dropped'))
  t.notOk(fast.told.some(({ event }) => event === 'connection/gap'))
})

t.test('all that is kept for those who do not read is limited together', async t => {
  const { hub, listen } = await world(t, { kept: { each: 1_000_000, total: 1_000_000 } })
  const uris = Array.from({ length: 200 }, (_, index) => `odoo://a/${index + 1}`)
  const clients = [await listen(query(uris)), await listen(query(uris))]
  for (const client of clients) client.pause()
  for (const [index, uri] of uris.entries()) hub.change(uri, { n: index + 1, filler })
  for (const client of clients) client.resume()
  for (const client of clients) {
    await until('it has the newest', () => numberOf(client) === 200)
    const gaps = client.told.filter(({ event }) => event === 'connection/gap').map(({ params }) => params)
    t.match(gaps[0], { reason: 'dropped' })
    t.ok(gaps.flatMap(({ uris }) => uris).length >= 190)
  }
})

t.test('a client that takes no leave is cut off', async t => {
  const { hub, sessions, listen, streams, connections } = await world(t)
  const client = await listen(query(['odoo://a/1']))
  await client.next()
  client.pause()
  for (let n = 1; n <= changes; n++) {
    hub.change('odoo://a/1', { n, filler })
    await new Promise(setImmediate)
  }
  t.equal(await connections(), 1)
  sessions.end('default', 'expired')
  t.equal(streams.size, 0)
  await until('it is cut off', async () => (await connections()) === 0)
  client.resume()
  await until('it learns that', () => client.ended)
  t.equal(client.ended, 'cut')
})

t.test('heartbeats go to clients who are told nothing, and stop with the stream', async t => {
  const streams = createEventStreams({
    gateway: new FakeSessions(),
    hub: new FakeHub(),
    queueMax: 1,
    maxPerPrincipal: 1
  })
  const app = fastify()
  t.teardown(() => app.close())
  await eventRoutes(app, {
    streams,
    heartbeatMs: 20,
    authenticate: request => ({ principal: 'local', requestId: request.id })
  })
  const client = await listen(`${await app.listen({ host: '127.0.0.1', port: 0 })}/events`)
  await until('three have come', () => client.comments.length >= 3)
  t.strictSame([...new Set(client.comments)], [': heartbeat'])
  await app.close()
  await until('the answer ends', () => client.ended)
  t.equal(client.ended, 'properly')
  t.equal(client.told.length, 2)
})
