import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import { Breakers } from '../../src/odoo/breaker.js'
import { httpError } from '../../src/odoo/faults/http-faults.js'
import { unavailable } from '../../src/odoo/faults/unavailable.js'
import { scope, signal, silentLog } from './servers.js'

const url = 'http://odoo.example:8069'
const refused = unavailable('connect', { retryable: true })
const late = new GatewayError('timeout', 'Odoo did not answer in time.')
/** The probe of an Odoo that is down, and one that must not be sent. */
const down = () => Promise.reject(refused)
const never = () => Promise.reject(new Error('nobody asked for this'))

/** A breaker and its clock, which the test moves; `leaveAlone` makes its Odoo one that is known to be down. */
function breakerAt(now = 1000) {
  const time = { now }
  const lines: string[] = []
  const log = {
    ...silentLog,
    warn: (_: object, line: string) => lines.push(line),
    info: (_: object, line: string) => lines.push(line)
  }
  const breakers = new Breakers({ clock: () => time.now, log })
  const breaker = breakers.of(url, 'lab')
  const fail = (times: number, error: GatewayError = refused, sentAt?: number) => {
    for (let n = 0; n < times; n++) breaker.ended(sentAt, error)
  }
  const leaveAlone = async () => {
    fail(5)
    await breaker.admit(down, scope()).catch(() => {})
  }
  return { time, lines, breakers, breaker, fail, leaveAlone }
}

const busy = { code: 'busy', extra: { retry_after_s: 1, hint: /What happened last: Odoo cannot be reached/ } }

t.test('five failures in a row, and Odoo is left alone for a second', async t => {
  const { breakers, breaker, fail, lines } = breakerAt()
  fail(4)
  await t.resolves(breaker.admit(never, scope()))
  t.equal(breakers.open, 0)
  fail(1)
  await t.rejects(breaker.admit(down, scope()), busy)
  await t.rejects(breaker.admit(never, scope()), busy)
  t.throws(() => breaker.check(), busy)
  t.equal(breakers.open, 1)
  t.strictSame(lines, ['Odoo fails again and again and is left alone'])
})

t.test(
  'failures in a row of an Odoo that answers a question close nothing: one broken method harms nobody',
  async t => {
    const { breakers, breaker, lines } = breakerAt()
    const broken = httpError({ status: 500, headers: {} }, url)
    let probes = 0
    const alive = async () => {
      probes++
    }
    for (let n = 0; n < 12; n++) {
      await breaker.admit(alive, scope())
      breaker.ended(1000, broken)
      t.doesNotThrow(() => breaker.check())
    }
    t.equal(probes, 2, 'one question for five failures')
    t.equal(breakers.open, 0)
    t.strictSame(lines, [])
  }
)

t.test('a question that fails while another call is answered closes nothing', async t => {
  const { breaker, breakers, fail } = breakerAt()
  const asked = signal()
  fail(5)
  const admitted = breaker.admit(async () => {
    await asked.happened
    throw late
  }, scope())
  breaker.ended(1000)
  asked.happen()
  await t.resolves(admitted)
  t.equal(breakers.open, 0)
})

t.test('an answer between them, and they are not in a row', async t => {
  const { breaker, fail } = breakerAt()
  fail(4)
  breaker.ended(1000)
  fail(4)
  await t.resolves(breaker.admit(never, scope()))
  // What Odoo complains of is an answer.
  breaker.ended(1000, new GatewayError('validation', 'no'))
  fail(4)
  await t.resolves(breaker.admit(never, scope()))
})

for (const [what, error, sentAt] of [
  ['no connection', refused, undefined],
  ['no TLS', unavailable('tls'), undefined],
  ['a reset', unavailable('http'), 1000],
  ['HTTP 503', httpError({ status: 503, headers: {} }, url), 1000],
  ['HTTP 500 without an exception', httpError({ status: 500, headers: {} }, url), 1000],
  ['no answer in time', late, 1000]
] as const) {
  t.test(`counts as a failure: ${what}`, async t => {
    const { breaker, fail } = breakerAt()
    fail(5, error, sentAt)
    await t.rejects(
      breaker.admit(() => Promise.reject(error), scope()),
      { code: 'busy' }
    )
  })
}

