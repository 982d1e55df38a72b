import { createHash, randomBytes } from 'node:crypto'
import { GatewayError } from '../core/errors.js'
import type { Clock } from '../core/ports/log.js'
import type { Caller } from '../core/ports/sessions.js'

/** Seconds in which a ticket must be used. */
export const ticketLifeS = 30

/** Tickets that one principal can have without using them; a page needs one at a time. */
const maxUnused = 100

interface Ticket {
  caller: Caller
  expiresAt: number
}

/**
 * What stands for a caller in the address of one stream, where a browser can send no header: addresses end up in logs
 * and histories, so it is good for one opening within seconds. Kept by hash only.
 */
export class Tickets {
  readonly #clock: Clock
  // In the order in which they expire.
  readonly #unused = new Map<string, Ticket>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A new ticket for this caller, who has been let in. */
  issue(caller: Caller): string {
    this.#sweep()
    const own = [...this.#unused.values()].filter(({ caller: { principal } }) => principal === caller.principal)
    if (own.length >= maxUnused) {
      throw new GatewayError('busy', `There are ${maxUnused} tickets that were not used.`, {
        retry_after_s: ticketLifeS,
        hint: 'Get a ticket only when a stream is about to be opened.'
      })
    }
    const ticket = `omt_${randomBytes(32).toString('base64url')}`
    this.#unused.set(hashOf(ticket), { caller, expiresAt: this.#clock() + ticketLifeS * 1000 })
    return ticket
  }

  /** The caller of a ticket that was not used before and has not expired; it is spent by this. */
  take(ticket: string): Caller | undefined {
    this.#sweep()
    const hash = hashOf(ticket)
    const found = this.#unused.get(hash)
    this.#unused.delete(hash)
    return found?.caller
  }

  #sweep(): void {
    const now = this.#clock()
    for (const [hash, { expiresAt }] of this.#unused) {
      if (expiresAt > now) return
      this.#unused.delete(hash)
    }
  }
}

/** What names a ticket once it is spent. */
export function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex')
}
