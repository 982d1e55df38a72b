import { GatewayError } from '../core/errors.js'
import type { Clock } from '../core/ports/log.js'
import type { CallScope, Credential, OdooLogin, OpenOdoo } from '../core/ports/odoo.js'
import type { Session } from '../core/ports/sessions.js'

/** Odoo 14 blocks an address for a minute after ten refused logins: a wrong setting must not use them up. */
const refusedForMs = 30_000

export interface DefaultSession {
  /** Logs in at the first call; everybody waits for the same login. */
  get(scope: CallScope): Promise<Session>
  /** Odoo refused the login: the next call logs in anew. */
  reset(): void
}

/** The connection from the settings: one login for the life of the process, never expiring. */
export function createDefaultSession(
  credential: Credential,
  odoo: OpenOdoo,
  options: { loginTimeoutMs: number; clock: Clock }
): DefaultSession {
  let login: Promise<OdooLogin> | undefined
  let refused: { error: GatewayError; until: number } | undefined

  async function open(): Promise<OdooLogin> {
    // Not the signal of the first caller: others wait for the same login.
    const scope = { signal: new AbortController().signal, deadline: options.clock() + options.loginTimeoutMs }
    try {
      return await odoo.login(credential, scope)
    } catch (error) {
      login = undefined
      if (error instanceof GatewayError && error.code === 'auth_failed') {
        refused = { error, until: options.clock() + refusedForMs }
      }
      throw error
    }
  }

  return {
    async get({ signal }) {
      if (refused !== undefined && options.clock() < refused.until) throw refused.error
      login ??= open()
      const opened = await orAborted(login, signal)
      return { id: 'default', kind: 'default', principal: '*', odoo: opened, expiresAt: null }
    },
    reset() {
      login = undefined
    }
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new GatewayError('cancelled', 'the caller went away', { outcome: 'not_applied' }))
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
