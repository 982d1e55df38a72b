import t from 'tap'
import { type ErrorCode, GatewayError } from '../../src/core/errors.js'
import type { Credential } from '../../src/core/ports/odoo.js'
import { Failures } from '../../src/sessions/failures.js'
import { type Attempt, createLoginGuard } from '../../src/sessions/login-guard.js'
import { refusalOf } from '../core/fake-odoo.js'
import { authFailed, scope } from './fake-login.js'

const minute = 60_000
const ada: Credential = {
  url: 'https://erp.example.com',
  database: 'prod',
  username: 'ada',
  secret: 'x',
  protocol: 'auto'
}
const from = (address: string | undefined, principal = 'local') => ({ principal, ...(address && { address }) })

/** A guard, its clock, and an Odoo that counts who comes to it. */
function guarded() {
  const time = { now: 1_000_000 }
  const guard = createLoginGuard({ clock: () => time.now })
  const seen: string[] = []
  const login = (outcome: () => unknown) => async () => {
    seen.push('login')
    return outcome()
  }
  const attempt = (caller: Attempt['caller'], credential = ada, more: Partial<Attempt> = {}) => ({
    fail: (error: Error = authFailed()) =>
      refusalOf(
        guard.attempt(
          { caller, credential, isConfigured: false, ...more },
          scope,
          login(() => Promise.reject(error))
        )
      ),
    succeed: () =>
      guard.attempt(
        { caller, credential, isConfigured: false, ...more },
        scope,
        login(() => 'in')
      )
  })
  return { time, guard, seen, attempt }
}

async function failTimes(count: number, fail: () => Promise<GatewayError>): Promise<string[]> {
  const codes: string[] = []
  for (let i = 0; i < count; i++) codes.push((await fail()).code)
  return codes
}

t.test('after five failures there is a pause that doubles, and Odoo is not asked meanwhile', async t => {
  const { time, seen, attempt } = guarded()
  const { fail } = attempt(from('203.0.113.1'))
  t.strictSame(await failTimes(5, fail), Array(5).fill('auth_failed'))
  for (const pause of [30, 60, 120]) {
    t.match(await fail(), { code: 'rate_limited', extra: { retry_after_s: pause, retryable: true, hint: String } })
    time.now += pause * 1000 - 1
    t.match(await fail(), { code: 'rate_limited', extra: { retry_after_s: 1 } })
    time.now += 1
    t.equal((await fail()).code, 'auth_failed')
  }
  t.equal(seen.length, 8)
})

t.test('in a day one address gets a hundred tries at a login, not a hundred thousand', async t => {
  const { time, seen, attempt } = guarded()
  const { fail } = attempt(from('203.0.113.1'))
  for (let second = 0; second < 86_400; second += 5) {
    await fail()
    time.now += 5000
  }
  t.ok(seen.length < 110, `${seen.length}`)
  t.ok(seen.length > 90, 'control: they did try')
})

t.test('a success clears what was held against the login, not against the address', async t => {
  const { attempt } = guarded()
  const caller = from('203.0.113.1')
  await failTimes(4, attempt(caller).fail)
  t.equal(await attempt(caller).succeed(), 'in')
  t.strictSame(await failTimes(4, attempt(caller).fail), Array(4).fill('auth_failed'))
  t.equal(await attempt(caller).succeed(), 'in')
  const bob = attempt(caller, { ...ada, username: 'bob' })
  // Four before ada was known there, and four now.
  t.strictSame(await failTimes(5, bob.fail), [...Array(4).fill('auth_failed'), 'rate_limited'])
})

t.test('one address is slowed over all logins and databases, and an IPv6 network is one', async t => {
  const { attempt } = guarded()
  const guess = (n: number) =>
    attempt(from(`2001:db8:1:2::${n}`), { ...ada, database: `db${n}`, username: `user${n}` }).fail()
  for (let n = 1; n <= 8; n++) t.equal((await guess(n)).code, 'auth_failed')
  t.equal((await guess(9)).code, 'rate_limited')
  const other = attempt(from('2001:db8:1:3::1'))
  t.equal((await other.fail()).code, 'auth_failed', 'control: another network')
})

t.test('who has many addresses is slowed at one login, and shuts out nobody who has come in from theirs', async t => {
  const { time, attempt } = guarded()
  const home = attempt(from('198.51.100.7'))
  t.equal(await home.succeed(), 'in')
  for (let n = 0; n < 50; n++) t.equal((await attempt(from(`203.0.113.${n}`)).fail()).code, 'auth_failed')
  t.match(await attempt(from('203.0.113.200')).fail(), { code: 'rate_limited', extra: { retry_after_s: 30 } })
  t.equal(await home.succeed(), 'in')
  const bob = attempt(from('203.0.113.200'), { ...ada, username: 'bob' })
  t.equal((await bob.fail()).code, 'auth_failed', 'control: another login')
  time.now += 30_000
  t.equal((await attempt(from('203.0.113.200')).fail()).code, 'auth_failed')
})

