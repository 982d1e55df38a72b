import type { ErrorCode, ErrorExtra } from '../../core/errors.js'

/** What an exception of Odoo means. */
export interface Verdict extends Omit<ErrorExtra, 'outcome' | 'cause'> {
  code: ErrorCode
  detail: string
}

export function lockConflict(detail: string): Verdict {
  return { code: 'conflict', detail, retryable: true, hint: 'Another call changes the same records: send it again.' }
}
