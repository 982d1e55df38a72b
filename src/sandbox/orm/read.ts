import { typeError, valueError } from '../exceptions.js'
import type { Json, JsonObject } from '../json.js'
import { repr, truthy, typeName } from '../python.js'
import { checkField, checkRights, checkRules, visibleFields } from './access.js'
import type { Env } from './env.js'
import type { Field, Model, Value } from './types.js'
import { displayNameOf, fieldValue } from './values.js'

/** Rows as `read` gives them, in the order of `ids`; what does not exist is left out. */
export function read(env: Env, model: Model, ids: number[], fields?: Json, load: Json = '_classic_read'): JsonObject[] {
  const asked = fieldsToRead(env, model, fields)
  checkRights(env, model, 'r')
  const existing = ids.filter(id => id === 0 || env.tables.row(model.name, id) !== undefined)
  checkRules(
    env,
    model,
    existing.filter(id => id !== 0),
    'r'
  )
  const useNames = load === '_classic_read'
  return existing.map(id => {
    const row: JsonObject = { id }
    for (const field of asked) {
      // No record at all has an empty value of everything.
      const value = id === 0 ? emptyOf(field) : fieldValue(env, model, id, field)
      row[field.name] = toJson(env, field, value, useNames)
    }
    return row
  })
}

function emptyOf({ type }: Field): Value {
  return type === 'one2many' || type === 'many2many' ? [] : null
}

/** The fields by name; none named means all that the user may know. Throws for names that are none. */
function fieldsToRead(env: Env, model: Model, fields: Json | undefined): Field[] {
  if (!truthy(fields)) return visibleFields(env, model)
  const names = typeof fields === 'string' ? [...fields] : fields
  if (!Array.isArray(names)) {
    if (typeof names === 'object' && names !== null) return fieldsToRead(env, model, Object.keys(names))
    throw typeError(`'${typeName(fields)}' object is not iterable`)
  }
  return names.map(name => {
    const field = typeof name === 'string' ? model.fields.get(name) : undefined
    if (field === undefined) throw unknownField(env, model, name)
    checkField(env, model, field, 'read')
    return field
  })
}

function unknownField(env: Env, model: Model, name: Json): Error {
  if (Array.isArray(name)) return typeError("unhashable type: 'list'")
  if (typeof name === 'object' && name !== null) return typeError("unhashable type: 'dict'")
  return valueError(`Invalid field ${repr(name)} on ${env.major >= 19 ? '' : 'model '}'${model.name}'`)
}

/** A value as `read` shows it. */
export function toJson(env: Env, field: Field, value: Value, useNames = true): Json {
  switch (field.type) {
    case 'boolean':
      return value === true
    case 'integer':
    case 'float':
    case 'monetary':
      return value ?? 0
    case 'many2one':
      return many2oneJson(env, field, value, useNames)
    case 'one2many':
    case 'many2many':
      return value as number[]
    case 'date':
    case 'datetime':
      // Odoo pads no years: the first is 1.
      return typeof value === 'string' ? value.slice(0, 19).replace(/^0+/, '') : false
    case 'binary':
      return binaryJson(env, value)
    default:
      return value ?? false
  }
}

function many2oneJson(env: Env, field: Field, value: Value, useNames: boolean): Json {
  if (typeof value !== 'number') return false
  if (!useNames) return value
  const comodel = env.models.need(String(field.relation))
  if (env.tables.row(comodel.name, value) === undefined) return false
  const name = displayNameOf(env.sudo(), comodel, value)
  // A name that is empty is none from 17 on.
  return [value, name === '' && env.major >= 17 ? false : name]
}

function binaryJson(env: Env, value: Value): Json {
  if (typeof value !== 'string' || value === '') return false
  return env.context.bin_size ? humanSize(Buffer.from(value, 'base64').length) : value
}

/** `117.48 Kb`, as Odoo says sizes. */
export function humanSize(bytes: number): string {
  const units = ['bytes', 'Kb', 'Mb', 'Gb', 'Tb']
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  return `${size.toFixed(2)} ${units[unit]}`
}
