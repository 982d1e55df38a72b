import { databaseError, OdooException, typeError, valueError } from '../../exceptions.js'
import { isObject, type Json } from '../../json.js'
import { repr, typeName } from '../../python.js'

/** `int(value or 0)` of Python. */
export function toInt(value: Json): number {
  if (typeof value === 'number') return Math.trunc(value)
  if (value === true) return 1
  if (value === null || value === false || value === '') return 0
  if (typeof value === 'string' && /^\s*[+-]?\d+(_\d+)*\s*$/.test(value)) return Number(value.replaceAll('_', ''))
  if (typeof value === 'string') throw valueError(`invalid literal for int() with base 10: ${repr(value)}`)
  throw typeError(`int() argument must be a string, a bytes-like object or a number, not '${typeName(value)}'`)
}

/** `float(value or 0)` of Python. */
export function toFloat(value: Json): number {
  if (typeof value === 'number') return value
  if (value === true) return 1
  if (value === null || value === false || value === '') return 0
  if (typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) return Number(value)
  if (typeof value === 'string') throw valueError(`could not convert string to float: ${repr(value)}`)
  throw typeError(`float() argument must be a string or a number, not '${typeName(value)}'`)
}

/** A value as PostgreSQL takes it for a column of integers. */
export function toSqlInteger(column: string, value: Json): number {
  if (typeof value === 'number') return inRange(Math.sign(value) * Math.round(Math.abs(value)))
  if (typeof value === 'string') {
    if (/^\s*[+-]?\d+\s*$/.test(value)) return inRange(Number(value))
    throw notAnInteger(value)
  }
  if (isObject(value)) throw new OdooException('psycopg2.ProgrammingError', "can't adapt type 'dict'")
  throw databaseError(
    'DatatypeMismatch',
    `column "${column}" is of type integer but expression is of type ${sqlType(value)}\n`
  )
}

function sqlType(value: Json): string {
  if (!Array.isArray(value)) return 'boolean'
  return value.every(item => typeof item === 'number') ? 'integer[]' : 'text[]'
}

/** What fits into PostgreSQL's `integer`. */
export function inRange(number: number): number {
  if (number >= 2 ** 31 || number < -(2 ** 31)) throw databaseError('NumericValueOutOfRange', 'integer out of range\n')
  return number
}

/** What PostgreSQL says of a text where an integer should stand. */
export function notAnInteger(text: string): Error {
  return databaseError('InvalidTextRepresentation', `invalid input syntax for type integer: ${JSON.stringify(text)}\n`)
}

/** A date as PostgreSQL reads it from text: `2026-11-24`, times cut off. */
export function toSqlDate(text: string): string {
  const match =
    /^\s*(\d{4,})-(\d{1,2})-(\d{1,2})(?:[ T]\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?)?\s*(?:Z|[+-]\d{2}(?::?\d{2})?)?\s*$/.exec(
      text
    )
  // PostgreSQL reads such as month/day/year.
  const american = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})\s*$/.exec(text)
  if (match === null && american === null)
    throw databaseError('InvalidDatetimeFormat', `invalid input syntax for type date: ${JSON.stringify(text)}\n`)
  const [year = '', month = '', day = ''] = match?.slice(1) ?? [american?.[3], american?.[1], american?.[2]]
  assertDay(text, Number(year), Number(month), Number(day))
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** A timestamp as PostgreSQL reads it from text; an offset is ignored, as for its type without time zone. */
export function toSqlTimestamp(text: string): string {
  const match =
    /^\s*(\d{4,})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(\.\d+)?)?)?\s*(?:Z|[+-]\d{2}(?::?\d{2})?)?\s*$/.exec(
      text
    )
  if (match === null) {
    throw databaseError('InvalidDatetimeFormat', `invalid input syntax for type timestamp: ${JSON.stringify(text)}\n`)
  }
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', fraction = ''] = match
  assertDay(text, Number(year), Number(month), Number(day))
  const two = (part: string) => part.padStart(2, '0')
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}${fraction.replace(/\.?0+$/, '')}`
}

function assertDay(text: string, year: number, month: number, day: number): void {
  const exists = month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
  if (!exists) {
    throw databaseError('DatetimeFieldOverflow', `date/time field value out of range: ${JSON.stringify(text)}\n`)
  }
}
