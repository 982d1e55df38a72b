import { databaseError, leafRepr, typeError, valueError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { truthy, typeName } from '../../python.js'
import type { Env } from '../env.js'
import type { Cell, Field, Model } from '../types.js'
import { toFloat, toInt, toSqlDate, toSqlTimestamp } from '../write/sql-values.js'
import { asText, cellReader } from './cells.js'
import { always, never, or, type Test } from './domain.js'
import { Found, type Leaf, type Right } from './domain-14.js'
import { isHierarchy } from './hierarchy-14.js'
import { like } from './pattern.js'
import { columnTypeOf, literal, literals, pyStr, rounded, typeOf, undefinedOperator } from './sql-literals.js'

type Read = (id: number) => Cell

/** A leaf on a column, as `__leaf_to_sql` of Odoo 14 writes it: NULL is unknown unless it says otherwise. */
export function leafTest(env: Env, model: Model, field: Field, leaf: Leaf): Test {
  return columnTest(env, cellReader(env, model, field) as Read, field, leaf)
}

export function columnTest(env: Env, read: Read, field: Field, leaf: Leaf): Test {
  const [path, operator, right] = leaf
  if (field.type === 'datetime' && typeof right === 'string' && right.length === 10) {
    const time = operator === '>' || operator === '<=' ? '23:59:59' : '00:00:00'
    return columnTest(env, read, field, [path, operator, `${right} ${time}`])
  }
  if (right instanceof Found) return foundTest(read, operator, right)
  if (field.translate && truthy(right)) return translatedTest(env, read, field, operator, right)
  if (operator === 'in' || operator === 'not in') return inTest(env, read, field, leaf)
  return scalarTest(env, read, field, operator, right)
}

const isNull =
  (read: Read): Test =>
  id =>
    read(id) === null

/** A subselect; nothing is in an empty one, not even NULL. */
function foundTest(read: Read, operator: string, { ids }: Found): Test {
  const isIn = operator === 'in'
  if (ids.length === 0) return isIn ? never : always
  const found = new Set<unknown>(ids)
  return id => {
    const value = read(id)
    return value === null ? null : found.has(value) === isIn
  }
}

function scalarTest(env: Env, read: Read, field: Field, operator: string, right: Json): Test {
  if (field.type === 'boolean') {
    if ((operator === '=' && right === false) || (operator === '!=' && right === true)) return id => read(id) !== true
    if (operator === '!=' && right === false) return id => read(id) === true
  }
  const isEmpty = right === false || right === null
  if (isEmpty && operator === '=') return isNull(read)
  if (isEmpty && operator === '!=') return id => read(id) !== null
  if (operator === '=?') return isEmpty ? always : scalarTest(env, read, field, '=', right)
  const test = operator.endsWith('like')
    ? likeTest(read, field, operator, right)
    : compareTest(env, read, field, operator, right)
  const isNegative = ['!=', 'not like', 'not ilike'].includes(operator)
  const withNull = (isWildcard(operator) && !truthy(right)) || (truthy(right) && isNegative)
  return withNull ? or([test, isNull(read)]) : test
}

const isWildcard = (operator: string) => /^(not )?i?like$/.test(operator)

/** `str` of Python, where nothing is an empty text. */
const toText = (value: Json) => (value === null || value === false ? '' : pyStr(value))

function likeTest(read: Read, field: Field, operator: string, right: Json): Test {
  if (isWildcard(operator)) return patternTest(read, field, operator, `%${toText(right)}%`)
  const value = toColumn(field, right)
  // A float of so many digits is written as a text.
  const { type, digits } = field
  return patternOf(
    read,
    field,
    operator,
    type === 'float' && digits !== undefined ? Number(value).toFixed(digits[1]) : value
  )
}

const symbols: { [operator: string]: string } = { '=like': '~~', '=ilike': '~~*' }

/** A pattern must be a text: numbers, booleans and lists have no such operator. */
function patternOf(read: Read, field: Field, operator: string, value: Json): Test {
  if (value === null) return () => null
  const pattern = literal('text', symbols[operator] as string, value)
  return patternTest(read, field, operator, String(pattern))
}

function patternTest(read: Read, field: Field, operator: string, pattern: string): Test {
  const matches = like(pattern, operator.includes('ilike'))
  const isNot = operator.startsWith('not')
  return id => {
    const value = read(id)
    return value === null ? null : matches(asText(field, value)) !== isNot
  }
}

/** A translated text is compared with what is given as it is, and knows nothing of empty ones. */
function translatedTest(env: Env, read: Read, field: Field, operator: string, right: Json): Test {
  if (isWildcard(operator)) return patternTest(read, field, operator, `%${toText(right)}%`)
  const column = env.lang !== null || field.type !== 'char' ? 'text' : 'character varying'
  if (operator.endsWith('like')) return patternOf(read, field, operator, right)
  if (operator === 'in') {
    if (!Array.isArray(right)) {
      if (typeof right !== 'string') throw typeError(`'${typeName(right)}' object is not iterable`)
      return listTest(read, true, literals(column, '=', [...right]))
    }
    return listTest(read, true, literals(column, '=', right))
  }
  if (operator === 'not in') throw syntaxError(Array.isArray(right) && right.length > 0 ? 'ARRAY' : pyStr(right))
  if (isHierarchy(operator)) throw syntaxError(operator)
  if (operator === '=?') throw undefinedOperator(column, operator, typeOf(right))
  const bound = literal(column, operator === '!=' ? '<>' : operator, right)
  return id => compare(read(id), operator, bound)
}

function syntaxError(at: string): Error {
  return databaseError('SyntaxError', `syntax error at or near "${at}"\n`)
}

function compareTest(env: Env, read: Read, field: Field, operator: string, right: Json): Test {
  const value = inDatabase(env, field, operator === '!=' ? '<>' : operator, toColumn(field, right))
  if (isHierarchy(operator)) throw syntaxError(operator)
  return id => compare(read(id), operator, value)
}

function compare(left: Cell, operator: string, right: Cell): boolean | null {
  if (left === null || right === null) return null
  switch (operator) {
    case '=':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    default:
      return left >= right
  }
}

function inTest(env: Env, read: Read, field: Field, [path, operator, right]: Leaf): Test {
  const isIn = operator === 'in'
  // `in` with a boolean became `=` before; text, numbers and None are no lists.
  if (!Array.isArray(right)) throw valueError(`Invalid domain term ${leafRepr([path, operator, right])}`)
  const { given, withNull } = listOf(field, right)
  const listed = given.length === 0 ? (isIn ? never : always) : listTest(read, isIn, values(env, field, isIn, given))
  if (isIn === withNull) return or([listed, isNull(read)])
  if (!isIn && withNull) return id => (read(id) === null ? false : listed(id))
  return listed
}

function listTest(read: Read, isIn: boolean, items: readonly Cell[]): Test {
  const found = new Set(items)
  const hasNull = found.delete(null)
  return id => {
    const value = read(id)
    if (value === null) return null
    if (found.has(value)) return isIn
    return hasNull ? null : !isIn
  }
}

/** In Python 0 equals False, so a 0 in the list means "empty" as well. */
function listOf(field: Field, right: Json[]): { given: Json[]; withNull: boolean } {
  const isFalse = (item: Json) => item === false || item === 0
  if (field.type === 'boolean') {
    const isTrue = (item: Json) => item === true || item === 1
    const given = [...(right.some(isTrue) ? [true] : []), ...(right.some(isFalse) ? [false] : [])]
    return { given, withNull: right.some(isFalse) }
  }
  const given = right.filter(item => !isFalse(item))
  return { given, withNull: given.length < right.length }
}

function values(env: Env, field: Field, isIn: boolean, given: Json[]): Cell[] {
  const operator = isIn ? '=' : '<>'
  // Of ids the list goes to PostgreSQL as it is.
  if (field.name === 'id') return literals('integer', operator, given)
  const converted = given.map(item => toColumn(field, item))
  const column = columnTypeOf(field)
  return column === undefined
    ? converted.map(item => inDatabase(env, field, operator, item))
    : literals(column, operator, converted)
}

/** A value as PostgreSQL reads it next to the column. */
function inDatabase(env: Env, field: Field, operator: string, value: Json): Cell {
  const column = columnTypeOf(field)
  if (column !== undefined) return literal(column, operator, value)
  if (typeof value !== 'string') return value as Cell
  if (field.type === 'date') return namedMoment(env, value)?.slice(0, 10) ?? toSqlDate(value)
  return field.type === 'datetime' ? (namedMoment(env, value) ?? toSqlTimestamp(value)) : value
}

/** What PostgreSQL knows by name. */
function namedMoment(env: Env, text: string): string | undefined {
  const days = { yesterday: -1, today: 0, tomorrow: 1 }[text.trim().toLowerCase()]
  if (text.trim().toLowerCase() === 'now') return env.now
  if (days === undefined) return undefined
  const day = new Date(Date.parse(`${env.now.slice(0, 10)}T00:00:00Z`) + days * 86_400_000)
  return `${day.toISOString().slice(0, 10)} 00:00:00`
}

/** `convert_to_column` of the field. */
function toColumn(field: Field, value: Right): Json {
  if (value instanceof Found) return [...value.ids]
  if (field.name === 'id') return value === null || value === false ? null : pyStr(value)
  switch (field.type) {
    case 'many2one':
      return truthy(value) ? value : null
    case 'boolean':
      return truthy(value)
    case 'integer':
    case 'many2one_reference':
      return truthy(value) ? toInt(value) : 0
    case 'float':
    case 'monetary':
      return rounded(field, truthy(value) ? toFloat(value) : 0)
    default:
      return value === null || value === false ? null : pyStr(value)
  }
}
