import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { ChangeSource, WatchTarget } from '../../src/core/live.js'
import { callerOf } from './fake-gateway.js'
import { type FakeWorld, fakeWorld, pollMs } from './world.js'

t.test('a session that ends takes its subscriptions along, and only those', async t => {
  const { odoo, time, hub, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  const ada = await subscribe('odoo://res.partner/7', 'ada')
  const list = await subscribe('odoo://res.partner/list', 'ada')
  const bob = await subscribe('odoo://res.partner/7', 'bob')
  odoo.end('ada', 'disconnected')
  t.strictSame([ada.ended, list.ended, bob.ended], [['disconnected'], ['disconnected'], []])
  t.match(hub.stats(), { subscriptions: 1, watches: 1 })
  odoo.put(7, { name: 'Azur' }, '2026-01-01 00:00:09')
  await time.pass(pollMs)
  t.strictSame([ada.heard.length, list.heard.length, bob.heard.length], [0, 0, 1])
  ada.close()
  t.match(hub.stats(), { subscriptions: 1 })
})

t.test('looks use the rights of one session of a user; when it ends, those of the next', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  await subscribe('odoo://res.partner/7', 'ada')
  const { heard } = await subscribe('odoo://res.partner/7', 'bob')
  odoo.calls.length = 0
  await time.pass(pollMs)
  t.strictSame([...new Set(odoo.calls.map(({ session }) => session))], ['ada'])
  odoo.end('ada', 'expired')
  odoo.calls.length = 0
  odoo.put(7, { name: 'Azur' }, '2026-01-01 00:00:09')
  await time.pass(pollMs)
  t.strictSame([...new Set(odoo.calls.map(({ session }) => session))], ['bob'])
  t.equal(heard.length, 1)
})

t.test('a session whose login Odoo refuses in the middle of a look costs the others nothing', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  const ada = await subscribe('odoo://res.partner/7', 'ada')
  const bob = await subscribe('odoo://res.partner/7', 'bob')
  odoo.put(7, { name: 'Azur' }, '2026-01-01 00:00:09')
  odoo.before = ({ session }) => {
    if (session !== 'ada') return
    odoo.end('ada', 'auth_failed')
    throw new GatewayError('auth_failed', 'Odoo refused the key')
  }
  await time.pass(pollMs)
  t.strictSame([ada.ended, bob.ended], [['auth_failed'], []])
  t.strictSame([ada.heard.length, bob.heard.length], [0, 1])
})

t.test('users do not share what they see: each is read with their own rights', async t => {
  const { odoo, time, hub, subscribe } = fakeWorld()
  odoo.identities.set('bob', { uid: 8 })
  odoo.identities.set('eve', { uid: 8, lang: 'fr_FR' })
  odoo.put(7, { name: 'Azure' })
  for (const session of ['ada', 'bob', 'eve']) await subscribe('odoo://res.partner/7', session)
  t.match(hub.stats(), { subscriptions: 3, watches: 3, identities: 3 })
  odoo.calls.length = 0
  odoo.put(7, { name: 'Azur' }, '2026-01-01 00:00:09')
  await time.pass(pollMs)
  const readers = odoo.calls.filter(({ tool }) => tool === 'odoo_record').map(({ session }) => session)
  t.strictSame(readers.sort(), ['ada', 'bob', 'eve'])
})

t.test('a session, and the server, has room for so many subscriptions, and room again when some end', async t => {
  const { odoo, subscribe } = fakeWorld({ limits: { perSession: 2, inAll: 3 } })
  odoo.put(7, { name: 'Azure' })
  const [first] = [await subscribe('odoo://res.partner/7'), await subscribe('odoo://res.partner/7')]
  await t.rejects(subscribe('odoo://res.partner/7'), { code: 'busy', detail: /2 subscriptions of one session/ })
  await subscribe('odoo://res.partner/7', 'bob')
  await t.rejects(subscribe('odoo://res.partner/7', 'bob'), { code: 'busy', detail: /3 subscriptions of all sessions/ })
  t.equal(odoo.holds.size, 3)
  first.close()
  first.close()
  await subscribe('odoo://res.partner/7', 'bob')
  await t.rejects(subscribe('odoo://res.partner/7', 'eve'), { code: 'busy' })
})

