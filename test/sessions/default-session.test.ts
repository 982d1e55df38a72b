import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { CallScope } from '../../src/core/ports/odoo.js'
import { refusalOf } from '../core/fake-odoo.js'
import { authFailed, configured, openSessions, rest, scope } from './fake-login.js'

t.test('however many callers come first, the default connection logs in once, with what is configured', async t => {
  const { sessions, logins } = openSessions({ configured })
  const all = await Promise.all([1, 2, 3].map(() => sessions.resolve(rest, scope)))
  await sessions.resolve(rest, scope)
  t.strictSame(logins.credentials, [configured])
  t.strictSame(new Set(all.map(({ odoo }) => odoo)).size, 1)
})

t.test('its login has a time of its own, and not the signal of the first caller', async t => {
  const { sessions, logins, time } = openSessions({ configured, loginTimeoutMs: 300 })
  const scopes: CallScope[] = []
  logins.onLogin = (_credential, given) => {
    scopes.push(given)
  }
  await sessions.resolve(rest, scope)
  t.equal(scopes[0]?.deadline, time.now + 300)
  t.not(scopes[0]?.signal, scope.signal)
})

t.test('a caller who leaves during the login is answered at once, and the others get it', async t => {
  const { sessions, logins } = openSessions({ configured })
  let finish = () => {}
  logins.onLogin = () =>
    new Promise<void>(resolve => {
      finish = resolve
    })
  const leaving = new AbortController()
  const left = refusalOf(sessions.resolve(rest, { ...scope, signal: leaving.signal }))
  const stays = sessions.resolve(rest, scope)
  leaving.abort()
  t.match(await left, { code: 'cancelled', extra: { outcome: 'not_applied' } })
  finish()
  t.equal((await stays).kind, 'default')
  t.equal(logins.credentials.length, 1)
})

t.test('who had left before is not kept waiting', async t => {
  const { sessions } = openSessions({ configured })
  const signal = AbortSignal.abort()
  t.equal((await refusalOf(sessions.resolve(rest, { ...scope, signal }))).code, 'cancelled')
})

t.test(
  'a refused login is remembered for 30 seconds, so that it does not use up the tries that Odoo gives',
  async t => {
    const { sessions, logins, time } = openSessions({ configured })
    logins.onLogin = () => {
      throw authFailed()
    }
    t.equal((await refusalOf(sessions.resolve(rest, scope))).code, 'auth_failed')
    time.now += 29_999
    t.equal((await refusalOf(sessions.resolve(rest, scope))).code, 'auth_failed')
    t.equal(logins.credentials.length, 1)
    time.now += 1
    logins.onLogin = () => {}
    t.equal((await sessions.resolve(rest, scope)).kind, 'default')
    t.equal(logins.credentials.length, 2)
  }
)

t.test('a login that failed for want of a connection is tried again at the next call', async t => {
  const { sessions, logins } = openSessions({ configured })
  logins.onLogin = () => {
    throw new GatewayError('odoo_unavailable', 'cannot connect')
  }
  t.equal((await refusalOf(sessions.resolve(rest, scope))).code, 'odoo_unavailable')
  logins.onLogin = () => {}
  t.equal((await sessions.resolve(rest, scope)).kind, 'default')
})

t.test('a login that Odoo refuses later is done anew at the next call', async t => {
  const { sessions, logins } = openSessions({ configured })
  const session = await sessions.resolve(rest, scope)
  sessions.settled(session, new GatewayError('validation', 'no'))
  await sessions.resolve(rest, scope)
  t.equal(logins.credentials.length, 1)
  sessions.settled(session, authFailed())
  await sessions.resolve(rest, scope)
  t.equal(logins.credentials.length, 2)
})

// ---------------------------------------------------------------------------------------------------------------
// connected

t.test('the default connection is connected while its last call worked', async t => {
  const { sessions } = openSessions({ configured })
  t.equal(sessions.connected, false)
  const session = await sessions.resolve(rest, scope)
  sessions.settled(session)
  t.equal(sessions.connected, true)
})

const ends: [code: GatewayError['code'], before: boolean, after: boolean][] = [
  ['odoo_unavailable', true, false],
  ['timeout', true, false],
  ['auth_failed', true, false],
  ['validation', false, true],
  ['access_denied', false, true],
  ['not_found', false, true],
  ['invalid_input', false, false],
  ['invalid_input', true, true],
  ['policy_denied', false, false],
  ['cancelled', false, false],
  ['cancelled', true, true],
  ['busy', false, false]
]
for (const [code, before, after] of ends) {
  t.test(
    `a call that ends with ${code} leaves a connection that ${before ? 'works' : 'does not work'} ${after ? 'working' : 'not working'}`,
    async t => {
      const { sessions } = openSessions({ configured })
      const session = await sessions.resolve(rest, scope)
      sessions.settled(session, before ? undefined : new GatewayError('odoo_unavailable', 'down'))
      t.equal(sessions.connected, before)
      sessions.settled(session, new GatewayError(code, 'ended'))
      t.equal(sessions.connected, after)
    }
  )
}

t.test('a login that fails disconnects, and a caller who leaves does not', async t => {
  const { sessions, logins } = openSessions({ configured })
  sessions.settled(await sessions.resolve(rest, scope))
  await refusalOf(sessions.resolve(rest, { ...scope, signal: AbortSignal.abort() }))
  t.equal(sessions.connected, true)
  sessions.settled(await sessions.resolve(rest, scope), authFailed())
  logins.onLogin = () => {
    throw new GatewayError('not_found', 'database')
  }
  sessions.settled({ ...(await openSessions({ configured }).sessions.resolve(rest, scope)) })
  await refusalOf(sessions.resolve(rest, scope))
  t.equal(sessions.connected, false)
})

t.test('calls of other sessions say nothing about the default connection', async t => {
  const { sessions, connect } = openSessions({ configured })
  sessions.settled((await connect(rest)).session)
  t.equal(sessions.connected, false)
  sessions.settled(await sessions.resolve(rest, scope))
  sessions.settled((await connect(rest)).session, new GatewayError('odoo_unavailable', 'down'))
  t.equal(sessions.connected, true)
})
