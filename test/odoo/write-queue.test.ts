import t from 'tap'
import { changedIds, WriteQueue, writeKeys } from '../../src/odoo/write-queue.js'
import fc, { runs } from '../fast-check.js'
import { scope } from './servers.js'

const queueOf = (maxWaiting?: number) =>
  new WriteQueue({ clock: Date.now, ...(maxWaiting !== undefined && { maxWaiting }) })

/** All that can run without waiting for anything outside has run. */
const settled = () => new Promise(resolve => setImmediate(resolve))

t.test('the writes of one record go one at a time, in the order they came', async t => {
  const queue = queueOf()
  const order: number[] = []
  let inside = 0
  const writes = Array.from({ length: 16 }, async (_, n) => {
    const leave = await queue.enter(['a'], scope())
    t.equal(++inside, 1)
    order.push(n)
    await settled()
    inside--
    leave()
  })
  await Promise.all(writes)
  t.strictSame(
    order,
    Array.from({ length: 16 }, (_, n) => n)
  )
  t.equal(queue.size, 0)
})

t.test('a write of other records does not wait, and one of no known records neither', async t => {
  const queue = queueOf()
  const first = await queue.enter(['a', 'b'], scope())
  const others = await Promise.all([queue.enter(['c'], scope()), queue.enter([], scope()), queue.enter([], scope())])
  for (const leave of [first, ...others]) leave()
  t.equal(queue.size, 0)
})

t.test('a write of several records waits for all of them, and holds up whoever comes later', async t => {
  const queue = queueOf()
  const log: string[] = []
  const a = await queue.enter(['a'], scope())
  const b = await queue.enter(['b'], scope())
  const both = queue.enter(['a', 'b'], scope()).then(leave => {
    log.push('both')
    return leave
  })
  const later = queue.enter(['b'], scope()).then(leave => {
    log.push('later')
    return leave
  })
  b()
  await settled()
  t.strictSame(log, [])
  a()
  const leaveBoth = await both
  await settled()
  t.strictSame(log, ['both'])
  leaveBoth()
  const leaveLater = await later
  leaveLater()
  t.equal(queue.size, 0)
})

t.test('letting go twice lets one in', async t => {
  const queue = queueOf()
  const first = await queue.enter(['a'], scope())
  const second = queue.enter(['a'], scope())
  const third = queue.enter(['a'], scope())
  first()
  first()
  const leave = await second
  let isThirdIn = false
  third.then(() => {
    isThirdIn = true
  })
  await settled()
  t.notOk(isThirdIn)
  leave()
  const leaveThird = await third
  leaveThird()
  t.equal(queue.size, 0)
})

t.test('at most 50 wait for a record; the next one is told that it was not applied, and when to come back', async t => {
  const queue = queueOf()
  const leave = await queue.enter(['a', 'b'], scope())
  const waiting = Array.from({ length: 50 }, () => queue.enter(['b'], scope()))
  await t.rejects(queue.enter(['c', 'b'], scope()), {
    code: 'busy',
    extra: { outcome: 'not_applied', retry_after_s: 5, hint: String }
  })
  t.equal(queue.size, 2, 'whoever was refused stands in no line')
  leave()
  for (const turn of waiting) {
    const next = await turn
    next()
  }
  t.equal(queue.size, 0)
})

t.test('whoever waits too long or leaves was not applied, and lets the others pass', async t => {
  const queue = queueOf()
  const leave = await queue.enter(['a'], scope())
  const caller = new AbortController()
  const left = queue.enter(['a', 'b'], scope({ signal: caller.signal }))
  const late = queue.enter(['a'], scope({ deadline: Date.now() + 20 }))
  const behind = queue.enter(['b'], scope())
  await t.rejects(late, { code: 'timeout', extra: { outcome: 'not_applied' } })
  caller.abort()
  await t.rejects(left, { code: 'cancelled', extra: { outcome: 'not_applied' } })
  const leaveBehind = await behind
  leaveBehind()
  leave()
  t.equal(queue.size, 0)
})

