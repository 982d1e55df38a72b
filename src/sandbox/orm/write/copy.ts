import { attributeError, valueError } from '../../exceptions.js'
import { isObject, type Json, type JsonObject } from '../../json.js'
import { truthy, typeName } from '../../python.js'
import { mayKnow } from '../access.js'
import { assertExist, dictOf } from '../browse.js'
import type { Env } from '../env.js'
import { hasColumn } from '../models.js'
import { toJson } from '../read.js'
import type { Field, Model } from '../types.js'
import { fieldValue, recordOf } from '../values.js'
import { create } from './create.js'

/** `copy` of 18 and later: any number of records. Before, exactly one. */
export function copyAll(env: Env, model: Model, ids: number[], given: Json): number | number[] {
  if (env.major <= 17 && ids.length !== 1) throw valueError(`Expected singleton: ${model.name}(${ids.join(', ')})`)
  const values = defaultsFrom(env, given)
  const made = ids.map(id => copy(env, model, id, values))
  return env.major <= 17 ? (made[0] as number) : made
}

function defaultsFrom(env: Env, given: Json): JsonObject {
  if (!truthy(given)) return {}
  if (!isObject(given) && env.major <= 14) throw attributeError(`'${typeName(given)}' object has no attribute 'get'`)
  return dictOf(given)
}

/** A record like another, and its id. What is given replaces what would be copied. */
export function copy(env: Env, model: Model, id: number, given: JsonObject): number {
  assertExist(env, model, [id])
  const values = { ...copied(env, model, id, given), ...given }
  return create(env, model, [values])[0] as number
}

function copied(env: Env, model: Model, id: number, given: JsonObject): JsonObject {
  const values: JsonObject = {}
  for (const field of model.fields.values()) {
    if (field.name in given || !isCopied(field) || !mayKnow(env, field)) continue
    const value = fieldValue(env, model, id, field)
    if (field.type === 'one2many') values[field.name] = copiedLines(env, field, value as number[])
    else if (field.type === 'many2many') values[field.name] = [[6, 0, value as number[]]]
    else values[field.name] = toJson(env, field, value, false)
  }
  return { ...values, ...model.copyDefaults?.(recordOf(env, model, id)) }
}

/** Columns and links are copied unless they say no, lines only if they say yes. */
function isCopied(field: Field): boolean {
  if (field.type === 'one2many') return field.copy === true
  if (field.copy === false || field.compute !== undefined) return false
  return field.inherited || hasColumn(field) || field.type === 'many2many'
}

function copiedLines(env: Env, field: Field, lines: number[]): JsonObject[string] {
  const comodel = env.models.need(String(field.relation))
  const given = { [String(field.inverse)]: false }
  return lines.map(line => {
    const { [String(field.inverse)]: _, ...values } = copied(env, comodel, line, given)
    return [0, 0, values]
  })
}
