import { hasRights, mayKnow } from '../access.js'
import type { Env } from '../env.js'
import type { Field, Model } from '../types.js'
import { escaped, listTag } from './default-views.js'

/** An arch as a user sees it, and the fields in it, in order. */
export interface Shown {
  arch: string
  fields: Field[]
}

/**
 * What Odoo does to an arch before it sends it: fields that are kept from the user go, the root says which rights are
 * missing, and on 14 every field carries its modifiers.
 */
export function shownArch(env: Env, model: Model, arch: string): Shown {
  const fields = new Map<string, Field>()
  const root = /^\s*<(\w+)([^>]*?)\/?>/.exec(arch)
  const view = { tag: root?.[1] ?? '', attributes: root?.[2] ?? '' }
  const shown = arch.replace(/<field\b([^>]*?)\s*(\/?)>/g, (node, attributes: string, end: string) => {
    const field = model.fields.get(attribute(attributes, 'name') ?? '')
    if (field === undefined) return node
    if (!mayKnow(env, field)) return ''
    fields.set(field.name, field)
    return `<field${attributes}${relationRights(env, field, view, attributes)}${modifiers14(env, field, view, attributes)}${end}>`
  })
  return { arch: withRights(env, model, view.tag, shown), fields: [...fields.values()] }
}

interface Root {
  tag: string
  attributes: string
}

function attribute(attributes: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1]
}

/** Seen on 14 (`false`, in views that can change records) and 19 (`False`, in all). */
function withRights(env: Env, model: Model, tag: string, arch: string): string {
  if (env.major <= 14 && !['kanban', 'tree', 'form', 'activity'].includes(tag)) return arch
  return arch.replace(/^(\s*<\w+)([^>]*?)(\s*\/?>)/, (_all, start: string, attributes: string, end: string) => {
    const missing = rights.filter(([action, right]) => !attribute(attributes, action) && !hasRights(env, model, right))
    return start + attributes + missing.map(([action]) => ` ${action}="${said(env, false)}"`).join('') + end
  })
}

const rights = [
  ['create', 'c'],
  ['delete', 'u'],
  ['edit', 'w']
] as const

/** From 16 on, Python's words for truth. */
function said(env: Env, value: boolean): string {
  if (env.major <= 15) return String(value)
  return value ? 'True' : 'False'
}

/** Whether the user may create and change the records that a field leads to; from 16 on where the field can be edited. */
function relationRights(env: Env, field: Field, view: Root, attributes: string): string {
  if (field.type !== 'many2one' && field.type !== 'many2many') return ''
  const comodel = env.models.get(String(field.relation))
  if (comodel === undefined || (env.major >= 16 && !isEditable(env, field, view, attributes))) return ''
  const [create, change] = [hasRights(env, comodel, 'c'), hasRights(env, comodel, 'w')]
  return ` can_create="${said(env, create)}" can_write="${said(env, change)}"`
}

function isEditable(env: Env, field: Field, { tag, attributes: root }: Root, attributes: string): boolean {
  if (field.readonly || ['1', 'True'].includes(attribute(attributes, 'readonly') ?? '')) return false
  if (tag === 'form') return true
  return tag === listTag(env) && (attribute(root, 'editable') ?? attribute(root, 'multi_edit')) !== undefined
}

/** 14 says what is invisible, read-only and required in JSON. */
function modifiers14(env: Env, field: Field, { tag }: Root, attributes: string): string {
  if (env.major > 16) return ''
  const modifiers: { [name: string]: boolean } = {}
  if (field.readonly) modifiers.readonly = true
  if (field.required) modifiers.required = true
  for (const name of ['invisible', 'readonly', 'required']) {
    const given = attribute(attributes, name)
    if (given === undefined || given === '') continue
    const value = !['0', 'False', 'false'].includes(given)
    if (name === 'invisible' && tag === 'tree') modifiers.column_invisible = value
    else if (value) modifiers[name] = true
    else delete modifiers[name]
  }
  const said = Object.entries(modifiers).map(([name, value]) => `"${name}": ${value}`)
  return ` modifiers="${escaped(`{${said.join(', ')}}`)}"`
}
