import type { Looked } from '../core/live.js'
import type { LiveTime } from './time.js'

/** What a look is to compare; everything that was asked for since the last one began. */
export interface Ask {
  /** Everything, by value. */
  all: boolean
  /** What may have changed, as far as dates tell. */
  tick: boolean
  /** These records, by value. */
  ids: Set<number>
}

interface Waiting extends Ask {
  promise: Promise<Looked>
  done: (looked: Looked) => void
}

/** Between two looks there is at least as much rest as the first one took, and this much (ms). */
const leastRestMs = 20

/** A hint does not wait longer than this, however slow Odoo is (ms). */
const mostRestMs = 5000

/**
 * Lets looks come one after the other: the first at once, and one more for all that was asked for meanwhile. A create
 * alone makes Odoo's bus tell a dozen times of its record.
 */
export class Turns {
  readonly #time: LiveTime
  readonly #look: (ask: Ask) => Promise<Looked>
  #looking = false
  #waiting: Waiting | undefined
  #restsUntil = Number.NEGATIVE_INFINITY
  #cancelRest: (() => void) | undefined
  #closed = false

  /** @param look never rejects */
  constructor(time: LiveTime, look: (ask: Ask) => Promise<Looked>) {
    this.#time = time
    this.#look = look
  }

  ask({ all = false, tick = false, ids = [] }: { all?: boolean; tick?: boolean; ids?: number[] }): Promise<Looked> {
    if (this.#closed) return Promise.resolve({ changed: false, ms: 0 })
    const waiting = this.#waiting ?? newWaiting()
    this.#waiting = waiting
    waiting.all ||= all
    waiting.tick ||= tick
    for (const id of ids) waiting.ids.add(id)
    this.#proceed()
    return waiting.promise
  }

  /** Nobody is left to tell: what waits comes to nothing. */
  close(): void {
    this.#closed = true
    this.#cancelRest?.()
    this.#cancelRest = undefined
    this.#waiting?.done({ changed: false, ms: 0 })
    this.#waiting = undefined
  }

  #proceed(): void {
    if (this.#looking || this.#waiting === undefined || this.#cancelRest !== undefined) return
    const rest = this.#restsUntil - this.#time.now()
    if (rest > 0) {
      this.#cancelRest = this.#time.after(rest, () => {
        this.#cancelRest = undefined
        this.#proceed()
      })
      return
    }
    const { done, ...ask } = this.#waiting
    this.#waiting = undefined
    void this.#take(ask, done)
  }

  async #take(ask: Ask, done: (looked: Looked) => void): Promise<void> {
    this.#looking = true
    const looked = await this.#look(ask)
    this.#looking = false
    this.#restsUntil = this.#time.now() + Math.min(Math.max(looked.ms, leastRestMs), mostRestMs)
    done(looked)
    this.#proceed()
  }
}

function newWaiting(): Waiting {
  let done: (looked: Looked) => void = () => {}
  const promise = new Promise<Looked>(resolve => {
    done = resolve
  })
  return { all: false, tick: false, ids: new Set(), promise, done }
}
