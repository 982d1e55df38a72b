import { assertNoNul, databaseError, OdooException } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { repr } from '../../python.js'
import type { Field } from '../types.js'

/** Types of PostgreSQL that matter for what it says of a literal next to a column. */
export type ColumnType = 'integer' | 'numeric' | 'double precision' | 'text' | 'character varying'

const numbers = ['integer', 'bigint', 'numeric', 'double precision']

/** `str` of Python. */
export function pyStr(value: Json): string {
  return typeof value === 'string' ? value : repr(value)
}

/** The type of a field's column, for those whose literals PostgreSQL has to fit. */
export function columnTypeOf(field: Field): ColumnType | undefined {
  if (field.name === 'id') return 'integer'
  switch (field.type) {
    case 'many2one':
    case 'integer':
    case 'many2one_reference':
      return 'integer'
    case 'float':
      return field.digits === undefined ? 'double precision' : 'numeric'
    case 'monetary':
      return 'numeric'
    case 'text':
    case 'html':
      return 'text'
    case 'char':
    case 'selection':
    case 'reference':
      return 'character varying'
    default:
      return undefined
  }
}

/** A value as psycopg2 writes it next to a column, or what the two say of it where it does not fit. */
export function literal(column: ColumnType, operator: string, value: Json): number | string | null {
  return cell(value, fit(column, operator, value, typeOf(value)))
}

/** The values of `IN (…)`: several are made alike first, where they are of one kind. */
export function literals(
  column: ColumnType,
  operator: '=' | '<>',
  values: readonly Json[]
): (number | string | null)[] {
  const common = values.length > 1 ? commonType([column, ...values.map(typeOf)]) : undefined
  return values.map(value => cell(value, fit(common ?? column, operator, value, typeOf(value), column)))
}

function cell(value: Json, type: string): number | string | null {
  if (typeof value === 'string') assertNoNul(value)
  if (typeof value === 'string' && numbers.includes(type)) return Number(value)
  return typeof value === 'number' || typeof value === 'string' ? value : null
}

function fit(column: string, operator: string, value: Json, type: string, named = column): string {
  if (value === null) return column
  if (type === 'unknown') {
    assertSyntax(column, typeof value === 'string' ? value : arrayText(value))
    return column
  }
  if (numbers.includes(column) && numbers.includes(type)) return column
  throw undefinedOperator(named, operator, type)
}

export function undefinedOperator(left: string, operator: string, right: string): OdooException {
  return databaseError('UndefinedFunction', `operator does not exist: ${left} ${operator} ${right}\n`)
}

function assertSyntax(type: string, text: string): void {
  if (!numbers.includes(type) && type !== 'boolean') return
  const syntax =
    type === 'boolean'
      ? /^\s*(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|no?|on|off?|0|1)\s*$/i
      : type === 'integer' || type === 'bigint'
        ? /^\s*[+-]?\d+\s*$/
        : /^\s*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|inf(inity)?)\s*$/i
  if (!syntax.test(text)) {
    throw databaseError('InvalidTextRepresentation', `invalid input syntax for type ${type}: "${text}"\n`)
  }
  if (type === 'integer' && Math.abs(Number(text)) > 2147483647) {
    throw databaseError('NumericValueOutOfRange', `value "${text}" is out of range for type integer\n`)
  }
}

/** The type that PostgreSQL gives a literal; texts get theirs from where they stand. */
export function typeOf(value: Json): string {
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'number') return numberType(value)
  if (Array.isArray(value)) return arrayType(value)
  if (typeof value === 'object' && value !== null) {
    throw new OdooException('psycopg2.ProgrammingError', "can't adapt type 'dict'")
  }
  return 'unknown'
}

function numberType(value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) >= 2 ** 63) return 'numeric'
  return Math.abs(value) > 2147483647 ? 'bigint' : 'integer'
}

/** `ARRAY[…]`; psycopg2 writes lists of nothing but None as texts. */
function arrayType(list: Json[]): string {
  if (isNothing(list)) return 'unknown'
  const types = list.map(typeOf)
  const first = types.find(type => type !== 'unknown')
  const other = types.find(type => type !== 'unknown' && commonType([first as string, type]) === undefined)
  if (other !== undefined) {
    throw databaseError('DatatypeMismatch', `ARRAY types ${first} and ${other} cannot be matched\n`)
  }
  const type = commonType(types) ?? 'text'
  for (const item of list) if (typeof item === 'string') assertSyntax(type.replace('[]', ''), item)
  return type.endsWith('[]') ? type : `${type}[]`
}

const isNothing = (list: Json[]): boolean =>
  list.every(item => item === null || (Array.isArray(item) && isNothing(item)))

function arrayText(value: Json): string {
  return Array.isArray(value) ? `{${value.map(arrayText).join(',')}}` : 'NULL'
}

/** The type that all of them can be read as, or undefined. */
function commonType(types: readonly string[]): string | undefined {
  const known = types.filter(type => type !== 'unknown')
  if (known.length === 0) return undefined
  if (known.every(type => numbers.includes(type))) {
    return known.reduce((a, b) => (numbers.indexOf(b) > numbers.indexOf(a) ? b : a))
  }
  return known.every(type => type === known[0]) ? known[0] : undefined
}

/** A float of a field with a number of digits, halves away from zero. */
export function rounded({ digits }: Field, value: number): number {
  if (digits === undefined) return value
  const factor = 10 ** digits[1]
  return (Math.sign(value) * Math.round(Math.abs(value) * factor * (1 + Number.EPSILON))) / factor
}
