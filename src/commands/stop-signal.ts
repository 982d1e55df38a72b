import { constants } from 'node:os'

export type StopSignal = 'SIGINT' | 'SIGTERM'

/** A terminal and a runner such as npx may both send what one key press meant. */
const samePressMs = 250

/**
 * Resolves with the first SIGINT or SIGTERM that this process gets. With the next one it ends at once, with the code that
 * shells know for it: whoever asks twice does not want to wait.
 */
export function stopSignal(): Promise<StopSignal> {
  return new Promise(resolve => {
    let first: number | undefined
    const stop = (signal: StopSignal) => {
      if (first === undefined) {
        first = Date.now()
        resolve(signal)
      } else if (Date.now() - first >= samePressMs) {
        process.exit(128 + constants.signals[signal])
      }
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
