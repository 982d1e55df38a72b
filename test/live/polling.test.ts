import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { ChangeSource, WatchTarget } from '../../src/core/live.js'
import { identityOf } from '../core/fake-odoo.js'
import { held } from './fake-gateway.js'
import { settled } from './fake-time.js'
import { type FakeWorld, fakeWorld, pollMs } from './world.js'

const minute = 60_000

/** What was written so long ago that no transaction of that second can still be open. */
async function cold({ time, odoo }: FakeWorld): Promise<void> {
  await time.pass(4 * minute)
  odoo.calls.length = 0
}

t.test('a tick is one question for all records of a model, whatever the number of subscribers', async t => {
  for (const [records, each] of [
    [1, 1],
    [1, 200],
    [100, 1],
    [500, 2]
  ] as const) {
    const world = fakeWorld()
    for (let id = 1; id <= records; id++) {
      world.odoo.put(id, { name: `Partner ${id}` })
      for (let n = 0; n < each; n++) await world.subscribe(`odoo://res.partner/${id}`)
    }
    world.odoo.calls.length = 0
    await world.time.pass(pollMs)
    t.strictSame(world.odoo.asked(), [`dates(${records})`, `odoo_record(${records})`])
    await cold(world)
    await world.time.pass(45_000)
    const asked = world.odoo.asked()
    // Every ten seconds, for nothing has changed, and once in a minute by value.
    t.ok(asked.length <= 7, asked.join())
    t.strictSame(new Set(asked.filter(call => call.startsWith('dates'))), new Set([`dates(${records})`]))
    t.ok(asked.filter(call => call.startsWith('odoo_record')).length <= 1)
  }
})

t.test('more than 500 records are asked for in parts', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  for (let id = 1; id <= 750; id++) {
    odoo.put(id, { name: `Partner ${id}` })
    await subscribe(`odoo://res.partner/${id}`)
  }
  odoo.calls.length = 0
  await time.pass(pollMs)
  t.strictSame(odoo.asked(), ['dates(500)', 'dates(250)', 'odoo_record(500)', 'odoo_record(250)'])
})

t.test('a list costs one search per tick for each distinct query', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  for (const query of ['', '?domain=A', '?domain=A', '?domain=A', '?domain=B']) {
    await subscribe(`odoo://res.partner/list${query}`, `session of ${query}`)
  }
  odoo.calls.length = 0
  await time.pass(pollMs)
  t.strictSame(odoo.asked(), ['odoo_search', 'odoo_search', 'odoo_search'])
})

t.test('only records whose date is another are read again, once that date is old', async t => {
  const world = fakeWorld()
  for (const id of [1, 2, 3]) {
    world.odoo.put(id, { name: `Partner ${id}` })
    await world.subscribe(`odoo://res.partner/${id}`)
  }
  await cold(world)
  world.odoo.put(2, { name: 'Azur' }, '2026-01-01 00:00:09')
  await world.time.pass(5 * pollMs)
  const asked = world.odoo.asked()
  t.ok(asked.includes('odoo_record(1)'), asked.join())
  // By value, once in a minute.
  t.ok(asked.filter(call => call === 'odoo_record(3)').length <= 1, asked.join())
})

t.test('a second write within the same second is noticed, though the date stays the same', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' }, '2026-01-01 00:00:05')
  const { heard } = await subscribe('odoo://res.partner/7')
  await time.pass(pollMs)
  odoo.put(7, { name: 'first' }, '2026-01-01 00:00:09')
  await time.pass(pollMs)
  // Its transaction began in that second too, and was open for long.
  await time.pass(110_000)
  odoo.put(7, { name: 'second' }, '2026-01-01 00:00:09')
  await time.pass(5 * pollMs)
  t.match(heard, [{ name: 'first' }, { name: 'second' }])
})

t.test('what changes without a date is noticed within a minute', async t => {
  const world = fakeWorld()
  world.odoo.put(7, { name: 'Azure', credit: 0 })
  const { heard } = await world.subscribe('odoo://res.partner/7')
  await cold(world)
  world.odoo.put(7, { credit: 100 })
  await world.time.pass(minute + 5 * pollMs)
  t.match(heard, [{ credit: 100 }])
})

