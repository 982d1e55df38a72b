import { type DestinationStream, pino } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { LogHandler, LogSettings } from '../core/ports/log.js'
import { pythonFormat } from './python-format.js'

/** Where the lines of a log go, from which level on. They are given as JSON, and are clean already. */
export interface Output {
  /** A number of pino's. */
  least: number
  write(line: string): void
  /** Opens its file anew, if it has one: whoever rotates logs has moved it away. */
  reopen(): void
}

/** The most that waits, in bytes, while a file or stderr takes nothing; what comes then is lost. */
const maxWaiting = 1024 * 1024

/** The outputs that the settings name. Never stdout: on stdio it belongs to the protocol. */
export function outputsOf(handlers: LogSettings['handlers'], format: LogSettings['format']): Output[] {
  const chosen: readonly LogHandler[] = handlers.length > 0 ? handlers : [{ to: 'stderr' }]
  return chosen.map(handler => (handler.to === 'file' ? fileOutput(handler, format) : stderrOutput(handler, format)))
}

/** An output to a stream of the caller's. */
export function streamOutput(stream: DestinationStream, format: LogSettings['format']): Output {
  const write = lineFormat(format ?? 'json', false)
  return { least: 0, write: line => stream.write(write(line)), reopen() {} }
}

function stderrOutput({ level }: LogHandler, format: LogSettings['format']): Output {
  const isTerminal = process.stderr.isTTY === true
  const shown = lineFormat(format ?? (isTerminal ? 'pretty' : 'json'), isTerminal)
  const stream = pino.destination({ fd: 2, sync: true, maxLength: maxWaiting })
  // It may be a file on a disk that is full: nothing can be said then, and nothing has to end.
  stream.on('error', () => {})
  return { least: leastOf(level), write: line => void stream.write(shown(line)), reopen() {} }
}

/**
 * A file that is written at the end. Once it is open nothing that happens to it ends the process: what cannot be written
 * waits, then is lost, and stderr is told once.
 */
function fileOutput({ filename, level }: LogHandler & { to: 'file' }, format: LogSettings['format']): Output {
  const shown = lineFormat(format ?? 'json', false)
  const stream = pino.destination({ dest: filename, sync: true, append: true, maxLength: maxWaiting })
  let isWell = true
  const failed = (error: unknown) => {
    if (isWell) process.stderr.write(complaint(filename, error))
    isWell = false
  }
  stream.on('error', failed)
  stream.on('write', () => {
    isWell = true
  })
  return {
    least: leastOf(level),
    write: line => void stream.write(shown(line)),
    reopen() {
      try {
        stream.reopen()
      } catch {
        // It is told as an error of the stream, which goes on with the file that it has. What waits for the new one
        // would close the old one, and so would the next that waits.
        stream.removeAllListeners('ready')
      }
    }
  }
}

function complaint(filename: string, error: unknown): string {
  const { code = String(error) } = error as NodeJS.ErrnoException
  const message = 'the log file cannot be written; lines are lost unless it soon can'
  return `${JSON.stringify({ level: 50, time: new Date().toISOString(), filename, code, msg: message })}\n`
}

function lineFormat(format: NonNullable<LogSettings['format']>, colorize: boolean): (line: string) => string {
  if (format === 'json') return String
  if (format === 'pretty') return prettyFactory({ colorize })
  const write = pythonFormat(format.python)
  return line => write(JSON.parse(line))
}

function leastOf(level: LogHandler['level']): number {
  if (level === undefined) return 0
  return level === 'silent' ? Number.POSITIVE_INFINITY : (pino.levels.values[level] as number)
}
