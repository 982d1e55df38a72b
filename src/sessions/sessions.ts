import { GatewayError } from '../core/errors.js'
import type { EndReason } from '../core/live.js'
import type { Clock } from '../core/ports/log.js'
import type { Credential, OpenOdoo } from '../core/ports/odoo.js'
import type {
  Caller,
  ConnectRequest,
  OpenedSession,
  Session,
  SessionKind,
  SessionSlot,
  SessionStore,
  Sessions,
  StoredSession
} from '../core/ports/sessions.js'
import { chooseCredential } from './credential.js'
import { createDefaultSession } from './default-session.js'
import { Holds } from './holds.js'
import { createLoginGuard } from './login-guard.js'
import { isCancelled, isLost, isRefusedHere, isRefusedLogin } from './outcomes.js'
import { kindOf, mintSecret, seal, sessionId, unseal } from './secrets.js'

export interface SessionOptions {
  odoo: OpenOdoo
  store: SessionStore
  /** The connection from the settings, if it is complete. */
  configured?: Credential
  /** False: `odoo_connect` and `odoo_disconnect` are refused. */
  allowConnect: boolean
  idleMs: number
  maxMs: number
  maxSessions: number
  maxPerPrincipal: number
  /** Milliseconds a login of the default connection may take. */
  loginTimeoutMs: number
  clock: Clock
}

type StoredKind = Exclude<SessionKind, 'default'>

/** Sessions as the contract has them, and who opened a bearer session (for HTTP authentication). */
export interface SessionRegistry extends Sessions {
  /** The principal of a live bearer session; undefined for every other secret. */
  principalOfBearer(secret: string): string | undefined
  /** Open sessions, without the default connection; some of them may have expired unnoticed. */
  readonly size: number
}

/**
 * Which session a call uses: the secret in the request, else what its MCP session or process connected, else the
 * default connection. A step that applies never falls through: a write must not land in another company's books.
 */
