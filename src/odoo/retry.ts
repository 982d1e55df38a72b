import { setTimeout as sleep } from 'node:timers/promises'
import { GatewayError } from '../core/errors.js'
import type { Clock } from '../core/ports/log.js'
import type { CallScope } from '../core/ports/odoo.js'
import { Ending } from './transport/ending.js'

export interface RetryOptions {
  /** Attempts after the first. */
  retries: number
  clock: Clock
  /** A number from 0 to 1, exclusive. */
  random?: () => number
}

/**
 * Runs a read again after connect errors, resets, 429, 502, 503 and 504, with growing pauses within the deadline. Each
 * failure that can be retried says so by `retryable`; conflicts do, too, but those are for the caller to judge.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  scope: CallScope,
  { retries, clock, random = Math.random }: RetryOptions
): Promise<T> {
  for (let done = 0; ; done++) {
    try {
      return await attempt()
    } catch (error) {
      if (done >= retries || !isTransient(error)) throw error
      const pause = pauseMs(done, error.extra.retry_after_s, random)
      // No use in waiting for an attempt that cannot be made any more.
      if (clock() + pause >= scope.deadline) throw error
      await pauseWithin(pause, scope, clock)
    }
  }
}

/**
 * 100 to 200 ms, then twice as much each time up to 5 s; longer where Odoo's side asks for it, and then, too, not all at
 * the same moment.
 */
export function pauseMs(done: number, retryAfterSeconds: number | undefined, random: () => number): number {
  const full = Math.min(200 * 2 ** done, 5000)
  return Math.max(full / 2, (retryAfterSeconds ?? 0) * 1000) + (full / 2) * random()
}

function isTransient(error: unknown): error is GatewayError {
  if (!(error instanceof GatewayError) || !error.extra.retryable) return false
  return error.code === 'odoo_unavailable' || error.code === 'rate_limited'
}

async function pauseWithin(ms: number, scope: CallScope, clock: Clock): Promise<void> {
  const ending = new Ending(scope, clock)
  const stop = new AbortController()
  ending.on(() => stop.abort())
  try {
    await sleep(ms, undefined, { signal: stop.signal })
  } catch {
    ending.throwIfEnded()
  } finally {
    ending.dispose()
  }
}
