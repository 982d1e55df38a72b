import type { GroupOrderTerm, Measure } from '../../core/check/aggregate-specs.js'
import type { Json, JsonObject } from '../../core/json.js'
import type { FieldInfo } from '../../core/ports/odoo.js'

/** A term to group by, with the field that it ends in. */
export interface Term {
  /** As the caller wrote it. */
  name: string
  /** As Odoo takes it: with the granularity of a date. */
  spec: string
  path: string
  info: FieldInfo
}

/** A measure of a field. The number of records needs none: every group tells it. */
export type FieldMeasure = Measure & { field: string }

/** What one request asks Odoo for. */
export interface GroupRequest {
  model: string
  domain: Json[]
  terms: readonly Term[]
  measures: readonly FieldMeasure[]
  having: readonly Json[]
  order: readonly GroupOrderTerm[]
  limit: number
  offset: number
}

/** What the records of a group have in common by one term, as Odoo said it, before it has one form. */
export interface RawKey {
  /** False when they have none. An id, a key, text, a number; of a date the start of the period, in Odoo's UTC form. */
  value: Json
  /** What Odoo calls it, of records and periods. */
  label?: string
  /** The end of a period, exclusive, in Odoo's UTC form. */
  end?: string
}

export interface RawGroup {
  /** In the order of the terms. */
  keys: RawKey[]
  count: number
  /** In the order of the measures. */
  measures: Json[]
}

/** Groups of one version of Odoo. */
export interface GroupSource {
  /** Whether Odoo itself can filter and sort the groups of a request as asked. */
  canArrange(request: GroupRequest): boolean
  fetch(request: GroupRequest): Promise<RawGroup[]>
}

/** What ends every order: without it, groups of equal rank may move between two pages. */
export const tieBreaker: GroupOrderTerm = { spec: 'id:min', descending: false }

/** A call that reads, as the adapter sends it. */
export type ReadCall = (model: string, method: string, args: Json[], kwargs: JsonObject) => Promise<Json>

/** An order as Odoo takes it, or a part of it. `name` gives what a term is called there. */
export function orderText(order: readonly GroupOrderTerm[], name: (spec: string) => string): string {
  return order
    .map(({ spec, descending, nulls }) => {
      const direction = descending ? 'desc' : 'asc'
      return `${name(spec)} ${direction}${nulls === undefined ? '' : ` nulls ${nulls}`}`
    })
    .join(', ')
}

/** The key of a record that groups are named by: `[id, name]`. */
export function recordKey(value: Json): RawKey {
  return Array.isArray(value) ? { value: value[0] as Json, label: String(value[1]) } : { value }
}

export function isRecord({ info: { type } }: Term): boolean {
  return type === 'many2one' || type === 'many2many'
}
