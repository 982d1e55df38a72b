import type { Caller, Session } from './ports/sessions.js'

/** Who did something, the same in every line of the log that is about a call. */
export interface Who {
  request_id: string
  /** Where the caller sent a W3C `traceparent`. */
  trace_id?: string
  /** The beginning of the hash of the session's secret, or `default`. */
  session?: string
  principal: string
  surface: Caller['surface']
}

/** A line's beginning. Nothing in it opens anything. */
export function whoOf({ requestId, traceId, principal, surface }: Caller, session?: Session): Who {
  return {
    request_id: requestId,
    ...(traceId !== undefined && { trace_id: traceId }),
    ...(session !== undefined && { session: session.id.slice(0, 12) }),
    principal,
    surface
  }
}
