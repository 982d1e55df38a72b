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
export async function checkRecords(
  ids: readonly Json[],
  model: string,
  fields: FieldMap,
  at: string,
  names: Names
): Promise<void> {
  const belonging = belongingOf(fields)
  const asked = [...new Set(ids.filter(isId))]
  if (belonging === undefined || asked.length === 0) return
  const hidden = await hiddenIds(names.odoo, names.policy, model, asked, belonging)
  if (hidden.length === 0) return
  names.problems.deny(at, `the policy of this server withholds what ${model} ${hidden.join(', ')} belongs to`)
}

/**
 * Judges the owner that values give a row: to attach a file to a record, or to make it the content of one of its
 * fields, changes that record.
 * @param prefix where they stand, up to the name of a field
 */
export function checkOwner(values: JsonObject, fields: FieldMap, prefix: string, { policy, problems }: Names): void {
  const effect: Effect = fields.has('res_field') ? 'write' : 'read'
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
