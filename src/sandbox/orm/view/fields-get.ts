import { typeError } from '../../exceptions.js'
import type { Json, JsonObject } from '../../json.js'
import { isObject } from '../../json.js'
import { truthy, typeName } from '../../python.js'
import { hasRights, visibleFields } from '../access.js'
import type { Env } from '../env.js'
import { aggregatorOf } from '../group/aggregators.js'
import { hasSql, isAttachment, isColumn } from '../group/columns.js'
import type { Field, Model } from '../types.js'

/**
 * `fields_get`: what there is to know of the fields that the user's groups may see. Names that are no fields are left
 * out without a word.
 */
export function fieldsGet(env: Env, model: Model, allfields?: Json, attributes?: Json): JsonObject {
  const isAsked = containing(allfields)
  const isWanted = wantedAttributes(env, attributes)
  const result: JsonObject = {}
  for (const field of visibleFields(env, model)) {
    if (!isAsked(field.name)) continue
    const all = Object.entries({ ...describe(env, model, field), ...readonlyOf14(env, model) })
    result[field.name] = Object.fromEntries(all.filter(([name]) => isWanted(name)))
  }
  return result
}

/** Python's `name in names`, for what a caller may give as names; all where there are none. */
function containing(names: Json | undefined): (name: string) => boolean {
  if (!truthy(names)) return () => true
  if (typeof names === 'string' || Array.isArray(names)) return name => names.includes(name)
  if (isObject(names)) return name => Object.hasOwn(names, name)
  throw typeError(`argument of type '${typeName(names)}' is not iterable`)
}

/** An empty list of attributes means all on 14, and none on later ones. */
function wantedAttributes(env: Env, attributes: Json | undefined): (name: string) => boolean {
  if (env.major <= 14 || attributes === undefined || attributes === null) return containing(attributes)
  return truthy(attributes) ? containing(attributes) : () => false
}

/** On 14 all fields of a model are read-only for users who may neither create nor change its records. */
function readonlyOf14(env: Env, model: Model): JsonObject {
  if (env.major > 15 || hasRights(env, model, 'w') || hasRights(env, model, 'c')) return {}
  return { readonly: true, states: {} }
}

/** Everything that a release tells of a field, whoever asks. */
export function describe(env: Env, model: Model, field: Field): JsonObject {
  const { name, type, string, store, searchable, required = false, readonly = false, help, groups, related } = field
  return {
    type,
    string,
    // Until 17 such values are kept elsewhere, as ir.property (source of 14; not seen on a real 17).
    store: store && !(field.companyDependent === true && env.major < 18),
    searchable,
    required,
    readonly,
    sortable: isSortable(env, model, field),
    manual: false,
    change_default: false,
    company_dependent: (field.companyDependent ?? false) && !field.inherited,
    depends: [...(field.depends ?? (related === undefined ? [] : [related]))],
    ...(help !== undefined && { help }),
    ...(groups !== undefined && { groups }),
    ...(related !== undefined && { related: env.major <= 14 ? related.split('.') : related }),
    ...aggregation(env, model, field),
    ...byType(env, field),
    ...(env.major >= 16 && { name, exportable: true, default_export_compatible: false }),
    ...(env.major >= 17 && { groupable: isGroupable(env, model, field) })
  }
}

function isSortable(env: Env, model: Model, field: Field): boolean {
  if (env.major <= 14) return isColumn(env, field)
  return field.relation !== undefined && field.type !== 'many2one' ? false : hasSql(env, model, field)
}

function isGroupable(env: Env, model: Model, field: Field): boolean {
  if (field.type === 'many2many') return field.store || field.inherited
  return hasSql(env, model, field)
}

function aggregation(env: Env, model: Model, field: Field): JsonObject {
  const aggregator = aggregatorOf(env, field)
  if (aggregator === undefined) return {}
  if (env.major <= 17) return { group_operator: aggregator }
  return hasSql(env, model, field) ? { aggregator } : {}
}

function byType(env: Env, field: Field): JsonObject {
  switch (field.type) {
    case 'char':
      return {
        translate: field.translate ?? false,
        trim: field.trim ?? true,
        ...(field.size !== undefined && { size: field.size })
      }
    case 'text':
      return { translate: field.translate ?? false }
    case 'html':
      return { translate: field.translate ?? false, ...sanitizing }
    case 'float':
      if (field.minDisplayDigits === true && env.major >= 19) return { digits: false }
      return field.digits === undefined ? {} : { digits: [...field.digits] }
    case 'monetary':
      return { currency_field: field.currencyField ?? 'currency_id' }
    case 'selection':
    case 'reference':
      return { selection: (field.selection ?? []).map(choice => [...choice]) }
    case 'binary':
      return { attachment: isAttachment(field) }
    case 'many2one_reference':
      return env.major >= 17 ? { model_field: 'res_model' } : {}
    case 'many2one':
    case 'one2many':
    case 'many2many':
      return relational(env, field)
    default:
      return {}
  }
}

/** What Odoo does with HTML that is written, where a field says nothing else. */
const sanitizing: JsonObject = {
  sanitize: true,
  sanitize_tags: true,
  sanitize_attributes: true,
  sanitize_style: false,
  strip_style: false,
  strip_classes: false
}

function relational(env: Env, field: Field): JsonObject {
  const relation = String(field.relation)
  const comodel = env.models.get(relation)
  return {
    relation,
    domain: field.domain ?? [],
    context: field.context ?? {},
    ...(field.inverse !== undefined && field.related === undefined && { relation_field: field.inverse }),
    // Their spelling (seen on 19).
    ...(env.major >= 18 && { allow_hierachy_operators: comodel?.fields.has(comodel.parent) ?? false })
  }
}
