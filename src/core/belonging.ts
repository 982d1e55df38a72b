import type { Json, JsonObject } from './json.js'
import type { Policy } from './policy.js'
import type { FieldMap } from './ports/odoo.js'

/**
 * Where the rows of a model say which record they belong to: an attachment, a message, an activity, an external id.
 * Such a row holds, or speaks of, what is in that record; so where the policy hides that, it hides the row as well.
 */
export interface Belonging {
  /** The field with the technical name of the other model, or the path to it. */
  model: string
  /** Likewise for the name of the field that the row holds or speaks of. */
  field?: string
  /** The field that is empty in a row that belongs to nothing. */
  unless: string
  /** The id of the other record: through a one2many by it, a record reaches only rows of its own. */
  id?: string
}

/**
 * How rows of a model belong to others, told by its fields: a name of a model beside an id, as in `ir.attachment`,
 * `mail.message`, `mail.activity`, `mail.followers` and `ir.model.data`; or a description of a field, as in
 * `ir.default`, `ir.property` and `mail.tracking.value`. Undefined for every other model.
 */
export function belongingOf(fields: FieldMap): Belonging | undefined {
  // Every call asks, and there are models with hundreds of fields.
  if (!known.has(fields)) known.set(fields, findBelonging(fields))
  return known.get(fields)
}

const known = new WeakMap<FieldMap, Belonging | undefined>()

function findBelonging(fields: FieldMap): Belonging | undefined {
  const model = ['res_model', 'model'].find(name => fields.get(name)?.type === 'char' && fields.get(name)?.searchable)
  if (model !== undefined && fields.has('res_id')) {
    return { model, unless: model, id: 'res_id', ...(fields.has('res_field') && { field: 'res_field' }) }
  }
  const described = [...fields].find(
    ([name, { type, relation, store }]) =>
      store && type === 'many2one' && relation === 'ir.model.fields' && describing.has(name)
  )?.[0]
  return described === undefined
    ? undefined
    : { model: `${described}.model`, field: `${described}.name`, unless: described }
}

const describing = new Set(['field', 'field_id', 'fields_id'])

/**
 * The domain of the rows whose owner may be seen, one term that can stand anywhere; empty where the policy hides nothing.
 * @param namesFields whether the rest of the domain asks for the contents of fields: unless it names `res_field` or
 *   `id`, Odoo finds none of them (14 and 19), and with a term on `res_field` it would
 * @param prefix a path to the rows, with its dot
 */
export function visibleRows(belonging: Belonging, policy: Policy, namesFields: boolean, prefix = ''): Json[] {
  const { model, field, unless } = belonging
  const hidden = policy.hiddenModels(`${prefix}${model}`)
  const isFree: Json[] = [`${prefix}${unless}`, '=', false]
  const terms: Json[][] = hidden.length === 0 ? [] : [['|', isFree, '!', ...hidden]]
  if (field === 'res_field') {
    const isNone: Json[] = [field, '=', false]
    if (!namesFields && prefix === '') terms.push([isNone])
    if (namesFields) terms.push(['|', isNone, '!', ...policy.withheldFields(field)])
  } else if (field !== undefined) {
    terms.push(['|', isFree, '!', ...policy.withheldFields(`${prefix}${field}`)])
  }
  return terms.flatMap((term, index) => (index < terms.length - 1 ? ['&', ...term] : term))
}

/** Whether a domain names what lets Odoo find the contents of fields among attachments. */
export function namesFieldsOf(domain: readonly Json[]): boolean {
  return domain.some(leaf => Array.isArray(leaf) && (leaf[0] === 'id' || leaf[0] === 'res_field'))
}

/** Whether the policy hides what a row belongs to. The row was read with the fields that `ownerFields` names. */
export function belongsToHidden(row: JsonObject, { model, field }: Belonging, policy: Policy): boolean {
  const owner = row[model]
  const held = field === undefined ? false : row[field]
  if (typeof owner === 'string' && owner !== '' && !policy.mayRead(owner)) return true
  return typeof held === 'string' && policy.withholds(held, { type: 'binary' })
}

/** The fields of a row that tell what it belongs to; undefined where they lie on another record. */
export function ownerFields({ model, field }: Belonging): string[] | undefined {
  if (model.includes('.')) return undefined
  return field === undefined ? [model] : [model, field]
}
