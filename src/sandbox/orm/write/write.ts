import { afterWrite } from '../../automation/triggers.js'
import { attributeError, keyError, typeError, valueError } from '../../exceptions.js'
import { isObject, type Json, type JsonObject } from '../../json.js'
import { repr, typeName } from '../../python.js'
import { checkField, checkRights, checkRules, hasRules } from '../access.js'
import { assertExist, existing } from '../browse.js'
import type { Env } from '../env.js'
import { hasColumn } from '../models.js'
import type { Cell, Field, Model, Translations } from '../types.js'
import { pathValue } from '../values.js'
import { applyCommands } from './commands.js'
import { toCell } from './convert.js'
import { checkFollowed, checkRow } from './integrity.js'

/** Writes the same values to every record. */
export function write(env: Env, model: Model, ids: number[], values: Json): void {
  if (ids.length === 0) return
  checkRights(env, model, 'w')
  if (!isObject(values)) throw noValues(values)
  const fields = Object.keys(values).map(name => checkedField(env, model, name))
  // Only rules make Odoo look whether the records exist.
  if (hasRules(env, model, 'w')) assertExist(env, model, ids)
  checkRules(env, model, ids, 'w')
  const records = existing(env, model, ids)
  const changed = model.beforeWrite?.(env, records, values) ?? values
  const all = changed === values ? fields : Object.keys(changed).map(name => checkedField(env.sudo(), model, name))
  checkFollowed(env, model, changed, 'on write')
  for (const id of records) writeOne(env, model, id, all, changed)
  model.check?.(env, records, Object.keys(changed))
  afterWrite(env, model, records, changed)
}

function checkedField(env: Env, model: Model, name: string): Field {
  const field = model.fields.get(name)
  if (field === undefined) {
    throw env.major >= 19 ? keyError(name) : valueError(`Invalid field ${repr(name)} on model '${model.name}'`)
  }
  checkField(env, model, field, 'write')
  return field
}

/** Python looks for names in the values, then gets some. */
function noValues(values: Json): Error {
  if (typeof values === 'string' || Array.isArray(values)) {
    return attributeError(`'${typeName(values)}' object has no attribute 'get'`)
  }
  return typeError(`argument of type '${typeName(values)}' is not iterable`)
}

function writeOne(env: Env, model: Model, id: number, fields: Field[], values: JsonObject): void {
  const cells: { [field: string]: Cell | Translations } = {}
  const columns: Field[] = []
  for (const field of fields) {
    if (!hasColumn(field) || isLogged(field.name)) continue
    columns.push(field)
    cells[field.name] = cellToWrite(env, model, id, field, values[field.name] as Json)
  }
  // Writing the same value, or none at all, moves write_date too (14 and 19).
  env.tables.update(model.name, id, { ...cells, write_uid: env.uid, write_date: env.now })
  checkRow(env, model, id, columns)
  for (const field of fields) applyRest(env, model, id, field, values[field.name] as Json)
}

function isLogged(name: string): boolean {
  return ['id', 'create_uid', 'create_date', 'write_uid', 'write_date'].includes(name)
}

/** A translated text changes in the language of the context alone; English is the source. */
function cellToWrite(env: Env, model: Model, id: number, field: Field, value: Json): Cell | Translations {
  const cell = toCell(env, field, value)
  if (!field.translate || typeof cell !== 'string') return cell
  const before = env.tables.row(model.name, id)?.[field.name]
  const known =
    typeof before === 'object' && before !== null ? before : { en_US: typeof before === 'string' ? before : cell }
  return { ...known, [env.lang ?? 'en_US']: cell }
}

function applyRest(env: Env, model: Model, id: number, field: Field, value: Json): void {
  if (field.write !== undefined) writeComputed(env, [id], field, value)
  else if (field.related !== undefined) writeThrough(env, model, id, field, value)
  else if (field.compute === undefined && (field.type === 'one2many' || field.type === 'many2many')) {
    applyCommands(env, model, id, field, value)
  }
}

/** A computed field is checked before what it stands for is written. */
export function writeComputed(env: Env, ids: number[], field: Field, value: Json): void {
  if (field.type === 'selection') toCell(env, field, value)
  field.write?.(env, ids, value)
}

/** An inherited field, or a related one that is not readonly, is written where it lives. */
function writeThrough(env: Env, model: Model, id: number, field: Field, value: Json): void {
  if (field.readonly && !field.inherited) return
  // 14 looks at the value before it knows whose it is.
  if (env.major <= 14 && field.type === 'selection') toCell(env, field, value)
  const path = String(field.related).split('.')
  const name = path.pop() as string
  const owner = pathValue(env.sudo(), model, id, path.join('.'))
  if (typeof owner !== 'number') return
  const comodel = path.reduce((at, step) => env.models.need(String(at.fields.get(step)?.relation)), model)
  write(env, comodel, [owner], { [name]: value })
}
