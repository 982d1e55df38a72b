import t from 'tap'
import { pauseMs } from '../../src/odoo/bus/connection.js'
import { Heard } from '../../src/odoo/bus/heard.js'
import { BusEnd, refusal } from '../../src/odoo/bus/link.js'

const message = (id: number) => ({ id, type: 'x', payload: null })
const ids = (messages: { id: number }[]) => messages.map(({ id }) => id)

t.test('pauses double up to the longest, and are never all the same', async t => {
  const pauses = { first: 1000, longest: 60_000 }
  const end = new BusEnd('gone')
  const between = (failures: number) => [0, 1].map(random => pauseMs(failures, end, pauses, () => random))
  t.strictSame([1, 2, 3, 7, 50].map(between), [
    [500, 1000],
    [1000, 2000],
    [2000, 4000],
    [30_000, 60_000],
    [30_000, 60_000]
  ])
})

t.test('who asks to be left alone for a time is left alone for that long, an hour at most', async t => {
  const pauses = { first: 1000, longest: 60_000 }
  const after = (value?: string) => {
    const end = refusal({ status: 429, headers: value === undefined ? {} : { 'retry-after': value } })
    return pauseMs(1, end, pauses, () => 0)
  }
  t.strictSame([after('90'), after('0'), after('soon'), after('999999'), after()], [90_000, 500, 500, 3_600_000, 500])
  t.equal(
    pauseMs(1, new TypeError('a bug'), pauses, () => 0),
    500
  )
})

t.test('a message with an earlier id is new when it comes late, and none is told twice', async t => {
  let now = 0
  const heard = new Heard(() => now)
  t.strictSame(ids(heard.add([message(10), message(12)])), [10, 12])
  t.strictSame([heard.last, heard.floor], [12, 0])
  now = 5000
  t.strictSame(ids(heard.add([message(10), message(11), message(12)])), [11])
  t.equal(heard.last, 12)
})

t.test('what is older than a minute is forgotten, and not asked for again', async t => {
  let now = 0
  const heard = new Heard(() => now)
  heard.add([message(10)])
  now = 59_999
  heard.add([message(11)])
  t.equal(heard.floor, 0)
  now = 60_000
  heard.add([])
  t.strictSame([heard.floor, heard.last], [10, 11])
  t.strictSame(ids(heard.add([message(9), message(10), message(11), message(12)])), [12])
})

t.test('of a flood, no more than ten thousand messages are remembered', async t => {
  const heard = new Heard(() => 0)
  heard.add(Array.from({ length: 10_005 }, (_, i) => message(i + 1)))
  t.strictSame([heard.floor, heard.last], [5, 10_005])
})
