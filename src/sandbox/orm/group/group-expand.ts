import type { JsonObject } from '../../json.js'
import type { Env } from '../env.js'
import type { Cell, Field, Model } from '../types.js'
import { valueAt } from '../values.js'
import type { Group } from './grouping.js'

/** Adds the groups that a field shows even where no record is in them, such as the stages of leads, in their order. */
export function expandGroups(env: Env, model: Model, field: Field, groups: Group[], descending = false): Group[] {
  const byKey = new Map<Cell, Group>(groups.map(group => [group.keys[0] ?? null, group]))
  const present = [...byKey.keys()].filter(key => typeof key === 'number')
  const ids = field.groupExpand?.(env, model, present) ?? []
  const shown = descending ? ids.toReversed() : ids
  const first = shown.map(id => byKey.get(id) ?? { keys: [id], ids: [] })
  return [...first, ...groups.filter(group => !shown.includes(group.keys[0] as number))]
}

/** `__fold`, where the model of the groups has a field for it. */
export function isFolded(env: Env, field: Field, key: Cell): JsonObject {
  const comodel = field.relation === undefined ? undefined : env.models.get(field.relation)
  if (comodel === undefined || !comodel.fields.has('fold')) return {}
  return { __fold: typeof key === 'number' && valueAt(env.sudo(), comodel, key, 'fold') === true }
}
