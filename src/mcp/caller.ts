import type { AuthInfo, ServerContext } from '@modelcontextprotocol/server'
import type { Caller } from '../core/ports/sessions.js'
import { traceIdOf } from '../core/trace.js'

/** Carries a caller through the SDK to the handlers. The SDK wants a token; nothing of ours reads it, so it stays empty. */
export function toAuthInfo(caller: Caller): AuthInfo {
  return { token: '', clientId: caller.principal, scopes: [], extra: { caller } }
}

/** The caller of the request that `ctx` belongs to, over HTTP. */
export function callerOf(ctx: ServerContext): Caller {
  const caller = ctx.http?.authInfo?.extra?.caller
  if (caller === undefined) throw new Error('a request reached a handler without its caller')
  // toAuthInfo put it there.
  return caller as Caller
}

/** The caller in the trace that the request names itself, which goes before that of the connection it came by. */
export function inTrace(caller: Caller, { mcpReq: { _meta } }: Pick<ServerContext, 'mcpReq'>): Caller {
  const traceId = traceIdOf(_meta?.traceparent)
  return traceId === undefined ? caller : { ...caller, traceId }
}

/** Lifts the argument `session` out of a tool's arguments. What is not a string stays, for the input check to refuse. */
export function liftSession(caller: Caller, args: Record<string, unknown> | undefined) {
  if (typeof args?.session !== 'string') return { caller, input: args }
  const { session, ...input } = args
  return { caller: { ...caller, handle: session }, input }
}
