import { visibleIds } from './access.js'
import type { Env } from './env.js'
import { hasColumn } from './models.js'
import { compareBy } from './order.js'
import { matcher } from './search.js'
import type { Cell, Field, Model, Rec, Translations, Value } from './types.js'
import { round } from './write/convert.js'

/** The value of a field of one record, computed where it is; whose rights count is decided elsewhere. */
export function valueAt(env: Env, model: Model, id: number, name: string): Value {
  if (name === 'id') return id
  if (name === 'display_name') return displayNameOf(env, model, id)
  const field = model.fields.get(name)
  if (field === undefined) throw new Error(`${model.name} has no field ${name}`)
  return fieldValue(env, model, id, field)
}

/** As `valueAt`, of a field at hand. */
export function fieldValue(env: Env, model: Model, id: number, field: Field): Value {
  if (field.related !== undefined) return pathValue(env.sudo(), model, id, field.related)
  if (field.compute !== undefined) return rounded(field, field.compute(recordOf(env, model, id)))
  if (field.name === 'display_name') return displayNameOf(env, model, id)
  if (field.type === 'one2many') return linesOf(env, field, id)
  if (field.type === 'many2many') return linkedTo(env, field, id)
  return cellOf(env, model, id, field)
}

/** Floats keep as many digits as they have in Odoo, computed ones too. */
function rounded({ type, digits }: Field, value: Value): Value {
  return type === 'float' && digits !== undefined && typeof value === 'number' ? round(value, digits[1]) : value
}

function cellOf(env: Env, model: Model, id: number, field: Field): Cell {
  if (!hasColumn(field)) return null
  const cell = env.tables.row(model.name, id)?.[field.name] ?? null
  return typeof cell === 'object' && cell !== null ? translated(env, cell) : cell
}

/** The text in the language of the context, else in English. */
export function translated(env: Env, text: Translations): string | null {
  return (env.lang !== null ? text[env.lang] : undefined) ?? text.en_US ?? null
}

/** Follows many2ones; null where one is empty. */
export function pathValue(env: Env, model: Model, id: number, path: string): Value {
  const dot = path.indexOf('.')
  if (dot === -1) return valueAt(env, model, id, path)
  const first = path.slice(0, dot)
  const next = valueAt(env, model, id, first)
  const field = model.fields.get(first)
  const comodel = env.models.need(String(field?.relation))
  const rest = path.slice(dot + 1)
  if (Array.isArray(next)) return next[0] === undefined ? null : pathValue(env, comodel, next[0], rest)
  return typeof next === 'number' ? pathValue(env, comodel, next, rest) : null
}

/** For computed fields: one record, to read from. */
export function recordOf(env: Env, model: Model, id: number): Rec {
  return { env, id, get: path => pathValue(env, model, id, path) }
}

/** The name that a record is shown by. */
export function displayNameOf(env: Env, model: Model, id: number): string {
  if (model.displayName !== undefined) return model.displayName(recordOf(env, model, id))
  const { recName } = model
  if (recName === undefined) return `${model.name},${id}`
  const value = valueAt(env, model, id, recName)
  const field = model.fields.get(recName) as Field
  if (field.type === 'many2one' && typeof value === 'number') {
    return displayNameOf(env, env.models.need(String(field.relation)), value)
  }
  return value === null || value === false ? '' : String(value)
}

/** The records behind a one2many, in the order of their model; archived ones too unless the context says otherwise. */
function linesOf(env: Env, { relation, inverse, context, domain }: Field, id: number): number[] {
  const comodel = env.models.need(String(relation))
  const referring = env.tables.referring(comodel.name, String(inverse), id)
  if (referring.size === 0) return []
  return shown(env, comodel, [...referring], context, domain)
}

function linkedTo(env: Env, { relation, table, reverse = false, context, domain }: Field, id: number): number[] {
  const comodel = env.models.need(String(relation))
  const links = env.tables.links(String(table), id, reverse)
  if (links.size === 0) return []
  return shown(env, comodel, [...links], context, domain)
}

function shown(env: Env, comodel: Model, ids: number[], context: Field['context'], domain: Field['domain']): number[] {
  const activeTest = context?.active_test ?? env.context.active_test ?? true
  const active =
    comodel.hasActive && activeTest !== false
      ? ids.filter(id => valueAt(env.sudo(), comodel, id, 'active') === true)
      : ids
  const matching = Array.isArray(domain) ? active.filter(matcher(env.sudo(), comodel, domain)) : active
  return visibleIds(env, comodel, matching).sort(compareBy(env.sudo(), comodel, comodel.order))
}
