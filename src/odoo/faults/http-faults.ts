import { GatewayError } from '../../core/errors.js'
import type { WireReply } from '../wires/wire.js'
import { unavailable, unavailableSentences } from './unavailable.js'

/** The cause of an error that an HTTP status made. */
export class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError'
  constructor(readonly status: number) {
    super(`HTTP status ${status}`)
  }
}

/**
 * Whether an error says that this path of the server is closed, while others may be open: there is nothing (404, 405),
 * it is forbidden (403), or what answers there does not speak as Odoo does.
 */
export function isClosedPath(error: unknown): boolean {
  if (!(error instanceof GatewayError) || error.code !== 'odoo_unavailable') return false
  const status = error.cause instanceof HttpStatusError ? error.cause.status : undefined
  return error.detail === unavailableSentences.notOdoo || status === 403
}

/** Whether an error says that nobody answers there: no connection, or an HTTP 5xx that is no exception of Odoo. */
export function isDown(error: GatewayError): boolean {
  if (error.cause instanceof HttpStatusError) return error.cause.status >= 500
  return error.code === 'odoo_unavailable' && error.detail !== unavailableSentences.notOdoo
}

/**
 * The error for an HTTP status that is not 200, of Odoo itself or of a proxy. `outcome` says what it means for a
 * write: only 413, 415 and 429 are certain to have stopped it.
 */
export function httpError(reply: Pick<WireReply, 'status' | 'headers'>, url: string): GatewayError {
  const { status, headers } = reply
  const retryAfter = retryAfterSeconds(headers['retry-after'], Date.now())
  const wait = retryAfter === undefined ? {} : { retry_after_s: retryAfter }
  const cause = new HttpStatusError(status)
  switch (status) {
    case 400:
      // Odoo's own refusal of a body that is not JSON-RPC; ours always is, so a proxy may have mangled it.
      return new GatewayError('invalid_input', 'Odoo refused the form of the request.', { outcome: 'unknown' })
    case 413:
      return new GatewayError('invalid_input', 'The request is larger than this Odoo accepts.', {
        outcome: 'not_applied',
        hint: 'Send fewer or smaller values.'
      })
    case 415:
      return new GatewayError('invalid_input', 'Odoo refused the type of the request.', { outcome: 'not_applied' })
    case 429:
      return new GatewayError('rate_limited', 'Odoo, or a proxy in front of it, takes no more requests for now.', {
        outcome: 'not_applied',
        retryable: true,
        ...wait
      })
    case 502:
    case 503:
    case 504:
      return unavailable('http', { outcome: 'unknown', retryable: true, cause, ...wait })
    case 404:
    case 405:
      return unavailable('notOdoo', { outcome: 'unknown' })
  }
  if (status >= 300 && status < 400)
    return unavailable('http', { outcome: 'unknown', cause, ...redirectHint(headers.location, url) })
  // An HTML 500: the result could not be written as JSON (19: ir.attachment.raw), or Odoo broke before its handlers.
  if (status >= 500) return new GatewayError('odoo_error', 'Odoo failed to answer.', { outcome: 'unknown', cause })
  return unavailable('http', { outcome: 'unknown', cause })
}

/** `Retry-After` in whole seconds, from a number or an HTTP date; undefined when absent or senseless. */
export function retryAfterSeconds(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000))
}

/** Redirects are never followed (a secret would go along), but the common http → https one is named. */
function redirectHint(location: string | undefined, url: string): { hint?: string } {
  const from = new URL(url)
  if (location === undefined || !URL.canParse(location, url)) return {}
  const to = new URL(location, url)
  return from.protocol === 'http:' && to.protocol === 'https:' && to.hostname === from.hostname
    ? { hint: `This Odoo redirects to https: use ${to.origin} as the url.` }
    : { hint: 'The server redirects; use the address it redirects to as the url.' }
}
