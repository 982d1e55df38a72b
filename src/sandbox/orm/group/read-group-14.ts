import {
  assertionError,
  attributeError,
  databaseError,
  keyError,
  typeError,
  userError,
  valueError
} from '../../exceptions.js'
import { isObject, type Json, type JsonObject } from '../../json.js'
import { repr, truthy, typeName } from '../../python.js'
import { checkRights } from '../access.js'
import type { Env } from '../env.js'
import { search } from '../search.js'
import type { Field, Model } from '../types.js'
import { type Aggregate, aggregateBy, functions14 } from './aggregates.js'
import { aggregatorOf } from './aggregators.js'
import { isColumn } from './columns.js'
import { checkedTexts } from './formatted-read-group.js'
import { isTimeGranularity } from './granularity.js'
import { and14 } from './group-domain.js'
import { expandGroups, isFolded } from './group-expand.js'
import { pageOf } from './group-page.js'
import {
  columnKey,
  compareCells,
  compareIds,
  direction,
  type Group,
  type GroupBy,
  groupRecords,
  type OrderTerm,
  show,
  sortGroups
} from './grouping.js'

type Given = { [name: string]: Json | undefined }
type Aggregates = Map<string, Aggregate>

/** `read_group` of Odoo 14. */
export function readGroup14(env: Env, model: Model, given: Given): Json[] {
  checkRights(env, model, 'r')
  const lazy = given.lazy === undefined || truthy(given.lazy)
  if (typeof given.domain === 'string' && given.domain !== '') {
    throw typeError('can only concatenate list (not "str") to list')
  }
  const ids = search(env, model, given.domain ?? [], { order: 'id' })
  const specs = groupbyOf(given.groupby)
  const terms = (lazy ? specs.slice(0, 1) : specs).map(spec => groupBy(env, model, spec))
  for (const { field } of terms) assertColumn(env, field)
  const aggregates = aggregatesOf(env, model, given.fields, terms)
  const order = truthy(given.orderby) ? String(given.orderby) : terms.map(({ spec }) => spec).join(',')
  const sorting = orderOf(env, model, order, terms, aggregates)
  const groups = sortGroups(groupRecords(ids, terms), sorting, terms)
  const page = pageOf(groups, truthy(given.limit) ? integer(given.offset) : 0, integer(given.limit))
  const domain = Array.isArray(given.domain) ? given.domain : []
  const countAs = lazy && terms[0] !== undefined ? `${terms[0].field.name}_count` : '__count'
  const rest = specs.slice(terms.length)
  const row = { env, terms, aggregates, countAs, domain, ...(rest.length > 0 && { rest }) }
  if (terms.length === 0) return page.map(group => totals(group, row))
  const [first] = terms
  if (lazy && first?.field.groupExpand !== undefined) {
    const descending = order === `${first.spec} desc`
    return expanded(env, model, first.field, page, row, descending)
  }
  return page.map(group => rowOf(group, row))
}

interface RowContext {
  env: Env
  terms: GroupBy[]
  aggregates: Aggregates
  countAs: string
  domain: Json[]
  /** What is left to group by when only the first term was. */
  rest?: string[]
}

/** Without groups the row comes as PostgreSQL gave it, with the lowest id and NULLs (seen on 14). */
function totals({ ids }: Group, { aggregates, countAs }: RowContext): JsonObject {
  const row: JsonObject = { id: ids[0] ?? null, [countAs]: ids.length }
  for (const [name, of] of aggregates) row[name] = of(ids)
  return row
}

function rowOf({ keys, ids }: Group, { env, terms, aggregates, countAs, domain, rest }: RowContext): JsonObject {
  const row: JsonObject = { [countAs]: ids.length }
  for (const [name, of] of aggregates) row[name] = of(ids) ?? false
  // Odoo 14 takes its own lowest id of each group out again, and with it whatever is called so.
  delete row.id
  const shown = terms.map((term, index) => show(env, term, keys[index] ?? null))
  for (const [index, { spec }] of terms.entries()) row[spec] = shown[index]?.value ?? false
  row.__domain = and14([...shown.map(part => part.domain), domain])
  if (rest !== undefined) row.__context = { group_by: rest }
  return row
}

function expanded(env: Env, model: Model, field: Field, groups: Group[], row: RowContext, descending: boolean): Json[] {
  return expandGroups(env, model, field, groups, descending).map(group => {
    const shown = rowOf(group, row)
    if (group.ids.length === 0) {
      for (const name of row.aggregates.keys()) shown[name] = false
      // The list of the caller as it is, behind the group's own leaf.
      shown.__domain = [[field.name, '=', group.keys[0] ?? false], ...row.domain]
    }
    return { ...shown, ...isFolded(env, field, group.keys[0] ?? null) }
  })
}

function groupbyOf(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value]
  if (isObject(value)) return Object.keys(value)
  if (Array.isArray(value)) {
    return [...new Set(checkedTexts(value, type => attributeError(`'${type}' object has no attribute 'split'`)))]
  }
  throw typeError(`'${typeName(value)}' object is not iterable`)
}

function groupBy(env: Env, model: Model, spec: string): GroupBy {
  const [name = '', granularity] = spec.split(':')
  const field = model.fields.get(name)
  if (field === undefined) throw valueError(`Invalid field ${repr(name)} on model '${model.name}'`)
  const isTemporal = field.type === 'date' || field.type === 'datetime'
  if (!isTemporal) {
    return { spec, field, granularity: undefined, keysOf: keysBy(env, model, field), compare: compareCells }
  }
  const unit = granularity ?? 'month'
  if (!isTimeGranularity(unit)) throw keyError(unit)
  return { spec, field, granularity: unit, keysOf: keysBy(env, model, field, unit), compare: compareCells }
}

