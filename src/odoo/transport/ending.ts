import { GatewayError } from '../../core/errors.js'
import type { Clock } from '../../core/ports/log.js'
import type { CallScope } from '../../core/ports/odoo.js'

/** The end of a caller's patience: the caller leaves, or the deadline passes, whichever comes first. */
export class Ending {
  readonly #clock: Clock
  readonly #scope: Pick<CallScope, 'signal' | 'deadline'>
  readonly #listeners = new Set<(error: GatewayError) => void>()
  #error: GatewayError | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(scope: Pick<CallScope, 'signal' | 'deadline'>, clock: Clock) {
    this.#scope = scope
    this.#clock = clock
    scope.signal.addEventListener('abort', this.#cancel, { once: true })
    if (scope.signal.aborted) this.#cancel()
    else this.#watchDeadline()
  }

  /** Throws `cancelled` or `timeout` once it has come. */
  throwIfEnded(): void {
    if (this.#error) throw this.#error
  }

  /** Calls the listener once, at once when the end has come already. Returns what removes it. */
  on(listener: (error: GatewayError) => void): () => void {
    if (this.#error) listener(this.#error)
    else this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Stops watching. To be called in any case, or the timer keeps the process alive until the deadline. */
  dispose(): void {
    clearTimeout(this.#timer)
    this.#scope.signal.removeEventListener('abort', this.#cancel)
    this.#listeners.clear()
  }

  readonly #cancel = (): void => this.#end(new GatewayError('cancelled', 'The caller went away.'))

  #watchDeadline(): void {
    const left = this.#scope.deadline - this.#clock()
    if (left <= 0) this.#end(new GatewayError('timeout', 'Odoo did not answer in time.'))
    else this.#timer = setTimeout(() => this.#watchDeadline(), Math.min(left, longestTimer))
  }

  #end(error: GatewayError): void {
    if (this.#error) return
    this.#error = error
    const listeners = [...this.#listeners]
    this.dispose()
    for (const listener of listeners) listener(error)
  }
}

/** What the promise gives, unless the end comes first. The promise runs on: others may wait for it, too. */
export function orEnded<T>(
  promise: Promise<T>,
  scope: Pick<CallScope, 'signal' | 'deadline'>,
  clock: Clock
): Promise<T> {
  const ending = new Ending(scope, clock)
  return new Promise<T>((resolve, reject: (error: GatewayError) => void) => {
    ending.on(reject)
    promise.then(resolve, reject)
  }).finally(() => ending.dispose())
}

// Timers take a signed 32-bit number of milliseconds; more fires at once.
export const longestTimer = 2 ** 31 - 1
