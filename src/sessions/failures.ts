import type { Clock } from '../core/ports/log.js'

export interface FailureRules {
  /** Failures after which there is a pause before the next attempt; it doubles with each one that follows. */
  limit: number
  /** The first pause, and the longest. */
  pauseMs: { first: number; longest: number }
  /** Milliseconds without a failure after which nothing is held against a name any more. */
  forgetMs: number
  /** Names that are kept; the one that was tried longest ago goes first. */
  maxNames: number
  clock: Clock
}

interface Record {
  failures: number
  at: number
  /** Attempts of which the end is not known. */
  running: number
}

/** Counts the failed attempts of a name, such as a login or an address. */
export class Failures {
  readonly #rules: FailureRules
  // In the order of their last attempt.
  readonly #records = new Map<string, Record>()

  constructor(rules: FailureRules) {
    this.#rules = rules
  }

  get size(): number {
    return this.#records.size
  }

  /** Milliseconds until the next attempt may be made; 0: now. */
  pause(name: string): number {
    const { limit, pauseMs, clock } = this.#rules
    const { failures, at } = this.#find(name)
    if (failures < limit) return 0
    const pause = Math.min(pauseMs.longest, pauseMs.first * 2 ** (failures - limit))
    return Math.max(0, at + pause - clock())
  }

  /** Whether so many attempts run that all of them could fail and use up what is left: then the next one waits for those. */
  isCrowded(name: string): boolean {
    const { failures, running } = this.#find(name)
    return running > 0 && running >= this.#rules.limit - failures
  }

  begin(name: string): void {
    const record = this.#find(name)
    record.running += 1
    this.#keep(name, record)
  }

  /** An attempt has ended. */
  end(name: string, failed: boolean): void {
    const record = this.#find(name)
    record.running = Math.max(0, record.running - 1)
    if (failed) {
      record.failures += 1
      record.at = this.#rules.clock()
    }
    this.#keep(name, record)
  }

  /** Whoever has got in is no stranger. */
  forgive(name: string): void {
    const record = this.#records.get(name)
    if (record === undefined) return
    record.failures = 0
    if (record.running === 0) this.#records.delete(name)
  }

  #find(name: string): Record {
    const record = this.#records.get(name) ?? { failures: 0, at: 0, running: 0 }
    if (this.#rules.clock() - record.at >= this.#rules.forgetMs) record.failures = 0
    return record
  }

  #keep(name: string, record: Record): void {
    this.#records.delete(name)
    if (record.failures > 0 || record.running > 0) this.#records.set(name, record)
    if (this.#records.size <= this.#rules.maxNames) return
    const [oldest = ''] = this.#records.keys()
    this.#records.delete(oldest)
  }
}
