import { isOperator } from './domain.js'
import type { Json, JsonObject } from './json.js'
import type { Effect } from './policy.js'

/** What a parameter of an ORM method holds; decides how it is checked. */
export type ParameterKind =
  | 'ids'
  | 'domain'
  | 'fields'
  | 'order'
  | 'group_order'
  | 'values'
  | 'group_by'
  | 'aggregates'
  | 'having'
  | 'other'

interface Parameter {
  kind: ParameterKind
  /** Its names as a keyword, over the versions. The first is that of Odoo 19, by which JSON-2 takes it. */
  names: readonly [string, ...string[]]
}

export interface MethodInfo {
  effect: Effect
  /** In positional order; for a method of records the ids come first. */
  parameters: readonly Parameter[]
  /** Reads every field when `fields` is missing, secrets and files too. */
  readsAllFields?: true
  /** A method of the model until some version, of records since: ids may come first, `parameters` lists the others. */
  mayTakeIds?: true
}

const p = (kind: ParameterKind, ...names: [string, ...string[]]): Parameter => ({ kind, names })
const ids = p('ids', 'ids')
const domain = p('domain', 'domain', 'args')
const fields = p('fields', 'fields', 'allfields', 'fields_list')
const order = p('order', 'order')
const groupBy = p('group_by', 'groupby')
const offset = p('other', 'offset')
const limit = p('other', 'limit')
const other = (name: string) => p('other', name)

/**
 * The ORM's own methods, Odoo 14 to 19: what they do, and where a domain, fields or values stand in their arguments.
 * A method that is not here counts as a write, whatever its name: nothing else is known of it.
 */
const methods: Readonly<Record<string, MethodInfo>> = {
  search: { effect: 'read', parameters: [domain, offset, limit, order, other('count')] },
  search_read: { effect: 'read', parameters: [domain, fields, offset, limit, order], readsAllFields: true },
  search_count: { effect: 'read', parameters: [domain, limit] },
  read: { effect: 'read', parameters: [ids, fields, other('load')], readsAllFields: true },
  read_group: {
    effect: 'read',
    parameters: [
      domain,
      p('aggregates', 'fields'),
      groupBy,
      offset,
      limit,
      p('group_order', 'orderby', 'order'),
      other('lazy')
    ]
  },
  formatted_read_group: {
    effect: 'read',
    parameters: [
      domain,
      groupBy,
      p('aggregates', 'aggregates'),
      p('having', 'having'),
      offset,
      limit,
      p('group_order', 'order', 'orderby')
    ]
  },
  name_search: { effect: 'read', parameters: [other('name'), domain, other('operator'), limit] },
  name_get: { effect: 'read', parameters: [ids] },
  fields_get: { effect: 'read', parameters: [p('fields', 'allfields', 'fields'), other('attributes')] },
  default_get: { effect: 'read', parameters: [fields] },
  get_metadata: { effect: 'read', parameters: [ids] },
  check_access_rights: { effect: 'read', parameters: [other('operation'), other('raise_exception')] },
  has_access: { effect: 'read', parameters: [ids, other('operation')] },
  has_group: { effect: 'read', parameters: [other('group_ext_id')], mayTakeIds: true },
  user_has_groups: { effect: 'read', parameters: [other('groups')] },
  context_get: { effect: 'read', parameters: [] },
  get_available_models: { effect: 'read', parameters: [] },
  check_object_reference: {
    effect: 'read',
    parameters: [other('module'), other('xml_id'), other('raise_on_access_error')]
  },
  get_views: { effect: 'read', parameters: [other('views'), other('options')] },
  get_view: { effect: 'read', parameters: [other('view_id'), other('view_type')] },
  fields_view_get: {
    effect: 'read',
    parameters: [other('view_id'), other('view_type'), other('toolbar'), other('submenu')]
  },
  load_views: { effect: 'read', parameters: [other('views'), other('options')] },
  create: { effect: 'create', parameters: [p('values', 'vals_list', 'vals', 'values')] },
  name_create: { effect: 'create', parameters: [other('name')] },
  copy: { effect: 'create', parameters: [ids, p('values', 'default')] },
  write: { effect: 'write', parameters: [ids, p('values', 'vals', 'values', 'vals_list')] },
  unlink: { effect: 'unlink', parameters: [ids] }
}

/** What is known of a method; undefined for what the ORM does not define. */
export function methodInfo(method: string): MethodInfo | undefined {
  return Object.hasOwn(methods, method) ? methods[method] : undefined
}

/** What a method does to its model as far as is known: an unknown method counts as a write. */
export function methodEffect(method: string): Effect {
  return methodInfo(method)?.effect ?? 'write'
}

/** One argument of a call, wherever it stood. */
export interface Argument {
  kind: ParameterKind
  value: Json
  /** Where it stands, such as `args[0]` or `kwargs.domain`. */
  at: string
  replace(value: Json): void
}

/**
 * Finds the arguments of an ORM method by position and by keyword. `args` and `kwargs` are changed by `replace`, so
 * hand in copies. Arguments that the table does not know are left out; of an unknown method only lists that read as a
 * domain are known, and keywords that end in `domain`.
 * @param hasIds whether the ids were given apart, and `args` begin with the second positional argument
 */
export function bindArguments(method: string, args: Json[], kwargs: JsonObject, hasIds: boolean): Argument[] {
  const info = methodInfo(method)
  const parameters = info?.parameters ?? []
  const guess = (value: Json) => (info === undefined && looksLikeDomain(value) ? 'domain' : 'other')
  const shift = hasIds ? 1 : 0
  const positional = args.map((value, index): Argument => {
    const kind = parameters[index + shift]?.kind ?? guess(value)
    const replace = (checked: Json) => {
      args[index] = checked
    }
    return { kind, value, at: `args[${index}]`, replace }
  })
  const named = Object.entries(kwargs).map(([name, value]): Argument => {
    const known = parameters.find(parameter => parameter.names.includes(name))?.kind
    const kind = known ?? (name.endsWith('domain') ? 'domain' : guess(value))
    const replace = (checked: Json) => {
      kwargs[name] = checked
    }
    return { kind, value, at: `kwargs.${name}`, replace }
  })
  return [...positional, ...named]
}

function looksLikeDomain(value: Json): boolean {
  return Array.isArray(value) && value.some(isLeaf) && value.every(item => typeof item === 'string' || isLeaf(item))
}

function isLeaf(item: Json): boolean {
  return Array.isArray(item) && item.length === 3 && typeof item[0] === 'string' && isOperator(item[1])
}
