import { databaseError, missingError, typeError, valueError } from '../../exceptions.js'
import { isObject, type Json, type JsonObject } from '../../json.js'
import { truthy, typeName } from '../../python.js'
import { checkRights } from '../access.js'
import type { Env } from '../env.js'
import type { Model } from '../types.js'
import { defaultArch, listTag } from './default-views.js'
import { describe, fieldsGet } from './fields-get.js'
import { shownArch } from './view-arch.js'

/** `get_views` (16 and later): several views, and what they need to know of the fields in them. */
export function getViews(env: Env, model: Model, views: Json, options?: Json): JsonObject {
  const { toolbar, load_filters: filters } = isObject(options) ? options : {}
  const shown: { [type: string]: JsonObject } = {}
  const names = new Map<string, Set<string>>()
  for (const [id, type] of pairs(views)) {
    // Until 17 callers may say "list" here for what is a "tree".
    const { models, ...view } = getView(env, model, id, type === 'list' ? listTag(env) : type)
    shown[type] = { ...view, ...(truthy(toolbar) && { toolbar: {} }) }
    for (const [name, fields] of Object.entries(models as { [model: string]: string[] })) {
      names.set(name, new Set([...(names.get(name) ?? []), ...fields]))
    }
  }
  if (truthy(filters) && shown.search !== undefined) shown.search.filters = []
  const models: JsonObject = {}
  for (const [name, fields] of names) {
    const described = fieldsGet(env, env.models.need(name), [...fields], viewAttributes(env))
    models[name] = env.major >= 18 ? { fields: described } : described
  }
  return { views: shown, models }
}

/** The attributes of fields that come with views. */
function viewAttributes(env: Env): string[] {
  const names =
    'change_default context currency_field definition_record definition_record_field digits domain groups help name ' +
    'readonly related relation relation_field required searchable selection size sortable store string translate trim ' +
    'type groupable'
  const more =
    env.major <= 17 ? ['group_operator'] : ['aggregator', 'model_field', 'min_display_digits', 'falsy_value_label']
  return [...names.split(' '), ...more]
}

/** `get_view` (16 and later): one view, with the names of the fields in it. */
export function getView(env: Env, model: Model, id?: Json, type: Json = 'form'): JsonObject {
  checkRights(env, model, 'r')
  const view = findView(env, model, id, type)
  const { arch, fields } = shownArch(env, model, view.arch)
  return {
    arch,
    id: view.id ?? false,
    model: model.name,
    models: {
      [model.name]: fieldsFor(
        model,
        view.type,
        fields.map(({ name }) => name)
      )
    }
  }
}

/** Lists, forms and kanbans need to know whether a record changed; a search offers all fields. */
function fieldsFor(model: Model, type: string, names: string[]): string[] {
  if (type === 'search') return [...model.fields.keys()]
  if (!['list', 'tree', 'form', 'kanban'].includes(type)) return names
  return [...new Set([...names, 'id', 'write_date'])]
}

/** `fields_view_get` (until 16). */
export function fieldsViewGet(env: Env, model: Model, id?: Json, type: Json = 'form', toolbar?: Json): JsonObject {
  checkRights(env, model, 'r')
  const view = findView(env, model, id, type)
  const { arch, fields } = shownArch(env, model, view.arch)
  const described = fields.map(field => [
    field.name,
    { id: null, select: null, views: {}, ...describe(env, model, field) }
  ])
  return {
    model: model.name,
    field_parent: false,
    arch,
    name: view.id === undefined ? 'default' : `${model.name}.${view.type}`,
    type: view.type,
    ...(view.id !== undefined && { view_id: view.id, base_model: model.name }),
    fields: Object.fromEntries(described),
    ...(truthy(toolbar) && { toolbar: { print: [], action: [] } })
  }
}

/** `load_views` (until 15): several views and all fields of the model. */
export function loadViews(env: Env, model: Model, views: Json, options?: Json): JsonObject {
  const { toolbar = false, load_filters: filters } = isObject(options) ? options : {}
  const shown = pairs(views).map(([id, type]) => {
    const bar = type === 'search' ? false : toolbar
    return [type, fieldsViewGet(env, model, id, type === 'list' ? 'tree' : type, bar)]
  })
  return {
    fields_views: Object.fromEntries(shown),
    fields: fieldsGet(env, model),
    ...(truthy(filters) && { filters: [] })
  }
}

/** Unpacks pairs of id and type as Python does. */
function pairs(views: Json): [Json, string][] {
  const list = typeof views === 'string' ? [...views] : views
  if (!Array.isArray(list)) throw typeError(`'${typeName(views)}' object is not iterable`)
  return list.map(item => {
    const pair = typeof item === 'string' ? [...item] : item
    if (!Array.isArray(pair)) throw typeError(`cannot unpack non-iterable ${typeName(item)} object`)
    if (pair.length > 2) throw valueError('too many values to unpack (expected 2)')
    if (pair.length < 2) throw valueError(`not enough values to unpack (expected 2, got ${pair.length})`)
    return [pair[0] as Json, String(pair[1])]
  })
}

interface View {
  /** Absent for views that Odoo makes up. */
  id?: number
  type: string
  arch: string
}

/** The view of an id, else the first of a type. Of all views the sandbox keeps only lists. */
function findView(env: Env, model: Model, id: Json | undefined, type: Json): View {
  if (truthy(id) && id !== undefined) return viewOfId(env, model, id)
  const name = String(type)
  const list = ownList(env, model)
  return name === list?.type ? list : { type: name, arch: defaultArch(env, model, name) }
}

function ownList(env: Env, model: Model): Required<View> | undefined {
  const arch = model.listView?.(env.major)
  if (arch === undefined) return undefined
  return { id: env.models.names().indexOf(model.name) + 1, type: listTag(env), arch }
}

function viewOfId(env: Env, model: Model, id: Json): View {
  if (typeof id !== 'number' && typeof id !== 'boolean') {
    throw databaseError('InvalidTextRepresentation', `invalid input syntax for type integer: "${String(id)}"\n`)
  }
  const list = ownList(env, model)
  if (list?.id === Number(id)) return list
  throw missingError('ir.ui.view', [Number(id)], env.uid)
}
