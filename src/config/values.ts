import type { GatewayError } from '../core/errors.js'
import { normaliseUrl } from '../core/odoo-url.js'
import type { Setting } from './setting.js'
import { flagOf, isSecret, type SettingName, settings } from './settings.js'
import type { Found, Given } from './sources.js'

export interface AccessKey {
  name: string
  secret: string
}

/** Reads the texts of settings; collects what is wrong with them instead of stopping at the first. */
export class Values {
  readonly #otherwise: Partial<Record<SettingName, string>> = {}

  constructor(
    private readonly found: Found,
    private readonly problems: string[]
  ) {}

  /** Whether somebody has given it; a default does not count. */
  has(name: SettingName): boolean {
    return this.found[name] !== undefined
  }

  given(name: SettingName): Given | undefined {
    return this.found[name]
  }

  /** A default that depends on other settings. */
  otherwise(name: SettingName, text: string): void {
    this.#otherwise[name] = text
  }

  /** What counts: what was given, else the default. */
  text(name: SettingName): string | undefined {
    return this.found[name]?.text ?? this.#otherwise[name] ?? (settings[name] as Setting).default
  }

  word<T extends string>(name: SettingName): T | undefined {
    const text = this.text(name)?.toLowerCase()
    const words = settings[name].kind as readonly string[]
    if (text !== undefined && !words.includes(text)) this.report(name, `expected one of ${words.join(', ')}`)
    return text as T | undefined
  }

  boolean(name: SettingName): boolean {
    const text = this.text(name)?.toLowerCase() ?? 'false'
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
    const { kind, minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = settings[name] as Setting
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= minimum && value <= maximum)) {
      const what = kind === 'bytes' ? 'a number of bytes' : 'an integer'
      this.report(name, `expected ${what} from ${minimum} to ${maximum}${unitIn(text)}`)
    }
    return value
  }

  /** Seconds in the settings, fractions allowed; milliseconds here. */
  milliseconds(name: SettingName): number {
    const text = this.text(name) ?? ''
    const { minimum = 0, maximum = 86400 } = settings[name] as Setting
    const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (!(seconds >= minimum && seconds <= maximum))
      this.report(name, `expected a number of seconds from ${minimum} to ${maximum}${unitIn(text)}`)
    return Math.round(seconds * 1000)
  }

  /** Reports a number that is more than the other one; a default that is bows to it. */
  atMost(name: SettingName, most: SettingName): void {
    const cap = this.text(most) ?? ''
    if (!(Number(this.text(name)) > Number(cap))) return
    if (this.has(name)) this.report(name, `is more than ${most}; expected at most ${cap}`)
    // Below that the other one is wrong itself, and says so.
    else if (Number(cap) >= ((settings[name] as Setting).minimum ?? 0)) this.otherwise(name, cap)
  }

  /** A JSON array, or items with commas or line breaks between. */
  list(name: SettingName): string[] {
    const text = this.text(name)?.trim() ?? ''
    if (!text.startsWith('[')) return splitAtCommas(text)
    const parsed = parseJson(text)
    if (Array.isArray(parsed) && parsed.every(item => typeof item === 'string')) return parsed
    this.report(name, 'expected a JSON array of texts, or texts with commas between')
    return []
  }

  /** A list of which every item is of a form. */
  items(name: SettingName, form: RegExp | ((item: string) => boolean), expected: string): string[] {
    const items = this.list(name)
    const wrong = items.findIndex(item => !(form instanceof RegExp ? form.test(item) : form(item)))
    if (wrong !== -1) this.report(name, `item ${wrong + 1}: expected ${expected}`)
    return items
  }

  /** What a text of JSON holds; undefined when it is none, which the caller reports. */
  json(name: SettingName): unknown {
    return parseJson(this.text(name) ?? '')
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
      if (!/^[\x21-\x7e]*$/.test(secret))
        this.report(name, `key ${index + 1} cannot be sent in a header; expected ASCII characters without spaces`)
    })
    const twice = keys.findIndex(({ name }, index) => keys.slice(0, index).some(other => other.name === name))
    if (twice !== -1)
      this.report(name, `key ${twice + 1} has the name of another; expected name=secret with different names`)
    return keys
  }

  /** Tells what is wrong with a setting, and what was given for it if that is no secret. */
  report(name: SettingName, what: string): void {
    const given = this.found[name]
    const shown = given === undefined || unshown(name) ? '' : ` (given: ${shorten(JSON.stringify(given.text))})`
    this.tell(name, what + shown)
  }

  /** Tells what is wrong with a setting. Nothing more is told of what was refused already where it was found. */
  tell(name: SettingName, what: string): void {
    const given = this.found[name]
    if (given?.refused !== true) this.problems.push(`${given?.from ?? `--${flagOf(name)}`}: ${what}`)
  }
}

/** A URL may carry a password, and so may what should have been an origin or a host. */
function unshown(name: SettingName): boolean {
  const { kind } = settings[name] as Setting
  return isSecret(name) || kind === 'url' || ['allowed_odoo_hosts', 'allowed_origins', 'allowed_hosts'].includes(name)
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}

function unitIn(text: string): string {
  return /^\d[\d.,_]*\s*[a-z]+$/i.test(text) ? ', without a unit' : ''
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function splitAtCommas(text: string): string[] {
  return text
    .split(/[,\r\n]/)
    .map(item => item.trim())
    .filter(item => item !== '')
}

/** `name=secret`; a secret alone is called "default". Base64 may end in `=`, so the secret part must be long enough. */
function toAccessKey(text: string): AccessKey {
  const match = /^([\w.-]{1,64})=(.+)$/.exec(text)
  const [, name = '', secret = ''] = match ?? []
  return match !== null && /[^=]/.test(secret) ? { name, secret } : { name: 'default', secret: text }
}
