import { constants } from 'node:os'

/**
 * The first process of a container, number 1, gets no signal that it has no handler for: `docker stop` while it starts, or
 * Ctrl+C during `doctor`, would do nothing. Until a command minds the signals itself, they end it like any other process.
 */
export function endOnSignalsAsFirstProcess(): void {
  if (process.pid !== 1) return
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal])
    })
  }
}
