import type { BusMessage } from './messages.js'

/**
 * The messages that were heard. Their ids are given out in the order of writing, but seen in the order of commits: the
 * message of a slow transaction comes after later ones, with an earlier id. So those of the last minute are remembered,
 * and can be asked for again.
 */
export class Heard {
  /** The highest id. */
  last = 0
  /** The highest id that is a minute old; what comes after it is remembered. */
  floor = 0
  readonly #recent = new Map<number, number>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Whether there are any of the last minute. */
  get remembers(): boolean {
    return this.#recent.size > 0
  }

  /** Those that are new. */
  add(messages: readonly BusMessage[]): BusMessage[] {
    const now = this.#now()
    const fresh = messages.filter(({ id }) => id > this.floor && !this.#recent.has(id))
    for (const { id } of fresh) {
      this.#recent.set(id, now)
      this.last = Math.max(this.last, id)
    }
    for (const [id, at] of this.#recent) {
      if (now - at < rememberMs && this.#recent.size <= rememberMost) break
      this.#recent.delete(id)
      this.floor = Math.max(this.floor, id)
    }
    return fresh
  }
}

const rememberMs = 60_000
const rememberMost = 10_000
