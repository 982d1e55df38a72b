import {
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type Level,
  type Logger,
  pino,
  stdSerializers
} from 'pino'
import { prettyFactory } from 'pino-pretty'

export interface LogOptions {
  /** The least level that is written; `info` when not given. */
  level?: Level | 'silent'
  /** Lines for people instead of JSON; when not given, if stderr is a terminal. */
  pretty?: boolean
  /** Values that must not be written, such as access keys and passwords. Those under 8 characters are not looked for. */
  secrets?: readonly string[]
  /** Where to write instead of stderr. */
  stream?: DestinationStream
}

/** A pino logger that can be told of more secrets. Its children know them too. */
export type GatewayLog = Logger & {
  /** Keeps a value out of all further lines. */
  addSecret(value: string): void
}

/**
 * The log of this server. Always stderr: on stdio, stdout belongs to the protocol. Secrets are kept out three times: by
 * the names of fields, by the prefix of our session secrets, and by value for those that are known.
 */
export function createLog({ level = 'info', pretty, secrets = [], stream }: LogOptions = {}): GatewayLog {
  const redactor = new Redactor(secrets)
  const output = stream ?? pino.destination({ fd: 2, sync: true })
  const format = (pretty ?? process.stderr.isTTY === true) ? prettyFactory({ colorize: stream === undefined }) : String
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // Not pino's `redact`: its paths need a wildcard for every depth, which makes each line ten times as slow.
      formatters: { log: censorNamed },
      serializers: { err: describeError, req: describeRequest }
    },
    { write: line => output.write(format(redactor.redact(line))) }
  )
  const child: typeof log.child = log.child
  return Object.assign(log, {
    addSecret: (value: string) => redactor.add(value),
    // pino formats the bindings of a child with nothing of ours; children inherit this method with the others.
    child(this: typeof log, bindings: Bindings, options?: ChildLoggerOptions) {
      return Reflect.apply(child, this, [censorNamed(bindings), options])
    }
  })
}

const censor = '[redacted]'

const secretNames = new Set([
  'password',
  'api_key',
  'apikey',
  'secret',
  'token',
  'ticket',
  'bearer',
  'handle',
  'authorization',
  'cookie',
  'set-cookie',
  'odoo-session',
  'mcp-session-id'
])

/** The same fields, without the values of those whose name says that they are secret, at any depth that is logged. */
function censorNamed<T extends object>(fields: T, depth = 6): T {
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) {
    if (secretNames.has(key.toLowerCase()) && value !== undefined) copy[key] = censor
    else copy[key] = depth > 0 && isPlain(value) ? censorNamed(value, depth - 1) : value
  }
  return (Array.isArray(fields) ? Object.values(copy) : copy) as T
}

/** Whatever was thrown: an error with its stack and what else it carries, or the value itself. */
function describeError(error: unknown): unknown {
  const described: unknown = stdSerializers.err(error as Error)
  return typeof described === 'object' && described !== null ? censorNamed(described) : described
}

/** Errors, requests and the like have serializers of their own. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}

/** A url or a query may hold a ticket or somebody's name: of a request only the pattern of its route is written. */
function describeRequest(request: unknown): object {
  const { method, routeOptions } = (request ?? {}) as { method?: unknown; routeOptions?: { url?: unknown } }
  return { method, route: routeOptions?.url }
}

/** Replaces secrets in finished lines, so that none gets through inside a message, a stack or a key. */
class Redactor {
  readonly #secrets = new Set<string>()
  #expression = expressionOf([])

  constructor(secrets: readonly string[]) {
    for (const secret of secrets) this.add(secret)
  }

  add(secret: string): void {
    // A shorter one would turn up by chance, and tell what it is by where it is missing.
    if (secret.length < 8) return
    this.#secrets.add(secret).add(encodeURIComponent(secret))
    this.#expression = expressionOf(this.#secrets)
  }

  redact(line: string): string {
    // As JSON writes them, quotes and backslashes of a secret look different; hence the second look, at the values.
    if (this.#found(line) || line.includes('\\')) return this.#redactValues(line)
    return line
  }

  #found(text: string): boolean {
    this.#expression.lastIndex = 0
    return this.#expression.test(text)
  }

  #redactValues(line: string): string {
    try {
      return `${JSON.stringify(this.#redactValue(JSON.parse(line)))}\n`
    } catch {
      return this.#redactText(line)
    }
  }

  #redactValue(value: unknown): unknown {
    if (typeof value === 'string') return this.#redactText(value)
    if (Array.isArray(value)) return value.map(item => this.#redactValue(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.#redactText(key), this.#redactValue(item)])
    )
  }

  #redactText(text: string): string {
    return text.replace(this.#expression, censor)
  }
}

function expressionOf(secrets: Iterable<string>): RegExp {
  // The longest first: one secret may be the beginning of another.
  const values = [...secrets].sort((a, b) => b.length - a.length).map(escapeExpression)
  return new RegExp(['oms_[A-Za-z0-9_-]+', ...values].join('|'), 'g')
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
