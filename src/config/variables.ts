import { nearest } from '../core/nearest.js'
import { type SettingName, settingNames, variablesOf } from './settings.js'
import type { Given, Sources } from './sources.js'
import { readText } from './text-file.js'
import { reasonOf } from './unreadable.js'

export type Variables = Readonly<Record<string, string | undefined>>

/** Variables of one place, and how messages call it: ` in .env`. */
export interface VariablePlace {
  variables: Variables
  suffix: string
}

/** Variables that anybody's shell may hold, not for us: they count only beside ODOO_URL. */
const ambient = new Set(['DATABASE', 'USERNAME', 'UID', 'PASSWORD', 'PASSWORD_FILE', 'API_KEY', 'API_KEY_FILE'])

/** A setting among the variables of one place. A secret may be in a file that a `…_FILE` variable names. */
export function fromVariables(
  name: SettingName,
  { variables, suffix }: VariablePlace,
  sources: Sources,
  problems: string[]
): Given | undefined {
  const hasOdoo = Boolean(variables.ODOO_URL || sources.env.ODOO_URL || sources.flags['odoo-url'])
  const set = variablesOf(name).filter(
    variable => isSet(variable, variables[variable]) && (hasOdoo || !ambient.has(variable))
  )
  const [variable] = set
  if (variable === undefined) return undefined
  const value = variables[variable] as string
  const from = variable + suffix
  const source = suffix === '' ? `variable ${variable}` : from
  if (set.includes(`${variable}_FILE`)) {
    problems.push(`${variable}_FILE${suffix}: given beside ${variable}; expected one of the two`)
    return { text: value, from, source, refused: true }
  }
  if (!isFileVariable(name, variable)) return { text: value, from, source }
  const [text, problem] = readSecret(value, sources)
  if (problem !== undefined) problems.push(`${from}: ${problem}`)
  return { text, from, source, ...(problem !== undefined && { refused: true }) }
}

/** An empty variable is how compose files and shells say "not set"; UID of digits is their number of the local user. */
function isSet(variable: string, value = ''): boolean {
  return value !== '' && !(variable === 'UID' && /^\d+$/.test(value))
}

/** CONFIG_FILE and CA_FILE name a file too, but as a setting. */
function isFileVariable(name: SettingName, variable: string): boolean {
  return variable.endsWith('_FILE') && variable !== name.toUpperCase()
}

/** The secret that a file holds, without the line break at its end; or what is wrong with the file. */
export function readSecret(path: string, sources: Sources): [secret: string, problem?: string] {
  // What looks like no path may be the secret itself, put into the wrong variable.
  const shown = /^([./~]|[A-Za-z]:\\)/.test(path) ? `the file ${JSON.stringify(path)}` : 'the file that it names'
  try {
    const secret = readText(path, sources).trim()
    return secret === '' ? ['', `${shown} is empty`] : [secret]
  } catch (error) {
    return ['', `${shown} cannot be read, ${reasonOf(error)}`]
  }
}

/** Our own prefixes: a name under them that we do not know is a mistake of spelling, not somebody else's variable. */
const prefixes = ['ODOO_', 'SESSION_', 'ALLOWED_', 'DENIED_', 'LOG_']

export function reportUnknownVariables(variables: Variables, suffix: string, problems: string[]): void {
  const known = settingNames.flatMap(variablesOf)
  for (const [variable, value] of Object.entries(variables)) {
    const ours = prefixes.some(prefix => variable.startsWith(prefix)) && !variable.startsWith('ODOO_MCP_')
    if (!ours || known.includes(variable) || isOfKubernetes(variable, value ?? '')) continue
    const near = nearest(variable, known)
    problems.push(`${variable}${suffix}: unknown variable${near === undefined ? '' : `; did you mean ${near}?`}`)
  }
}

/** Kubernetes puts such variables into every container beside a Service, which may well be called "odoo". */
function isOfKubernetes(variable: string, value: string): boolean {
  if (/_PORT$/.test(variable) && /^(tcp|udp|sctp):\/\//.test(value)) return true
  return /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(variable)
}
