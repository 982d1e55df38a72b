import t from 'tap'
import type { GatewayError } from '../../src/core/errors.js'
import { Ending } from '../../src/odoo/transport/ending.js'
import { Gate } from '../../src/odoo/transport/gate.js'
import { scope } from './servers.js'

// Those who still wait at the end of a test would keep the process alive until their deadline.
const endings: Ending[] = []
t.teardown(() => endings.forEach(ending => void ending.dispose()))

/** A gate, and callers that note their names when they are let in. */
function gateOf(places: number, maxWaiting = 100) {
  const gate = new Gate({ places, maxWaiting })
  const entered: string[] = []
  const leaving = new Map<string, () => void>()
  function come(turn: string, name = turn, signal?: AbortSignal) {
    const end = new Ending(scope(signal === undefined ? {} : { signal }), Date.now)
    endings.push(end)
    const coming = gate.enter(end, turn).then(leave => {
      entered.push(name)
      leaving.set(name, leave)
    })
    const refused = coming.then(
      () => undefined,
      (error: GatewayError) => error
    )
    refused.finally(() => end.dispose())
    return refused
  }
  async function leave(name: string) {
    leaving.get(name)?.()
    await settled()
  }
  return { gate, entered, come, leave }
}

/** Everything that has been decided has also been told. */
const settled = () => new Promise(resolve => setImmediate(resolve))

t.test('as many as there are places go in at once, the others in the order they came', async t => {
  const { gate, entered, come, leave } = gateOf(2)
  for (const name of ['a', 'b', 'c', 'd']) come(name)
  await settled()
  t.strictSame(entered, ['a', 'b'])
  t.match({ inside: gate.inside, waiting: gate.waiting }, { inside: 2, waiting: 2 })
  await leave('b')
  await leave('a')
  t.strictSame(entered, ['a', 'b', 'c', 'd'])
  await leave('c')
  await leave('c')
  t.match({ inside: gate.inside, waiting: gate.waiting }, { inside: 1, waiting: 0 }, 'who leaves twice leaves once')
})

t.test('one call of another goes before the rest of a hundred', async t => {
  const { entered, come, leave } = gateOf(1)
  for (let n = 0; n < 100; n++) come('many', `many ${n}`)
  come('one')
  await settled()
  await leave('many 0')
  await leave('many 1')
  t.ok(entered.includes('one'), entered.join())
})

t.test('whoever has the fewest inside is next, however long the calls of the others take', async t => {
  const { entered, come, leave } = gateOf(2)
  come('slow', 'slow 1')
  come('slow', 'slow 2')
  for (let n = 3; n < 10; n++) come('slow', `slow ${n}`)
  for (let n = 1; n < 4; n++) come('quick', `quick ${n}`)
  await settled()
  await leave('slow 1')
  await leave('quick 1')
  await leave('quick 2')
  t.strictSame(entered, ['slow 1', 'slow 2', 'quick 1', 'quick 2', 'quick 3'])
})

t.test('the last of four places is kept for somebody else', async t => {
  const { entered, come } = gateOf(4)
  for (let n = 0; n < 8; n++) come('hangs', `hangs ${n}`)
  await settled()
  t.strictSame(entered, ['hangs 0', 'hangs 1', 'hangs 2'])
  come('other')
  await settled()
  t.equal(entered.at(-1), 'other')
})

t.test('a full queue refuses whoever has the most in it, with when to come again', async t => {
  const { gate, entered, come, leave } = gateOf(1, 3)
  come('inside')
  const many = [1, 2, 3].map(n => come('many', `many ${n}`))
  await settled()
  t.match(await come('many', 'many 4'), { code: 'busy', extra: { retry_after_s: 5, hint: /fewer/ } })
  const other = come('other')
  t.match(await many[2], { code: 'busy' }, 'the last of the many gives way')
  t.equal(gate.waiting, 3)
  await leave('inside')
  await leave('many 1')
  t.strictSame(entered, ['inside', 'many 1', 'other'])
  t.equal(await other, undefined)
})

t.test('nobody gives way to one who has as many waiting', async t => {
  const { come } = gateOf(1, 2)
  come('inside')
  const waiting = [come('a'), come('b')]
  await settled()
  t.match(await come('c'), { code: 'busy' })
  t.equal(await Promise.race([...waiting, settled().then(() => 'both wait')]), 'both wait')
})

t.test('without a queue everybody else is refused', async t => {
  const { come } = gateOf(1, 0)
  t.equal(await come('a'), undefined)
  t.match(await come('b'), { code: 'busy' })
})

t.test('who leaves while waiting frees the place in the queue', async t => {
  const { gate, entered, come, leave } = gateOf(1, 1)
  come('inside')
  const abort = new AbortController()
  const leaver = come('leaver', 'leaver', abort.signal)
  await settled()
  t.equal(gate.waiting, 1)
  abort.abort()
  t.match(await leaver, { code: 'cancelled' })
  t.equal(gate.waiting, 0)
  come('next')
  await leave('inside')
  t.strictSame(entered, ['inside', 'next'])
  await leave('next')
  t.match({ inside: gate.inside, waiting: gate.waiting }, { inside: 0, waiting: 0 })
})
