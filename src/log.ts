import { type Bindings, type ChildLoggerOptions, type DestinationStream, type Logger, pino } from 'pino'
import type { LogSettings } from './core/ports/log.js'
import { censorNamed, describeError, describeRequest } from './log/fields.js'
import { outputsOf, streamOutput } from './log/outputs.js'
import { Redactor } from './log/redactor.js'

export interface LogOptions extends Partial<LogSettings> {
  /** Values that must not be written, such as access keys and passwords. Those under 8 characters are not looked for. */
  secrets?: readonly string[]
  /** Where to write instead of what the handlers say; as JSON unless there is a format. */
  stream?: DestinationStream
}

/** A pino logger that can be told of more secrets. Its children know them too. */
export type GatewayLog = Logger & {
  /** Keeps a value out of all further lines. */
  addSecret(value: string): void
  /** Opens files anew, which somebody has moved away to rotate them. */
  reopen(): void
}

/**
 * The log of this server: stderr and files, never stdout, which belongs to the protocol on stdio. Secrets are kept out
 * three times, whatever the format: by the names of fields, by the prefixes of our own secrets, and by value for those
 * that are known. Throws where a file cannot be opened.
 */
export function createLog({
  level = 'info',
  format,
  handlers = [],
  secrets = [],
  stream
}: LogOptions = {}): GatewayLog {
  const redactor = new Redactor(secrets)
  const outputs = stream === undefined ? outputsOf(handlers, format) : [streamOutput(stream, format)]
  const sink = {
    // pino says with this which level a line has.
    [pino.symbols.needsMetadataGsym]: true,
    lastLevel: 0,
    write(line: string) {
      const clean = redactor.redact(line)
      for (const output of outputs) if (this.lastLevel >= output.least) output.write(clean)
    }
  }
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // Not pino's `redact`: its paths need a wildcard for every depth, which makes each line ten times as slow.
      formatters: { log: censorNamed },
      serializers: { err: describeError, req: describeRequest }
    },
    sink
  )
  const child: typeof log.child = log.child
  return Object.assign(log, {
    addSecret: (value: string) => redactor.add(value),
    reopen: () => {
      for (const output of outputs) output.reopen()
    },
    // pino formats the bindings of a child with nothing of ours; children inherit this method with the others.
    child(this: typeof log, bindings: Bindings, options?: ChildLoggerOptions) {
      return Reflect.apply(child, this, [censorNamed(bindings), options])
    }
  })
}