function keysBy(env: Env, model: Model, field: Field, granularity?: string) {
  const get = columnKey(env, model, field, granularity)
  return (id: number) => [get(id)]
}

function assertColumn(env: Env, field: Field): void {
  if (isColumn(env, field)) return
  throw assertionError(
    "Fields in 'groupby' must be regular database-persisted fields (no function or related fields), or function " +
      'fields with store=True'
  )
}

/** What to compute, by name. No fields mean all that have an aggregator. */
function aggregatesOf(env: Env, model: Model, fields: Json | undefined, terms: GroupBy[]): Aggregates {
  const grouped = new Set(terms.map(({ field }) => field.name))
  const found: Aggregates = new Map()
  for (const spec of fieldSpecs(model, fields)) {
    if (spec === 'sequence' || spec === '__count') continue
    const { name, aggregator, field } = aggregated(env, model, spec)
    if (aggregator === undefined || grouped.has(field.name)) continue
    if (found.has(name)) throw userError(`Output name ${repr(name)} is used twice.`)
    found.set(name, aggregateBy(env, model, field, aggregator))
  }
  return found
}

function fieldSpecs(model: Model, fields: Json | undefined): string[] {
  if (!truthy(fields)) return [...model.fields.values()].filter(({ store }) => store).map(({ name }) => name)
  if (typeof fields === 'string') return [...fields]
  if (Array.isArray(fields)) return checkedTexts(fields, () => typeError('expected string or bytes-like object'))
  throw typeError(`'${typeName(fields)}' object is not iterable`)
}

/** Reads `name`, `name:function` and `alias:function(name)`. */
function aggregated(env: Env, model: Model, spec: string): { name: string; aggregator?: string; field: Field } {
  const match = /^(\w+)(?::(\w+)(?:\((\w+)\))?)?/.exec(spec)
  if (match === null) throw userError(`Invalid field specification ${repr(spec)}.`)
  const [, name = '', aggregator, given] = match
  const fieldName = given ?? name
  const field = model.fields.get(fieldName)
  if (field === undefined) throw valueError(`Invalid field ${repr(fieldName)} on model '${model.name}'`)
  if (aggregator !== undefined) {
    if (!isColumn(env, field)) throw userError(`Cannot aggregate field ${repr(fieldName)}.`)
    if (!functions14.has(aggregator)) throw userError(`Invalid aggregation function ${repr(aggregator)}.`)
    return { name, aggregator, field }
  }
  const own = aggregatorOf(env, field)
  return isColumn(env, field) && own !== undefined ? { name, aggregator: own, field } : { name, field }
}

const order14 = /^(\s*([a-z0-9:_]+|"[a-z0-9:_]+")(\s+(desc|asc))?\s*(,|$))+$/i

function orderOf(env: Env, model: Model, order: string, terms: GroupBy[], aggregates: Aggregates): OrderTerm[] {
  if (order === '') return []
  checkOrder(order)
  return order.split(',').flatMap(part => {
    const [name = '', ...words] = part.trim().split(/\s+/)
    const index = terms.findIndex(({ spec, field }) => spec === name || field.name === name)
    const term = terms[index]
    const sorted = direction(words.join(' '))
    if (term !== undefined) {
      if (term.field.type === 'many2one' && name !== term.field.name) {
        throw valueError(`Invalid field ${repr(name)} on model '${model.name}'`)
      }
      if (name === 'id') throw ambiguousId()
      const compare = term.field.type === 'many2one' ? compareIds(env, term.field) : term.compare
      return [{ ...sorted, compare, keyOf: ({ keys }: Group) => keys[index] ?? null }]
    }
    const aggregate = aggregates.get(name)
    if (aggregate !== undefined) return [{ ...sorted, compare: compareCells, keyOf: first(aggregate) }]
    if (name === 'id') return [{ ...sorted, compare: compareCells, keyOf: ({ ids }: Group) => ids[0] ?? null }]
    if (!model.fields.has(name)) throw valueError(`Invalid field ${repr(name)} on model '${model.name}'`)
    // A field that is neither grouped by nor aggregated is left out, with a warning in the log.
    return []
  })
}

function checkOrder(order: string): void {
  if (order14.test(order) && !order.trimEnd().endsWith(',')) return
  throw userError(
    `Invalid "order" specified (${order}). A valid "order" specification is a comma-separated list of valid field ` +
      'names (optionally followed by asc/desc for the direction)'
  )
}

function ambiguousId() {
  const line = `LINE 6:             ORDER BY "id"\n                             ^\n`
  return databaseError('AmbiguousColumn', `ORDER BY "id" is ambiguous\n${line}`)
}

function first(aggregate: Aggregate) {
  return ({ ids }: Group) => {
    const value = aggregate(ids)
    return Array.isArray(value) ? String(value) : value
  }
}

/** `int(value)` of Python. */
function integer(value: Json | undefined): number | undefined {
  if (!truthy(value) || value === undefined) return undefined
  if (typeof value === 'number') return Math.trunc(value)
  if (value === true) return 1
  if (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value)) return Number(value)
  if (typeof value === 'string') throw valueError(`invalid literal for int() with base 10: ${repr(value)}`)
  throw typeError(`int() argument must be a string, a bytes-like object or a number, not '${typeName(value)}'`)
}
