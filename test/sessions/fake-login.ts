import { GatewayError } from '../../src/core/errors.js'
import type { CallScope, Credential, Identity, OpenOdoo, SavedLogin } from '../../src/core/ports/odoo.js'
import type { Caller } from '../../src/core/ports/sessions.js'
import { createMemoryStore } from '../../src/sessions/memory-store.js'
import { createSessions, type SessionOptions } from '../../src/sessions/sessions.js'
import { identityOf } from '../core/fake-odoo.js'

export const configured: Credential = {
  url: 'https://erp.example.com',
  database: 'prod',
  username: 'ada',
  secret: 'configured secret',
  protocol: 'auto'
}

export interface FakeLogins extends OpenOdoo {
  /** What was logged in with. */
  readonly credentials: Credential[]
  /** Called at every login; what it throws is how the login ends. */
  onLogin: (credential: Credential, scope: CallScope) => Promise<void> | void
}

/** An Odoo that one can log in to, as whoever is given. */
export function fakeLogins(): FakeLogins {
  const credentials: Credential[] = []
  const open = (identity: Identity) => ({
    identity,
    port: () => {
      throw new Error('no call is made here')
    }
  })
  const logins: FakeLogins = {
    credentials,
    onLogin: () => {},
    async login(credential, scope) {
      credentials.push(credential)
      await logins.onLogin(credential, scope)
      const { url, database, username = 'nobody', secret } = credential
      const identity = { ...identityOf(), url, database, username }
      return { ...open(identity), saved: { identity, secret } }
    },
    reopen: ({ identity }: SavedLogin) => open(identity),
    stats: () => ({ running: 0, queued: 0, open_breakers: 0 }),
    close: async () => {}
  }
  return logins
}

export const authFailed = () => new GatewayError('auth_failed', 'Odoo refused the login')

export const scope: CallScope = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY }

export const rest: Caller = { principal: 'key:ci', surface: 'rest', opens: 'bearer', requestId: 'r-1' }
export const stateless: Caller = { ...rest, surface: 'mcp', opens: 'handle' }
export const legacy: Caller = { ...rest, surface: 'mcp', opens: 'implicit' }

/** Sessions on a fake Odoo, a store that can be looked into, and a clock that stands still until it is moved. */
export function openSessions(options: Partial<SessionOptions> = {}) {
  const logins = fakeLogins()
  const store = createMemoryStore()
  const time = { now: 1_000_000 }
  const sessions = createSessions({
    odoo: logins,
    store,
    allowConnect: true,
    idleMs: 1000,
    maxMs: 5000,
    maxSessions: 10,
    maxPerPrincipal: 5,
    loginTimeoutMs: 300,
    clock: () => time.now,
    ...options
  })
  const connect = async (caller: Caller, password = 'pw') => {
    const { url, database, username } = configured
    return sessions.open(caller, { url, database, username: username ?? '', password }, scope)
  }
  return { sessions, logins, store, time, connect }
}
