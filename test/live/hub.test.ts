import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import { identityOf } from '../core/fake-odoo.js'
import { callerOf, held } from './fake-gateway.js'
import { settled } from './fake-time.js'
import { fakeWorld, pollMs } from './world.js'

t.test('a subscription begins with what the URI shows, and hears of each change with what it shows then', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  const { data, uri, heard } = await subscribe('odoo://res.partner/7')
  t.strictSame(data, { id: 7, name: 'Azure' })
  t.equal(uri, 'odoo://res.partner/7')
  await time.pass(pollMs)
  t.strictSame(heard, [])
  odoo.put(7, { name: 'Azur' }, '2026-01-01 00:00:09')
  await time.pass(pollMs)
  t.strictSame(heard, [{ id: 7, name: 'Azur' }])
  await time.pass(60_000)
  t.equal(heard.length, 1)
})

t.test('a write that changes nothing that is shown is not told of', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure', city: 'Ghent' })
  const name = await subscribe('odoo://res.partner/7?fields=name')
  const all = await subscribe('odoo://res.partner/7')
  odoo.put(7, { city: 'Bruges' }, '2026-01-01 00:00:09')
  await time.pass(pollMs)
  t.strictSame(name.heard, [])
  t.strictSame(all.heard, [{ id: 7, name: 'Azure', city: 'Bruges' }])
})

t.test('a URI that cannot be read cannot be subscribed to, and leaves nothing behind', async t => {
  const { odoo, time, hub, subscribe } = fakeWorld()
  await t.rejects(subscribe('odoo://res.partner/8'), { code: 'not_found' })
  await t.rejects(subscribe('odoo://res.partner'), { code: 'invalid_input' })
  await t.rejects(subscribe('odoo://res.partner/binary/image_1920/7'), { code: 'invalid_input', message: /file/ })
  t.match(hub.stats(), { subscriptions: 0, watches: 0, identities: 0 })
  t.equal(odoo.holds.size, 0)
  t.equal(time.timers.size, 0)
})

t.test('one who leaves while the first read is under way is not subscribed', async t => {
  const { odoo, hub } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  const leaving = new AbortController()
  odoo.before = () => leaving.abort()
  const subscriber = { caller: callerOf('ada'), updated() {}, ended() {} }
  await t.rejects(hub.subscribe('odoo://res.partner/7', subscriber, leaving.signal), { code: 'cancelled' })
  t.equal(odoo.holds.size, 0)
  t.equal(hub.stats().subscriptions, 0)
})

t.test('a session that ends while the first read is under way has no subscription', async t => {
  const { odoo, hub, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  odoo.before = () => odoo.end('ada', 'disconnected')
  await t.rejects(subscribe('odoo://res.partner/7'), { code: 'auth_required' })
  t.equal(hub.stats().subscriptions, 0)
})

t.test('a record that is gone is told of as deleted, once, and as data when it is back', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  const { heard } = await subscribe('odoo://res.partner/7')
  await time.pass(pollMs)
  odoo.rows.delete(7)
  await time.pass(10 * pollMs)
  t.strictSame(heard, [{ deleted: true }])
  odoo.put(7, { name: 'Azure' })
  await time.pass(5 * pollMs)
  t.strictSame(heard, [{ deleted: true }, { id: 7, name: 'Azure' }])
  odoo.rows.delete(7)
  await time.pass(200_000)
  odoo.put(7, { name: 'Azure' })
  await time.pass(70_000)
  t.strictSame(heard.slice(2), [{ deleted: true }, { id: 7, name: 'Azure' }])
})

t.test('who may no longer read a model is told that it is gone, lists included', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  const record = await subscribe('odoo://res.partner/7')
  const list = await subscribe('odoo://res.partner/list')
  odoo.before = () => {
    throw new GatewayError('access_denied', 'You are not allowed to access Contact')
  }
  await time.pass(pollMs)
  t.strictSame(record.heard, [{ deleted: true }])
  t.strictSame(list.heard, [{ deleted: true }])
})

