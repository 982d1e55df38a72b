import type { CallToolResult, Tool as McpTool } from '@modelcontextprotocol/server'
import { GatewayError, type Problem, toProblem } from '../core/errors.js'
import type { Gateway } from '../core/ports/gateway.js'
import type { Log } from '../core/ports/log.js'
import type { Caller } from '../core/ports/sessions.js'
import { fitResult } from './budget.js'
import { liftSession } from './caller.js'
import { type ProgressOptions, startProgress } from './progress.js'
import type { McpProvider } from './provider.js'

export interface GatewayToolsOptions {
  gateway: Pick<Gateway, 'find' | 'nearest' | 'call'>
  /** What `tools/list` answers. */
  listed: McpTool[]
  /** Bytes of text that an answer may have before it is cut between records. */
  maxResultBytes: number
  log: Log
  progress?: ProgressOptions | undefined
}

/** The tools of the gateway, as MCP clients see them. */
export function gatewayTools({ gateway, listed, maxResultBytes, log, progress }: GatewayToolsOptions): McpProvider {
  return {
    tools: {
      listed,
      has: name => gateway.find(name) !== undefined,
      nearest: name => gateway.nearest(name),
      async call({ name, arguments: given }, { caller: sender, ctx }) {
        const { caller, input } = liftSession(sender, given)
        const stopProgress = startProgress(ctx, progress)
        try {
          const whole = await gateway.call({ tool: name, input, caller, signal: ctx.mcpReq.signal })
          const { text, output } = fitResult(whole, { tool: gateway.find(name), input, maxBytes: maxResultBytes })
          return { content: [{ type: 'text', text }], structuredContent: output, _meta: requestId(caller) }
        } catch (error) {
          if (!(error instanceof GatewayError)) logBug(log, error, caller, name)
          return toErrorResult(error, caller)
        } finally {
          stopProgress()
        }
      }
    }
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

export function logBug(log: Log, error: unknown, { requestId }: Caller, what: string): void {
  log.error({ err: error, request_id: requestId, tool: what }, 'call failed')
}

/** A problem in one line, as a model reads it. */
export function toText({ code, detail, hint }: Problem): string {
  if (hint === undefined) return `${code}: ${detail}`
  return `${code}: ${detail}${/[.!?]$/.test(detail) ? '' : '.'} ${hint}`
}

export function requestId(caller: Caller) {
  return { 'odoo-mcp/requestId': caller.requestId }
}
