/** The time that looks, ticks and pauses go by. Tests have one of their own. */
export interface LiveTime {
  /** Milliseconds since some moment; never goes back, whatever becomes of the clock of this machine. */
  now(): number
  /** Runs something once, later; the returned function prevents that. */
  after(ms: number, run: () => void): () => void
}

/** Does not keep the process alive: what is subscribed does not outlive the surfaces. */
export const realTime: LiveTime = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  }
}
