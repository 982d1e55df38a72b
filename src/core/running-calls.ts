import { setTimeout } from 'node:timers/promises'
import { GatewayError } from './errors.js'

/** Milliseconds in which a call that is told to end has ended: nothing it does after that is waited for. */
const endMs = 1000

/** The calls that run now, for whoever must wait until none does, and end those that take too long. */
export class RunningCalls {
  readonly #running = new Set<AbortController>()
  #waiting: (() => void)[] = []
  #isEnding = false

  /** Runs a call with a signal that is aborted when its caller leaves, or when it is no longer waited for. */
  async run<T>(left: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const own = new AbortController()
    const leave = () => own.abort(left.reason)
    if (left.aborted) leave()
    else left.addEventListener('abort', leave, { once: true })
    this.#running.add(own)
    try {
      return await call(own.signal)
    } catch (error) {
      throw this.#isEnding && !left.aborted ? ended(error) : error
    } finally {
      left.removeEventListener('abort', leave)
      this.#running.delete(own)
      if (this.#running.size === 0) for (const resume of this.#waiting.splice(0)) resume()
    }
  }

  /** Settles when all calls have ended; those that have not after so many milliseconds are ended. */
  async drain(graceMs: number): Promise<void> {
    await this.#settled(graceMs)
    this.#isEnding = true
    for (const call of this.#running) call.abort()
    await this.#settled(endMs)
  }

  async #settled(maxMs: number): Promise<void> {
    if (this.#running.size === 0 || maxMs <= 0) return
    const settled = new Promise<void>(resolve => this.#waiting.push(resolve))
    await Promise.race([settled, setTimeout(maxMs, undefined, { ref: false })])
  }
}

/** What a caller is told who is still there: it was not they who left. */
function ended(error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.code !== 'cancelled') return error
  const detail = 'This server is shutting down and could not wait longer for Odoo.'
  if (error.extra.outcome === 'unknown') return new GatewayError('cancelled', detail, { ...error.extra, cause: error })
  return new GatewayError('busy', detail, { ...error.extra, cause: error, retry_after_s: 5, retryable: true })
}
