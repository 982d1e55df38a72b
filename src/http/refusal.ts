import { type ErrorCode, type ErrorExtra, GatewayError } from '../core/errors.js'

export interface HttpRefusalOptions extends ErrorExtra {
  /** The HTTP status, where it is not the one of the code, such as 405 or 413. */
  status?: number
  headers?: Readonly<Record<string, string>>
}

/**
 * A request that the HTTP shell itself refuses, so that it never reached a tool: nothing was applied. The closed list
 * of codes has no code of its own for statuses such as 405, 413 and 415; they are `invalid_input` with that status.
 */
export class HttpRefusal extends GatewayError {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ErrorCode, detail: string, { status, headers = {}, ...extra }: HttpRefusalOptions = {}) {
    super(code, detail, extra)
    this.status = status
    this.headers = headers
  }
}

/** A body that is not the JSON it says it is. On /mcp it is answered as JSON-RPC. */
export class UnreadableBody extends HttpRefusal {
  constructor(detail: string) {
    super('invalid_input', detail)
  }
}