t.test('the default connection, which many share, has no limit of its own', async t => {
  const { odoo, subscribe } = fakeWorld({ limits: { perSession: 2, inAll: 4 } })
  odoo.put(7, { name: 'Azure' })
  for (let n = 0; n < 4; n++) await subscribe('odoo://res.partner/7', 'default')
  await t.rejects(subscribe('odoo://res.partner/7', 'default'), { code: 'busy', detail: /4 subscriptions of all/ })
})

t.test('the usual limits are a thousand for a session and ten thousand for all', async t => {
  const { odoo, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  for (let n = 0; n < 10_000; n++) {
    if (n === 1000) await t.rejects(subscribe('odoo://res.partner/7', 'session 0'), { code: 'busy' })
    await subscribe('odoo://res.partner/7', `session ${Math.floor(n / 1000)}`)
  }
  await t.rejects(subscribe('odoo://res.partner/7', 'one more'), { code: 'busy' })
})

t.test('nothing is left when all have gone: no timer, no session held, no source listening', async t => {
  const source = new FakeSource()
  const world = fakeWorld({ sources: [source] })
  for (const id of [1, 2, 3]) world.odoo.put(id, { name: `Partner ${id}` })
  const all = []
  for (const session of ['ada', 'bob']) {
    for (const uri of ['1', '1', '2?fields=name', '3', 'list', 'list?limit=2']) {
      all.push(await world.subscribe(`odoo://res.partner/${uri}`, session))
    }
  }
  await world.time.pass(2.5 * pollMs)
  t.not(sizes(world).timers, 0)
  t.equal(source.targets.size, 1)
  for (const { close } of all) close()
  t.strictSame(sizes(world), { timers: 0, holds: 0 })
  t.equal(source.targets.size, 0)
  t.match(world.hub.stats(), { subscriptions: 0, watches: 0, identities: 0 })
})

t.test('closing the hub ends every subscription with "shutdown", and takes no more', async t => {
  const source = new FakeSource()
  const world = fakeWorld({ sources: [source] })
  world.odoo.put(7, { name: 'Azure' })
  const all = [await world.subscribe('odoo://res.partner/7'), await world.subscribe('odoo://res.partner/list', 'bob')]
  world.hub.close()
  t.strictSame(
    all.map(({ ended }) => ended),
    [['shutdown'], ['shutdown']]
  )
  t.strictSame(sizes(world), { timers: 0, holds: 0 })
  t.ok(source.closed)
  await t.rejects(world.subscribe('odoo://res.partner/7'), { code: 'cancelled' })
  t.strictSame(sizes(world), { timers: 0, holds: 0 })
})

t.test('a session that has ended before anything was read holds nothing', async t => {
  const { odoo, hub } = fakeWorld()
  odoo.hold = async () => {
    throw new GatewayError('auth_required', 'there is no Odoo session for this call')
  }
  const subscriber = { caller: callerOf('ada'), updated() {}, ended() {} }
  const subscribing = hub.subscribe('odoo://res.partner/7', subscriber, new AbortController().signal)
  await t.rejects(subscribing, { code: 'auth_required' })
  t.equal(hub.stats().subscriptions, 0)
})

function sizes({ time, odoo }: FakeWorld) {
  return { timers: time.timers.size, holds: odoo.holds.size }
}

class FakeSource implements ChangeSource {
  readonly name = 'bus'
  readonly targets = new Set<WatchTarget>()
  closed = false

  watch(target: WatchTarget) {
    this.targets.add(target)
    return () => void this.targets.delete(target)
  }

  close() {
    this.closed = true
  }
}
