import { asList } from '../../arguments.js'
import { attributeError, valueError } from '../../exceptions.js'
import { isObject, type Json, type JsonObject } from '../../json.js'
import { repr, typeName } from '../../python.js'
import { assertExist, browse, hashable, itemAt } from '../browse.js'
import type { Env } from '../env.js'
import type { Model } from '../types.js'
import { codeOf } from './commands.js'

/**
 * 16 and later compute fields of a new record before it is inserted, on a draft that carries out the commands of its
 * lists: commands that would do nothing to a record in the database fail there.
 */
export function checkDraft(env: Env, model: Model, values: JsonObject): void {
  if (env.major <= 15) return
  for (const [name, value] of Object.entries(values)) {
    const field = model.fields.get(name)
    if (field?.type !== 'one2many' && field?.type !== 'many2many') continue
    if (!Array.isArray(value)) continue
    const comodel = env.models.need(String(field.relation))
    const linked = linkedBy(comodel, value).filter(id => typeof id === 'number' && id !== 0) as number[]
    // The draft looks which of them are archived.
    if (comodel.hasActive) assertExist(env, comodel, linked)
  }
}

function linkedBy(comodel: Model, commands: readonly Json[]): Json[] {
  let links = new Set<Json>()
  for (const command of commands) {
    if (isObject(command)) continue
    if (!Array.isArray(command)) {
      links.add(command)
      continue
    }
    switch (codeOf(command)) {
      case 0:
        checkNew(comodel, itemAt(command, 2))
        itemAt(command, 1)
        break
      case 1:
        links.add(firstOf(itemAt(command, 1)))
        checkItems(itemAt(command, 2))
        break
      case 2:
      case 3:
        links.delete(firstOf(itemAt(command, 1)))
        break
      case 4:
        links.add(hashable(itemAt(command, 1)))
        break
      case 5:
        links.clear()
        break
      case 6:
        links = new Set(asList(itemAt(command, 2)).map(hashable))
        break
    }
  }
  return [...links]
}

function firstOf(ids: Json): Json {
  return typeof ids === 'object' ? (browse(ids)[0] ?? null) : ids
}

function checkNew(comodel: Model, values: Json): void {
  for (const name of Object.keys(checkItems(values))) {
    if (!comodel.fields.has(name)) throw valueError(`Invalid field ${repr(name)} on model '${comodel.name}'`)
  }
}

function checkItems(values: Json): JsonObject {
  if (!isObject(values)) throw attributeError(`'${typeName(values)}' object has no attribute 'items'`)
  return values
}
