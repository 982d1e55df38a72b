import { type ErrorCode, errorCodes } from './error-codes.js'

export { type ErrorCode, errorCodes } from './error-codes.js'

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
  /** Whose words `detail` holds, when they are not ours: Odoo's may have been written by anybody. */
  source?: 'odoo'
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
