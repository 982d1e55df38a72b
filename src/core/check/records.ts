import { belongingOf } from '../belonging.js'
import { hiddenIds } from '../guarded-odoo.js'
import type { Json, JsonObject } from '../json.js'
import type { Effect } from '../policy.js'
import type { FieldMap } from '../ports/odoo.js'
import { isId } from './field-values.js'
import type { Names } from './names.js'

/**
 * Refuses records that belong to what the policy hides, such as the attachment that is the image of a hidden model:
 * they can neither be changed, nor linked, nor be what a method is called on. Of ids that do not exist Odoo speaks itself.
 */
export async function checkRecords(ids: readonly Json[], of: Kind, at: string, names: Names): Promise<void> {
  const { model, fields, effect } = of
  const belonging = belongingOf(fields)
  const asked = [...new Set(ids.filter(isId))]
  if (belonging === undefined || asked.length === 0) return
  const { odoo, policy, problems } = names
  const hidden = await hiddenIds(odoo, policy, model, asked, belonging)
  if (hidden.length > 0) {
    problems.deny(at, `the policy of this server withholds what ${model} ${hidden.join(', ')} belongs to`)
    return
  }
  if (effect === 'read' || !changesOwner(fields)) return
  const mayWrite = (owner: string) => policy.refusal(owner, 'write') === undefined
  const kept = await hiddenIds(odoo, { ...policy, mayRead: mayWrite }, model, asked, belonging)
  if (kept.length === 0) return
  problems.deny(at, `the policy of this server lets what ${model} ${kept.join(', ')} belongs to be read, not changed`)
}

/** Records of one model, and what is done to them. */
interface Kind {
  model: string
  fields: FieldMap
  effect: Effect
}

/** Files are the content of what they belong to: the scripts of a view, the picture of a user. */
function changesOwner(fields: FieldMap): boolean {
  return fields.has('res_field')
}

/**
 * Judges the owner that values give a row: to attach a file to a record, or to make it the content of one of its
 * fields, changes that record.
 * @param prefix where they stand, up to the name of a field
 */
export function checkOwner(values: JsonObject, fields: FieldMap, prefix: string, { policy, problems }: Names): void {
  const effect: Effect = changesOwner(fields) ? 'write' : 'read'
  for (const name of ['res_model', 'model']) {
    const owner = values[name]
    // A car has a model, too.
    if (typeof owner !== 'string' || !owner.includes('.')) continue
    const refusal = policy.refusal(owner, effect)
    if (refusal !== undefined) problems.deny(`${prefix}${name}`, refusal)
  }
  const held = values.res_field
  if (typeof held === 'string' && policy.withholds(held, { type: 'binary' })) {
    problems.deny(`${prefix}res_field`, `the content of the field ${held} is withheld by the policy of this server`)
  }
}
