import { asList } from '../../arguments.js'
import type { Json, JsonObject } from '../../json.js'
import { truthy } from '../../python.js'
import { mayKnow } from '../access.js'
import type { Env } from '../env.js'
import { toJson } from '../read.js'
import type { Field, Model } from '../types.js'
import { toCell } from './convert.js'

/** The default of a field: `default_<name>` of the context, else the model's own. */
export function defaultOf(env: Env, field: Field): Json | undefined {
  const fromContext = env.context[`default_${field.name}`]
  if (fromContext !== undefined) return fromContext
  return typeof field.default === 'function' ? field.default(env) : field.default
}

/** `default_get`: the defaults of the fields that are asked for, as write would take them. */
export function defaultGet(env: Env, model: Model, names: Json): JsonObject {
  const values: JsonObject = {}
  for (const name of asList(names)) {
    const field = model.fields.get(String(name))
    if (field === undefined) {
      // What the context says of names that are no fields comes back as it is.
      const given = env.context[`default_${name}`]
      if (given !== undefined) values[String(name)] = given
      continue
    }
    if (!mayKnow(env, field)) continue
    const owner = field.inherited ? inheritedFrom(env, model, field) : field
    const value = defaultOf(env, owner)
    if (value !== undefined) values[field.name] = toWrite(env, field, value)
  }
  return values
}

/** As `write` would take it: `[[6, 0, ids]]` for a one2many or many2many. */
function toWrite(env: Env, field: Field, value: Json): Json {
  switch (field.type) {
    case 'one2many':
    case 'many2many':
      return Array.isArray(value) && value.every(id => typeof id === 'number') ? [[6, 0, value]] : value
    case 'selection':
      // Whether it is one of the choices is looked at when it is written.
      return truthy(value) ? value : false
    case 'char':
    case 'text':
    case 'html':
      // None from 17 on: these say what is in the cache.
      if (!truthy(value)) return env.major >= 17 ? null : false
  }
  return toJson(env, field, toCell(env, field, value), false)
}

function inheritedFrom(env: Env, model: Model, field: Field): Field {
  const [through = '', name = ''] = String(field.related).split('.')
  return env.models.need(String(model.inherits?.[through])).fields.get(name) as Field
}
