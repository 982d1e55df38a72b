import { GatewayError } from '../core/errors.js'

/** Odoo refused the login itself. While it only asks to wait, the login may still be right. */
export function isRefusedLogin(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'auth_failed' && error.extra.retry_after_s === undefined
}

/** Whether a call ended without, or perhaps without, an answer from Odoo, and not for want of a connection. */
export function isRefusedHere(error: unknown): boolean {
  return error instanceof GatewayError && ['invalid_input', 'policy_denied', 'busy', 'cancelled'].includes(error.code)
}

export function isCancelled(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'cancelled'
}

/** Whether a call failed because there is no working connection, rather than because of what it asked. */
export function isLost(error: unknown): boolean {
  return error instanceof GatewayError && ['odoo_unavailable', 'auth_failed', 'timeout'].includes(error.code)
}
