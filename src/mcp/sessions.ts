import { randomUUID } from 'node:crypto'
import { type Server, type ServerContext, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server'
import { GatewayError } from '../core/errors.js'
import type { Clock, Gateway, SessionSlot } from '../core/ports.js'

export interface LegacyLimits {
  maxSessions: number
  maxSessionsPerPrincipal: number
  /** A session without a request, a running call or an open stream for this long ends. */
  idleMs: number
}

export interface LegacySessionsOptions {
  gateway: Pick<Gateway, 'release' | 'touch'>
  limits: LegacyLimits
  clock: Clock
  /** Builds the server of one session, which tells the session of its calls. */
  build(onCall: (ctx: ServerContext) => () => void): Server
}

/** Seconds after which a client that found no room may ask again. */
const retryAfter = 30

/** The MCP sessions of revision 2025-11-25 and before: each has an id, a principal, a server and a transport of its own. */
export class LegacySessions {
  readonly #options: LegacySessionsOptions
  readonly #byId = new Map<string, LegacySession>()
  readonly #sweeper: NodeJS.Timeout

  constructor(options: LegacySessionsOptions) {
    this.#options = options
    const { idleMs } = options.limits
    this.#sweeper = setInterval(() => this.#sweep(), Math.max(10, Math.min(30_000, idleMs / 2))).unref()
  }

  get size(): number {
    return this.#byId.size
  }

  /** The session with this id, if it is this principal's. Nobody learns that somebody else's exists. */
  find(id: string, principal: string): LegacySession | undefined {
    const session = this.#byId.get(id)
    return session?.principal === principal ? session : undefined
  }

  /** Room for a session that is about to be initialized. Nobody is evicted for it: `busy` when full. */
  async open(principal: string): Promise<LegacySession> {
    const { gateway, limits, clock, build } = this.#options
    const own = [...this.#byId.values()].filter(session => session.principal === principal).length
    if (this.#byId.size >= limits.maxSessions || own >= limits.maxSessionsPerPrincipal) {
      throw new GatewayError('busy', 'No room for another MCP session.', {
        hint: 'End sessions that are no longer needed with DELETE /mcp, or try again later.',
        retry_after_s: retryAfter,
        retryable: true
      })
    }
    const session = new LegacySession(principal, clock, gateway)
    this.#byId.set(session.id, session)
    await build(session.onCall).connect(session.transport)
    // connect() has just set onclose for itself, and it must be called too.
    const closeServer = session.transport.onclose
    session.transport.onclose = () => {
      this.#byId.delete(session.id)
      session.end()
      closeServer?.()
    }
    return session
  }

  /** Ends all sessions. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper)
    await Promise.all([...this.#byId.values()].map(session => session.transport.close()))
  }

  #sweep(): void {
    const before = this.#options.clock() - this.#options.limits.idleMs
    for (const session of this.#byId.values()) {
      if (session.idleSince <= before) session.transport.close()
      else if (session.isHeld) this.#options.gateway.touch(session.slot)
    }
  }
}

/** One MCP session. It ends by its transport's `close()`, whoever calls it. */
export class LegacySession {
  readonly id: string = randomUUID()
  readonly principal: string
  readonly slot: SessionSlot = { secret: null }
  readonly transport: WebStandardStreamableHTTPServerTransport
  readonly #clock: Clock
  readonly #gateway: Pick<Gateway, 'release'>
  #seen: number
  #holds = 0
  #ended = false

  constructor(principal: string, clock: Clock, gateway: Pick<Gateway, 'release'>) {
    this.principal = principal
    this.transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => this.id })
    this.#clock = clock
    this.#gateway = gateway
    this.#seen = clock()
  }

  /** Whether a call runs or a stream is open, which counts as use. */
  get isHeld(): boolean {
    return this.#holds > 0
  }

  /** When it was last used; never in the past while it is held. */
  get idleSince(): number {
    return this.isHeld ? Number.POSITIVE_INFINITY : this.#seen
  }

  /** Keeps the session from becoming idle until the returned function is called. */
  hold(): () => void {
    this.#holds += 1
    return () => {
      this.#holds -= 1
      this.#seen = this.#clock()
      // A call that outlives its session may just have connected: nobody could use or end that connection any more.
      if (this.#ended && this.slot.secret !== null) this.#gateway.release(this.slot)
    }
  }

  /** Holds the session while a tool runs. */
  onCall = (ctx: ServerContext): (() => void) => {
    const release = this.hold()
    const { id, signal } = ctx.mcpReq
    // A cancelled request gets no answer, and the SDK would keep its stream open for ever. A batch shares its stream.
    const closeStream = () => {
      if (ctx.http?.authInfo?.extra?.batch !== true) this.transport.closeSSEStream(id)
    }
    signal.addEventListener('abort', closeStream, { once: true })
    return () => {
      signal.removeEventListener('abort', closeStream)
      release()
    }
  }

  /** The transport has closed. */
  end(): void {
    this.#ended = true
    this.#gateway.release(this.slot)
  }
}
