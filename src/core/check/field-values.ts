import type { Json } from '../json.js'
import { nearest } from '../nearest.js'
import type { FieldInfo } from '../ports/odoo.js'
import { toOdooDate, toOdooDatetime } from './dates.js'

export type Checked = { value: Json } | { problem: string }

const maxInt4 = 2147483647

/** Whether a JSON value can be the id of a record: Odoo's ids are positive 4-byte integers. */
export function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= maxInt4
}

/**
 * Checks one plain value against the type of its field and converts ISO 8601 to Odoo's UTC form. Nothing is coerced:
 * Odoo would store the text "false" as true in a boolean, and cut 7.9 to 7 in an integer. `null` means Odoo's `false`,
 * "no value". x2many fields are not plain and are not decided here.
 */
export function checkValue(info: FieldInfo, value: Json): Checked {
  const check = checks[info.type]
  if (value === null || value === false) return { value: false }
  return check === undefined ? { value } : check(value, info)
}

const checks: Record<string, (value: Json, info: FieldInfo) => Checked> = {
  boolean: value => (typeof value === 'boolean' ? { value } : wrong(value, 'true or false')),
  integer: checkInteger,
  float: checkNumber,
  monetary: checkNumber,
  char: checkText,
  text: checkText,
  html: checkText,
  date: value => (typeof value === 'string' ? toOdooDate(value) : wrong(value, 'a date as YYYY-MM-DD')),
  datetime: value => (typeof value === 'string' ? toOdooDatetime(value) : wrong(value, 'ISO 8601 text')),
  selection: checkSelection,
  many2one: value => (isId(value) ? { value } : wrong(value, 'the id of a record, or false')),
  many2one_reference: value => (isId(value) ? { value } : wrong(value, 'the id of a record, or false')),
  reference: value =>
    typeof value === 'string' && /^[a-z0-9_.]+,\d+$/.test(value) ? { value } : wrong(value, '"model,id", or false'),
  binary: value => (typeof value === 'string' ? { value } : wrong(value, 'base64 text, or false')),
  // One property in a domain, `lead_properties.colour`; its own type is not known here.
  property: value => (typeof value === 'object' ? wrong(value, 'text, a number, true or false') : { value })
}

function checkInteger(value: Json): Checked {
  if (!Number.isInteger(value)) return wrong(value, 'an integer')
  return Math.abs(value as number) <= maxInt4 ? { value } : wrong(value, `an integer from -${maxInt4} to ${maxInt4}`)
}

/** 1e999 is JSON, too, but reads as infinity, and would go to Odoo as null. */
function checkNumber(value: Json): Checked {
  return Number.isFinite(value) ? { value } : wrong(value, 'a number')
}

function checkText(value: Json): Checked {
  if (typeof value !== 'string') return wrong(value, 'text')
  // PostgreSQL has no NUL in text, and Python cannot encode half a surrogate pair.
  if (value.includes('\u0000')) return { problem: 'holds a NUL character, which Odoo cannot store; expected text' }
  if (/\p{Surrogate}/u.test(value)) return { problem: 'holds half of a surrogate pair; expected well-formed text' }
  return { value }
}

function checkSelection(value: Json, { selection = [] }: FieldInfo): Checked {
  if (typeof value !== 'string' && typeof value !== 'number') return wrong(value, 'one of its selection values')
  const keys = selection.map(([key]) => key)
  if (keys.length === 0 || keys.includes(value)) return { value }
  const near = nearest(String(value), keys.map(String)) ?? selection.find(([, label]) => label === value)?.[0]
  const meant = near === undefined ? '' : ` Did you mean ${JSON.stringify(near)}?`
  return { problem: `${show(value)} is not one of its values; expected ${list(keys)}.${meant}` }
}

function wrong(value: Json, expected: string): { problem: string } {
  return { problem: `${show(value)} does not fit; expected ${expected}` }
}

function list(keys: Json[]): string {
  const shown = keys.slice(0, 12).map(key => JSON.stringify(key))
  return `one of ${shown.join(', ')}${keys.length > shown.length ? ', …' : ''}`
}

/** A value as a message shows it: JSON, cut short. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** Such as `an integer field`. */
export function ofType({ type }: Pick<FieldInfo, 'type'>): string {
  return `${type.startsWith('i') ? 'an' : 'a'} ${type} field`
}