t.test('a model without dates, and a row without one, are compared by value in each tick', async t => {
  for (const [dated, date] of [
    [false, '2026-01-01 00:00:00'],
    [true, false]
  ] as const) {
    const world = fakeWorld()
    world.odoo.dated = dated
    world.odoo.put(7, { total: 1 }, date)
    const { heard } = await world.subscribe('odoo://sale.report/7')
    await cold(world)
    world.odoo.put(7, { total: 2 }, date)
    await world.time.pass(5 * pollMs)
    t.match(heard, [{ total: 2 }])
    t.equal(world.odoo.asked().filter(call => call === 'dates(1)').length > 0, dated)
    world.odoo.rows.delete(7)
    await world.time.pass(5 * pollMs)
    t.strictSame(heard[1], { deleted: true })
  }
})

t.test('ticks become rarer while nothing changes, and are frequent again with the first change', async t => {
  const world = fakeWorld()
  world.odoo.put(7, { name: 'Azure' })
  await world.subscribe('odoo://res.partner/7')
  const ticks = async (ms: number) => {
    await world.time.pass(ms)
    return world.odoo.asked().filter(call => call.startsWith('dates')).length
  }
  t.equal(await ticks(minute), 30)
  await ticks(minute)
  t.equal(await ticks(minute), 6)
  world.odoo.put(7, { name: 'Azur' }, '2026-01-01 00:00:09')
  await ticks(5 * pollMs)
  t.equal(await ticks(10 * pollMs), 10)
  await ticks(3 * minute)
  await world.subscribe('odoo://res.partner/list')
  t.equal(await ticks(10 * pollMs), 10)
})

t.test('the ticks of a slow Odoo keep it busy for a tenth of the time at most', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  await subscribe('odoo://res.partner/7')
  let busy = 0
  odoo.before = () => {
    busy += 400
    const slow = held()
    time.after(400, slow.give)
    return slow.promise
  }
  await time.pass(10 * minute)
  t.ok(busy > 10_000, `${busy} ms`)
  t.ok(busy < 66_000, `${busy} ms`)
})

t.test('while Odoo is down the ticks become rare; what happened meanwhile is told of when it is back', async t => {
  const { odoo, time, hub, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  odoo.put(8, { name: 'Deco' })
  const azure = await subscribe('odoo://res.partner/7')
  const deco = await subscribe('odoo://res.partner/8')
  const list = await subscribe('odoo://res.partner/list')
  await time.pass(pollMs)
  odoo.before = () => {
    throw new GatewayError('odoo_unavailable', 'cannot connect')
  }
  odoo.calls.length = 0
  await time.pass(10 * minute)
  t.ok(odoo.calls.length < 20, `${odoo.calls.length} calls`)
  odoo.put(7, { name: 'Azur' }, '2026-01-01 00:00:09')
  odoo.rows.delete(8)
  odoo.before = () => {}
  await time.pass(minute)
  t.strictSame(azure.heard, [{ id: 7, name: 'Azur' }])
  t.strictSame(deco.heard, [{ deleted: true }])
  t.match(list.heard, [{ total: 1 }])
  t.strictSame([azure.ended, deco.ended, list.ended].flat(), [])
  t.match(hub.stats(), { subscriptions: 3 })
})

t.test('a failure between the question for dates and the reading loses nothing', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  const { heard } = await subscribe('odoo://res.partner/7')
  await time.pass(4 * minute)
  odoo.put(7, { name: 'Azur' }, '2026-01-01 00:00:09')
  odoo.before = ({ tool }) => {
    if (tool === 'odoo_record') throw new GatewayError('timeout', 'deadline passed')
  }
  await time.pass(5 * pollMs)
  t.strictSame(heard, [])
  odoo.before = () => {}
  await time.pass(minute)
  t.equal(heard.length, 1)
})

