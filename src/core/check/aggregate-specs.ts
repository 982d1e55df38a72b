import type { FieldInfo } from '../ports/odoo.js'

/** A term to group by: `partner_id`, `date_order:month`, or from Odoo 19 on `partner_id.country_id`. */
export interface GroupTerm {
  /** As the caller wrote it; the key of its value in every group. */
  spec: string
  /** The path of the field. */
  path: string
  granularity?: Granularity
}

/** Something computed over the records of a group. `field` is absent for `__count`, the number of records. */
export interface Measure {
  /** Such as `amount_total:sum`. */
  spec: string
  field?: string
  aggregate: Aggregate
}

/** One term of an order of groups: a term to group by, or a measure, selected or not. */
export interface GroupOrderTerm {
  spec: string
  descending: boolean
  /** Where empty values stand; PostgreSQL puts them last, and first when descending. */
  nulls?: 'first' | 'last'
}

export const granularities = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const
export type Granularity = (typeof granularities)[number]

export const aggregates = ['sum', 'avg', 'min', 'max', 'count', 'count_distinct', 'bool_and', 'bool_or'] as const
export type Aggregate = (typeof aggregates)[number]

/** `array_agg` and `recordset` are left out: their answers grow with the records, and XML-RPC cannot carry empty ones. */
const byType: Readonly<Record<string, readonly Aggregate[]>> = {
  integer: ['sum', 'avg', 'min', 'max', 'count', 'count_distinct'],
  float: ['sum', 'avg', 'min', 'max', 'count', 'count_distinct'],
  monetary: ['sum', 'avg', 'min', 'max', 'count', 'count_distinct'],
  date: ['min', 'max', 'count', 'count_distinct'],
  datetime: ['min', 'max', 'count', 'count_distinct'],
  boolean: ['bool_and', 'bool_or', 'count', 'count_distinct'],
  char: ['count', 'count_distinct'],
  text: ['count', 'count_distinct'],
  html: ['count', 'count_distinct'],
  selection: ['count', 'count_distinct'],
  reference: ['count', 'count_distinct'],
  many2one: ['count', 'count_distinct'],
  many2one_reference: ['count', 'count_distinct']
}

/** What can be computed over a field; nothing over files, lists of records, and properties. */
export function aggregatesOf({ type }: FieldInfo): readonly Aggregate[] {
  return byType[type] ?? []
}

const groupable = new Set([
  'char',
  'text',
  'html',
  'integer',
  'float',
  'monetary',
  'boolean',
  'selection',
  'reference',
  'many2one',
  'many2many',
  'date',
  'datetime'
])

/** Whether records can be put into groups by a field, in every version and by a domain that finds them again. */
export function isGroupable({ type }: FieldInfo): boolean {
  return groupable.has(type)
}

export function isDate({ type }: { type: string }): boolean {
  return type === 'date' || type === 'datetime'
}

/** Reads `date_order:month`. Whether the granularity is one, and fits the field, is judged elsewhere. */
export function parseGroupTerm(spec: string): GroupTerm | undefined {
  const match = /^(\w+(?:\.\w+)*)(?::(\w+))?$/.exec(spec)
  if (match === null) return undefined
  const [, path = '', granularity] = match
  return { spec, path, ...(granularity !== undefined && { granularity: granularity as Granularity }) }
}

/** Reads `amount_total:sum` and `__count`. Whether the aggregate is one is judged elsewhere. */
export function parseMeasure(spec: string): Measure | undefined {
  if (spec === '__count') return { spec, aggregate: 'count' }
  const match = /^(\w+):(\w+)$/.exec(spec)
  if (match === null) return undefined
  return { spec, field: match[1] as string, aggregate: match[2] as Aggregate }
}

/** Reads one term of an order of groups, `amount_total:sum desc nulls last`. */
export function parseGroupOrderTerm(text: string): GroupOrderTerm | undefined {
  const match = /^([\w.:]+)(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?$/i.exec(text.trim())
  if (match === null) return undefined
  const [, spec = '', direction, nulls] = match
  return {
    spec,
    descending: direction?.toLowerCase() === 'desc',
    ...(nulls !== undefined && { nulls: nulls.toLowerCase() as 'first' | 'last' })
  }
}

/** An order of groups as `checkAggregate` gives it. */
export function showGroupOrder({ spec, descending, nulls }: GroupOrderTerm): string {
  return `${spec}${descending ? ' desc' : ''}${nulls === undefined ? '' : ` nulls ${nulls}`}`
}
