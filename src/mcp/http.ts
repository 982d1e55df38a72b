import {
  classifyInboundRequest,
  createMcpHandler,
  type InboundClassificationOutcome,
  isInitializeRequest,
  type ServerEventBus
} from '@modelcontextprotocol/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errorCodes, GatewayError, toProblem } from '../core/errors.js'
import type { Gateway } from '../core/ports/gateway.js'
import type { Clock, Log } from '../core/ports/log.js'
import type { Caller } from '../core/ports/sessions.js'
import { callerOf, toAuthInfo } from './caller.js'
import { toMcpTools } from './catalogue.js'
import { gatewayTools } from './gateway-tools.js'
import { InFlight } from './in-flight.js'
import { Listens } from './listens.js'
import { pooled } from './pool.js'
import type { ProgressOptions } from './progress.js'
import type { McpProvider } from './provider.js'
import { buildServer } from './server.js'
import { type LegacyLimits, type LegacySession, LegacySessions } from './sessions.js'
import { watchOf } from './subscriptions.js'
import { one, signalOf, toWebRequest, whenClosed } from './web.js'

/** What the HTTP shell knows of a caller once it has let them in. */
export type HttpCaller = Pick<Caller, 'principal' | 'bearer' | 'handle' | 'requestId' | 'address'>

export interface McpRoutesOptions {
  gateway: Gateway
  /** Called once per request, after the shell's own checks. May throw: the shell's error handler answers. */
  authenticate(request: FastifyRequest): HttpCaller
  log: Log
  version: string
  limits: LegacyLimits
  /** Bytes of text that a tool's answer may have before it is cut between records. */
  maxResultBytes: number
  /** What clients see besides the tools of the gateway. */
  providers?: readonly McpProvider[]
  /** Where it is published that a list has changed, for those who listen to that in revision 2026-07-28. */
  bus?: ServerEventBus
  /** Answers those requests that are not MCP's but an early client's; undefined for all others. Never rejects. */
  dialect?: (request: FastifyRequest, caller: HttpCaller, signal: () => AbortSignal) => Promise<object> | undefined
  /** Streams of `subscriptions/listen` that one principal may have open; 100 unless said. */
  maxStreamsPerPrincipal?: number
  clock?: Clock
  progress?: ProgressOptions
}

export interface McpRoutes {
  /**
   * Lets nobody in any more, gives the running calls so many milliseconds to end (none, unless said), then ends every
   * session, stream and call. The listener cannot close while a stream is open, so call this before.
   */
  close(graceMs?: number): Promise<void>
  /** Open sessions of revision 2025-11-25 and before; the newer revision has none. */
  readonly sessionCount: number
  /** Open streams of `subscriptions/listen`. */
  readonly listenCount: number
}

