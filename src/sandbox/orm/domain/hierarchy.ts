import type { Env } from '../env.js'
import type { Model } from '../types.js'
import { valueAt } from '../values.js'

/** The records and everything below them, along the model's parent field or another many2one to itself. */
export function childrenOf(env: Env, model: Model, ids: number[], parent = model.parent): number[] {
  const found = new Set<number>()
  let level = ids.filter(id => env.tables.row(model.name, id) !== undefined)
  while (level.length > 0) {
    for (const id of level) found.add(id)
    level = level.flatMap(id => [...env.tables.referring(model.name, parent, id)]).filter(id => !found.has(id))
  }
  return [...found]
}

/** The records and everything above them. */
export function parentsOf(env: Env, model: Model, ids: number[], parent = model.parent): number[] {
  const found = new Set<number>()
  for (const start of ids) {
    let id: unknown = start
    while (typeof id === 'number' && !found.has(id) && env.tables.row(model.name, id) !== undefined) {
      found.add(id)
      id = model.fields.has(parent) ? valueAt(env.sudo(), model, id, parent) : null
    }
  }
  return [...found]
}
