import { valueError } from '../../exceptions.js'
import type { Env } from '../env.js'
import type { Field, Model, Value } from '../types.js'

/** Whether a table has a column of the field: that of the model, or of the parent that it inherits the field from. */
export function isColumn(env: Env, field: Field): boolean {
  // Company-dependent fields are columns since 18; ir.property held them before.
  if (field.companyDependent === true && env.major < 18) return false
  return field.sortable && !isAttachment(field)
}

/** What SQL sees of a cell: an empty company-dependent number is its fallback, zero, since these are columns. */
export function sqlValue({ major }: Env, { companyDependent = false, type }: Field, value: Value): Value {
  const isNumber = type === 'float' || type === 'monetary' || type === 'integer'
  return value === null && companyDependent && isNumber && major >= 18 ? 0 : value
}

/** How Odoo 17 and 19 turn a field into SQL: a related one leads to the column that it shows. Throws where none is. */
export function checkColumn(env: Env, model: Model, field: Field): void {
  if (field.related === undefined || field.store) {
    if (!isColumn(env, field)) throw notStored(model.name, field.name)
    return
  }
  const names = field.related.split('.')
  const last = names.pop() as string
  let target = model
  for (const name of names) {
    const step = target.fields.get(name)
    if (step?.type !== 'many2one') {
      throw valueError(
        `Cannot convert ${model.name}.${field.name} (related=${field.related}) to SQL because ${name} is not a Many2one`
      )
    }
    target = env.models.need(String(step.relation))
  }
  const shown = target.fields.get(last)
  if (shown === undefined) throw notStored(model.name, field.name)
  checkColumn(env, target, shown)
}

function notStored(model: string, field: string): Error {
  return valueError(`Cannot convert ${model}.${field} to SQL because it is not stored`)
}

/** Whether Odoo 17 and 19 can sort or aggregate by the field. */
export function hasSql(env: Env, model: Model, field: Field): boolean {
  try {
    checkColumn(env, model, field)
    return true
  } catch {
    return false
  }
}

/** Whether a binary field is kept in ir.attachment, as all are that do not say otherwise. */
export function isAttachment({ type, attachment, store, inherited }: Field): boolean {
  return type === 'binary' && !inherited && (attachment ?? store)
}
