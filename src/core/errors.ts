/**
 * Every code a caller can ever see, with its HTTP status, its number in the early JSON-RPC dialect and its title.
 * Clients branch on the code; people read the detail.
 */
export const errorCodes = {
  invalid_input: { status: 400, rpc: -32004, title: 'Invalid input' },
  auth_required: { status: 401, rpc: -32000, title: 'Authentication required' },
  auth_failed: { status: 401, rpc: -32000, title: 'Odoo refused the login' },
  access_denied: { status: 403, rpc: -32000, title: 'Odoo denied access' },
  policy_denied: { status: 403, rpc: -32000, title: 'Denied by the policy of this server' },
  not_found: { status: 404, rpc: -32000, title: 'Not found' },
  conflict: { status: 409, rpc: -32000, title: 'Conflict' },
  validation: { status: 422, rpc: -32000, title: 'Odoo refused the values' },
  rate_limited: { status: 429, rpc: -32001, title: 'Too many requests' },
  busy: { status: 503, rpc: -32001, title: 'Busy' },
  odoo_unavailable: { status: 502, rpc: -32000, title: 'Odoo is unavailable' },
  odoo_error: { status: 502, rpc: -32000, title: 'Odoo failed' },
  timeout: { status: 504, rpc: -32000, title: 'Timeout' },
  cancelled: { status: 499, rpc: -32000, title: 'Cancelled' },
  internal: { status: 500, rpc: -32603, title: 'Internal error' }
} as const satisfies Record<string, { status: number; rpc: number; title: string }>

export type ErrorCode = keyof typeof errorCodes

/** What is known of a failed write: `not_applied` is certain, `unknown` means that Odoo may have done it. */
export type Outcome = 'not_applied' | 'unknown'

/** One of several problems of an input: where it is and what is wrong with it. */
export interface InputProblem {
  path: string
  detail: string
}

export interface ErrorExtra {
  /** The next step, for a person or a model. */
  hint?: string
  /** Up to five single problems, when the input has more than one. */
  errors?: InputProblem[]
  outcome?: Outcome
  /** Seconds. */
  retry_after_s?: number
  /** True when the same call can succeed if it is simply sent again. */
  retryable?: boolean
  cause?: unknown
}

/** The one kind of error that may leave this server. Anything else is our bug and becomes `internal`. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  readonly detail: string
  readonly extra: Readonly<Omit<ErrorExtra, 'cause'>>

  constructor(code: ErrorCode, detail: string, { cause, ...extra }: ErrorExtra = {}) {
    super(`${code}: ${detail}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.detail = detail
    this.extra = extra
  }

  /** The same error with more known about it. */
  with(extra: ErrorExtra): GatewayError {
    return new GatewayError(this.code, this.detail, { cause: this.cause, ...this.extra, ...extra })
  }
}

/** RFC 9457 problem details, as REST sends it and as MCP carries it in `_meta["odoo-mcp/error"]`. */
export interface Problem extends Omit<ErrorExtra, 'cause'> {
  type: string
  title: string
  status: number
  detail: string
  code: ErrorCode
  request_id: string
}

/** Turns any thrown value into the problem its caller may see; what is not a GatewayError shows nothing of itself. */
export function toProblem(error: unknown, requestId: string): Problem {
  const known = error instanceof GatewayError ? error : new GatewayError('internal', internalDetail)
  const { status, title } = errorCodes[known.code]
  return {
    type: `urn:odoo-mcp:problem:${known.code}`,
    title,
    status,
    detail: known.detail,
    code: known.code,
    request_id: requestId,
    ...known.extra
  }
}

/** What a caller is told of a bug of ours. */
export const internalDetail = 'Something went wrong in this server. Its log has the details under this request id.'
