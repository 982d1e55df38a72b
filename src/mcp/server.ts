import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  type ServerContext
} from '@modelcontextprotocol/server'
import { GatewayError, type Problem, toProblem } from '../core/errors.js'
import type { Log } from '../core/ports/log.js'
import type { Caller } from '../core/ports/sessions.js'
import { inTrace } from './caller.js'
import { logBug, requestId, toText } from './gateway-tools.js'
import { buildInstructions } from './instructions.js'
import { capabilitiesOf, type McpProvider, type McpRequest } from './provider.js'
import { Subscriptions, watchOf } from './subscriptions.js'

export interface ServerOptions {
  /** What clients see, in order. */
  providers: readonly McpProvider[]
  /** Who sent the request that `ctx` belongs to. One server may serve many callers: never answer from a closure. */
  caller(ctx: ServerContext): Caller
  /** Told when a request starts to be answered; what it returns is called when that has ended, however it ended. */
  onCall?(ctx: ServerContext): () => void
  /** Settles when the client, which is sent notifications outside of any request, can take more of them. */
  room?(): Promise<void>
  log: Log
  version: string
}

/** How long a client may keep a list: it changes with the settings only, so never while a server runs. */
const listTtlMs = 300_000
const listHint = { ttlMs: listTtlMs, cacheScope: 'private' } as const

export const serverInfo = (version: string) => ({ name: 'odoo-mcp', title: 'Odoo', version })

/** One MCP server, for every era and transport. */
export function buildServer(options: ServerOptions): Server {
  const { providers, log, version } = options
  const verify = verifyOf(providers)
  // Deprecated in favour of McpServer, which neither serves unlisted aliases nor leaves the arguments alone.
  const server = new Server(serverInfo(version), {
    capabilities: capabilitiesOf(providers),
    instructions: buildInstructions(toolsOf(providers).map(tool => tool.name)),
    cacheHints: { 'tools/list': listHint, 'prompts/list': listHint, 'resources/templates/list': listHint },
    ...(verify && { requestState: { verify } })
  })
  server.onerror = err => log.debug({ err }, 'MCP protocol fault')

  const serving: Serving = { server, room: options.room, providers, during: during(options, server) }
  serveTools(serving)
  serveResources(serving)
  servePrompts(serving)
  return server
}

interface Serving {
  server: Server
  room: ServerOptions['room']
  providers: readonly McpProvider[]
  /** Answers one request: tells who asks, and turns what a handler throws into what a client may see. */
  during<T>(what: string, ctx: ServerContext, answer: (request: McpRequest) => Promise<T>): Promise<T>
}

/** Checks a state by whoever has minted it: each provider has a key of its own, and knows no state but its own. */
function verifyOf(providers: readonly McpProvider[]): McpProvider['verifyState'] {
  const all = providers.flatMap(({ verifyState }) => verifyState ?? [])
  if (all.length === 0) return undefined
  return (state, ctx) => Promise.any(all.map(verify => verify(state, ctx)))
}

function during({ caller, onCall, log }: ServerOptions, server: Server): Serving['during'] {
  return async (what, ctx, answer) => {
    const request = { caller: inTrace(caller(ctx), ctx), ctx, client: clientOf(ctx, server) }
    const ended = onCall?.(ctx)
    try {
      return await answer(request)
    } catch (error) {
      throw toProtocolError(error, request.caller, what, log)
    } finally {
      ended?.()
    }
  }
}

