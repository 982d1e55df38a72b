import { isId } from '../core/check/field-values.js'
import { GatewayError } from '../core/errors.js'
import type { Json, JsonObject } from '../core/json.js'
import { methodEffect } from '../core/methods.js'
import type { Clock } from '../core/ports/log.js'
import type { CallScope } from '../core/ports/odoo.js'
import { Ending } from './transport/ending.js'

export interface WriteQueueOptions {
  clock: Clock
  /** How many writes may wait for one record; 50. */
  maxWaiting?: number
}

/**
 * Lets the writes of one record through one after the other. Odoo answers two concurrent writes of a record with random
 * pauses of 0.5 to 2.5 s, and with a conflict after five of them (14 and 19). Writes of different records do not meet.
 *
 * A write stands in the lines of all its records at once and goes when it heads each of them. Nobody holds one record
 * while waiting for another behind them in time, so writes that share records cannot wait for each other in a circle.
 */
export class WriteQueue {
  readonly #lines = new Map<string, Ticket[]>()
  readonly #clock: Clock
  readonly #maxWaiting: number
  #waiting = 0

  constructor({ clock, maxWaiting = 50 }: WriteQueueOptions) {
    this.#clock = clock
    this.#maxWaiting = maxWaiting
  }

  /** How many records are being written or waited for. */
  get size(): number {
    return this.#lines.size
  }

  /** How many writes wait for an earlier one. */
  get waiting(): number {
    return this.#waiting
  }

  /**
   * Waits until no earlier write of these records is left; returns what lets the next one go, to be called once the
   * reply has come. Throws `busy`, `timeout` or `cancelled`, all `not_applied`.
   * @param keys one per record, from `writeKeys`
   */
  async enter(keys: readonly string[], scope: Pick<CallScope, 'signal' | 'deadline'>): Promise<() => void> {
    const ticket: Ticket = { keys, blockedBy: 0, go: undefined }
    for (const key of keys) if ((this.#lines.get(key)?.length ?? 0) > this.#maxWaiting) throw tooMany()
    for (const key of keys) this.#join(key, ticket)
    if (ticket.blockedBy > 0) await this.#wait(ticket, scope)
    let inside = true
    return () => {
      if (inside) this.#leave(ticket)
      inside = false
    }
  }

  #join(key: string, ticket: Ticket): void {
    const line = this.#lines.get(key)
    if (line === undefined) {
      this.#lines.set(key, [ticket])
      return
    }
    line.push(ticket)
    ticket.blockedBy += 1
  }

  async #wait(ticket: Ticket, scope: Pick<CallScope, 'signal' | 'deadline'>): Promise<void> {
    const ending = new Ending(scope, this.#clock)
    this.#waiting += 1
    try {
      await new Promise<void>((resolve, reject) => {
        ticket.go = resolve
        ending.on(reject)
      })
    } catch (error) {
      this.#leave(ticket)
      throw (error as GatewayError).with({ outcome: 'not_applied' })
    } finally {
      this.#waiting -= 1
      ending.dispose()
    }
  }

  #leave(ticket: Ticket): void {
    for (const key of ticket.keys) {
      const line = this.#lines.get(key) as Ticket[]
      const wasHead = line[0] === ticket
      line.splice(line.indexOf(ticket), 1)
      const [next] = line
      if (next === undefined) this.#lines.delete(key)
      else if (wasHead && --next.blockedBy === 0) next.go?.()
    }
  }
}

/** One write in the lines of its records. */
interface Ticket {
  keys: readonly string[]
  /** In how many lines somebody stands before it. */
  blockedBy: number
  go: (() => void) | undefined
}

/** Above this many ids a write goes at once: it would hold up too many others. */
const mostIds = 100

/**
 * The keys of the records that a write is about, the same for every session and user of that database; none when there
 * are too many.
 * @param url the base URL of the Odoo
 */
export function writeKeys(url: string, database: string, model: string, ids: readonly number[]): string[] {
  if (ids.length > mostIds) return []
  const { origin } = new URL(url)
  return [...new Set(ids)].sort((a, b) => a - b).map(id => JSON.stringify([origin, database, model, id]))
}

/**
 * The records that a method is called on: its first argument. Of a method that is not known, a list of numbers there is
 * taken for ids, which makes it wait at worst. A copy changes nothing of its original.
 */
export function changedIds(method: string, [first]: readonly Json[], kwargs: JsonObject): number[] {
  const given = first ?? kwargs.ids
  const ids = Array.isArray(given) ? given : [given]
  return methodEffect(method) !== 'create' && ids.every(isId) ? ids : []
}

// A write takes Odoo 10 to 100 ms: in this time a full line has mostly gone through.
const retryAfterSeconds = 5

function tooMany(): GatewayError {
  return new GatewayError('busy', 'Too many writes are waiting for the same record.', {
    outcome: 'not_applied',
    retry_after_s: retryAfterSeconds,
    hint: 'Wait before you write this record again, or put several changes into one write.'
  })
}
