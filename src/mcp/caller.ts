import type { AuthInfo, ServerContext } from '@modelcontextprotocol/server'
import type { Caller } from '../core/ports/sessions.js'

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

/** Lifts the argument `session` out of a tool's arguments. What is not a string stays, for the input check to refuse. */
export function liftSession(caller: Caller, args: Record<string, unknown> | undefined) {
  if (typeof args?.session !== 'string') return { caller, input: args }
  const { session, ...input } = args
  return { caller: { ...caller, handle: session }, input }
}
