import type { GatewayLog } from '../log.js'

/**
 * Ends this process with code 1 at the first error that nobody has caught, a rejected promise included: what it has left
 * behind is not known, and a new process starts clean. The log says what it was, without the secrets that it keeps out.
 */
export function endOnCrash(log: Pick<GatewayLog, 'fatal'>): void {
  process.on('uncaughtException', (err, origin) => {
    log.fatal({ err, origin }, 'crashed')
    process.exit(1)
  })
}

/** Ends this process when it has been asked to stop and has not, after so many milliseconds. */
export function endIfStuck(log: Pick<GatewayLog, 'fatal'>, maxMs: number): void {
  const end = () => {
    log.fatal({ ms: maxMs }, 'did not stop in time')
    process.exit(1)
  }
  setTimeout(end, maxMs).unref()
}
