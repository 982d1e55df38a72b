import type { Json, JsonObject } from '../json.js'
import { didYouMean } from '../nearest.js'
import type { FieldInfo } from '../ports/odoo.js'
import { checkValue, isId, show } from './field-values.js'

/**
 * Properties (Odoo 16 and later) are fields that a parent record defines, such as those of a sales team for its leads.
 * Read, they are a list of definitions, each with its value; stored and written, an object of names and values.
 */
export interface Definition {
  name: string
  string: string
  type: string
  /** The comodel of a many2one or many2many. */
  comodel?: string
  selection?: [Json, string][]
  /** The keys of the tags that may be set. */
  tags?: string[]
  /** Absent when none was ever set, or the definition comes from the parent. */
  value?: Json
}

/** Reads what Odoo gives for a properties field, or for the definitions on the parent; false means none. */
export function toDefinitions(read: Json | undefined): Definition[] {
  return Array.isArray(read) ? read.flatMap(entry => (isObject(entry) ? toDefinition(entry) : [])) : []
}

function toDefinition({ name, string, type, comodel, selection, tags, value }: JsonObject): Definition[] {
  if (typeof name !== 'string' || typeof type !== 'string') return []
  return [
    {
      name,
      string: typeof string === 'string' ? string : name,
      type,
      ...(typeof comodel === 'string' && { comodel }),
      ...(Array.isArray(selection) && { selection: selection as [Json, string][] }),
      ...(Array.isArray(tags) && { tags: tags.map(tag => (Array.isArray(tag) ? String(tag[0]) : String(tag))) }),
      ...(value !== undefined && { value })
    }
  ]
}

/** The values of properties as Odoo stores them: records by their ids alone. Those without a value are left out. */
export function storedValues(definitions: readonly Definition[]): JsonObject {
  return Object.fromEntries(
    definitions.flatMap(({ name, type, value }) => (value === undefined ? [] : [[name, toStored(type, value)]]))
  )
}

function toStored(type: string, value: Json): Json {
  const idOf = (record: Json): Json => (Array.isArray(record) ? (record[0] as Json) : record)
  if (type === 'many2one') return idOf(value)
  return type === 'many2many' && Array.isArray(value) ? value.map(idOf) : value
}

export type CheckedProperty = { name: string; value: Json; definition: Definition } | { problem: string }

/**
 * Finds a property by its name and checks a value for it. Odoo keeps any name and any value (seen on 19), and shows
 * nothing of a name that is not defined.
 */
export function checkProperty(definitions: readonly Definition[], name: string, value: Json): CheckedProperty {
  const definition = definitions.find(known => isNamed(known, name))
  if (definition === undefined) return { problem: unknownProperty(definitions, name) }
  const checked = checkPropertyValue(definition, value)
  return 'problem' in checked ? checked : { name, value: checked.value, definition }
}

/** Whether a definition is that of a property of this name; a separator only looks like one. */
export function isNamed({ name, type }: Definition, wanted: string): boolean {
  return name === wanted && type !== 'separator'
}

/**
 * What is wrong with a name that is not defined. People see the label of a property, so a label finds its name, which
 * Odoo made; but labels are text that people wrote, and do not stand in sentences of ours.
 */
export function unknownProperty(definitions: readonly Definition[], name: string): string {
  const fitting = definitions.filter(({ type }) => type !== 'separator')
  const shown = fitting
    .slice(0, 12)
    .map(known => `${show(known.name)} (${known.type})`)
    .join(', ')
  const meant = fitting.find(({ string }) => string === name)?.name
  const near =
    meant === undefined
      ? didYouMean(
          name,
          fitting.map(known => known.name)
        )
      : ` Did you mean ${show(meant)}?`
  return `unknown property ${show(name)}; expected ${shown === '' ? 'none: no properties are defined here' : `one of ${shown}`}.${near}`
}

function checkPropertyValue(definition: Definition, value: Json): { value: Json } | { problem: string } {
  const { type, tags = [] } = definition
  if (value === null || value === false) return { value: false }
  if (type === 'many2many') {
    return Array.isArray(value) && value.every(isId)
      ? { value }
      : { problem: `${show(value)} does not fit; expected a list of ids` }
  }
  if (type === 'tags') {
    const fits = Array.isArray(value) && value.every(tag => tags.includes(tag as string))
    return fits
      ? { value }
      : { problem: `${show(value)} does not fit; expected a list of its tags: ${tags.map(show).join(', ')}` }
  }
  return checkValue(asField(definition), value)
}

function asField({ type, string, comodel, selection }: Definition): FieldInfo {
  return {
    type,
    string,
    required: false,
    readonly: false,
    store: true,
    searchable: true,
    sortable: true,
    ...(comodel !== undefined && { relation: comodel }),
    ...(selection !== undefined && { selection })
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
