import { assertNoNul, base64Error, OdooException, typeError, userError, valueError } from '../../exceptions.js'
import { isObject, type Json, type JsonObject } from '../../json.js'
import { repr, truthy, typeName } from '../../python.js'
import type { Env } from '../env.js'
import type { Cell, Field } from '../types.js'
import { sanitized } from './sanitize.js'
import { inRange, toFloat, toInt, toSqlDate, toSqlInteger } from './sql-values.js'
import { strptime } from './strptime.js'

/** A value that a record is written, as its column keeps it. Throws what Odoo or PostgreSQL throw. */
export function toCell(env: Env, field: Field, value: Json): Cell {
  switch (field.type) {
    case 'boolean':
      return truthy(value)
    case 'integer':
    case 'many2one_reference':
      return integerCell(field, value)
    case 'float':
      return round(floatOf(value), field.digits?.[1])
    case 'monetary':
      return round(floatOf(value), 2)
    case 'date':
      return truthy(value) ? dateCell(value) : null
    case 'datetime':
      return truthy(value) ? datetimeCell(value) : null
    case 'selection':
      return selectionCell(env, field, value)
    case 'many2one':
      return many2oneCell(env, field, value)
    case 'binary':
      return binaryCell(env, field, value)
    default:
      return textCell(env, field, value)
  }
}

/** A value for a new record: Odoo gives some to PostgreSQL as they came. `values` are all that the record gets. */
export function toNewCell(env: Env, field: Field, value: Json, values: JsonObject): Cell {
  switch (field.type) {
    case 'many2one':
      return newMany2oneCell(env, field, value)
    case 'monetary':
      // The currency is not known yet unless it comes with the amount.
      return field.currencyField !== undefined && field.currencyField in values
        ? toCell(env, field, value)
        : floatOf(value)
    case 'date':
      return env.major <= 14 ? newDateCell(value) : toCell(env, field, value)
    default:
      return toCell(env, field, value)
  }
}

function integerCell(field: Field, value: Json): Cell {
  if (!truthy(value)) return field.type === 'many2one_reference' ? null : 0
  return inRange(toInt(value))
}

/** `float(value or 0)` of Python, `nan` and `inf` among it. */
function floatOf(value: Json): number {
  if (!truthy(value)) return 0
  const special = typeof value === 'string' ? /^\s*([+-]?)(nan|inf|infinity)\s*$/i.exec(value) : null
  if (special === null) return toFloat(value)
  if (special[2]?.toLowerCase() === 'nan') return Number.NaN
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** Half away from zero, as Odoo's `float_round`. */
export function round(value: number, decimals: number | undefined): number {
  if (decimals === undefined) return value
  if (Number.isNaN(value)) throw valueError('cannot convert float NaN to integer')
  if (!Number.isFinite(value)) {
    throw new OdooException('builtins.OverflowError', 'cannot convert float infinity to integer')
  }
  const factor = 10 ** decimals
  const scaled = Math.abs(value) * factor
  if (!Number.isFinite(scaled)) return value
  // A hair more than the representation error of what stood in decimal.
  return (Math.sign(value) * Math.round(scaled + scaled * 2 ** -50)) / factor || 0
}

function dateCell(value: Json): Cell {
  if (typeof value !== 'string') throw typeError(`'${typeName(value)}' object is not subscriptable`)
  return strptime(value.slice(0, 10), '%Y-%m-%d').slice(0, 10)
}

/** 14 has PostgreSQL read the date of a new record before it does so itself. */
function newDateCell(value: Json): Cell {
  if (value === null || value === false) return null
  const text = typeof value === 'string' ? value : repr(value)
  // Eight digits are a date for PostgreSQL, too.
  if (!/^\d{8}$/.test(text)) toSqlDate(text)
  return dateCell(value)
}

/** Odoo cuts the format to the length of the text, less two: of `2026-11-24` it expects `%Y-%m-%d`. */
function datetimeCell(value: Json): Cell {
  if (typeof value !== 'string') throw typeError(`object of type '${typeName(value)}' has no len()`)
  return strptime(value, '%Y-%m-%d %H:%M:%S'.slice(0, [...value].length - 2))
}

function selectionCell(env: Env, field: Field, value: Json): Cell {
  if (field.selection?.some(([key]) => key === value)) return value as string
  if (!truthy(value)) return null
  // Languages and time zones are counted up by a function: 19 does not ask it.
  if (env.major >= 19 && field.dynamic) return value as string
  throw valueError(`Wrong value for ${field.model}.${field.name}: ${repr(value)}`)
}

/** Only whole numbers name a record that is written; 14 takes texts, too, and leaves them to PostgreSQL. */
function many2oneCell(env: Env, field: Field, value: Json): Cell {
  if (value === null || value === false) return null
  if (env.major <= 14 && (typeof value === 'string' || value === 0)) return toSqlInteger(field.name, value)
  if (isObject(value) && (env.major <= 14 || truthy(value))) throw cannotAdapt('NewId')
  return typeof value === 'number' && Number.isInteger(value) && value !== 0 ? inRange(value) : null
}

function newMany2oneCell(env: Env, field: Field, value: Json): Cell {
  if (value === null || value === false) return null
  // 14 has the record computed before: 0 and an empty text are refused in what comes of it.
  if (env.major <= 14 && isObject(value)) throw cannotAdapt('NewId')
  if (!truthy(value) && (env.major >= 17 || Array.isArray(value))) return null
  return toSqlInteger(field.name, value)
}

function cannotAdapt(type: string): Error {
  return new OdooException('psycopg2.ProgrammingError', `can't adapt type '${type}'`)
}

function binaryCell(env: Env, field: Field, value: Json): Cell {
  if (!truthy(value)) return null
  const text = String(value)
  const problem = base64Problem(env, text)
  if (problem === undefined) return text
  if (!field.image) throw base64Error(problem)
  throw userError(
    env.major >= 19
      ? 'Image is not encoded in base64.'
      : 'This file could not be decoded as an image file. Please try with a different file.'
  )
}

function base64Problem(env: Env, text: string): string | undefined {
  const clean = text.replaceAll(/[^A-Za-z0-9+/=]/g, '')
  const data = clean.replace(/=+$/, '')
  if (data.length % 4 === 1) {
    return `Invalid base64-encoded string: number of data characters (${data.length}) cannot be 1 more than a multiple of 4`
  }
  return env.major >= 19 && clean.length % 4 !== 0 ? 'Incorrect padding' : undefined
}

function textCell(env: Env, field: Field, value: Json): Cell {
  if (value === null || value === false) return null
  const text = typeof value === 'string' ? value : repr(value)
  assertNoNul(text)
  // 19 sanitizes nothing but texts.
  if (field.type === 'html') return sanitized(env.major >= 19 && typeof value !== 'string' ? undefined : text)
  return field.size === undefined ? text : [...text].slice(0, field.size).join('')
}
