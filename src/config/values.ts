import type { GatewayError } from '../core/errors.js'
import { normaliseUrl } from '../core/odoo-url.js'
import { flagOf, type Setting, type SettingName, settings } from './settings.js'
import type { Given } from './sources.js'

export interface AccessKey {
  name: string
  secret: string
}

/** Reads the texts of settings; collects what is wrong with them instead of stopping at the first. */
export class Values {
  constructor(
    private readonly given: Partial<Record<SettingName, Given>>,
    private readonly problems: string[]
  ) {}

  has(name: SettingName): boolean {
    return this.given[name] !== undefined
  }

  text(name: SettingName): string | undefined {
    return this.given[name]?.text ?? (settings[name] as Setting).default
  }

  word<T extends string>(name: SettingName): T | undefined {
    const text = this.text(name)?.toLowerCase()
    const words = settings[name].kind as readonly string[]
    if (text !== undefined && !words.includes(text)) this.report(name, `expected one of ${words.join(', ')}`)
    return text as T | undefined
  }

  boolean(name: SettingName): boolean | undefined {
    const text = this.text(name)?.toLowerCase()
    if (text === undefined) return undefined
    if (['true', '1', 'yes', 'on'].includes(text)) return true
    if (!['false', '0', 'no', 'off'].includes(text)) this.report(name, 'expected true or false')
    return false
  }

  integer(name: SettingName): number {
    return this.optionalInteger(name) ?? 0
  }

  optionalInteger(name: SettingName): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const { minimum = 0 } = settings[name] as Setting
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (!Number.isSafeInteger(value) || value < minimum) this.report(name, `expected an integer of at least ${minimum}`)
    return value
  }

  /** Seconds in the settings, fractions allowed; milliseconds here. */
  milliseconds(name: SettingName): number {
    const text = this.text(name) ?? ''
    const { minimum = 0 } = settings[name] as Setting
    const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (!(seconds >= minimum && seconds <= 30 * 86400))
      this.report(name, `expected a number of seconds from ${minimum} to 2592000`)
    return Math.round(seconds * 1000)
  }

  /** A JSON array, or items with commas between. */
  list(name: SettingName): string[] {
    const text = this.text(name)?.trim() ?? ''
    if (!text.startsWith('[')) return splitAtCommas(text)
    try {
      const parsed: unknown = JSON.parse(text)
      if (Array.isArray(parsed) && parsed.every(item => typeof item === 'string')) return parsed
    } catch {
      // Reported below, like a list of something else.
    }
    this.report(name, 'expected a JSON array of texts, or texts with commas between')
    return []
  }

  /** A URL of a setting, normalised; what is wrong with it is reported. */
  url(name: SettingName, url: string): string {
    try {
      return normaliseUrl(url)
    } catch (error) {
      this.report(name, (error as GatewayError).detail.replace(/^url: /, ''))
      return url
    }
  }

  accessKeys(name: SettingName): AccessKey[] {
    const keys = this.list(name).map(toAccessKey)
    keys.forEach(({ secret }, index) => {
      // Not its name: that may be the first part of a secret that holds a "=".
      if (secret.length < 32) this.report(name, `key ${index + 1} is too short; expected 32 characters or more`)
    })
    const twice = keys.find((key, index) => keys.findIndex(other => other.name === key.name) !== index)
    if (twice !== undefined)
      this.report(name, `two keys are called "${twice.name}"; expected name=secret with different names`)
    return keys
  }

  report(name: SettingName, what: string): void {
    const { kind } = settings[name] as Setting
    const given = this.given[name]
    const shown = given === undefined || unshown.has(kind) ? '' : ` (given: ${JSON.stringify(given.text)})`
    this.problems.push(`${given?.from ?? `--${flagOf(name)}`}: ${what}${shown}`)
  }
}

/** A URL may carry a password. */
const unshown: ReadonlySet<Setting['kind']> = new Set(['secret', 'secrets', 'url'] as const)

function splitAtCommas(text: string): string[] {
  return text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

/** `name=secret`; a secret alone is called "default". Base64 may end in `=`, so the secret part must be long enough. */
function toAccessKey(text: string): AccessKey {
  const match = /^([\w.-]{1,64})=(.+)$/.exec(text)
  const [, name = '', secret = ''] = match ?? []
  return match !== null && /[^=]/.test(secret) ? { name, secret } : { name: 'default', secret: text }
}