export function createSessions(options: SessionOptions): SessionRegistry {
  const { odoo, store, clock, configured } = options
  const standing =
    configured === undefined
      ? undefined
      : createDefaultSession(configured, odoo, { loginTimeoutMs: options.loginTimeoutMs, clock })
  const guard = createLoginGuard({ clock })
  let connected = false
  const holds = new Holds({ clock, expired: id => end(id, 'expired') })

  /** Every end of a session is one of these. */
  function end(id: string, reason: EndReason): void {
    store.delete(id)
    holds.end(id, reason)
  }

  /** The stored session of a secret, if it is alive, of this kind and of this principal. */
  function live(secret: string, kind: StoredKind, principal?: string): StoredSession | undefined {
    if (kindOf(secret) !== kind) return undefined
    const stored = store.get(sessionId(secret))
    if (stored === undefined || stored.kind !== kind) return undefined
    if (principal !== undefined && stored.principal !== principal) return undefined
    const now = clock()
    if (stored.idleUntil > now && stored.endsAt > now) return stored
    end(stored.id, 'expired')
    return undefined
  }

  function use(secret: string, kind: StoredKind, principal: string): Session {
    const stored = live(secret, kind, principal)
    if (stored === undefined) throw authRequired()
    return toSession(stored, renew(stored), secret)
  }

  /** Renews the idle time of a session, if it has one; gives its new end. */
  function renew(stored: StoredSession): number {
    const neverIdle = holds.has(stored.id) || stored.endsAt === Number.POSITIVE_INFINITY
    const idleUntil = neverIdle ? Number.POSITIVE_INFINITY : clock() + options.idleMs
    store.put({ ...stored, idleUntil })
    return idleUntil
  }

  function toSession(stored: StoredSession, idleUntil: number, secret: string): Session {
    const expiresAt = Math.min(idleUntil, stored.endsAt)
    return {
      id: stored.id,
      kind: stored.kind,
      principal: stored.principal,
      odoo: odoo.reopen(unseal(stored.sealed, secret)),
      expiresAt: Number.isFinite(expiresAt) ? expiresAt : null
    }
  }

  /** The secret that a caller's request or slot names, with the kind it must be of. */
  function named({ bearer, handle, slot }: Caller): { secret: string; kind: StoredKind } | undefined {
    // Two secrets at once: which one is meant cannot be known.
    if (bearer !== undefined && handle !== undefined) throw authRequired()
    if (bearer !== undefined) return { secret: bearer, kind: 'bearer' }
    if (handle !== undefined) return { secret: handle, kind: 'handle' }
    // A slot keeps the secret of an ended session, so that its calls fail instead of going elsewhere.
    return slot === undefined || slot.secret === null ? undefined : { secret: slot.secret, kind: 'implicit' }
  }

  /** One answer for an unknown, expired, foreign or missing session and for one of the wrong kind: none tells which. */
  function authRequired(): GatewayError {
    const hint = options.allowConnect
      ? 'Call odoo_connect (REST: POST /connect) and use the session that it opens.'
      : 'This server only uses its default connection: call without a session.'
    return new GatewayError('auth_required', 'there is no Odoo session for this call, or it has ended', { hint })
  }

  function assertRoom(principal: string): void {
    store.sweep(clock())
    if (store.count() >= options.maxSessions || store.count(principal) >= options.maxPerPrincipal) {
      throw new GatewayError('busy', 'as many sessions are open as this server allows', {
        retry_after_s: 60,
        hint: 'End one with odoo_disconnect, or try again when one has expired.'
      })
    }
  }

  function assertMayConnect(): void {
    if (!options.allowConnect) {
      throw new GatewayError('policy_denied', 'this server only uses its default connection', {
        hint: 'Call the other tools without connecting; odoo_session shows the connection.'
      })
    }
  }

  /** A second connect closes the session it replaces. */
  function replace(caller: Caller, secret: string): void {
    const { slot, bearer, handle, opens, principal } = caller
    const old = opens === 'implicit' ? slot?.secret : (bearer ?? handle)
    const kind = old === undefined || old === null ? undefined : kindOf(old)
    if (old && kind && live(old, kind, principal) !== undefined) end(sessionId(old), 'replaced')
    if (opens === 'implicit' && slot !== undefined) slot.secret = secret
  }

  return {
    async resolve(caller, scope) {
      const secret = named(caller)
      if (secret !== undefined) return use(secret.secret, secret.kind, caller.principal)
      if (standing === undefined) throw authRequired()
      try {
        return await standing.get(scope)
      } catch (error) {
        // A caller who leaves says nothing about the connection.
        if (!isCancelled(error)) connected = false
        throw error
      }
    },

    async open(caller, request: ConnectRequest, scope) {
      assertMayConnect()
      const credential = chooseCredential(request, configured)
      assertRoom(caller.principal)
      const isConfigured = request.password === undefined && request.api_key === undefined
      const login = await guard.attempt({ caller, credential, isConfigured }, scope, () =>
        odoo.login(credential, scope)
      )
      // Logging in took time, in which others may have taken the room.
      assertRoom(caller.principal)
      const secret = mintSecret(caller.opens)
      const now = clock()
      const lasts = caller.surface === 'stdio' ? Number.POSITIVE_INFINITY : options.idleMs
      const stored: StoredSession = {
        id: sessionId(secret),
        kind: caller.opens,
        principal: caller.principal,
        idleUntil: now + lasts,
        endsAt: caller.surface === 'stdio' ? Number.POSITIVE_INFINITY : now + options.maxMs,
        sealed: seal(login.saved, secret)
      }
      store.put(stored)
      replace(caller, secret)
      const opened: OpenedSession = { session: toSession(stored, stored.idleUntil, secret) }
      return caller.opens === 'implicit' ? opened : { ...opened, secret }
    },

    async close(caller) {
      assertMayConnect()
      const secret = named(caller)
      if (secret === undefined) {
        if (standing === undefined) throw authRequired()
        throw new GatewayError('invalid_input', 'session: the default connection of this server cannot be ended', {
          hint: 'odoo_disconnect ends a session that odoo_connect opened.'
        })
      }
      if (live(secret.secret, secret.kind, caller.principal) === undefined) throw authRequired()
      end(sessionId(secret.secret), 'disconnected')
    },

    release(slot: SessionSlot) {
      if (slot.secret !== null) end(sessionId(slot.secret), 'closed')
    },

    touch({ secret }) {
      const stored = secret === null ? undefined : live(secret, 'implicit')
      if (stored !== undefined) renew(stored)
    },

    async hold(caller, scope, ended) {
      const session = await this.resolve(caller, scope)
      const { id, kind, odoo } = session
      const stored = store.get(id)
      const endsAt = stored === undefined || stored.endsAt === Number.POSITIVE_INFINITY ? null : stored.endsAt
      const release = holds.add(id, endsAt, ended, () => {
        const left = store.get(id)
        if (left !== undefined) renew(left)
      })
      if (stored !== undefined) renew(stored)
      return { sessionId: id, identity: odoo.identity, caller: pinned(caller, kind), release }
    },

    settled(session, error) {
      if (isRefusedLogin(error)) {
        if (session.kind === 'default') standing?.reset()
        else end(session.id, 'auth_failed')
      }
      if (session.kind !== 'default') return
      if (isLost(error)) connected = false
      else if (!isRefusedHere(error)) connected = true
    },

    get connected() {
      return connected
    },

    get size() {
      return store.count()
    },

    principalOfBearer: secret => live(secret, 'bearer')?.principal
  }
}

/** This caller, meaning the session that it means now: its surface may connect to another one later. */
function pinned(caller: Caller, kind: SessionKind): Caller {
  const { slot, ...others } = caller
  return slot === undefined || kind === 'bearer' || kind === 'handle' ? caller : { ...others, slot: { ...slot } }
}
