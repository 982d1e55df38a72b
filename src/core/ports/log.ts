/** Structured logging: fields first, then the message, as pino has it. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Milliseconds since the epoch. */
export type Clock = () => number

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** How the log is written, as the settings say it. */
export interface LogSettings {
  /** The least level that any handler gets. */
  level: LogLevel
  /** `python`: a %-format of Python's logging, such as `%(asctime)s %(message)s`. Absent: for people on a terminal, else JSON. */
  format?: 'json' | 'pretty' | { python: string }
  /** Empty: stderr. */
  handlers: readonly LogHandler[]
}

/** Where lines go, from which level on: the log's own unless said. */
export type LogHandler = { to: 'stderr'; level?: LogLevel } | { to: 'file'; filename: string; level?: LogLevel }