for (const [what, error, sentAt] of [
  ['a complaint of Odoo', new GatewayError('odoo_error', 'KeyError'), 1000],
  ['a caller who left', new GatewayError('cancelled', 'gone'), 1000],
  ['a deadline that passed in our own queue', late, undefined],
  ['our own full queue', new GatewayError('busy', 'full'), undefined],
  ['an address that is not allowed', new GatewayError('policy_denied', 'no'), undefined],
  ['a redirect', httpError({ status: 302, headers: { location: 'https://odoo.example' } }, url), 1000],
  ['too many requests', httpError({ status: 429, headers: {} }, url), 1000],
  ['something that is no Odoo', unavailable('notOdoo'), 1000]
] as const) {
  t.test(`counts as no failure: ${what}`, async t => {
    const { breaker, fail } = breakerAt()
    fail(20, error, sentAt)
    await t.resolves(breaker.admit(never, scope()))
  })
}

t.test('deadlines that pass while others get answers close nothing: a heavy report harms nobody', async t => {
  const { breaker, fail, time } = breakerAt()
  time.now = 2000
  breaker.ended(1990)
  time.now = 3000
  fail(20, late, 1000)
  await t.resolves(breaker.admit(never, scope()))
  fail(5, late, 2500)
  await t.rejects(breaker.admit(down, scope()), { code: 'busy' }, 'those with no answer since they were sent do')
})

t.test('when the time is over one probe is sent, and all who come meanwhile go when it is answered', async t => {
  const { breakers, breaker, fail, leaveAlone, time, lines } = breakerAt()
  await leaveAlone()
  time.now += 1000
  const answer = signal()
  let probes = 0
  const probe = () => {
    probes++
    return answer.happened
  }
  const all = [1, 2, 3].map(() => breaker.admit(probe, scope()))
  const gone = breaker.admit(probe, scope({ signal: AbortSignal.abort() }))
  await t.rejects(gone, { code: 'cancelled' }, 'who leaves does not wait, and does not end it for the others')
  answer.happen()
  await Promise.all(all)
  t.equal(probes, 1)
  t.equal(breakers.open, 0)
  t.equal(lines.at(-1), 'Odoo answers again')
  fail(4)
  await t.resolves(breaker.admit(never, scope()))
})

t.test('a probe that fails leaves Odoo alone for longer, up to five seconds', async t => {
  const { breaker, fail, time } = breakerAt()
  fail(5)
  const waits: number[] = []
  for (const wait of [0, 1000, 2000, 4000, 5000, 5000]) {
    time.now += wait
    const error = await breaker.admit(down, scope()).catch(error => error)
    t.equal(error.code, 'busy')
    waits.push(error.extra.retry_after_s)
  }
  t.strictSame(waits, [1, 2, 4, 5, 5, 5])
  time.now += 5000
  await breaker.admit(async () => {}, scope())
  await t.resolves(breaker.admit(never, scope()))
})

t.test('a probe that anything answers has found that somebody is there', async t => {
  for (const error of [unavailable('notOdoo'), new GatewayError('odoo_error', 'no')]) {
    const { breaker, leaveAlone, time } = breakerAt()
    await leaveAlone()
    time.now += 1000
    await t.resolves(breaker.admit(() => Promise.reject(error), scope()))
  }
})

t.test('each database of each Odoo has its own, whatever the path', async t => {
  const { breakers, leaveAlone } = breakerAt()
  await leaveAlone()
  await breakers.of(url, 'other').admit(never, scope())
  await breakers.of('http://odoo.example:8070', 'lab').admit(never, scope())
  await t.rejects(breakers.of(`${url}/odoo`, 'lab').admit(never, scope()), { code: 'busy' })
})

t.test('an Odoo that nobody asks for any more is not counted for ever', async t => {
  const { breakers, leaveAlone, time } = breakerAt()
  await leaveAlone()
  t.equal(breakers.open, 1)
  time.now += 62_000
  t.equal(breakers.open, 0)
})

t.test('whoever names thousands of hosts does not fill the memory', async t => {
  const { breakers } = breakerAt()
  for (let n = 0; n < 3000; n++) {
    const breaker = breakers.of(`http://host-${n}.example`, 'lab')
    for (let failure = 0; failure < 5; failure++) breaker.ended(undefined, refused)
    await breaker.admit(down, scope()).catch(() => {})
  }
  t.equal(breakers.open, 1000)
})
