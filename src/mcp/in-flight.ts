import { setImmediate, setTimeout } from 'node:timers/promises'

/** Counts the calls that run, for whoever must wait until none does. */
export class InFlight {
  #running = 0
  #waiting: (() => void)[] = []

  /** A call has begun; the returned function says that it has ended. */
  begin(): () => void {
    this.#running += 1
    return () => {
      this.#running -= 1
      if (this.#running === 0) for (const resume of this.#waiting.splice(0)) resume()
    }
  }

  /** Settles when all calls have ended and their answers are on their way, or after so many milliseconds. */
  async settled(maxMs: number): Promise<void> {
    if (this.#running === 0 || maxMs === 0) return
    const ended = new Promise<void>(resolve => this.#waiting.push(resolve))
    await Promise.race([ended, setTimeout(maxMs, undefined, { ref: false })])
    // A call ends a moment before its result is written.
    await setImmediate()
  }
}
