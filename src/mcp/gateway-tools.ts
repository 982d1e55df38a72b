import type { CallToolResult, InputRequiredResult, Tool as McpTool } from '@modelcontextprotocol/server'
import { ConfirmationNeeded } from '../core/confirmation.js'
import { GatewayError, type Problem, toProblem } from '../core/errors.js'
import type { JsonObject } from '../core/json.js'
import type { Gateway } from '../core/ports/gateway.js'
import type { Log } from '../core/ports/log.js'
import type { Caller } from '../core/ports/sessions.js'
import { fitResult } from './budget.js'
import { liftSession } from './caller.js'
import { type AskedCall, Confirmations } from './confirmation.js'
import { type Progressing, type ProgressOptions, startProgress } from './progress.js'
import type { McpProvider, McpRequest } from './provider.js'

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
  const confirmations = new Confirmations()

  const fit = (whole: JsonObject, { tool, input, caller }: AskedCall): CallToolResult => {
    const asked = input as Record<string, unknown> | undefined
    const { text, output } = fitResult(whole, { tool: gateway.find(tool), input: asked, maxBytes: maxResultBytes })
    return { content: [{ type: 'text', text }], structuredContent: output, _meta: requestId(caller) }
  }

  const run = async (
    call: AskedCall,
    request: McpRequest,
    progressing: Progressing
  ): Promise<CallToolResult | InputRequiredResult> => {
    const { signal } = request.ctx.mcpReq
    const isConfirmed = confirmations.confirms(call, request)
    try {
      return fit(await gateway.call({ ...call, signal, ...(isConfirmed && { confirmed: true }) }), call)
    } catch (error) {
      if (!(error instanceof ConfirmationNeeded)) throw error
      progressing.waitFor('the user to confirm')
      const answer = await confirmations.ask(error, call, request)
      if (answer !== 'yes') return answer
      progressing.waitFor('Odoo')
      // All is checked once more: the person may have taken long, and the time that the call has begins now.
      return fit(await gateway.call({ ...call, signal, confirmed: true }), call)
    }
  }

  return {
    verifyState: confirmations.verify,
    tools: {
      listed,
      has: name => gateway.find(name) !== undefined,
      nearest: name => gateway.nearest(name),
      async call({ name, arguments: given }, request) {
        const { caller, input } = liftSession(request.caller, given)
        const progressing = startProgress(request.ctx, progress)
        try {
          return await run({ tool: name, input, caller }, request, progressing)
        } catch (error) {
          if (!(error instanceof GatewayError)) logBug(log, error, caller, name)
          return toErrorResult(error, caller)
        } finally {
          progressing.stop()
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
