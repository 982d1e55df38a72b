import type { FieldSpec } from './types.js'

type More = Omit<FieldSpec, 'type' | 'string'>

const simple =
  (type: FieldSpec['type']) =>
  (string: string, more: More = {}): FieldSpec => ({ type, string, ...more })

export const char = simple('char')
export const text = simple('text')
export const html = simple('html')
export const integer = simple('integer')
export const float = simple('float')
export const monetary = (string: string, more: More = {}): FieldSpec => ({
  type: 'monetary',
  string,
  currencyField: 'currency_id',
  ...more
})
export const boolean = simple('boolean')
export const date = simple('date')
export const datetime = simple('datetime')
export const binary = simple('binary')

export function selection(string: string, choices: FieldSpec['selection'] & object, more: More = {}): FieldSpec {
  return { type: 'selection', string, selection: choices, ...more }
}

export function many2one(string: string, relation: string, more: More = {}): FieldSpec {
  return { type: 'many2one', string, relation, ...more }
}

export function one2many(string: string, relation: string, inverse: string, more: More = {}): FieldSpec {
  return { type: 'one2many', string, relation, inverse, ...more }
}

/** `table` is the name of the relation in PostgreSQL; the field on the other side gives the same and `reverse`. */
export function many2many(string: string, relation: string, table: string, more: More = {}): FieldSpec {
  return { type: 'many2many', string, relation, table, ...more }
}

/** A field that shows one of a related record. Not stored in Odoo unless it says so. */
export function related(type: FieldSpec['type'], string: string, path: string, more: More = {}): FieldSpec {
  return { type, string, related: path, readonly: true, store: false, ...more }
}
