import { nearest } from '../core/nearest.js'
import { readDotenv } from './dotenv.js'
import type { Setting } from './setting.js'
import { flagOf, type SettingName, settingNames, settings, variablesOf } from './settings.js'
import { fromVariables, reportUnknownVariables, type Variables } from './variables.js'
import { readConfigFile } from './yaml-file.js'

/** A setting's text and where it came from. */
export interface Given {
  text: string
  /** How a message about it begins: `--port`, `PORT`, `PORT in .env`, `config.yaml:3: port`. */
  from: string
  /** Where it was found, for a list of settings: `variable PORT`, `config.yaml:3`; like `from` when not given. */
  source?: string
  /** True when what is wrong with it has been reported. */
  refused?: true
}

export type Found = Partial<Record<SettingName, Given>>

export interface Sources {
  /** Flags by name without dashes, as `parseArgs` gives them. */
  flags: Readonly<Record<string, string | boolean | undefined>>
  /** Flags of the command that are no settings: what an unknown flag may have meant, too. */
  otherFlags?: readonly string[]
  env: Variables
  /** What the command itself says, such as `serve --generate-access-key`: weaker than whatever else is given. */
  fallback?: Found
  /** Settings that count only when given by flags: with an embedded Odoo, the connection to another one. */
  flagsOnly?: readonly SettingName[]
  /** Reads a file of the working folder: `.env`, a YAML file, one that a setting names. Throws as `node:fs` does. */
  readFile(path: string): string
  /** What is wrong with a file that a log is to be written to, "cannot be …"; undefined when nothing is. */
  logFileProblem?(path: string): string | undefined
}

/** Finds every setting in flags, environment, `.env` and YAML; notes what is unknown or cannot be read. */
export function collect(sources: Sources, problems: string[]): Found {
  reportUnknownFlags(sources, problems)
  const dotenv = readDotenv(sources, problems)
  const places = [
    { variables: sources.env, suffix: '' },
    { variables: dotenv, suffix: ' in .env' }
  ]
  for (const { variables, suffix } of places) reportUnknownVariables(variables, suffix, problems)
  const { flagsOnly = [], fallback = {} } = sources
  const found: Found = {}
  const add = (name: SettingName, given: Given | undefined) => {
    if (given !== undefined) found[name] ??= given
  }
  for (const name of settingNames) {
    add(name, fromFlag(name, sources, problems))
    if (flagsOnly.includes(name)) continue
    for (const place of places) if (found[name] === undefined) add(name, fromVariables(name, place, sources, problems))
  }
  const file = readConfigFile(found.config_file, sources, problems)
  for (const name of settingNames) {
    if (!flagsOnly.includes(name)) add(name, file[name])
    add(name, fallback[name])
  }
  return found
}

function fromFlag(name: SettingName, { flags }: Sources, problems: string[]): Given | undefined {
  const flag = flagOf(name)
  const value = flags[flag]
  if (value === undefined) return undefined
  const given = { text: String(value), from: `--${flag}`, source: `flag --${flag}` }
  // An empty one, of a variable that the shell did not know, would take away what other sources say.
  const isWhole = value === true ? (settings[name] as Setting).kind === 'boolean' : value !== ''
  if (isWhole) return given
  problems.push(`--${flag}: needs a value, --${flag}=…`)
  return { ...given, refused: true }
}

function reportUnknownFlags({ flags, otherFlags = [] }: Sources, problems: string[]): void {
  const known = settingNames.map(flagOf)
  for (const flag of Object.keys(flags)) {
    if (known.includes(flag)) continue
    // Some write the variable as a flag: --odoo-username.
    const owner = settingNames.find(name => variablesOf(name).includes(flag.toUpperCase().replaceAll('-', '_')))
    const near = owner === undefined ? nearest(flag, [...known, ...otherFlags]) : flagOf(owner)
    problems.push(`--${flag}: unknown flag${near === undefined ? '' : `; did you mean --${near}?`}`)
  }
}
