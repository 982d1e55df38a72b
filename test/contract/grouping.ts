import type { Json } from '../../src/core/json.js'
import type { Group } from '../../src/core/ports/odoo.js'

/** A record as a test knows it: what was written, and the id. Null is no value. */
export interface Known {
  id: number
  [field: string]: Json
}

/** What is asked, as `odoo_aggregate` takes it, in parts. */
export interface Asked {
  group_by: string[]
  measures: string[]
  having: [measure: string, operator: '>' | '<=' | '!=', value: number][]
  order: { spec: string; descending: boolean; nulls?: 'first' | 'last' }[]
}

/** How a field is grouped: what records have in common, and how that is sorted. */
export interface Way {
  /** The keys of a record: several for a many2many. */
  keysOf(record: Known): Json[]
  /** Where a key stands among others; the key itself unless said. */
  rankOf?(key: Json): Json
}

/** A group as it must come out; `ids` are those of its records. */
export interface Expected {
  keys: Json[]
  ids: number[]
  measures: Record<string, Json>
}

/** The groups of records, computed in the plainest way there is. */
export function groupsOf(records: Known[], { group_by, measures, having, order }: Asked, ways: Map<string, Way>) {
  const all = new Map<string, { keys: Json[]; records: Known[] }>()
  const way = (spec: string) => ways.get(spec) as Way
  for (const record of records) {
    for (const keys of product(group_by.map(spec => way(spec).keysOf(record)))) {
      const name = JSON.stringify(keys)
      const group = all.get(name) ?? { keys, records: [] }
      group.records.push(record)
      all.set(name, group)
    }
  }
  const valueBy = (group: { keys: Json[]; records: Known[] }, spec: string): Json => {
    const index = group_by.indexOf(spec)
    if (index < 0) return compute(group.records, spec)
    const key = group.keys[index] as Json
    return key === null ? null : (way(spec).rankOf?.(key) ?? key)
  }
  const terms = [
    ...order,
    ...group_by.filter(spec => !order.some(term => term.spec === spec)).map(spec => ({ spec, descending: false })),
    { spec: 'id:min', descending: false }
  ]
  const passing = [...all.values()].filter(group =>
    having.every(([measure, operator, value]) => compares(valueBy(group, measure), operator, value))
  )
  passing.sort((a, b) => {
    for (const term of terms) {
      const difference = compare(valueBy(a, term.spec), valueBy(b, term.spec), term)
      if (difference !== 0) return difference
    }
    return 0
  })
  return passing.map(
    (group): Expected => ({
      keys: group.keys,
      ids: group.records.map(({ id }) => id).sort((a, b) => a - b),
      measures: Object.fromEntries(measures.map(measure => [measure, compute(group.records, measure)]))
    })
  )
}

/** The same of what came. */
export function keysOf({ key }: Group, group_by: string[]): Json[] {
  return group_by.map(spec => key[spec]?.value as Json)
}

function product(lists: Json[][]): Json[][] {
  return lists.reduce<Json[][]>((rows, list) => rows.flatMap(row => list.map(value => [...row, value])), [[]])
}

function compute(records: Known[], measure: string): Json {
  if (measure === '__count') return records.length
  const [field = '', aggregate] = measure.split(':')
  const values = records.flatMap(record => (record[field] === null ? [] : [record[field] as number]))
  if (aggregate === 'count') return values.length
  if (aggregate === 'count_distinct') return new Set(values).size
  if (values.length === 0) return null
  if (aggregate === 'sum' || aggregate === 'avg') {
    const sum = Number(values.reduce((a, b) => a + b, 0).toPrecision(15))
    return aggregate === 'sum' ? sum : sum / values.length
  }
  return values.reduce((a, b) => ((aggregate === 'min' ? b < a : b > a) ? b : a))
}

function compares(value: Json, operator: string, wanted: number): boolean {
  if (typeof value !== 'number') return false
  return operator === '>' ? value > wanted : operator === '<=' ? value <= wanted : value !== wanted
}

function compare(a: Json, b: Json, { descending, nulls }: Asked['order'][number]): number {
  if (a === b) return 0
  if (a === null || b === null) {
    const first = (nulls ?? (descending ? 'first' : 'last')) === 'first'
    return (a === null) === first ? -1 : 1
  }
  return (a < b ? -1 : 1) * (descending ? -1 : 1)
}
