// Not cockatiel's: there the call that tries the circuit is a caller's own, a write as well, it closes the circuit when
// it is cancelled, and whoever comes meanwhile waits for it without a deadline.
import { GatewayError } from '../core/errors.js'
import type { Clock, Log } from '../core/ports/log.js'
import type { CallScope } from '../core/ports/odoo.js'
import { isDown } from './faults/http-faults.js'
import { orEnded } from './transport/ending.js'

export interface BreakerOptions {
  clock: Clock
  log: Log
  /** Failures in a row after which it is asked whether anybody is there; 5. */
  mostFailures?: number
  /** For how long at first, and at most when it goes on failing, in milliseconds; 1,000 and 5,000. */
  pauses?: { first: number; longest: number }
}

/** Asks Odoo for something that is cheap and takes no secret. */
export type Probe = (scope: CallScope) => Promise<unknown>

/**
 * Leaves an Odoo alone that does not answer, one breaker per origin and database. A failure is that nobody answers: no
 * connection, HTTP 5xx, no answer in time. What Odoo itself complains of is an answer. A call that ran into its deadline
 * counts only if nothing else was answered meanwhile, so that one user's heavy report harms nobody.
 *
 * Failures in a row are a reason to ask, and only a question without an answer is one to refuse calls: a method that
 * breaks Odoo's own HTTP server, or that is killed each time, fails for ever beside calls that would work.
 */
export class Breakers {
  readonly #options: BreakerOptions
  /** The least recently used go first: whoever may name any host must not fill the memory. */
  readonly #known = new Map<string, Breaker>()

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  /** @param url the base URL of an Odoo */
  of(url: string, database: string): Breaker {
    const { origin } = new URL(url)
    const key = JSON.stringify([origin, database])
    const breaker = this.#known.get(key) ?? new Breaker({ origin, database }, this.#options)
    this.#known.delete(key)
    this.#known.set(key, breaker)
    const [oldest] = this.#known.keys()
    if (this.#known.size > mostKnown && oldest !== undefined) this.#known.delete(oldest)
    return breaker
  }

  /** How many Odoos are left alone now. */
  get open(): number {
    return [...this.#known.values()].filter(breaker => breaker.open).length
  }
}

export class Breaker {
  readonly #of: { origin: string; database: string }
  readonly #options: Required<BreakerOptions>
  #failures = 0
  #answeredAt = Number.NEGATIVE_INFINITY
  /** Nothing is sent before the probe has been answered. */
  #isDoubted = false
  /** Milliseconds since the epoch; undefined unless a probe has failed. */
  #openUntil: number | undefined
  #pauseMs: number
  #why = ''
  #probing: Promise<void> | undefined

  constructor(of: { origin: string; database: string }, options: BreakerOptions) {
    this.#of = of
    this.#options = { mostFailures: 5, pauses: { first: 1000, longest: 5000 }, ...options }
    this.#pauseMs = this.#options.pauses.first
  }

  /** Whether calls are refused. One that nobody has asked for a while is not known to be down any more. */
  get open(): boolean {
    return this.#openUntil !== undefined && this.#options.clock() < this.#openUntil + forgottenAfterMs
  }

  /**
   * Throws `busy` while Odoo is left alone. After too many failures, and when that time is over, the first call sends the
   * probe, and all that come meanwhile wait for it, so that neither a write nor a heavy report is what tries whether Odoo
   * is there.
   */
  async admit(probe: Probe, scope: CallScope): Promise<void> {
    this.check()
    if (!this.#isDoubted) return
    this.#probing ??= this.#probe(probe)
    await orEnded(this.#probing, scope, this.#options.clock)
    this.check()
  }

  /** The same without a probe: throws `busy` as long as Odoo is surely left alone. */
  check(): void {
    const left = (this.#openUntil ?? 0) - this.#options.clock()
    if (left <= 0) return
    throw new GatewayError('busy', 'This Odoo has failed several times in a row and is left alone for a moment.', {
      retry_after_s: Math.ceil(left / 1000),
      hint: `What happened last: ${this.#why}`
    })
  }

  /**
   * How a request has ended.
   * @param sentAt when it was sent, in milliseconds since the epoch; undefined if it was not
   * @param error absent when it was answered
   */
  ended(sentAt: number | undefined, error?: unknown): void {
    if (error instanceof GatewayError && isNoAnswer(error, sentAt)) {
      if (error.code === 'timeout' && this.#answeredAt >= (sentAt ?? 0)) return
      this.#failures += 1
      if (this.#failures >= this.#options.mostFailures) this.#isDoubted = true
    } else if (sentAt !== undefined && !isCancelled(error)) this.#answered()
  }

  #answered(): void {
    this.#answeredAt = this.#options.clock()
    this.#failures = 0
    this.#isDoubted = false
    if (this.#openUntil === undefined) return
    this.#openUntil = undefined
    this.#pauseMs = this.#options.pauses.first
    this.#options.log.info(this.#of, 'Odoo answers again')
  }

  /** Nobody's own to cancel. Never rejects. */
  async #probe(probe: Probe): Promise<void> {
    const deadline = this.#options.clock() + probeMs
    const scope = { signal: new AbortController().signal, deadline, turn: 'probe' }
    try {
      await probe(scope)
      this.#answered()
    } catch (error) {
      if (!(error instanceof GatewayError && isNoAnswer(error, 0))) this.#answered()
      // Unless another request was answered meanwhile.
      else if (this.#isDoubted) this.#leaveAlone(error)
    } finally {
      this.#probing = undefined
    }
  }

  #leaveAlone(error: GatewayError): void {
    const { clock, pauses, log } = this.#options
    if (this.#openUntil === undefined)
      log.warn({ ...this.#of, reason: error.detail }, 'Odoo fails again and again and is left alone')
    this.#why = error.detail
    this.#openUntil = clock() + this.#pauseMs
    this.#pauseMs = Math.min(this.#pauseMs * 2, pauses.longest)
  }
}

const mostKnown = 1000

/** The probe takes Odoo a millisecond, and once in a while a second. */
const probeMs = 5000
const forgottenAfterMs = 60_000

/** A call that waited in our own queue until its deadline says nothing of Odoo. */
function isNoAnswer(error: GatewayError, sentAt: number | undefined): boolean {
  return error.code === 'timeout' ? sentAt !== undefined : isDown(error)
}

function isCancelled(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'cancelled'
}
