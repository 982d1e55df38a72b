import { asList } from '../arguments.js'
import { databaseError, indexError, missingError, typeError, valueError } from '../exceptions.js'
import { isObject, type Json } from '../json.js'
import { repr, truthy, typeName } from '../python.js'
import type { Env } from './env.js'
import type { Model } from './types.js'
import { notAnInteger } from './write/sql-values.js'

/** `browse` of Python: an id, a list of them, or whatever can be walked through. What is not true is no id. */
export function browse(ids: Json | undefined, refuse: (text: string) => Error = notAnInteger): number[] {
  return idsIn(ids, refuse).filter(id => id !== 0)
}

/** As `browse`, with 0 in the place of what is no id, which `read` takes for a record that is not created yet. */
export function idsIn(ids: Json | undefined, refuse: (text: string) => Error = notAnInteger): number[] {
  if (ids === undefined || !truthy(ids)) return []
  const list = typeof ids === 'number' || ids === true ? [ids] : asList(ids)
  return list.map(id => {
    if (typeof id === 'number') return id
    if (id === true) throw databaseError('UndefinedFunction', 'operator does not exist: integer = boolean\n')
    const text = hashable(id)
    if (!truthy(text)) return 0
    if (/^\d+$/.test(String(text))) return Number(text)
    throw refuse(String(text))
  })
}

/** Those of the records that exist. */
export function existing(env: Env, model: Model, ids: readonly number[]): number[] {
  return ids.filter(id => env.tables.row(model.name, id) !== undefined)
}

/** Throws MissingError for those of the ids that are none. */
export function assertExist(env: Env, model: Model, ids: readonly number[]): void {
  const missing = ids.filter(id => env.tables.row(model.name, id) === undefined)
  if (missing.length > 0) throw missingError(model.name, missing, env.uid)
}

/** What `browse(value)` and reading a field of it say to a value that was meant to be one id. */
export function assertOneId(model: string, value: Json | undefined): void {
  if (value === undefined || !truthy(value) || (typeof value === 'number' && Number.isInteger(value))) return
  const ids = asList(value)
  if (ids.length > 1) throw valueError(`Expected singleton: ${model}(${ids.map(id => repr(id)).join(', ')})`)
  browse(ids)
}

/** `list[index]` of Python. */
export function itemAt(list: readonly Json[], index: number): Json {
  const item = list[index]
  if (item === undefined) throw indexError('list index out of range')
  return item
}

/** `dict(value)` of Python, for what is no list of pairs. */
export function dictOf(value: Json): { [key: string]: Json } {
  if (isObject(value)) return value
  const items = asList(value)
  if (items.length === 0) return {}
  const [first = null] = items
  if (typeof first !== 'string' && !Array.isArray(first)) {
    throw typeError('cannot convert dictionary update sequence element #0 to a sequence')
  }
  if (first.length !== 2) {
    throw valueError(`dictionary update sequence element #0 has length ${first.length}; 2 is required`)
  }
  return Object.fromEntries(items.map(pair => [String((pair as Json[])[0]), (pair as Json[])[1] ?? null]))
}

/** What may stand in a set. */
export function hashable(value: Json): Exclude<Json, Json[] | object> {
  if (typeof value === 'object' && value !== null) throw typeError(`unhashable type: '${typeName(value)}'`)
  return value
}
