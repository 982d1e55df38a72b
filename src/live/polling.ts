import type { Looked } from '../core/live.js'
import type { LiveTime } from './time.js'
import type { LiveTarget } from './watch.js'

export interface PollingOptions {
  target: Pick<LiveTarget, 'tick'>
  /** Milliseconds between two ticks while something changes. */
  baseMs: number
  time: LiveTime
  /** How much slower than that: more than 1 where too many identities watch one database. */
  factor: () => number
  /** Whether something else tells of every change, so that a tick is but a safety net. */
  covered: () => boolean
  /** A number from 0 to 1, exclusive. */
  random: () => number
}

/** So long after the last change the ticks become rarer, up to `slowest` times (ms). */
const quietAfterMs = 60_000
const slowest = 5
const slowing = 1.5

/** Of the time, the ticks of one watch keep Odoo busy for a tenth at most, but come once in `safetyMs` at least. */
const restPerWork = 9

/** The tick of a watch that a bus covers; also the longest pause while Odoo is down (ms). */
const safetyMs = 60_000

/**
 * The clock as a source of change: lets one watch look again and again, often while something changes, seldom while
 * nothing does, while something else would tell, or while Odoo is down.
 */
export class Polling {
  readonly #options: PollingOptions
  #interval: number
  #lastChange: number
  #lastTick = Number.NEGATIVE_INFINITY
  /**
   * Milliseconds that the last two looks took. The shorter one counts: a single one may have waited in our own queue,
   * behind the first reads of a thousand subscriptions.
   */
  #took: [before: number, last: number] = [0, 0]
  #failures = 0
  /** Something may have happened that no other source tells of: the next tick is due even where one covers. */
  #nudged = true
  #due = Number.POSITIVE_INFINITY
  #cancel: (() => void) | undefined
  #ticking = false
  #stopped = false

  constructor(options: PollingOptions) {
    this.#options = options
    this.#interval = options.baseMs
    this.#lastChange = options.time.now()
    this.#arm(this.#interval)
  }

  /** Something may have changed: ticks as soon as it does while things change. */
  nudge(): void {
    this.#nudged = true
    this.#failures = 0
    this.#interval = this.#options.baseMs
    this.#lastChange = this.#options.time.now()
    this.#arm(this.#pause())
  }

  /** What came of a look, whoever asked for it. */
  looked({ changed, ms, failure }: Looked): void {
    if (failure !== undefined) {
      this.#catchUp()
      return
    }
    this.#took = [this.#took[1], ms]
    this.#failures = 0
    if (!changed) return
    this.#interval = this.#options.baseMs
    this.#lastChange = this.#options.time.now()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  /** A look came to nothing: where a hint had asked for it, the clock has to see to it. */
  #catchUp(): void {
    if (this.#ticking) return
    this.#nudged = true
    this.#arm(this.#options.baseMs)
  }

  /** Sees to it that a tick comes within so many milliseconds. */
  #arm(ms: number): void {
    const due = this.#options.time.now() + ms
    if (this.#stopped || this.#ticking || due >= this.#due) return
    this.#cancel?.()
    this.#due = due
    this.#cancel = this.#options.time.after(ms, () => void this.#tick())
  }

  async #tick(): Promise<void> {
    const { time, covered, target } = this.#options
    this.#due = Number.POSITIVE_INFINITY
    const idle = !this.#nudged && this.#failures === 0 && covered() && time.now() - this.#lastTick < safetyMs
    if (idle) return this.#arm(this.#pause())
    this.#ticking = true
    this.#nudged = false
    const looked = await target.tick()
    this.#ticking = false
    this.#lastTick = time.now()
    this.#arm(looked.failure === undefined ? this.#afterSuccess() : this.#afterFailure(looked.failure.extra))
  }

  #afterSuccess(): number {
    const quiet = this.#options.time.now() - this.#lastChange >= quietAfterMs
    const most = this.#options.baseMs * slowest
    this.#interval = quiet ? Math.min(this.#interval * slowing, most) : this.#options.baseMs
    return this.#pause()
  }

  /** Longer each time, and not at the same moment as all others that wait for the same Odoo. */
  #afterFailure({ retry_after_s = 0 }: { retry_after_s?: number }): number {
    this.#failures += 1
    this.#nudged = true
    const pause = Math.min(this.#options.baseMs * 2 ** Math.min(this.#failures, 10), safetyMs)
    return Math.max(pause * (0.5 + this.#options.random() / 2), retry_after_s * 1000)
  }

  #pause(): number {
    const rest = Math.min(Math.min(...this.#took) * restPerWork, safetyMs)
    return Math.max(this.#interval * this.#options.factor(), rest)
  }
}
