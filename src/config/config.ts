import type { PolicySettings } from '../core/policy.js'
import type { Limits } from '../core/ports/gateway.js'
import type { Credential, Protocol } from '../core/ports/odoo.js'
import { type LiveSettings, live } from './live.js'
import { collect, type Sources } from './sources.js'
import { type AccessKey, Values } from './values.js'

/** What a process is started for; some defaults depend on it. */
export type Surface = 'http' | 'stdio'

/** The effective settings, typed and frozen. Durations in milliseconds, sizes in bytes. */
export interface Config {
  readonly surface: Surface
  readonly listen: { host: string; port: number; loopback: boolean }
  /** The default connection, complete or absent. */
  readonly odoo: Credential | undefined
  readonly timeouts: { connect: number; read: number; write: number }
  readonly retries: number
  readonly maxConcurrency: number
  readonly maxResponseBytes: number
  readonly tls: { verify: boolean; ca?: string }
  readonly limits: Limits
  readonly accessKeys: readonly AccessKey[]
  readonly allowConnect: boolean
  readonly sessions: { idleMs: number; maxMs: number; max: number; maxPerPrincipal: number }
  /** Patterns of hosts that may be connected to; null means any. */
  readonly allowedOdooHosts: readonly string[] | null
  readonly allowedOrigins: readonly string[]
  readonly allowedHosts: readonly string[]
  readonly trustProxyHops: number
  readonly policy: PolicySettings
  readonly log: { level: 'debug' | 'info' | 'warn' | 'error' | 'silent'; pretty?: boolean }
  readonly docs: boolean
  readonly metrics: boolean
  readonly live: LiveSettings
  /** Of `GET /events`. */
  readonly streams: { queueMax: number; maxPerPrincipal: number }
}

/** Every problem of the settings at once, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor(readonly problems: readonly string[]) {
    super(
      `The settings have ${problems.length === 1 ? 'a problem' : 'problems'}:\n${problems.map(line => `  ${line}`).join('\n')}`
    )
  }
}

/**
 * Reads the settings: flags over environment over `.env` over defaults. Throws ConfigError with every problem.
 * @param surface what the command asks for; undefined lets `connection_type` decide
 */
export function loadConfig(surface: Surface | undefined, sources: Sources): Config {
  const problems: string[] = []
  const values = new Values(collect(sources, problems), problems)
  const type = values.word<'stdio' | 'http' | 'sse'>('connection_type')
  const chosen = surface ?? (type === 'stdio' ? 'stdio' : 'http')
  const odoo = defaultConnection(values)
  const listen = listenOn(values, type)
  const config: Config = {
    surface: chosen,
    listen,
    odoo,
    timeouts: {
      connect: values.milliseconds('connect_timeout'),
      read: values.milliseconds('odoo_timeout'),
      write: values.milliseconds('write_timeout')
    },
    retries: values.integer('retries'),
    maxConcurrency: values.integer('max_concurrency'),
    maxResponseBytes: values.integer('max_response_bytes'),
    tls: tls(values, sources),
    limits: limits(values),
    accessKeys: values.accessKeys('access_keys'),
    allowConnect: values.boolean('allow_connect') ?? (chosen === 'http' || odoo === undefined),
    sessions: {
      idleMs: values.milliseconds('session_idle'),
      maxMs: values.milliseconds('session_max'),
      max: values.integer('max_sessions'),
      maxPerPrincipal: values.integer('max_sessions_per_principal')
    },
    allowedOdooHosts: allowedOdooHosts(values, odoo),
    allowedOrigins: values.list('allowed_origins'),
    allowedHosts: values.list('allowed_hosts'),
    trustProxyHops: values.integer('trust_proxy'),
    policy: {
      readOnly: values.boolean('read_only') ?? false,
      allowedModels: values.list('allowed_models'),
      deniedModels: values.list('denied_models'),
      deniedMethods: values.list('denied_methods')
    },
    log: logSettings(values),
    docs: values.boolean('docs') ?? true,
    metrics: values.boolean('metrics') ?? true,
    live: live(values, odoo),
    streams: {
      queueMax: values.integer('sse_queue_maxsize'),
      maxPerPrincipal: values.integer('max_streams_per_principal')
    }
  }
  if (chosen === 'http') reportUnguarded(config, problems)
  if (problems.length > 0) throw new ConfigError(problems)
  return deepFreeze(config)
}

function listenOn(values: Values, type: string | undefined): Config['listen'] {
  const host = values.text('host') as string
  const port = type === 'sse' && !values.has('port') ? 8080 : values.integer('port')
  if (port > 65535) values.report('port', 'expected a port from 0 to 65535')
  return { host, port, loopback: isLoopback(host) }
}

