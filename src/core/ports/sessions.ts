// Who calls, and as whom in which Odoo: implemented by `sessions`, used by the door.

import type { EndReason, Hold } from '../live.js'
import type { CallScope, OdooLogin, Protocol } from './odoo.js'

/** How a session's secret is sent, fixed when it is opened. `default` is the connection from the settings. */
export type SessionKind = 'bearer' | 'handle' | 'implicit' | 'default'

/** A session as a call sees it. */
export interface Session {
  /** SHA-256 of the secret, hex, or `default`. Its beginning names the session in logs; worthless as a secret. */
  id: string
  kind: SessionKind
  principal: string
  odoo: OdooLogin
  /** Milliseconds since the epoch, null when it never expires. */
  expiresAt: number | null
}

/**
 * Where one MCP session or one stdio process keeps the session it connected; `null` before the first connect. The secret
 * of an ended session stays, so that later calls fail instead of reaching the default connection. Owned by the surface,
 * filled by the sessions.
 */
export interface SessionSlot {
  /** The secret of the implicit session, kept on our side. */
  secret: string | null
}

/** Who calls, as a surface has authenticated it. */
export interface Caller {
  /** `key:<name>`, `local` (keyless loopback) or `stdio`. Sessions are bound to it. */
  principal: string
  surface: 'rest' | 'mcp' | 'stdio'
  /** The session secret that came as `Authorization: Bearer`, if it was not an access key. */
  bearer?: string
  /** The session secret that came as the argument `session` or the header `Odoo-Session`. */
  handle?: string
  /** Present for a legacy MCP session and the stdio process. */
  slot?: SessionSlot
  /** What `odoo_connect` opens for this caller. */
  opens: Exclude<SessionKind, 'default'>
  requestId: string
  /** The network address that the request came from, as far as proxies are trusted; absent on stdio. */
  address?: string
  /** The trace of which the request is a part, 32 hex digits, where its sender said so (W3C `traceparent`). */
  traceId?: string
}

/** What a session store keeps. A dump of it opens nothing: `sealed` needs the secret, of which only the hash is kept. */
export interface StoredSession {
  /** SHA-256 of the secret, hex. */
  id: string
  kind: Exclude<SessionKind, 'default'>
  principal: string
  /** Milliseconds since the epoch. */
  idleUntil: number
  /** Milliseconds since the epoch. */
  endsAt: number
  sealed: Uint8Array
}

export interface SessionStore {
  get(id: string): StoredSession | undefined
  put(session: StoredSession): void
  delete(id: string): boolean
  /** Live sessions, of one principal or of all. */
  count(principal?: string): number
  /** Removes what has expired at `now` (ms). */
  sweep(now: number): void
}

/** What `odoo_connect` was given. */
export interface ConnectRequest {
  url?: string
  database?: string
  username?: string
  password?: string
  api_key?: string
  protocol?: 'auto' | Protocol
}

export interface OpenedSession {
  session: Session
  /** The secret for the caller; absent for implicit sessions. */
  secret?: string
}

export interface Sessions {
  /** The session a caller's call uses. Never falls through a step that applies: `auth_required`. */
  resolve(caller: Caller, scope: CallScope): Promise<Session>
  open(caller: Caller, request: ConnectRequest, scope: CallScope): Promise<OpenedSession>
  /** Ends the caller's session at once. `auth_required` if there is none, `invalid_input` for the default connection. */
  close(caller: Caller): Promise<void>
  /** Ends the implicit session of a slot, if any: its MCP session or process has ended. */
  release(slot: SessionSlot): void
  /** Renews the idle time of a slot's session: an open stream counts as use. */
  touch(slot: SessionSlot): void
  /**
   * Keeps the session that this caller's calls use from becoming idle, and tells once when it has ended. The caller in
   * the hold means this session for good, whatever the surface connects to meanwhile. `auth_required` as for calls.
   */
  hold(caller: Caller, scope: CallScope, ended: (reason: EndReason) => void): Promise<Hold>
  /** A call on a session has ended, with this error if it failed. A login that Odoo refuses ends its session. */
  settled(session: Session, error?: unknown): void
  /** Whether the default connection's last call worked. */
  readonly connected: boolean
}