/** From 2026-07-28 on every request says it; before, the connection has. */
function clientOf({ mcpReq: { envelope } }: ServerContext, server: Server): ClientCapabilities | undefined {
  if (envelope === undefined) return server.getClientCapabilities()
  // The SDK has checked it; its type does not name its members.
  return (envelope as Record<string, unknown>)[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined
}

/** What a client may see of what was thrown. */
export function toProtocolError(error: unknown, caller: Caller, what: string, log: Log): ProtocolError {
  if (error instanceof ProtocolError) return error
  if (!(error instanceof GatewayError)) logBug(log, error, caller, what)
  const problem = toProblem(error, caller.requestId)
  return new ProtocolError(rpcCodeOf(problem), toText(problem), problem)
}

/** What was asked for is wrong or not there; everything else is no fault of the request. */
function rpcCodeOf({ code }: Problem): ProtocolErrorCode {
  const asked = code === 'invalid_input' || code === 'not_found'
  return asked ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
}

const toolsOf = (providers: readonly McpProvider[]) => providers.flatMap(({ tools }) => tools?.listed ?? [])

function serveTools({ server, providers, during }: Serving): void {
  const all = providers.flatMap(({ tools }) => tools ?? [])
  const tools = toolsOf(providers)
  server.setRequestHandler('tools/list', (_request, ctx) =>
    during('tools/list', ctx, async ({ caller }) => ({ tools, _meta: requestId(caller) }))
  )
  server.setRequestHandler('tools/call', async ({ params }, ctx) => {
    const { name } = params
    const provider = all.find(tools => tools.has(name))
    if (provider === undefined) throw unknownTool(name, all)
    return during(name, ctx, request => provider.call(params, request))
  })
}

function unknownTool(name: string, all: NonNullable<McpProvider['tools']>[]) {
  const nearest = all.flatMap(tools => tools.nearest?.(name) ?? [])[0]
  const suggestion = nearest === undefined ? 'tools/list names all.' : `Did you mean "${nearest}"?`
  return new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool "${name}". ${suggestion}`)
}

function serveResources({ server, room, providers, during }: Serving): void {
  const all = providers.flatMap(({ resources }) => resources ?? [])
  if (all.length === 0) return
  server.setRequestHandler('resources/list', (_request, ctx) =>
    during('resources/list', ctx, async request => {
      const lists = await Promise.all(all.map(provider => provider.list(request)))
      return { resources: lists.flat(), _meta: requestId(request.caller) }
    })
  )
  server.setRequestHandler('resources/templates/list', (_request, ctx) =>
    during('resources/templates/list', ctx, async request => {
      const lists = await Promise.all(all.map(provider => provider.templates(request)))
      return { resourceTemplates: lists.flat(), _meta: requestId(request.caller) }
    })
  )
  server.setRequestHandler('resources/read', ({ params: { uri } }, ctx) =>
    during('resources/read', ctx, async request => {
      const found = await firstOf(all, provider => provider.read(uri, request))
      if (found === undefined) throw new ResourceNotFoundError(uri)
      return found
    })
  )
  const watch = watchOf(providers)
  if (watch === undefined) return
  const subscriptions = new Subscriptions({ watch, tell: tellOf(server, room) })
  // Set before anybody else waits for the end: they call what they find here.
  server.onclose = () => subscriptions.close()
  for (const change of ['subscribe', 'unsubscribe'] as const) {
    server.setRequestHandler(`resources/${change}`, ({ params: { uri } }, ctx) =>
      during(`resources/${change}`, ctx, async ({ caller }) => {
        await subscriptions[change](uri, { caller, signal: ctx.mcpReq.signal })
        return {}
      })
    )
  }
}

/** Tells the client of a server, which has to wait for those who are behind. */
function tellOf(server: Server, room: ServerOptions['room']) {
  return async (uri: string) => {
    await server.sendResourceUpdated({ uri })
    await room?.()
  }
}

function servePrompts({ server, providers, during }: Serving): void {
  const all = providers.flatMap(({ prompts }) => prompts ?? [])
  if (all.length > 0) {
    const prompts = all.flatMap(({ listed }) => listed)
    server.setRequestHandler('prompts/list', (_request, ctx) =>
      during('prompts/list', ctx, async ({ caller }) => ({ prompts, _meta: requestId(caller) }))
    )
    server.setRequestHandler('prompts/get', ({ params }, ctx) =>
      during('prompts/get', ctx, async request => {
        const found = await firstOf(all, provider => provider.get(params, request))
        if (found === undefined) throw unknown(`Unknown prompt "${params.name}". prompts/list names all.`)
        return found
      })
    )
  }
  const completing = providers.filter(({ complete }) => complete)
  if (completing.length === 0) return
  server.setRequestHandler('completion/complete', ({ params }, ctx) =>
    during('completion/complete', ctx, async request => {
      const completion = await firstOf(completing, async provider => provider.complete?.(params, request))
      if (completion === undefined) throw unknown('Nothing can be completed for this reference.')
      return { completion }
    })
  )
}

const unknown = (message: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, message)

/** What the first of these knows, asked one after the other. */
async function firstOf<P, T>(providers: readonly P[], ask: (provider: P) => Promise<T | undefined>) {
  for (const provider of providers) {
    const answer = await ask(provider)
    if (answer !== undefined) return answer
  }
  return undefined
}
