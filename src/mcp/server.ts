import {
  type CallToolResult,
  type Tool as McpTool,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext
} from '@modelcontextprotocol/server'
import { GatewayError, type Problem, toProblem } from '../core/errors.js'
import type { Caller, Gateway, JsonObject, Log } from '../core/ports.js'
import { liftSession } from './caller.js'
import { buildInstructions } from './instructions.js'
import { type ProgressOptions, startProgress } from './progress.js'

export interface ServerOptions {
  gateway: Pick<Gateway, 'find' | 'nearest' | 'call'>
  /** What `tools/list` answers. */
  tools: McpTool[]
  /** Who sent the request that `ctx` belongs to. One server may serve many callers: never answer from a closure. */
  caller(ctx: ServerContext): Caller
  /** Told when a tool starts to run; what it returns is called when the tool has ended, however it ended. */
  onCall?(ctx: ServerContext): () => void
  log: Log
  version: string
  progress?: ProgressOptions | undefined
}

/** How long a client may keep the list: it changes with the settings only, so never while a server runs. */
const listTtlMs = 300_000

/** One MCP server, for every era and transport. */
export function buildServer(options: ServerOptions): Server {
  const { gateway, tools, log, version } = options
  // Deprecated in favour of McpServer, which neither serves unlisted aliases nor leaves the arguments alone.
  const server = new Server(
    { name: 'odoo-mcp', title: 'Odoo', version },
    {
      capabilities: { tools: {} },
      instructions: buildInstructions(tools.map(tool => tool.name)),
      cacheHints: { 'tools/list': { ttlMs: listTtlMs, cacheScope: 'private' } }
    }
  )
  server.onerror = err => log.debug({ err }, 'MCP protocol fault')

  server.setRequestHandler('tools/list', (_request, ctx) => ({ tools, _meta: requestId(options.caller(ctx)) }))

  server.setRequestHandler('tools/call', async ({ params }, ctx) => {
    const tool = params.name
    if (gateway.find(tool) === undefined) throw unknownTool(tool, gateway.nearest(tool))
    const { caller, input } = liftSession(options.caller(ctx), params.arguments)
    const ended = options.onCall?.(ctx)
    const stopProgress = startProgress(ctx, options.progress)
    try {
      return toResult(await gateway.call({ tool, input, caller, signal: ctx.mcpReq.signal }), caller)
    } catch (error) {
      if (!(error instanceof GatewayError)) log.error({ err: error, request_id: caller.requestId, tool }, 'call failed')
      return toErrorResult(error, caller)
    } finally {
      stopProgress()
      ended?.()
    }
  })

  return server
}

function toResult(output: JsonObject, caller: Caller): CallToolResult {
  return {
    content: [{ type: 'text', text: JSON.stringify(output) }],
    structuredContent: output,
    _meta: requestId(caller)
  }
}

/** Without `structuredContent`: the v1 client checks it against the output schema even in an error, and throws. */
function toErrorResult(error: unknown, caller: Caller): CallToolResult {
  const problem = toProblem(error, caller.requestId)
  return {
    isError: true,
    content: [{ type: 'text', text: toText(problem) }],
    _meta: { ...requestId(caller), 'odoo-mcp/error': problem }
  }
}

function toText({ code, detail, hint }: Problem): string {
  if (hint === undefined) return `${code}: ${detail}`
  return `${code}: ${detail}${/[.!?]$/.test(detail) ? '' : '.'} ${hint}`
}

function requestId(caller: Caller) {
  return { 'odoo-mcp/requestId': caller.requestId }
}

function unknownTool(name: string, nearest: string | undefined) {
  const suggestion = nearest === undefined ? 'tools/list names all.' : `Did you mean "${nearest}"?`
  return new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool "${name}". ${suggestion}`)
}
