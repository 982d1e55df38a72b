import { setImmediate as turn } from 'node:timers/promises'
import type { LiveTime } from '../../src/live/time.js'

interface Timer {
  due: number
  run: () => void
}

/** Time that passes only when a test says so. */
export class FakeTime implements LiveTime {
  readonly timers = new Set<Timer>()
  #now = 0

  now = () => this.#now

  after(ms: number, run: () => void): () => void {
    const timer = { due: this.#now + ms, run }
    this.timers.add(timer)
    return () => this.timers.delete(timer)
  }

  /** Lets so much time pass, with all that happens meanwhile. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()
    for (;;) {
      const next = [...this.timers].sort((a, b) => a.due - b.due)[0]
      if (next === undefined || next.due > end) break
      this.timers.delete(next)
      this.#now = Math.max(this.#now, next.due)
      next.run()
      await settled()
    }
    this.#now = end
  }
}

/** Until everything that waits for nothing but the event loop has gone its way. */
export async function settled(): Promise<void> {
  for (let n = 0; n < 3; n++) await turn()
}