t.test('a record that Odoo fails on hides nothing of the others, and is told of when it can be read again', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  const all = []
  for (const id of [1, 2, 3, 4, 5]) {
    odoo.put(id, { name: `Partner ${id}` })
    all.push(await subscribe(`odoo://res.partner/${id}`))
  }
  await time.pass(pollMs)
  for (const code of ['odoo_error', 'access_denied'] as const) {
    odoo.before = ({ tool, input }) => {
      if (tool === 'odoo_record' && (input.ids as number[]).includes(3)) throw new GatewayError(code, 'no')
    }
    for (const id of [1, 2, 3, 4, 5]) odoo.put(id, { name: `${code} ${id}` }, `2026-01-01 00:00:0${code.length % 10}`)
    await time.pass(3 * pollMs)
    t.strictSame(
      all.map(({ heard }) => heard.splice(0).map(({ name, deleted = name }) => deleted as string)),
      [1, 2, 3, 4, 5].map(id => (id !== 3 ? [`${code} ${id}`] : code === 'odoo_error' ? [] : [true]))
    )
    odoo.before = () => {}
    await time.pass(pollMs)
    t.strictSame(
      all.flatMap(({ heard }) => heard.splice(0)),
      [{ id: 3, name: `${code} 3` }]
    )
  }
})

t.test('a list is told of whole when a record comes, goes or changes', async t => {
  const { odoo, time, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  const { heard, data } = await subscribe('odoo://res.partner/list?domain=Azure')
  t.match(data, { total: 1 })
  odoo.put(8, { name: 'Azure Interior' })
  odoo.put(9, { name: 'Deco' })
  await time.pass(pollMs)
  t.match(heard, [{ total: 2, records: [{ id: 7 }, { id: 8 }] }])
  odoo.rows.delete(7)
  await time.pass(pollMs)
  t.match(heard[1], { total: 1, records: [{ id: 8 }] })
  odoo.put(9, { name: 'Deco Addict' })
  await time.pass(pollMs)
  t.equal(heard.length, 2)
})

t.test('one who subscribes during a look is not told of what was before', async t => {
  const { odoo, time, hub, subscribe } = fakeWorld()
  odoo.put(7, { name: 'old' })
  const first = await subscribe('odoo://res.partner/7')
  const answer = held()
  odoo.before = () => answer.promise
  // This look has read the old name, and its answer is late.
  hub.written({ identity: identityOf(), model: 'res.partner', ids: [7] })
  await settled()
  odoo.before = () => {}
  odoo.put(7, { name: 'new' }, '2026-01-01 00:00:09')
  const second = await subscribe('odoo://res.partner/7')
  t.match(second.data, { name: 'new' })
  answer.give()
  await time.pass(pollMs)
  t.match(first.heard, [{ name: 'new' }])
  t.strictSame(second.heard, [])
})

t.test('a subscriber who fails keeps nobody else from hearing, and shows in the log', async t => {
  const { odoo, time, errors, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  await subscribe('odoo://res.partner/7', 'ada', () => {
    throw new Error('cannot')
  })
  const { heard } = await subscribe('odoo://res.partner/7')
  odoo.put(7, { name: 'Azur' }, '2026-01-01 00:00:09')
  await time.pass(pollMs)
  t.equal(heard.length, 1)
  t.match(errors, [{ err: { message: 'cannot' } }])
})

t.test('one who is told may end any subscription, also those that were to be told next', async t => {
  const { odoo, time, hub, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  const others: { close(): void }[] = []
  const end = () => {
    for (const other of others) other.close()
  }
  await subscribe('odoo://res.partner/7', 'ada', end)
  const second = await subscribe('odoo://res.partner/7')
  others.push(second)
  odoo.put(7, { name: 'Azur' }, '2026-01-01 00:00:09')
  await time.pass(pollMs)
  t.strictSame(second.heard, [])
  t.equal(hub.stats().subscriptions, 1)
})

t.test('a bug of ours in a look is logged, and looks go on', async t => {
  const { odoo, time, errors, subscribe } = fakeWorld()
  odoo.put(7, { name: 'Azure' })
  const { heard } = await subscribe('odoo://res.partner/7')
  odoo.before = () => {
    throw new TypeError('x is not a function')
  }
  await time.pass(pollMs)
  t.match(errors, [{ err: { code: 'internal' } }])
  odoo.before = () => {}
  odoo.put(7, { name: 'Azur' }, '2026-01-01 00:00:09')
  await time.pass(10 * pollMs)
  t.equal(heard.length, 1)
})
