import type { Json, JsonObject } from '../../core/json.js'
import type { FieldInfo, FieldMap } from '../../core/ports/odoo.js'

/** The attributes of `fields_get` that FieldInfo is made of. Those a version does not know are ignored by it. */
export const fieldAttributes = [
  'type',
  'string',
  'required',
  'readonly',
  'store',
  'searchable',
  'sortable',
  'relation',
  'selection',
  'related',
  'company_dependent',
  'currency_field',
  'groups',
  'manual',
  'relation_field',
  'definition_record',
  'definition_record_field'
] as const satisfies (keyof FieldInfo)[]

/** Odoo's description of a model's fields, cut down to what we use. */
export function toFieldMap(described: Record<string, JsonObject>): FieldMap {
  return new Map(Object.entries(described).map(([name, attributes]) => [name, toFieldInfo(attributes)]))
}

function toFieldInfo(a: JsonObject): FieldInfo {
  return {
    type: text(a.type) ?? '',
    string: text(a.string) ?? '',
    required: a.required === true,
    readonly: a.readonly === true,
    // Present on every field from 14 to 19. Where one is missing, the cautious reading holds.
    store: a.store === true,
    searchable: a.searchable === true,
    sortable: a.sortable === true,
    ...optional('relation', text(a.relation)),
    ...optional('selection', Array.isArray(a.selection) ? (a.selection as [Json, string][]) : undefined),
    ...optional('related', a.related || undefined),
    ...optional('company_dependent', a.company_dependent === true || undefined),
    ...optional('currency_field', text(a.currency_field)),
    ...optional('groups', text(a.groups)),
    ...optional('manual', a.manual === true || undefined),
    ...optional('relation_field', text(a.relation_field)),
    ...optional('definition_record', text(a.definition_record)),
    ...optional('definition_record_field', text(a.definition_record_field))
  }
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>)
}