/** Names that stay on this machine. Anything else is reached from outside, or could be. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function defaultConnection(values: Values): Credential | undefined {
  const url = values.text('odoo_url')
  const protocol = values.word<'auto' | Protocol>('protocol') ?? 'auto'
  const parts = (['database', 'username', 'uid', 'password', 'api_key'] as const).filter(name => values.has(name))
  if (url === undefined) {
    if (parts[0] !== undefined)
      values.report(parts[0], 'given without odoo_url; expected the whole connection or none of it')
    return undefined
  }
  const database = values.text('database')
  const username = values.text('username')
  const uid = values.optionalInteger('uid')
  const secret = values.text('api_key') ?? values.text('password')
  if (database === undefined) values.report('database', 'missing; expected the database of odoo_url (ODOO_DATABASE)')
  if (username === undefined && uid === undefined) reportNobody(values, protocol)
  if (secret === undefined) values.report('api_key', 'missing; expected ODOO_API_KEY or ODOO_PASSWORD')
  return {
    url: values.url('odoo_url', url),
    database: database ?? '',
    ...(username !== undefined && { username }),
    ...(uid !== undefined && { uid }),
    secret: secret ?? '',
    ...(values.has('api_key') && { isKey: true as const }),
    protocol
  }
}

/** An API key alone is enough where JSON-2 may be spoken: it says whose it is. */
function reportNobody(values: Values, protocol: Credential['protocol']): void {
  if (protocol === 'jsonrpc' || protocol === 'xmlrpc') {
    values.report('username', `missing; expected the login name (ODOO_USERNAME), which ${protocol} needs`)
  } else if (!values.has('api_key')) {
    values.report(
      'username',
      'missing; expected the login name (ODOO_USERNAME), or an API key in place of the password'
    )
  }
}

function tls(values: Values, sources: Sources): Config['tls'] {
  const verify = values.boolean('ssl_verify') ?? true
  const file = values.text('ca_file')
  if (file === undefined) return { verify }
  try {
    return { verify, ca: sources.readFile(file) }
  } catch {
    values.report('ca_file', 'cannot be read; expected a PEM file')
    return { verify }
  }
}

function limits(values: Values): Limits {
  const max_limit = values.integer('max_limit')
  const default_limit = values.integer('default_limit')
  if (default_limit > max_limit && values.has('default_limit')) {
    values.report('default_limit', `is more than max_limit; expected at most ${max_limit}`)
  }
  return {
    default_limit: Math.min(default_limit, max_limit),
    max_limit,
    max_result_bytes: values.integer('max_result_bytes')
  }
}

function allowedOdooHosts(values: Values, odoo: Credential | undefined): string[] | null {
  if (values.has('allowed_odoo_hosts')) return values.list('allowed_odoo_hosts')
  return odoo === undefined || !URL.canParse(odoo.url) ? null : [new URL(odoo.url).host]
}

function logSettings(values: Values): Config['log'] {
  const format = values.word<'json' | 'pretty'>('log_format')
  const level = values.word<keyof typeof levels>('log_level') ?? 'info'
  return { level: levels[level], ...(format !== undefined && { pretty: format === 'pretty' }) }
}

/** Our levels, and Python's names for them. */
const levels = {
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  critical: 'error',
  silent: 'silent'
} as const satisfies Record<string, Config['log']['level']>

/** What listens is guarded: these combinations would let a stranger in, or reach anywhere. */
function reportUnguarded(config: Config, problems: string[]): void {
  const { listen, accessKeys, allowConnect, allowedOdooHosts } = config
  if (!listen.loopback && accessKeys.length === 0) {
    problems.push(
      `--host: ${listen.host} can be reached from outside, and no access key is set; expected access_keys (MCP_API_KEY) with 32 characters or more, or the host 127.0.0.1`
    )
  }
  if (!listen.loopback && allowConnect && allowedOdooHosts === null) {
    problems.push(
      `--host: ${listen.host} can be reached from outside, and callers could connect to any address; expected allowed_odoo_hosts or odoo_url`
    )
  }
  for (const name of ['allowedOrigins', 'allowedHosts'] as const) {
    if (config[name].includes('*') && accessKeys.length === 0) {
      problems.push(
        `--${name === 'allowedOrigins' ? 'allowed-origins' : 'allowed-hosts'}: "*" without access keys would let every web page in; expected names`
      )
    }
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const member of Object.values(value)) deepFreeze(member)
  }
  return value
}
