import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash, randomUUID } from 'node:crypto'
import { type Server, type ServerContext, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server'
import { GatewayError } from '../core/errors.js'
import type { Gateway } from '../core/ports/gateway.js'
import type { Clock } from '../core/ports/log.js'
import type { Caller, SessionSlot } from '../core/ports/sessions.js'
import { type EventLimits, EventStore } from './event-store.js'
import { PacedStream } from './paced.js'

export interface LegacyLimits {
  maxSessions: number
  maxSessionsPerPrincipal: number
  /** A session without a request, a running call or an open stream for this long ends. */
  idleMs: number
  /** What is kept for clients whose streams break; modest unless said. */
  events?: ReplayLimits
}

export interface ReplayLimits {
  /** Events that one session keeps. */
  maxEvents: number
  /** Bytes of JSON that one session keeps. */
  maxBytes: number
  /** Bytes of JSON that all sessions keep together: each has an equal part of it, if that is less. */
  maxTotalBytes: number
}

// As many again as one session may have subscriptions, so that answers do not push out what has changed meanwhile.
const replayLimits: ReplayLimits = { maxEvents: 2000, maxBytes: 4 * 1024 * 1024, maxTotalBytes: 64 * 1024 * 1024 }

/** Milliseconds that a client is told to wait before it opens a broken stream again. */
const retryInterval = 1000

/** The name that the SDK gives to the stream of GET. */
const standaloneStream = '_GET_stream'

export interface LegacySessionsOptions {
  gateway: Pick<Gateway, 'release' | 'touch'>
  limits: LegacyLimits
  clock: Clock
  /** Builds the server of one session, which tells the session of its calls and asks it how its client keeps up. */
  build(session: Pick<LegacySession, 'onCall' | 'room'>): Server
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

  /** The session with this id, if it is this caller's. Nobody learns that somebody else's exists. */
  find(id: string, caller: Opener): LegacySession | undefined {
    const session = this.#byId.get(id)
    return session?.owner === ownerOf(caller) ? session : undefined
  }

  /** Room for a session that is about to be initialized. Nobody is evicted for it: `busy` when full. */
  async open(caller: Opener): Promise<LegacySession> {
    const { principal } = caller
    const { gateway, limits, clock, build } = this.#options
    const own = [...this.#byId.values()].filter(session => session.principal === principal).length
    if (this.#byId.size >= limits.maxSessions || own >= limits.maxSessionsPerPrincipal) {
      throw new GatewayError('busy', 'No room for another MCP session.', {
        hint: 'End sessions that are no longer needed with DELETE /mcp, or try again later.',
        retry_after_s: retryAfter,
        retryable: true
      })
    }
    const { maxEvents, maxBytes, maxTotalBytes } = limits.events ?? replayLimits
    const share = () => Math.min(maxBytes, Math.floor(maxTotalBytes / this.#byId.size))
    const session = new LegacySession({ caller, clock, gateway, events: { maxEvents, maxBytes: share } })
    this.#byId.set(session.id, session)
    await build(session).connect(session.transport)
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
      // A session that has grown when there was room gives it back when there are more.
      session.events.trim()
    }
  }
}

/** Whoever opens a session, with the Odoo session that the request came with. */
type Opener = Pick<Caller, 'principal' | 'bearer'>

/** People whose sessions one program has opened share its principal, and must not hear each other's notifications. */
function ownerOf({ principal, bearer }: Opener): string {
  return bearer === undefined ? principal : `${principal} ${createHash('sha256').update(bearer).digest('hex')}`
}

interface LegacySessionParts {
  caller: Opener
  clock: Clock
  gateway: Pick<Gateway, 'release'>
  events: Pick<EventLimits, 'maxEvents' | 'maxBytes'>
}

/** One MCP session. It ends by its transport's `close()`, whoever calls it. */
export class LegacySession {
  readonly id: string = randomUUID()
  readonly principal: string
  readonly owner: string
  readonly slot: SessionSlot = { secret: null }
  readonly transport: WebStandardStreamableHTTPServerTransport
  /** What this session was last sent. Its own, so that nobody can resume the stream of somebody else. */
  readonly events: EventStore
  /** The request that is being handled, and the stream on which it is answered: the SDK tells only the event store. */
  readonly #handling = new AsyncLocalStorage<{ stream: string | undefined }>()
  readonly #clock: Clock
  readonly #gateway: Pick<Gateway, 'release'>
  #stream: PacedStream | undefined
  #seen: number
  #holds = 0
  #ended = false

  constructor({ caller, clock, gateway, events }: LegacySessionParts) {
    this.principal = caller.principal
    this.owner = ownerOf(caller)
    this.events = new EventStore({
      ...events,
      onStream: stream => {
        const request = this.#handling.getStore()
        if (request !== undefined) request.stream = stream
      }
    })
    this.transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => this.id,
      eventStore: this.events,
      retryInterval
    })
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

  /**
   * An event without content that opens the stream of GET: it has an id, from which the stream can be resumed even if it
   * breaks before anything was sent. Only for clients of a revision that knows such events.
   */
  opening(protocolVersion: string | undefined): string {
    if (protocolVersion === undefined || protocolVersion < '2025-11-25') return ''
    return `id: ${this.events.mark(standaloneStream)}\nretry: ${retryInterval}\ndata: \n\n`
  }

  /** The answer to GET: a stream of what no request asked for. A session has one at a time. */
  paced(response: Response, opening: string): Response {
    // Headers travel with the first bytes, which on a quiet stream would be the SDK's first keep-alive, 15 s later.
    this.#stream = new PacedStream(response, `: open\n\n${opening}`)
    return this.#stream.response
  }

  /** Settles when the reader of that stream can take more; at once when there is none, as what is sent is kept. */
  room = async (): Promise<void> => this.#stream?.room()

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

  /** Hands a request to the transport. */
  handle: WebStandardStreamableHTTPServerTransport['handleRequest'] = (request, options) =>
    this.#handling.run({ stream: undefined }, () => this.transport.handleRequest(request, options))

  /** Holds the session while a tool runs. */
  onCall = (ctx: ServerContext): (() => void) => {
    const release = this.hold()
    const { id, signal } = ctx.mcpReq
    const stream = this.#handling.getStore()?.stream
    // A cancelled request gets no answer, and the SDK would keep its stream open for ever, also when the client, which
    // has learnt that streams break, comes back to it. A batch shares its stream.
    const closeStream = () => {
      if (ctx.http?.authInfo?.extra?.batch === true) return
      if (stream !== undefined) this.events.forget(stream)
      this.transport.closeSSEStream(id)
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
