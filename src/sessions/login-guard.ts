import { addressGroup } from '../core/address.js'
import { type ErrorCode, GatewayError } from '../core/errors.js'
import type { Clock } from '../core/ports/log.js'
import type { CallScope, Credential } from '../core/ports/odoo.js'
import type { Caller } from '../core/ports/sessions.js'
import { Failures } from './failures.js'

/** Slows down whoever guesses logins: Odoo itself lets anybody try as often as they like over RPC (seen on 19). */
export interface LoginGuard {
  /** Runs one login. Throws `rate_limited` before Odoo is asked when there were too many failures. */
  attempt<T>(attempt: Attempt, scope: CallScope, login: () => Promise<T>): Promise<T>
}

export interface Attempt {
  caller: Pick<Caller, 'principal' | 'address'>
  credential: Credential
  /** It is the login from the settings: the caller has given no secret. */
  isConfigured: boolean
}

const minute = 60_000
const common = { pauseMs: { first: minute / 2, longest: 15 * minute }, forgetMs: 60 * minute, maxNames: 10_000 }

/** Of somebody at one login, over all logins, and of everybody at one login. */
const limits = {
  pair: { ...common, limit: 5 },
  // Below the ten after which Odoo 14 shuts out this whole server for a minute.
  address: { ...common, limit: 8 },
  // Looser, and with short pauses: whoever has many addresses must not be able to shut out a person.
  login: { ...common, limit: 50, pauseMs: { first: minute / 2, longest: 2 * minute } }
}

/** Those who have got in once, of whom is remembered that they are no strangers. */
const maxKnown = 10_000

/** What tells nothing about a login: this server refused, or no Odoo answered. All else counts, unknown databases too. */
const innocent: ReadonlySet<ErrorCode> = new Set([
  'invalid_input',
  'policy_denied',
  'rate_limited',
  'busy',
  'odoo_unavailable',
  'timeout',
  'internal'
])

function isFailure(error: unknown): boolean {
  if (!(error instanceof GatewayError) || innocent.has(error.code)) return false
  // Odoo 14 asks everybody to wait, also those whose login is right.
  return error.extra.retry_after_s === undefined
}

export function createLoginGuard({ clock }: { clock: Clock }): LoginGuard {
  const pairs = new Failures({ ...limits.pair, clock })
  const addresses = new Failures({ ...limits.address, clock })
  const logins = new Failures({ ...limits.login, clock })
  const known = new Set<string>()
  let ended = signal()

  /** What an attempt counts for. Who has got in there before is held to the first alone. */
  function countersOf({ caller, credential, isConfigured }: Attempt): Counter[] {
    const { url, database, username } = credential
    const login = JSON.stringify([url, database, username ?? null])
    // Nobody can guess at what is configured, so strangers and this one do not count for each other.
    if (isConfigured) return [{ of: pairs, name: `configured ${login}` }]
    const address = caller.address === undefined ? undefined : addressGroup(caller.address)
    const pair = { of: pairs, name: JSON.stringify([caller.principal, address ?? null, login]) }
    if (known.has(pair.name)) return [pair]
    return [
      pair,
      ...(address === undefined ? [] : [{ of: addresses, name: address }]),
      // An API key alone names nobody whom one could guess at.
      ...(username === undefined ? [] : [{ of: logins, name: login }])
    ]
  }

  function assertNoPause(counters: Counter[]): void {
    const pause = Math.max(...counters.map(({ of, name }) => of.pause(name)))
    if (pause === 0) return
    throw new GatewayError('rate_limited', 'too many logins have failed', {
      retry_after_s: Math.ceil(pause / 1000),
      retryable: true,
      hint: 'Check url, database, username and password before trying again; sessions that are open go on working.'
    })
  }

  function succeeded([pair, ...others]: Counter[]): void {
    if (pair === undefined) return
    pair.of.forgive(pair.name)
    for (const { of, name } of others) if (of === logins) of.forgive(name)
    known.delete(pair.name)
    known.add(pair.name)
    const [oldest = ''] = known
    if (known.size > maxKnown) known.delete(oldest)
  }

  return {
    async attempt(attempt, scope, login) {
      const counters = countersOf(attempt)
      assertNoPause(counters)
      while (counters.some(({ of, name }) => of.isCrowded(name))) {
        await orLeft(ended.promise, scope, clock)
        assertNoPause(counters)
      }
      for (const { of, name } of counters) of.begin(name)
      let failed = false
      try {
        const opened = await login()
        succeeded(counters)
        return opened
      } catch (error) {
        failed = isFailure(error)
        throw error
      } finally {
        for (const { of, name } of counters) of.end(name, failed)
        ended.fire()
        ended = signal()
      }
    }
  }
}

interface Counter {
  of: Failures
  name: string
}

/** A promise, and what fulfils it. */
function signal(): { promise: Promise<void>; fire: () => void } {
  let fire: () => void = () => {}
  const promise = new Promise<void>(resolve => {
    fire = resolve
  })
  return { promise, fire }
}

/** Waits, but no longer than the call that waits. */
function orLeft(promise: Promise<void>, { signal, deadline }: CallScope, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = (code: 'cancelled' | 'timeout', detail: string) => () =>
      reject(new GatewayError(code, detail, { outcome: 'not_applied' }))
    const leave = over('cancelled', 'the caller went away')
    const late = over('timeout', 'other logins took too long')
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    const left = Math.min(Math.max(0, deadline - clock()), 2 ** 31 - 1)
    const timer = setTimeout(late, left)
    promise.then(resolve).finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', leave)
    })
  })
}