t.test('guessing from behind the same proxy shuts out nobody who has come in from there', async t => {
  const { attempt } = guarded()
  const proxy = '198.51.100.7'
  const good = attempt(from(proxy, 'key:ada'))
  t.equal(await good.succeed(), 'in')
  await failTimes(20, attempt(from(proxy, 'key:mallory')).fail)
  t.equal((await attempt(from(proxy, 'key:mallory')).fail()).code, 'rate_limited')
  t.equal(await good.succeed(), 'in')
})

t.test('the login from the settings is shut out by nobody, and slowed when it is wrong itself', async t => {
  const { attempt } = guarded()
  const caller = from('203.0.113.1')
  await failTimes(20, attempt(caller).fail)
  const configured = attempt(caller, ada, { isConfigured: true })
  t.equal(await configured.succeed(), 'in')
  t.strictSame(await failTimes(6, configured.fail), [...Array(5).fill('auth_failed'), 'rate_limited'])
})

t.test('a stdio process has no address: what it guesses counts by login', async t => {
  const { attempt } = guarded()
  const { fail } = attempt(from(undefined, 'stdio'))
  t.strictSame(await failTimes(6, fail), [...Array(5).fill('auth_failed'), 'rate_limited'])
  t.equal((await attempt(from(undefined, 'stdio'), { ...ada, username: 'bob' }).fail()).code, 'auth_failed')
})

t.test('API keys without a name are slowed for who guesses, not for everybody', async t => {
  const { attempt } = guarded()
  const { username: _, ...nameless } = ada
  const key = { ...nameless, isKey: true as const }
  for (let n = 0; n < 60; n++) t.equal((await attempt(from(`203.0.113.${n}`), key).fail()).code, 'auth_failed')
  t.strictSame(await failTimes(6, attempt(from('198.51.100.7'), key).fail), [
    ...Array(5).fill('auth_failed'),
    'rate_limited'
  ])
})

const counted: ErrorCode[] = ['auth_failed', 'not_found', 'access_denied', 'validation', 'odoo_error', 'cancelled']
const uncounted: ErrorCode[] = ['busy', 'odoo_unavailable', 'timeout', 'invalid_input', 'policy_denied', 'internal']
t.test('what tells something of a login counts, an Odoo that is not there does not', async t => {
  for (const code of [...counted, ...uncounted]) {
    const { attempt } = guarded()
    const { fail } = attempt(from('203.0.113.1'))
    const codes = await failTimes(6, () => fail(new GatewayError(code, 'no')))
    t.equal(codes[5], counted.includes(code) ? 'rate_limited' : code, code)
  }
  const { attempt } = guarded()
  const asked = new GatewayError('auth_failed', 'wait', { retry_after_s: 60 })
  t.notOk(
    (await failTimes(6, () => attempt(from('203.0.113.1')).fail(asked))).includes('rate_limited'),
    'Odoo asks to wait'
  )
})

t.test('a hundred guesses at once are five', async t => {
  const { seen, attempt } = guarded()
  const { fail } = attempt(from('203.0.113.1'))
  const codes = (await Promise.all(Array.from({ length: 100 }, () => fail()))).map(({ code }) => code)
  t.equal(seen.length, 5)
  t.equal(codes.filter(code => code === 'rate_limited').length, 95)
})

t.test('a hundred right logins at once all get in', async t => {
  const { seen, attempt } = guarded()
  const { succeed } = attempt(from('203.0.113.1'))
  await Promise.all(Array.from({ length: 100 }, () => succeed()))
  t.equal(seen.length, 100)
})

t.test('who waits for others leaves when the caller does, and at the deadline', async t => {
  const { guard } = guarded()
  const attempt: Attempt = { caller: from('203.0.113.1'), credential: ada, isConfigured: false }
  let release: () => void = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const running = Array.from({ length: 5 }, () => guard.attempt(attempt, scope, () => held))
  const left = new AbortController()
  const leaving = refusalOf(guard.attempt(attempt, { ...scope, signal: left.signal }, () => held))
  left.abort()
  t.match(await leaving, { code: 'cancelled', extra: { outcome: 'not_applied' } })
  const gone = refusalOf(guard.attempt(attempt, { ...scope, signal: AbortSignal.abort() }, () => held))
  t.equal((await gone).code, 'cancelled')
  t.equal((await refusalOf(guard.attempt(attempt, { ...scope, deadline: 0 }, () => held))).code, 'timeout')
  release()
  await Promise.all(running)
})

t.test('what is remembered has an end: after an hour, and by number', async t => {
  const { time, attempt } = guarded()
  const { fail } = attempt(from('203.0.113.1'))
  t.equal((await failTimes(6, fail))[5], 'rate_limited')
  time.now += 60 * minute
  t.strictSame(await failTimes(5, fail), Array(5).fill('auth_failed'))

  const pauseMs = { first: 1, longest: 1 }
  const failures = new Failures({ limit: 1, pauseMs, forgetMs: 1000, maxNames: 100, clock: () => 0 })
  for (let n = 0; n < 10_000; n++) {
    failures.begin(`${n}`)
    failures.end(`${n}`, n % 2 === 0)
  }
  t.ok(failures.size <= 100)
})
