import { typeError, valueError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { truthy, typeName } from '../../python.js'
import type { Env } from '../env.js'
import { isNumberGranularity, numberGranularities, numberOf } from '../group/granularity.js'
import type { Cell, Field, Model } from '../types.js'
import { sanitized } from '../write/sanitize.js'
import { toFloat, toInt } from '../write/sql-values.js'
import { asText, cellReader } from './cells.js'
import { always, type Test } from './domain.js'
import type { Condition } from './domain-19.js'
import { falsyValue } from './optimize-19.js'
import type { OrderedSet } from './ordered-set.js'
import { like } from './pattern.js'
import { type ColumnType, columnTypeOf, literal, literals, pyStr, rounded } from './sql-literals.js'

type Read = (id: number) => Cell

/** An expression of SQL: how to read it, the type of its values, and what a value of Python becomes next to it. */
interface Expression {
  read: Read
  column: ColumnType | 'other'
  /** Empty counts as this. */
  falsy: Cell
  convert(value: Json): Json
}

/** A condition on a value of the record itself. Never unknown: Odoo 19 always says what NULL means. */
export function columnTest(env: Env, model: Model, field: Field, node: Condition): Test {
  const { operator, value } = node
  const expression = expressionOf(env, model, field, node.path)
  if (field.type === 'binary' && field.attachment) {
    const isIn = operator === 'in'
    return id => (expression.read(id) === null) === isIn
  }
  if (operator.endsWith('like')) return patternTest(expression.read, field, operator, value as string)
  if (operator === 'in' || operator === 'not in') {
    const items = (value as OrderedSet).items
    return field.type === 'boolean'
      ? booleanTest(expression.read, operator, items)
      : inTest(expression, operator, items)
  }
  return inequalityTest(expression, field, operator, value as Json)
}

function expressionOf(env: Env, model: Model, field: Field, path: string): Expression {
  const read = cellReader(env, model, field) as Read
  const property = path.slice(field.name.length + 1)
  if (property !== '') return propertyOf(env, field, read, property)
  const falsy = falsyValue(field)
  return {
    read,
    column: columnTypeOf(field) ?? 'other',
    falsy: falsy === false ? null : falsy,
    convert: value => toColumn(field, value)
  }
}

/** A number of a date, such as `date_order.month_number`. Other fields have no such properties. */
function propertyOf(env: Env, field: Field, read: Read, property: string): Expression {
  if (field.type !== 'date' && field.type !== 'datetime') {
    throw valueError(`Invalid field property '${property}' on ${field.model}.${field.name}`)
  }
  if (!isNumberGranularity(property)) {
    throw valueError(
      `Error when processing the granularity ${property} is not supported. Only ${numberGranularities.join(', ')} are supported`
    )
  }
  return {
    read: id => {
      const moment = read(id)
      return moment === null ? null : numberOf(env, field, String(moment), property)
    },
    column: 'double precision',
    falsy: null,
    convert: value => value
  }
}

/** `convert_to_column` of the field. */
function toColumn(field: Field, value: Json): Json {
  if (field.name === 'id') return value
  switch (field.type) {
    case 'many2one':
      return truthy(value) ? value : null
    case 'integer':
    case 'many2one_reference':
      return pyInt(value)
    case 'float':
      return rounded(field, pyFloat(value))
    case 'html':
      return value === false ? null : value
    case 'date':
    case 'datetime':
    case 'binary':
      return value
    // A monetary value is written as a text.
    default:
      return value === null || value === false ? null : pyStr(value)
  }
}

function pyInt(value: Json): number {
  if (typeof value !== 'object' || value === null) return toInt(value)
  if (!truthy(value)) return 0
  throw typeError(`int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`)
}

/** Python 3.10 and later say "a real number". */
function pyFloat(value: Json): number {
  if (typeof value !== 'object' || value === null) return toFloat(value)
  if (!truthy(value)) return 0
  throw typeError(`float() argument must be a string or a real number, not '${typeName(value)}'`)
}

function booleanTest(read: Read, operator: string, items: readonly Json[]): Test {
  const wanted = new Set(items.map(truthy))
  if (wanted.size === 2) return operator === 'in' ? always : () => false
  const isTrue = wanted.has(true) === (operator === 'in')
  return id => (read(id) === true) === isTrue
}

function patternTest(read: Read, field: Field, operator: string, pattern: string): Test {
  const isNegative = operator.startsWith('not')
  const matches = like(operator.includes('=') ? pattern : `%${pattern}%`, operator.endsWith('ilike'))
  return id => {
    const text = read(id)
    return text === null ? isNegative : matches(asText(field, text)) !== isNegative
  }
}

function inTest({ read, column, falsy, convert }: Expression, operator: string, items: readonly Json[]): Test {
  const isIn = operator === 'in'
  const given = items.filter(item => item !== false && item !== null).map(convert)
  let withNull = given.length < items.length
  if (falsy !== null) {
    if (given.includes(falsy)) withNull = true
    else if (withNull) given.push(falsy)
  }
  const values = column === 'other' ? given : literals(column, isIn ? '=' : '<>', given)
  const wanted = new Set<unknown>(values.filter(value => value !== null))
  // What turned into NULL equals nothing, and makes "not in" unknown for every value.
  const hasNull = values.includes(null)
  return id => {
    const found = read(id)
    if (found === null) return withNull === isIn
    return wanted.has(found) ? isIn : !isIn && !hasNull
  }
}

function inequalityTest(expression: Expression, field: Field, operator: string, value: Json): Test {
  const { read, column, falsy, convert } = expression
  // Odoo compares the value of no company in Python first.
  if (field.companyDependent && falsy === '' && typeof value === 'number') {
    throw typeError(`'${operator}' not supported between instances of 'str' and '${typeName(value)}'`)
  }
  const given = falsy === null ? value : (inCache(field, value) ?? falsy)
  const nullMatches = falsy !== null && compare(falsy, operator, (given || falsy) as Cell)
  const converted = convert(falsy === null ? given : given || falsy)
  const bound = column === 'other' ? (converted as Cell) : literal(column, operator, converted)
  return id => {
    const found = read(id)
    return found === null ? nullMatches : bound !== null && compare(found, operator, bound)
  }
}

/** `convert_to_cache`, by which Odoo decides whether an empty field matches. */
function inCache(field: Field, value: Json): Json {
  switch (field.type) {
    case 'html':
      return typeof value === 'string' ? sanitized(value) : value
    case 'integer':
    case 'many2one_reference':
      return pyInt(value)
    case 'float':
      return rounded(field, pyFloat(value))
    case 'monetary':
      return pyFloat(value)
    default:
      return value === null || value === false ? null : pyStr(value)
  }
}

function compare(left: Cell, operator: string, right: Cell): boolean {
  if (left === null || right === null) return false
  switch (operator) {
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
