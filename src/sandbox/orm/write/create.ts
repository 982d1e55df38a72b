import { asList } from '../../arguments.js'
import { afterCreate } from '../../automation/triggers.js'
import { attributeError, valueError } from '../../exceptions.js'
import { isObject, type Json, type JsonObject } from '../../json.js'
import { repr, typeName } from '../../python.js'
import { checkField, checkRights, checkRules } from '../access.js'
import type { Env } from '../env.js'
import { hasColumn } from '../models.js'
import type { Cell, Field, Model, Row, Translations } from '../types.js'
import { applyCommands } from './commands.js'
import { toNewCell } from './convert.js'
import { defaultOf } from './defaults.js'
import { checkDraft } from './drafts.js'
import { checkFollowed, checkRow } from './integrity.js'
import { write, writeComputed } from './write.js'

/** Creates records, all or none, and gives their ids. */
export function create(env: Env, model: Model, rows: Json[]): number[] {
  checkRights(env, model, 'c')
  const checked = rows.map(values => checkedValues(env, model, values))
  const ids = checked.map(values => createOne(env, model, values))
  checkRules(env, model, ids, 'c')
  model.afterCreate?.(env, ids)
  afterCreate(env, model, ids)
  return ids
}

/** What `create` was given as a list of the values of records: one object, or what Python walks through. */
export function rowsOf(given: Json): Json[] {
  return isObject(given) ? [given] : asList(given)
}

function checkedValues(env: Env, model: Model, values: Json): JsonObject {
  if (!isObject(values)) throw attributeError(`'${typeName(values)}' object has no attribute 'get'`)
  for (const name of Object.keys(values)) {
    const field = model.fields.get(name)
    if (field === undefined) throw unknownField(env, model, name)
    checkField(env, model, field, 'write')
  }
  checkDraft(env, model, values)
  return values
}

function unknownField(env: Env, model: Model, name: string): Error {
  return valueError(`Invalid field ${repr(name)} ${env.major >= 19 ? 'in' : 'on model'} '${model.name}'`)
}

function createOne(env: Env, model: Model, given: JsonObject): number {
  const withDefaults = { ...defaultsFor(env, model, given), ...given }
  const values = model.beforeCreate?.(env, withDefaults) ?? withDefaults
  checkFollowed(env, model, values, 'on create')
  const id = env.tables.nextId(model.name)
  const row: Row = { id, ...createParents(env, model, values) }
  const columns: Field[] = []
  for (const field of model.fields.values()) {
    if (!hasColumn(field) || field.name === 'id') continue
    columns.push(field)
    if (!(field.name in row)) row[field.name] = newCell(env, field, values)
  }
  Object.assign(row, { create_uid: env.uid, create_date: env.now, write_uid: env.uid, write_date: env.now })
  env.tables.insert(model.name, row)
  checkRow(env, model, id, columns)
  applyRest(env, model, id, values)
  model.check?.(env, [id], Object.keys(values))
  return id
}

/** A column nobody gave a value stays NULL. */
function newCell(env: Env, field: Field, values: JsonObject): Cell | Translations {
  const value = values[field.name]
  if (value === undefined) return null
  const cell = toNewCell(env, field, value, values)
  if (!field.translate || typeof cell !== 'string') return cell
  return { en_US: cell, ...(env.lang !== null && env.lang !== 'en_US' && { [env.lang]: cell }) }
}

/** `_inherits`: the record within is created, or updated where one was given. */
function createParents(env: Env, model: Model, values: JsonObject): { [field: string]: Cell } {
  const links: { [field: string]: Cell } = {}
  for (const [through, parentName] of Object.entries(model.inherits ?? {})) {
    const parent = env.models.need(parentName)
    const own = Object.entries(values).filter(([name]) => model.fields.get(name)?.related === `${through}.${name}`)
    const parentValues = Object.fromEntries(own)
    const existing = values[through]
    if (typeof existing === 'number') {
      if (own.length > 0) write(env, parent, [existing], parentValues)
      links[through] = existing
    } else {
      links[through] = create(env, parent, [parentValues])[0] as number
    }
  }
  return links
}

/** What has no column: lines, links, and computed fields that can be written. */
function applyRest(env: Env, model: Model, id: number, values: JsonObject): void {
  for (const [name, value] of Object.entries(values)) {
    const field = model.fields.get(name) as Field
    if (field.write !== undefined) writeComputed(env, [id], field, value)
    else if (field.related === undefined && field.compute === undefined && !hasColumn(field)) {
      if (field.type === 'one2many' || field.type === 'many2many') applyCommands(env, model, id, field, value, true)
    }
  }
}

function defaultsFor(env: Env, model: Model, given: JsonObject): JsonObject {
  const values: JsonObject = {}
  for (const field of model.fields.values()) {
    if (field.name in given || field.inherited) continue
    const value = defaultOf(env, field)
    if (value !== undefined) values[field.name] = value
  }
  return values
}