/** Mounts POST, GET and DELETE /mcp: both protocol eras on one endpoint, told apart by each request itself. */
export function mcpRoutes(app: FastifyInstance, options: McpRoutesOptions): McpRoutes {
  const { gateway, authenticate, log, version, limits, maxResultBytes, bus, clock = Date.now, progress } = options
  const { maxStreamsPerPrincipal = 100 } = options
  const inFlight = new InFlight()
  const common = { caller: callerOf, log, version }
  const providersWith = (shown: { session: boolean }) => {
    const listed = toMcpTools(gateway.tools, shown)
    return [gatewayTools({ gateway, listed, maxResultBytes, log, progress }), ...(options.providers ?? [])]
  }

  const statelessProviders = providersWith({ session: true })
  const buildStateless = pooled(() =>
    buildServer({ ...common, providers: statelessProviders, onCall: () => inFlight.begin() })
  )
  const stateless = createMcpHandler(buildStateless, {
    legacy: 'reject',
    onerror: err => log.debug({ err }, 'MCP request refused')
  })
  const watch = watchOf(statelessProviders)
  const listens = new Listens({ build: buildStateless, watch, bus, maxPerPrincipal: maxStreamsPerPrincipal, log })

  const sessionProviders = providersWith({ session: false })
  const build = ({ onCall, room }: Pick<LegacySession, 'onCall' | 'room'>) =>
    buildServer({
      ...common,
      providers: sessionProviders,
      onCall: ctx => both(onCall(ctx), inFlight.begin()),
      room
    })
  const sessions = new LegacySessions({ gateway, limits, clock, build })

  /** 2026-07-28, and whatever is wrong in either era's framing: the SDK knows the right errors. */
  const serveStateless = (request: FastifyRequest, reply: FastifyReply, caller: HttpCaller) =>
    stateless.fetch(toWebRequest(request, signalOf(reply)), {
      parsedBody: request.body,
      authInfo: toAuthInfo({ ...caller, surface: 'mcp', opens: 'handle' })
    })

  const serveListen = async (request: FastifyRequest, reply: FastifyReply, caller: HttpCaller) => {
    const begun = inFlight.begin()
    try {
      const signal = signalOf(reply)
      const { response, leave } = await listens.open({
        request: toWebRequest(request, signal),
        body: request.body,
        caller: { ...caller, surface: 'mcp', opens: 'handle' },
        signal
      })
      whenClosed(reply, leave)
      return response
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      return toBusy(error, request.body, caller)
    } finally {
      begun()
    }
  }

  const serveSession = async (request: FastifyRequest, reply: FastifyReply, caller: HttpCaller) => {
    const session = await findOrOpen(request, caller)
    if (session instanceof Response) return session
    const lastEventId = request.method === 'GET' ? one(request.headers['last-event-id']) : undefined
    const refusal = lastEventId === undefined ? undefined : session.events.refusal(lastEventId)
    if (refusal !== undefined) return toError(400, -32000, refusal)

    const release = session.hold()
    try {
      const authInfo = toAuthInfo({ ...caller, surface: 'mcp', opens: 'implicit', slot: session.slot })
      const response = await session.handle(toWebRequest(request), {
        parsedBody: request.body,
        authInfo: { ...authInfo, extra: { ...authInfo.extra, batch: Array.isArray(request.body) } }
      })
      if (request.method === 'GET' && response.ok) {
        whenClosed(reply, session.hold())
        const version = one(request.headers['mcp-protocol-version'])
        // A stream that goes on has an event to go on from; another one would skip what comes in between.
        return session.paced(response, lastEventId === undefined ? session.opening(version) : '')
      }
      // Refused by the transport, for its Accept header for example: nobody has been told the id.
      if (session.transport.sessionId === undefined) await session.transport.close()
      return response
    } finally {
      release()
    }
  }

  const findOrOpen = async ({ method, headers, body }: FastifyRequest, caller: HttpCaller) => {
    const id = one(headers['mcp-session-id'])
    if (id !== undefined) {
      return sessions.find(id, caller) ?? toError(404, -32001, 'Session not found')
    }
    if (method !== 'POST') return toError(405, -32000, 'Method not allowed: this needs a session', { Allow: 'POST' })
    if (!isInitializeRequest(body)) return toError(400, -32000, 'Bad Request: Mcp-Session-Id header is required')
    try {
      return await sessions.open(caller)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      return toBusy(error, body, caller)
    }
  }

  let closed = false
  app.route({
    method: ['POST', 'GET', 'DELETE'],
    url: '/mcp',
    // HEAD would open a stream.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const caller = authenticate(request)
      if (closed) return reply.send(toBusy(shuttingDown, request.body, caller))
      const early = options.dialect?.(request, caller, () => signalOf(reply))
      if (early !== undefined) {
        const answer = await early.finally(inFlight.begin())
        return reply.header('cache-control', 'no-store').send(answer)
      }
      const inbound = classifyInboundRequest({
        httpMethod: request.method,
        body: request.body,
        ...optional('protocolVersionHeader', request.headers['mcp-protocol-version']),
        ...optional('mcpMethodHeader', request.headers['mcp-method']),
        ...optional('mcpNameHeader', request.headers['mcp-name'])
      })
      const serve = inbound.kind === 'legacy' ? serveSession : isListen(inbound) ? serveListen : serveStateless
      const response = await serve(request, reply, caller)
      // Whether the connection is kept alive is for the HTTP server to say, which may be closing.
      response.headers.delete('connection')
      // Sent as a web Response: hijacking the reply would lose the headers that hooks have set.
      return reply.send(response)
    }
  })

  return {
    close: async (graceMs = 0) => {
      closed = true
      await inFlight.settled(graceMs)
      await Promise.all([listens.close(), stateless.close(), sessions.close()])
    },
    get sessionCount() {
      return sessions.size
    },
    get listenCount() {
      return listens.size
    }
  }
}

function isListen(inbound: InboundClassificationOutcome): boolean {
  return inbound.kind === 'modern' && 'method' in inbound.message && inbound.message.method === 'subscriptions/listen'
}

const both = (one: () => void, other: () => void) => () => {
  one()
  other()
}

const shuttingDown = new GatewayError('busy', 'This server is shutting down.', { retry_after_s: 5, retryable: true })

function optional<K extends string>(key: K, header: string | string[] | undefined) {
  const value = one(header)
  // One key, K: TypeScript widens a computed one.
  return (value === undefined ? {} : { [key]: value }) as { [name in K]?: string }
}

function toError(status: number, code: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status, headers })
}

function toBusy(error: GatewayError, body: unknown, caller: HttpCaller): Response {
  const problem = toProblem(error, caller.requestId)
  const id = (body as { id?: string | number } | undefined)?.id ?? null
  return Response.json(
    { jsonrpc: '2.0', error: { code: errorCodes[problem.code].rpc, message: error.message, data: problem }, id },
    { status: problem.status, headers: { 'Retry-After': String(problem.retry_after_s) } }
  )
}
