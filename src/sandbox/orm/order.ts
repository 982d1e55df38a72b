import { attributeError, indexError, typeError, userError, valueError } from '../exceptions.js'
import type { Json } from '../json.js'
import { repr, truthy, typeName } from '../python.js'
import type { Major } from '../release.js'
import { compareTexts } from './collation.js'
import type { Env } from './env.js'
import { checkColumn, isColumn, sqlValue } from './group/columns.js'
import { isNumberGranularity, numberOf } from './group/granularity.js'
import type { Field, Model, Value } from './types.js'
import { valueAt } from './values.js'

/** What ORDER BY sorts by: an expression of SQL, and which way. */
interface Key {
  of(id: number): Value
  descending: boolean
  nullsFirst: boolean
}

/**
 * Sorts records as Odoo's ORDER BY does: empty values last, or first when descending; a many2one by the order of its
 * model. Throws for terms that are none.
 */
export function compareBy(env: Env, model: Model, order: string): (a: number, b: number) => number {
  const keys = keysOf({ env, model, at: id => id, reverse: false, seen: [] }, order)
  const rows = new Map<number, Value[]>()
  const rowOf = (id: number) => {
    const known = rows.get(id)
    if (known !== undefined) return known
    const row = keys.map(key => key.of(id))
    rows.set(id, row)
    return row
  }
  return (a, b) => {
    const [left, right] = [rowOf(a), rowOf(b)]
    for (const [index, key] of keys.entries()) {
      const result = compareValues(left[index] ?? null, right[index] ?? null, key)
      if (result !== 0) return result
    }
    return 0
  }
}

function compareValues(left: Value, right: Value, { descending, nullsFirst }: Key): number {
  if (left === right) return 0
  if (left === null) return nullsFirst ? -1 : 1
  if (right === null) return nullsFirst ? 1 : -1
  const result =
    typeof left === 'string' && typeof right === 'string' ? compareTexts(left, right) : left < right ? -1 : 1
  return descending ? -result : result
}

/** The argument `order` of a caller, or the model's own; throws where it is none, in the words of each release. */
export function orderOf(env: Env, model: Model, given: Json | undefined): string {
  if (!truthy(given)) return model.order
  if (typeof given !== 'string') {
    if (env.major <= 14) throw attributeError(`'${typeName(given)}' object has no attribute 'split'`)
    throw typeError(`expected string or bytes-like object, got '${typeName(given)}'`)
  }
  // Odoo 14 takes the terms apart before it looks at them as a whole.
  if (env.major <= 14 && given.split(',').some(term => term.trim() === '')) throw indexError('list index out of range')
  checkOrder(env.major, given)
  return given
}

/** Whether `order` is made of terms that Odoo takes. Dots and nulls came with 17; quotes went. */
function checkOrder(major: Major, order: string): void {
  const term =
    major <= 14
      ? String.raw`\s*([a-z0-9:_]+|"[a-z0-9:_]+")(\s+(asc|desc))?\s*`
      : String.raw`\s*[a-z0-9_]+(\.[a-z0-9_]+)?(:[a-z_]+)?(\s+(asc|desc))?(\s+nulls (first|last))?\s*`
  if (new RegExp(`^${term}(,${term})*$`, 'i').test(order)) return
  throw userError(
    `Invalid "order" specified (${order}). A valid "order" specification is a comma-separated list of valid field ` +
      'names (optionally followed by asc/desc for the direction)'
  )
}

/** Where the terms of an order are looked up: in the model itself, or in one that it refers to. */
interface Place {
  env: Env
  model: Model
  /** The record of this model that belongs to the one which is sorted; null where there is none. */
  at(id: number): number | null
  reverse: boolean
  /** The many2ones that led here. */
  seen: readonly string[]
}

function keysOf(place: Place, order: string): Key[] {
  return order.split(',').flatMap(term => keysOfTerm(place, term))
}

function keysOfTerm(place: Place, term: string): Key[] {
  const { env, model, at, reverse } = place
  const [name = '', ...words] = env.major <= 14 ? term.trim().split(' ') : term.trim().split(/\s+/)
  const [fieldName = '', property] = env.major <= 14 ? [name.trim()] : (name.split(':')[0] as string).split('.')
  const text = words.join(' ').toLowerCase()
  // Odoo 14 overlooks the direction behind two spaces.
  const descending = (env.major <= 14 ? text === 'desc' : text.startsWith('desc')) !== reverse
  const nulls = text.includes('nulls') ? text.includes('first') !== reverse : undefined
  const field = model.fields.get(fieldName)
  if (field === undefined) throw valueError(`Invalid field ${repr(fieldName)} on model '${model.name}'`)
  if (field.type === 'many2one' && !(env.major <= 14 && !isColumn(env, field))) {
    return keysOfMany2one(place, field, property, { descending, nulls })
  }
  const get = valueFor(env, model, field, property)
  if (get === undefined) return []
  const of = (id: number) => {
    const record = at(id)
    return record === null ? null : get(record)
  }
  return [{ of, descending, nullsFirst: nulls ?? descending }]
}

/** Undefined where Odoo 14 leaves a term out that is not a column; later ones refuse it. */
function valueFor(env: Env, model: Model, field: Field, property?: string): ((id: number) => Value) | undefined {
  const { name } = field
  if (env.major <= 14) {
    if (!isColumn(env, field)) return undefined
  } else {
    checkColumn(env, model, field)
  }
  if (property !== undefined) {
    const isTime = field.type === 'date' || field.type === 'datetime'
    if (env.major < 19 || !isTime || !isNumberGranularity(property)) throw noProperty(field, property)
    return id => {
      const value = valueAt(env, model, id, name)
      return typeof value === 'string' ? numberOf(env, field, value, property) : null
    }
  }
  // Odoo writes COALESCE(field, false).
  if (field.type === 'boolean') return id => valueAt(env, model, id, name) === true
  return id => sqlValue(env, field, valueAt(env, model, id, name))
}

function noProperty({ model, name }: Field, property: string): Error {
  return valueError(`Invalid field property '${property}' on ${model}.${name}`)
}

/** By the order of the other model, whose columns are all empty for an empty many2one. */
function keysOfMany2one(
  { env, model, at, seen }: Place,
  field: Field,
  property: string | undefined,
  { descending, nulls }: { descending: boolean; nulls: boolean | undefined }
): Key[] {
  const key = `${field.model}.${field.name}`
  if (seen.includes(key)) return []
  if (env.major > 14) checkColumn(env, model, field)
  if (property !== undefined && property !== 'id') throw noProperty(field, property)
  const other = (id: number) => {
    const record = at(id)
    const value = record === null ? null : valueAt(env, model, record, field.name)
    return typeof value === 'number' ? value : null
  }
  const comodel = env.models.need(String(field.relation))
  if (property === 'id' || comodel.order === 'id') {
    return [{ of: other, descending, nullsFirst: nulls ?? descending }]
  }
  const place = { env, model: comodel, at: other, reverse: descending, seen: [...seen, key] }
  const isEmpty = { of: (id: number) => other(id) === null, descending: nulls === true, nullsFirst: false }
  return [...(nulls === undefined ? [] : [isEmpty]), ...keysOf(place, comodel.order)]
}
