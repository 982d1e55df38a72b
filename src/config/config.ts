import type { PolicySettings } from '../core/policy.js'
import type { Limits } from '../core/ports/gateway.js'
import type { LogSettings } from '../core/ports/log.js'
import type { Credential } from '../core/ports/odoo.js'
import { defaultConnection, tls } from './connection.js'
import { type Guards, guards } from './guards.js'
import { type OdooLimits, odooLimits, pageLimits } from './limits.js'
import { type Listen, listen, type Surface } from './listen.js'
import { type LiveSettings, live, type StreamLimits, streamLimits } from './live.js'
import { logging } from './logging.js'
import { policy } from './policy.js'
import { type SessionLimits, sessionLimits } from './sessions.js'
import { collect, type Sources } from './sources.js'
import { Values } from './values.js'

export { isLoopback, type Surface } from './listen.js'

/** The effective settings, typed and frozen. Durations in milliseconds, sizes in bytes. */
export interface Config extends Readonly<Listen>, Readonly<OdooLimits>, Readonly<Guards> {
  /** The default connection, complete or absent. */
  readonly odoo: Credential | undefined
  readonly tls: { verify: boolean; ca?: string }
  readonly limits: Limits
  readonly sessions: SessionLimits
  readonly policy: PolicySettings
  readonly log: LogSettings
  readonly live: LiveSettings
  readonly streams: StreamLimits
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

/** What the sources say: `config` counts only when there are no problems. */
export interface ReadSettings {
  config: Config
  problems: readonly string[]
  /** The text of each setting, and where it is from. */
  values: Values
}

/**
 * Reads the settings: flags over environment over `.env` over YAML over defaults. Throws ConfigError with every problem.
 * @param surface what the command asks for; undefined lets `connection_type` decide
 */
export function loadConfig(surface: Surface | undefined, sources: Sources): Config {
  const { config, problems } = readSettings(surface, sources)
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

/** The same without throwing: for who wants to show the settings, with what is wrong with them. */
export function readSettings(surface: Surface | undefined, sources: Sources): ReadSettings {
  const problems: string[] = []
  const values = new Values(collect(sources, problems), problems)
  const served = listen(values, surface, sources.env.RENDER_EXTERNAL_HOSTNAME)
  const odoo = defaultConnection(values)
  const config: Config = {
    ...served,
    odoo,
    ...odooLimits(values),
    tls: tls(values, sources.readFile),
    limits: pageLimits(values),
    ...guards(values, served, odoo),
    sessions: sessionLimits(values),
    policy: policy(values),
    log: logging(values, served.surface, path => sources.logFileProblem?.(path)),
    live: live(values, odoo),
    streams: streamLimits(values)
  }
  return { config: deepFreeze(config), problems, values }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const member of Object.values(value)) deepFreeze(member)
  }
  return value
}