t.test('a list that Odoo never answers in time keeps no other list from being told of', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  await subscribe('odoo://res.partner/list?domain=Endless')
  const { heard } = await subscribe('odoo://res.partner/list?domain=Azure')
  odoo.before = ({ input }) => {
    if (input.domain === 'Endless') throw new GatewayError('timeout', 'deadline passed')
  }
  odoo.put(7, { name: 'Azure' })
  await time.pass(minute)
  t.match(heard, [{ total: 1 }])
})

t.test('one that asks us to wait is not asked before', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  await subscribe('odoo://res.partner/7')
  odoo.before = () => {
    throw new GatewayError('rate_limited', 'too many requests', { retry_after_s: 300 })
  }
  await time.pass(pollMs)
  odoo.calls.length = 0
  await time.pass(299_000)
  t.equal(odoo.calls.length, 0)
  await time.pass(2000)
  t.equal(odoo.calls.length, 1)
})

t.test(
  'where a bus tells of all changes, the clock looks once in a minute only, and again often when it does not',
  async t => {
    const bus = new FakeBus()
    const world = fakeWorld({ sources: [bus] })
    world.odoo.put(7, { name: 'Azure' })
    const { heard } = await world.subscribe('odoo://res.partner/7')
    const ticks = async (ms: number) => {
      await world.time.pass(ms)
      return world.odoo.asked().filter(call => call.startsWith('dates')).length
    }
    bus.covering = true
    t.equal(world.hub.stats().covered, 1)
    t.equal(await ticks(pollMs), 1)
    t.ok([9, 10].includes(await ticks(10 * minute)))
    world.odoo.put(7, { name: 'Azur' }, '2026-01-01 00:00:09')
    await bus.tell([7])
    t.equal(heard.length, 1)
    bus.covering = false
    t.ok((await ticks(minute)) >= 10)
    t.equal(world.hub.stats().covered, 0)
  }
)

t.test('a hint that finds Odoo down is made up for by the clock, even where a bus covers', async t => {
  const bus = new FakeBus()
  const { odoo, time, subscribe } = fakeWorld({ sources: [bus] })
  odoo.put(7, { name: 'Azure' })
  const { heard } = await subscribe('odoo://res.partner/7')
  bus.covering = true
  await time.pass(pollMs)
  odoo.put(7, { name: 'Azur' })
  odoo.before = () => {
    throw new GatewayError('odoo_unavailable', 'cannot connect')
  }
  const looked = bus.tell([7])
  await time.pass(100)
  t.match(await looked, [{ changed: false, failure: { code: 'odoo_unavailable' } }])
  odoo.before = () => {}
  await time.pass(pollMs)
  t.equal(heard.length, 1)
})

t.test('the first hint is looked at at once, and all that come meanwhile together', async t => {
  const bus = new FakeBus()
  const { odoo, time, subscribe } = fakeWorld({ sources: [bus] })
  for (const id of [7, 8, 9]) {
    odoo.put(id, { name: `Partner ${id}` })
    await subscribe(`odoo://res.partner/${id}`)
  }
  odoo.calls.length = 0
  for (let n = 0; n < 12; n++) void bus.tell([7])
  void bus.tell([8])
  void bus.tell([100])
  await settled()
  t.strictSame(odoo.asked(), ['odoo_record(1)'])
  await time.pass(100)
  t.strictSame(odoo.asked(), ['odoo_record(2)'])
  const [looked] = await bus.tell([100])
  t.strictSame(looked, { changed: false, ms: 0 })
  t.strictSame(odoo.asked(), [])
})

t.test('a hint during a look means another look, for the first may have read what was before', async t => {
  const bus = new FakeBus()
  const { odoo, time, subscribe } = fakeWorld({ sources: [bus] })
  odoo.put(7, { name: 'first' })
  const { heard } = await subscribe('odoo://res.partner/7')
  await time.pass(pollMs + 100)
  const answer = held()
  odoo.before = () => answer.promise
  odoo.put(7, { name: 'second' })
  void bus.tell([7])
  await settled()
  odoo.put(7, { name: 'third' })
  void bus.tell([7])
  odoo.before = () => {}
  answer.give()
  await time.pass(100)
  t.match(heard, [{ name: 'second' }, { name: 'third' }])
})

