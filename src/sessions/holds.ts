import type { EndReason } from '../core/live.js'
import type { Clock } from '../core/ports/log.js'

/** setTimeout takes no more milliseconds than fit 31 bits: a longer wait is made of several. */
const longestWait = 2_147_483_647

interface Held {
  listeners: Set<(reason: EndReason) => void>
  timer: NodeJS.Timeout | undefined
}

/** Who keeps which session in use, and wants to hear of its end. */
export class Holds {
  readonly #clock: Clock
  readonly #held = new Map<string, Held>()
  /** Told of a session whose time is up while it is held. */
  readonly #expired: (id: string) => void

  constructor({ clock, expired }: { clock: Clock; expired: (id: string) => void }) {
    this.#clock = clock
    this.#expired = expired
  }

  has(id: string): boolean {
    return this.#held.has(id)
  }

  /**
   * Tells `ended` once, when the session ends; the returned function lets go.
   * @param endsAt milliseconds since the epoch, null for a session without an end
   * @param released called when nobody holds the session any more, unless it has ended
   */
  add(id: string, endsAt: number | null, ended: (reason: EndReason) => void, released: () => void): () => void {
    const held: Held = this.#held.get(id) ?? { listeners: new Set(), timer: undefined }
    if (!this.#held.has(id)) {
      this.#held.set(id, held)
      if (endsAt !== null) this.#wait(id, held, endsAt)
    }
    // The same function may be given twice.
    const listener = (reason: EndReason) => ended(reason)
    held.listeners.add(listener)
    return () => {
      if (!held.listeners.delete(listener) || held.listeners.size > 0) return
      clearTimeout(held.timer)
      this.#held.delete(id)
      released()
    }
  }

  /** The session has ended: all who hold it are told, and nobody holds it any more. */
  end(id: string, reason: EndReason): void {
    const held = this.#held.get(id)
    if (held === undefined) return
    this.#held.delete(id)
    clearTimeout(held.timer)
    const listeners = [...held.listeners]
    held.listeners.clear()
    for (const listener of listeners) listener(reason)
  }

  #wait(id: string, held: Held, endsAt: number): void {
    const left = endsAt - this.#clock()
    const next = left > longestWait ? () => this.#wait(id, held, endsAt) : () => this.#expired(id)
    held.timer = setTimeout(next, Math.min(Math.max(left, 0), longestWait)).unref()
  }
}
