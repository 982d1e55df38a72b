import { ConfigError } from '../config/config.js'
import { flagOf, type SettingName } from '../config/settings.js'
import { nearest } from '../core/nearest.js'

/** The flags of the embedded Odoo. They are no settings: a sandbox is for trying, not for deploying. */
export const sandboxFlags = {
  sandbox: { type: 'boolean', description: 'With serve, stdio or doctor: use an embedded Odoo with demo data' },
  'sandbox-version': {
    type: 'string',
    description: 'The release that the embedded Odoo behaves as: 14, 17 or 19 [19]'
  },
  'sandbox-seed': { type: 'string', description: 'The number that its data are made from [1]' },
  'sandbox-control': {
    type: 'boolean',
    description: 'Serve /sandbox/faults and /sandbox/counts, to script its faults'
  },
  scale: { type: 'boolean', description: '100,000 contacts more in it, for load tests' }
} as const

export type SandboxFlag = keyof typeof sandboxFlags

/** What the flags ask the embedded Odoo to be. */
export interface SandboxWish {
  version: 14 | 17 | 19
  seed: number
  scale: boolean
  control: boolean
}

type Values = Readonly<Record<string, string | boolean | undefined>>

/** Parts the flags of the embedded Odoo from the settings. */
export function splitFlags(values: Values): { own: Values; rest: Values } {
  const entries = Object.entries(values)
  const isOwn = ([name]: [string, unknown]) => Object.hasOwn(sandboxFlags, name)
  return {
    own: Object.fromEntries(entries.filter(isOwn)),
    rest: Object.fromEntries(entries.filter(one => !isOwn(one)))
  }
}

/** Reads the flags. Throws ConfigError that names what is wrong with them. */
export function sandboxWish(own: Values): SandboxWish {
  const problems: string[] = []
  const version = own['sandbox-version'] ?? '19'
  const seed = own['sandbox-seed'] ?? '1'
  if (!isVersion(version)) {
    const near = nearest(String(version), ['14', '17', '19'])
    problems.push(
      `--sandbox-version: expected 14, 17 or 19 (given: ${JSON.stringify(version)})${near ? `; did you mean ${near}?` : ''}`
    )
  }
  if (typeof seed !== 'string' || !/^\d{1,9}$/.test(seed)) {
    problems.push(`--sandbox-seed: expected an integer from 0 to 999999999 (given: ${JSON.stringify(seed)})`)
  }
  if (problems.length > 0 || !isVersion(version)) throw new ConfigError(problems)
  return {
    version: Number(version) as SandboxWish['version'],
    seed: Number(seed),
    scale: own.scale === true,
    control: own['sandbox-control'] === true
  }
}

function isVersion(version: unknown): version is '14' | '17' | '19' {
  return version === '14' || version === '17' || version === '19'
}

/** Throws ConfigError for flags of the embedded Odoo where there is none. */
export function refuseWithoutSandbox(own: Values): void {
  const names = Object.keys(own)
  if (names.length === 0) return
  throw new ConfigError(names.map(name => `--${name}: given without --sandbox; expected both, or the command sandbox`))
}

/** The settings that say which Odoo: with a sandbox, the login of a real one stays unused. */
export const connection = [
  'odoo_url',
  'database',
  'username',
  'uid',
  'password',
  'api_key'
] as const satisfies SettingName[]

/** Throws ConfigError where the flags also name another Odoo. */
export function refuseConnection(rest: Values): void {
  const names = connection.map(flagOf).filter(flag => rest[flag] !== undefined)
  if (names.length === 0) return
  throw new ConfigError(names.map(flag => `--${flag}: given beside --sandbox; expected one of the two`))
}
