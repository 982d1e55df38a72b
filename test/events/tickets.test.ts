import t from 'tap'
import { Tickets } from '../../src/events/tickets.js'
import { until } from '../contract/until.js'
import { key, liveBearer, otherKey, withKeys } from '../http/fake-gateway.js'
import { type World, world } from './world.js'

const ada = 'odoo://res.partner/1'
const as = (secret: string) => ({ authorization: `Bearer ${secret}` })

async function ticketOf({ post }: World, secret: string): Promise<string> {
  const { status, body } = await post('/events/ticket', undefined, as(secret))
  t.equal(status, 200)
  t.strictSame(Object.keys(body), ['status', 'ticket', 'expires_in_s'])
  t.equal(body.expires_in_s, 30)
  return String(body.ticket)
}

t.test('without a key there is no stream and no ticket', async t => {
  const { listen, post } = await world(t, {}, withKeys)
  const client = await listen()
  t.equal(client.status, 401)
  t.equal(client.headers['www-authenticate'], 'Bearer')
  t.equal((await post('/events/ticket')).status, 401)
  t.equal((await post('/subscribe', { client_id: 'x', uri: ada })).status, 401)
  t.equal((await listen('/events', as(key))).status, 200, 'with it there is')
})

t.test('a ticket opens one stream, as its caller', async t => {
  const here = await world(t, {}, withKeys)
  const { listen, post, sessions } = here
  const ticket = await ticketOf(here, liveBearer)
  const path = `/events?ticket=${ticket}&uri=${encodeURIComponent(ada)}`
  const client = await listen(path)
  t.equal(client.status, 200)
  const { client_id } = (await client.next()).params
  t.equal((await post('/subscribe', { client_id, uri: ada }, as(liveBearer))).status, 200)
  t.equal((await post('/subscribe', { client_id, uri: ada }, as(otherKey))).status, 404, 'its session alone')

  const again = await listen(path)
  t.equal(again.status, 401, 'the same address opens nothing again')
  t.equal(again.headers['www-authenticate'], 'Bearer')
  sessions.end(liveBearer, 'disconnected')
  t.match(await client.next(), { event: 'connection/closed', params: { reason: 'disconnected' } })
})

t.test('a ticket is looked at alone: a wrong one is not made good by a key', async t => {
  const { listen, streams } = await world(t, {}, withKeys)
  t.equal((await listen('/events?ticket=omt_wrong', as(key))).status, 401)
  t.equal(streams.size, 0)
})

t.test('a session that has ended gives no ticket, and a ticket of it opens nothing', async t => {
  const here = await world(t, {}, withKeys)
  const ticket = await ticketOf(here, liveBearer)
  here.sessions.end(liveBearer, 'expired')
  t.equal((await here.listen(`/events?ticket=${ticket}`)).status, 401)
  t.equal((await here.post('/events/ticket', undefined, as(liveBearer))).status, 401)
  t.equal(here.sessions.held.size, 0)
})

t.test('a ticket is good for thirty seconds', async t => {
  let now = 1_000_000
  const here = await world(t, { clock: () => now }, withKeys)
  const first = await ticketOf(here, key)
  const second = await ticketOf(here, key)
  now += 29_999
  t.equal((await here.listen(`/events?ticket=${first}`)).status, 200)
  now += 1
  t.equal((await here.listen(`/events?ticket=${second}`)).status, 401)
})

t.test("a browser's own reconnect works with the spent ticket and an event of that stream", async t => {
  const here = await world(t, {}, withKeys)
  const { hub, listen } = here
  const path = `/events?ticket=${await ticketOf(here, liveBearer)}&uri=${encodeURIComponent(ada)}`
  const client = await listen(path)
  const { id, params } = await client.next()
  client.leave()
  await until('the server has noticed', () => client.ended)
  hub.change(ada, { n: 1 })

  const strangers = await Promise.all([
    listen(path),
    listen(path, { 'last-event-id': `${'A'.repeat(22)}.0` }),
    listen(path, { 'last-event-id': id.replace(/0$/, '7') }),
    listen('/events?ticket=omt_other', { 'last-event-id': id })
  ])
  t.strictSame(
    strangers.map(({ status }) => status),
    [401, 401, 401, 401]
  )

  const back = await listen(path, { 'last-event-id': id })
  t.equal(back.status, 200)
  t.match(await back.next(), { event: 'connection/established', params: { ...params, resumed: true } })
  t.match(await back.next(), { event: 'resources/updated', params: { uri: ada, data: { n: 1 } } })
})

t.test('the spent ticket of one stream does not open another', async t => {
  const here = await world(t, {}, withKeys)
  const paths = [`/events?ticket=${await ticketOf(here, key)}`, `/events?ticket=${await ticketOf(here, otherKey)}`]
  const [one, other] = await Promise.all(paths.map(path => here.listen(path)))
  const id = (await one?.next())?.id ?? ''
  await other?.next()
  t.equal((await here.listen(paths[1], { 'last-event-id': id })).status, 401)
  t.equal((await here.listen(paths[0], { 'last-event-id': id })).status, 200, 'its own does')
})

t.test('who can send headers goes on with a new ticket, which then takes the place of the old one', async t => {
  const here = await world(t, {}, withKeys)
  const paths = [`/events?ticket=${await ticketOf(here, key)}`, `/events?ticket=${await ticketOf(here, key)}`]
  const client = await here.listen(paths[0])
  const headers = { 'last-event-id': (await client.next()).id }
  for (const _ of [1, 2]) t.equal((await (await here.listen(paths[1], headers)).next()).params.resumed, true)
  t.equal((await here.listen(paths[0], headers)).status, 401)
  const foreign = `/events?ticket=${await ticketOf(here, otherKey)}`
  const other = await here.listen(foreign, headers)
  t.notOk((await other.next()).params.resumed, 'of the same caller')
  t.equal((await other.next()).event, 'connection/gap')
})

t.test('a stream that has waited long enough is gone for its ticket too', async t => {
  const here = await world(t, { awayMs: 1 }, withKeys)
  const path = `/events?ticket=${await ticketOf(here, key)}`
  const client = await here.listen(path)
  const { id } = await client.next()
  client.leave()
  await until('the stream is given up', () => here.streams.size === 0)
  t.equal((await here.listen(path, { 'last-event-id': id })).status, 401)
})

t.test('nobody fills the memory with tickets', async t => {
  let now = 0
  const tickets = new Tickets(() => now)
  const caller = { principal: 'key:ci', surface: 'rest', opens: 'bearer', requestId: '1' } as const
  for (let n = 0; n < 100; n++) tickets.issue(caller)
  t.throws(() => tickets.issue(caller), { code: 'busy', extra: { retry_after_s: 30 } })
  t.match(tickets.issue({ ...caller, principal: 'key:desk' }), /^omt_[\w-]{43}$/)
  now = 30_000
  t.match(tickets.issue(caller), /^omt_/)
})
