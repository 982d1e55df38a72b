import type { Json } from '../../json.js'
import { compareTexts } from '../collation.js'
import type { Env } from '../env.js'
import { compareBy } from '../order.js'
import type { Cell, Field, Model } from '../types.js'
import { displayNameOf, valueAt } from '../values.js'
import { isNumberGranularity, isTimeGranularity, numberOf, type Period, periodOf, periodStart } from './granularity.js'

/** A term to group by. */
export interface GroupBy {
  spec: string
  /** The field that the values are of: the last of a dotted path. */
  field: Field
  granularity: string | undefined
  /** What a record is grouped under; a many2many puts it into several groups. */
  keysOf(id: number): Cell[]
  /** Where a key stands among others. */
  compare: Compare<Cell>
}

export type Compare<T> = (a: T, b: T) => number

export interface Group {
  keys: Cell[]
  /** Ascending. */
  ids: number[]
}

/** Puts records into groups, in the order of the first of each; without terms all of them are one. */
export function groupRecords(ids: readonly number[], terms: readonly GroupBy[]): Group[] {
  if (terms.length === 0) return [{ keys: [], ids: [...ids] }]
  const groups = new Map<string, Group>()
  for (const id of ids) {
    for (const keys of combinations(terms.map(term => term.keysOf(id)))) {
      const name = keys.length === 1 ? `${typeof keys[0]} ${keys[0]}` : JSON.stringify(keys)
      const group = groups.get(name)
      if (group === undefined) groups.set(name, { keys, ids: [id] })
      else group.ids.push(id)
    }
  }
  return [...groups.values()]
}

function combinations(lists: Cell[][]): Cell[][] {
  let rows: Cell[][] = [[]]
  for (const list of lists) {
    rows =
      list.length === 1
        ? rows.map(row => [...row, list[0] as Cell])
        : rows.flatMap(row => list.map(value => [...row, value]))
  }
  return rows
}

/** The key of a record by a column of its own. */
export function columnKey(env: Env, model: Model, field: Field, granularity?: string): (id: number) => Cell {
  const sudo = env.sudo()
  const get = (id: number) => valueAt(sudo, model, id, field.name) as Cell
  if (field.type === 'boolean') return id => get(id) === true
  if (granularity === undefined) return get
  return id => {
    const value = get(id)
    if (typeof value !== 'string') return null
    if (isTimeGranularity(granularity)) return periodStart(env, field, value, granularity)
    return isNumberGranularity(granularity) ? numberOf(env, field, value, granularity) : value
  }
}

/** Values as PostgreSQL sorts them. */
export const compareCells: Compare<Cell> = (a, b) => {
  if (a === b || a === null || b === null) return 0
  return typeof a === 'string' && typeof b === 'string' ? compareTexts(a, b) : a < b ? -1 : 1
}

/** The ids of a many2one by the order of its model. */
export function compareIds(env: Env, { relation }: Field): Compare<Cell> {
  const comodel = env.models.need(String(relation))
  if (comodel.order === 'id') return compareCells
  const compare = compareBy(env.sudo(), comodel, comodel.order)
  return (a, b) => (a === b ? 0 : compare(a as number, b as number) || compareCells(a, b))
}

/** A term to sort groups by. */
export interface OrderTerm {
  keyOf(group: Group): Cell
  compare: Compare<Cell>
  descending: boolean
  nullsFirst: boolean
}

/** Reads the words behind the name of a term: `desc nulls last`. Empty values come last, or first when descending. */
export function direction(words: string): { descending: boolean; nullsFirst: boolean } {
  const text = words.toLowerCase()
  const descending = /\bdesc\b/.test(text)
  const nullsFirst = text.includes('nulls first') || (descending && !text.includes('nulls last'))
  return { descending, nullsFirst }
}

/** Sorts groups. Those that sort alike come in any order from PostgreSQL; here by their keys, then by their records. */
export function sortGroups(groups: Group[], order: readonly OrderTerm[], terms: readonly GroupBy[]): Group[] {
  const rest = terms.map((term, index) => ({
    keyOf: ({ keys }: Group) => keys[index] ?? null,
    compare: term.compare,
    descending: false,
    nullsFirst: false
  }))
  const all = [...order, ...rest].map(term => ({ ...term, values: new Map(groups.map(g => [g, term.keyOf(g)])) }))
  return groups.sort((a, b) => {
    for (const { values, compare, descending, nullsFirst } of all) {
      const [left = null, right = null] = [values.get(a), values.get(b)]
      if (left === right) continue
      if (left === null) return nullsFirst ? -1 : 1
      if (right === null) return nullsFirst ? 1 : -1
      const result = compare(left, right)
      if (result !== 0) return descending ? -result : result
    }
    return 0
  })
}

/** What a reader sees of a key, and the domain of its group. */
export interface Shown {
  value: Json
  domain: Json[]
  period?: Period
}

/** A key as both `read_group` and `formatted_read_group` tell it, but for what they say of periods. */
export function show(env: Env, { field, granularity }: GroupBy, key: Cell): Shown {
  const { name } = field
  if (key === null) {
    const path = granularity !== undefined && isNumberGranularity(granularity) ? `${name}.${granularity}` : name
    const domain = field.type === 'many2many' ? [[name, 'not any', []]] : [[path, '=', false]]
    return { value: false, domain }
  }
  if (field.relation !== undefined || name === 'id') {
    const comodel = env.models.need(name === 'id' ? field.model : String(field.relation))
    return { value: [key, displayNameOf(env.sudo(), comodel, key as number)], domain: [[name, '=', key]] }
  }
  if (granularity !== undefined && isTimeGranularity(granularity)) {
    const period = periodOf(env, field, key as string, granularity)
    const { from, to, label } = period
    return { value: label, domain: ['&', [name, '>=', from], [name, '<', to]], period }
  }
  if (granularity !== undefined) return { value: key, domain: [[`${name}.${granularity}`, '=', key]] }
  const value = field.type === 'datetime' ? String(key).slice(0, 19) : key
  return { value, domain: [[name, '=', value]] }
}
