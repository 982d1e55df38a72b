import type { ServerContext } from '@modelcontextprotocol/server'
import type { Clock } from '../core/ports/log.js'

export interface ProgressOptions {
  /** Milliseconds between two notifications. */
  everyMs?: number
  clock?: Clock
}

/** What a caller is told while its call waits. */
export interface Progressing {
  /** Says whom it waits for from now on. */
  waitFor(whom: string): void
  /** Call as soon as the call has settled: a notification must never follow the result. */
  stop(): void
}

/** Tells a caller that asked for it how many seconds its call has been waiting, so that its own timeout can wait too. */
export function startProgress(
  ctx: ServerContext,
  { everyMs = 5000, clock = Date.now }: ProgressOptions = {}
): Progressing {
  const { _meta: meta, signal, notify } = ctx.mcpReq
  const progressToken = meta?.progressToken
  if (progressToken === undefined || signal.aborted) return { waitFor: () => {}, stop: () => {} }

  const began = clock()
  let told = 0
  let whom = 'Odoo'
  const timer = setInterval(() => {
    const progress = Math.floor((clock() - began) / 1000)
    // The protocol wants every progress to be greater than the one before.
    if (progress <= told) return
    told = progress
    const params = { progressToken, progress, message: `waiting for ${whom} (${progress} s)` }
    notify({ method: 'notifications/progress', params }).catch(() => {})
  }, everyMs)
  const stop = () => {
    clearInterval(timer)
    signal.removeEventListener('abort', stop)
  }
  // After an abort the server instance may already be serving another caller, who must not get our notifications.
  signal.addEventListener('abort', stop)
  return {
    waitFor: next => {
      whom = next
    },
    stop
  }
}