t.test('a look at everything compares by value what no date tells of', async t => {
  const bus = new FakeBus()
  const world = fakeWorld({ sources: [bus] })
  world.odoo.put(7, { name: 'Azure' })
  const { heard } = await world.subscribe('odoo://res.partner/7')
  await cold(world)
  world.odoo.put(7, { credit: 100 })
  const looking = bus.tell()
  await world.time.pass(100)
  t.match(await looking, [{ changed: true, ms: 0 }])
  t.match(heard, [{ credit: 100 }])
})

t.test('with more than fifty identities on one database, ticks are slower in proportion', async t => {
  const world = fakeWorld()
  world.odoo.put(7, { name: 'Azure' })
  const ticks = async () => {
    world.odoo.calls.length = 0
    await world.time.pass(10 * pollMs)
    return world.odoo.calls.filter(({ tool, session }) => tool === 'odoo_read' && session === 'user 1').length
  }
  for (let user = 1; user <= 50; user++) await subscribeAs(world, user)
  t.equal(world.hub.stats().slowed, 0)
  t.equal(await ticks(), 10)
  for (let user = 51; user <= 100; user++) await subscribeAs(world, user)
  t.match(world.hub.stats(), { slowed: 1, identities: 100 })
  await ticks()
  t.equal(await ticks(), 5)
})

async function subscribeAs({ odoo, subscribe }: FakeWorld, user: number): Promise<void> {
  odoo.identities.set(`user ${user}`, { uid: user })
  await subscribe('odoo://res.partner/7', `user ${user}`)
}

t.test('our own write is looked at at once by all who watch its model in that database', async t => {
  const { odoo, hub, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  odoo.identities.set('bob', { uid: 8 })
  odoo.identities.set('elsewhere', { database: 'other' })
  const ada = await subscribe('odoo://res.partner/7')
  const bob = await subscribe('odoo://res.partner/7', 'bob')
  const list = await subscribe('odoo://res.partner/list')
  await subscribe('odoo://res.partner/7', 'elsewhere')
  odoo.put(7, { name: 'Azur' })
  odoo.calls.length = 0
  hub.written({ identity: identityOf(), model: 'res.partner', ids: [7] })
  await settled()
  t.match([ada.heard, bob.heard], [[{ name: 'Azur' }], [{ name: 'Azur' }]])
  t.match(list.heard, [{ total: 1 }])
  t.notOk(odoo.calls.some(({ session }) => session === 'elsewhere'))
})

t.test('our own create, which names no ids, is looked at at once, too', async t => {
  const { odoo, hub, subscribe } = fakeWorld()
  const list = await subscribe('odoo://res.partner/list')
  odoo.put(7, { name: 'Azure' })
  hub.written({ identity: identityOf(), model: 'res.partner', ids: [] })
  await settled()
  t.match(list.heard, [{ total: 1 }])
})

t.test(
  'our own write makes the ticks of other models frequent, for Odoo may have computed something there',
  async t => {
    const world = fakeWorld()
    world.odoo.put(7, { total: 1 })
    const order = await world.subscribe('odoo://sale.order/7')
    await cold(world)
    world.hub.written({ identity: identityOf(), model: 'sale.order.line', ids: [70] })
    world.odoo.put(7, { total: 2 }, '2026-01-01 00:00:09')
    await settled()
    t.equal(world.odoo.calls.length, 0)
    await world.time.pass(pollMs)
    t.match(order.heard, [{ total: 2 }])
  }
)

class FakeBus implements ChangeSource {
  readonly name = 'bus'
  readonly #targets = new Set<WatchTarget>()
  covering = false

  watch(target: WatchTarget) {
    this.#targets.add(target)
    return () => void this.#targets.delete(target)
  }

  covers() {
    return this.covering
  }

  tell(ids?: number[]) {
    return Promise.all([...this.#targets].map(target => target.look(ids)))
  }
}