t.test('who has left already does not wait', async t => {
  const queue = queueOf()
  const leave = await queue.enter(['a'], scope())
  await t.rejects(queue.enter(['a'], scope({ signal: AbortSignal.abort() })), { code: 'cancelled' })
  leave()
  t.equal(queue.size, 0)
})

interface Step {
  keys: string[]
  /** How many turns of the event loop a write takes. */
  takes: number
  /** After how many turns its caller leaves; 0 = stays. */
  leavesAfter: number
}

const steps = fc.array(
  fc.record({
    keys: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }),
    takes: fc.nat(3),
    leavesAfter: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5 }))
  }),
  { maxLength: 30 }
)

t.test('whatever records writes share, none waits for ever, none overlap, and nothing is left behind', async t => {
  await fc.assert(
    fc.asyncProperty(steps, async steps => {
      const queue = queueOf()
      const inside = new Map<string, number>()
      /** The order in which writes came to each record, those that left before their turn not counted. */
      const went = new Map<string, number[]>()
      await Promise.all(steps.map((step, n) => run(step, n, queue, inside, went)))
      if (queue.size > 0) throw new Error(`${queue.size} records are still held`)
      for (const [key, order] of went) {
        if (order.some((n, index) => n < (order[index - 1] ?? 0))) throw new Error(`${key} in the order ${order}`)
      }
    }),
    { numRuns: runs(300) }
  )
  t.pass()
})

async function run(
  { keys, takes, leavesAfter }: Step,
  n: number,
  queue: WriteQueue,
  inside: Map<string, number>,
  went: Map<string, number[]>
): Promise<void> {
  const caller = new AbortController()
  const entering = queue.enter(keys, scope({ signal: caller.signal }))
  if (leavesAfter > 0) turns(leavesAfter).then(() => caller.abort())
  const leave = await entering.catch(() => undefined)
  if (leave === undefined) return
  for (const key of keys) {
    if (inside.has(key)) throw new Error(`${key} is written by ${inside.get(key)} and ${n}`)
    inside.set(key, n)
    went.set(key, [...(went.get(key) ?? []), n])
  }
  await turns(takes)
  for (const key of keys) inside.delete(key)
  leave()
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await settled()
}

t.test('a record is the same for every login of a database, whatever the path of the URL', t => {
  const keys = writeKeys('https://erp.example.com/odoo', 'lab', 'res.partner', [7, 3, 7])
  t.strictSame(keys, writeKeys('https://erp.example.com', 'lab', 'res.partner', [3, 7]), 'sorted, each once')
  t.equal(keys.length, 2)
  for (const other of [
    writeKeys('https://erp.example.com:8069', 'lab', 'res.partner', [3]),
    writeKeys('https://erp.example.com', 'lab2', 'res.partner', [3]),
    writeKeys('https://erp.example.com', 'lab', 'res.users', [3]),
    writeKeys('https://erp.example.com', 'lab', 'res.partner', [4])
  ]) {
    t.notOk(keys.includes(other[0] as string))
  }
  t.end()
})

t.test('more than 100 records are not queued', t => {
  const ids = Array.from({ length: 101 }, (_, n) => n + 1)
  t.strictSame(writeKeys('http://x', 'lab', 'res.partner', ids), [])
  t.equal(writeKeys('http://x', 'lab', 'res.partner', ids.slice(1)).length, 100)
  t.end()
})

t.test('the records that a method changes are its first argument', t => {
  for (const [method, args, kwargs, ids] of [
    ['action_confirm', [[7, 8], 'x'], {}, [7, 8]],
    ['action_confirm', [7], {}, [7]],
    ['write', [[7], { name: 'x' }], {}, [7]],
    ['action_confirm', [], { ids: [7] }, [7]],
    ['action_confirm', [], {}, []],
    ['import_all', [['name'], [['x']]], {}, []],
    ['toggle', ['7'], {}, []],
    ['copy', [[7]], {}, []],
    ['create', [[{ name: 'x' }]], {}, []]
  ] as const) {
    t.strictSame(changedIds(method, args as never, kwargs as never), ids, `${method} ${JSON.stringify(args)}`)
  }
  t.end()
})
