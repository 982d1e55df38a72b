import { connectionSettings } from './connection.js'
import { guardSettings } from './guards.js'
import { limitSettings } from './limits.js'
import { listenSettings } from './listen.js'
import { liveSettings } from './live.js'
import { logSettings } from './logging.js'
import { policySettings } from './policy.js'
import { sessionSettings } from './sessions.js'
import type { Setting } from './setting.js'

/**
 * Every setting, by subject: each file defines its own and reads them. The tables of `--help`, of the README and of
 * docs/settings.md, config.example.yaml and .env.example are made from here.
 */
export const settingGroups = {
  'What is served': listenSettings,
  'The default Odoo': connectionSettings,
  'Limits of time and size': limitSettings,
  'Who may call': guardSettings,
  Sessions: sessionSettings,
  'What may be done in Odoo': policySettings,
  'Live updates': liveSettings,
  Logging: logSettings
} as const satisfies Record<string, Record<string, Setting>>

export const settings = {
  ...listenSettings,
  ...connectionSettings,
  ...limitSettings,
  ...guardSettings,
  ...sessionSettings,
  ...policySettings,
  ...liveSettings,
  ...logSettings
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof settings

export const settingNames = Object.keys(settings) as SettingName[]

/** The flag of a setting, without dashes: `odoo_url` is `odoo-url`. */
export function flagOf(name: string): string {
  const { flag } = (settings as Record<string, Setting>)[name] ?? {}
  return flag ?? name.replaceAll('_', '-')
}

/** The environment variables of a setting, the stronger first. */
export function variablesOf(name: SettingName): string[] {
  const { variables = [], never } = settings[name] as Setting
  if (never === 'variable') return []
  const names = [...variables, name.toUpperCase()]
  return isSecret(name) ? names.flatMap(variable => [variable, `${variable}_FILE`]) : names
}

/** The keys of a setting in a YAML file, as `a` or `a.b`, the one to write first. */
export function keysOf(name: SettingName): string[] {
  const { key, never } = settings[name] as Setting
  if (never === 'yaml') return []
  const names = key === undefined ? [name] : [key, name]
  return isSecret(name) ? names.flatMap(one => [one, `${one}_file`]) : names
}

/** Whether its text is never shown. It may also stand in a file of its own. */
export function isSecret(name: SettingName): boolean {
  const { kind } = settings[name] as Setting
  return kind === 'secret' || kind === 'secrets'
}
