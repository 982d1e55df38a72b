import { constants } from 'node:os'

/**
 * Ends quietly when the reader of stdout has left, as `odoo-mcp config | head -1` does, with the code that shells know for
 * it. Node ignores SIGPIPE and would show a stack trace instead.
 */
export function endWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(128 + constants.signals.SIGPIPE)
  })
}
