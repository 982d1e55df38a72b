import { nearest } from '../core/nearest.js'
import { flagOf, type SettingName, settings, variablesOf } from './settings.js'

/** A setting's text and where it came from, for messages. */
export interface Given {
  text: string
  from: string
}

export interface Sources {
  /** Flags by name without dashes, as `parseArgs` gives them. */
  flags: Readonly<Record<string, string | boolean | undefined>>
  /** Flags of the command that are no settings: what an unknown flag may have meant, too. */
  otherFlags?: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** The variables of the file `.env`, weaker than the environment. */
  dotenv?: Readonly<Record<string, string | undefined>>
  /** Reads a file of a `…_FILE` variable. Throws when it cannot be read. */
  readFile(path: string): string
}

const names = Object.keys(settings) as SettingName[]

/**
 * Variables that anybody's shell may hold, not for us: they count only beside ODOO_URL. UID is set by shells to the
 * number of the local user and is never read.
 */
const ambient = new Set(['DATABASE', 'USERNAME', 'PASSWORD', 'PASSWORD_FILE', 'API_KEY', 'API_KEY_FILE'])

/** Finds every setting in flags, environment and `.env`; notes what is unknown or cannot be read. */
export function collect(sources: Sources, problems: string[]): Partial<Record<SettingName, Given>> {
  reportUnknownFlags(sources, problems)
  for (const env of [sources.env, sources.dotenv ?? {}]) reportUnknownVariables(env, problems)
  const found: Partial<Record<SettingName, Given>> = {}
  for (const name of names) {
    const given =
      fromFlag(name, sources, problems) ??
      fromEnv(name, sources.env, sources, problems) ??
      fromEnv(name, sources.dotenv ?? {}, sources, problems)
    if (given !== undefined) found[name] = given
  }
  return found
}

function fromFlag(name: SettingName, { flags }: Sources, problems: string[]): Given | undefined {
  const value = flags[flagOf(name)]
  if (value === true && settings[name].kind !== 'boolean') {
    problems.push(`--${flagOf(name)}: needs a value, --${flagOf(name)}=…`)
    return undefined
  }
  return value === undefined ? undefined : { text: String(value), from: `--${flagOf(name)}` }
}

function fromEnv(name: SettingName, env: Sources['env'], sources: Sources, problems: string[]): Given | undefined {
  if (name === 'uid') return undefined
  const hasOdoo = Boolean(env.ODOO_URL || sources.env.ODOO_URL || sources.flags['odoo-url'])
  for (const variable of variablesOf(name)) {
    const value = env[variable]
    // An empty variable is how compose files and shells say "not set".
    if (value === undefined || value === '' || (ambient.has(variable) && !hasOdoo)) continue
    if (!variable.endsWith('_FILE')) return { text: value, from: variable }
    try {
      return { text: sources.readFile(value).trim(), from: variable }
    } catch {
      problems.push(`${variable}: the file ${JSON.stringify(value)} cannot be read`)
    }
  }
  return undefined
}

function reportUnknownFlags({ flags, otherFlags = [] }: Sources, problems: string[]): void {
  const known = names.map(flagOf)
  for (const flag of Object.keys(flags)) {
    if (!known.includes(flag)) problems.push(`--${flag}: unknown flag${meant(flag, [...known, ...otherFlags], '--')}`)
  }
}

/** Our own prefixes: a name under them that we do not know is a mistake of spelling, not somebody else's variable. */
const prefixes = ['ODOO_', 'SESSION_', 'ALLOWED_', 'DENIED_', 'LOG_']

function reportUnknownVariables(env: Sources['env'], problems: string[]): void {
  const known = names.flatMap(variablesOf)
  for (const variable of Object.keys(env)) {
    const ours = prefixes.some(prefix => variable.startsWith(prefix)) && !variable.startsWith('ODOO_MCP_')
    if (ours && !known.includes(variable)) problems.push(`${variable}: unknown variable${meant(variable, known, '')}`)
    if (guardsToCome.has(variable) && env[variable]) {
      problems.push(`${variable}: this version has no such guard; unset it to start without`)
    }
  }
}

/** Guards that this version does not have: whoever asks for one must not believe that it is there. */
const guardsToCome = new Set(['CONFIRM_DESTRUCTIVE', 'REQUESTS_PER_MINUTE'])

function meant(word: string, known: string[], dashes: string): string {
  const near = nearest(word, known)
  return near === undefined ? '' : `; did you mean ${dashes}${near}?`
}
