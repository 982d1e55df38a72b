import t from 'tap'
import { TokenBuckets } from '../../src/http/token-buckets.js'

function buckets(options: Partial<{ perMinute: number; burst: number; maxBuckets: number }> = {}) {
  const time = { now: 1_000_000 }
  return {
    time,
    buckets: new TokenBuckets({ perMinute: 60, burst: 3, maxBuckets: 2, clock: () => time.now, ...options })
  }
}

t.test('a bucket gives its burst at once, then as many as it is given, and never more than it holds', async t => {
  const { time, buckets: of } = buckets()
  t.strictSame(
    [1, 2, 3, 4, 5].map(() => of.take('a')),
    [0, 0, 0, 1000, 1000]
  )
  time.now += 1000
  t.strictSame([of.take('a'), of.take('a')], [0, 1000])
  time.now += 3_600_000
  t.strictSame(
    [1, 2, 3, 4].map(() => of.take('a')),
    [0, 0, 0, 1000]
  )
})

t.test('where two minutes meet, no more get through: what is given in a minute is given evenly', async t => {
  const { time, buckets: of } = buckets()
  let passed = 0
  for (let ms = 0; ms < 60_000; ms += 100) {
    if (of.take('a') === 0) passed += 1
    time.now += 100
  }
  t.equal(passed, 3 + 59)
})

t.test('a refusal costs nothing, and asking for the wait does neither', async t => {
  const { time, buckets: of } = buckets({ burst: 1 })
  t.equal(of.take('a'), 0)
  for (let i = 0; i < 10; i++) t.equal(of.take('a'), 1000)
  t.equal(of.wait('a'), 1000)
  time.now += 1000
  t.equal(of.wait('a'), 0)
  t.equal(of.take('a'), 0)
})

t.test('what is more than a bucket holds is paid with a full one', async t => {
  const { buckets: of } = buckets()
  t.equal(of.take('a', 100), 0)
  t.equal(of.take('a', 100), 3000)
})

t.test('a clock that is set back takes nothing away', async t => {
  const { time, buckets: of } = buckets()
  of.take('a')
  time.now -= 60_000
  t.strictSame([of.take('a'), of.take('a'), of.take('a')], [0, 0, 1000])
})

t.test(
  'one bucket does not empty another, and of too many names the one that was used longest ago is forgotten',
  async t => {
    const { buckets: of } = buckets({ burst: 1, maxBuckets: 2 })
    t.strictSame([of.take('a'), of.take('b'), of.take('a')], [0, 0, 1000])
    of.take('c')
    t.equal(of.size, 2)
    t.equal(of.take('a'), 1000, 'control: it was used after b')
    t.equal(of.take('b'), 0)
    for (let i = 0; i < 10_000; i++) of.take(`stranger ${i}`)
    t.equal(of.size, 2)
  }
)
