import { GatewayError } from '../core/errors.js'

/** Enough for every row of a large screen, and few enough that one session cannot fill the server. */
const mostPerSession = 1000

/** Each takes some hundred bytes here and its share of a read in Odoo, once per tick. */
const mostInAll = 10_000

/** Counts subscriptions by session. */
export class Limits {
  readonly #perSession: number
  readonly #inAll: number
  readonly #counts = new Map<string, number>()
  #count = 0

  constructor({ perSession = mostPerSession, inAll = mostInAll } = {}) {
    this.#perSession = perSession
    this.#inAll = inAll
  }

  /** Takes room for one more. Throws `busy` when there is none. */
  take(sessionId: string): void {
    const count = this.#counts.get(sessionId) ?? 0
    // The default connection is no one's own: a thousand callers may share it.
    if (sessionId !== 'default' && count >= this.#perSession)
      throw full(`${this.#perSession} subscriptions of one session`)
    if (this.#count >= this.#inAll) throw full(`${this.#inAll} subscriptions of all sessions`)
    this.#counts.set(sessionId, count + 1)
    this.#count += 1
  }

  give(sessionId: string): void {
    const count = (this.#counts.get(sessionId) ?? 0) - 1
    if (count > 0) this.#counts.set(sessionId, count)
    else this.#counts.delete(sessionId)
    this.#count -= 1
  }
}

function full(what: string): GatewayError {
  return new GatewayError('busy', `this server keeps at most ${what}`, {
    retry_after_s: 60,
    hint: 'End some of them; one list URI can take the place of many records.'
  })
}
