import { valueError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { checkField, checkRights } from '../access.js'
import type { Env } from '../env.js'
import { search } from '../search.js'
import type { Cell, Field, Model } from '../types.js'
import { valueAt } from '../values.js'
import { aggregateOf, parseSpec } from './aggregates.js'
import { checkColumn } from './columns.js'
import { isNumberGranularity, isTimeGranularity } from './granularity.js'
import { columnKey, compareCells, compareIds, direction, type Group, type GroupBy, type OrderTerm } from './grouping.js'
import { weekStartOf } from './week.js'

/** Reads a term to group by as `_read_group_groupby` of Odoo 17 and 19 does; throws where they would. */
export function groupByOf(env: Env, model: Model, spec: string): GroupBy {
  const { name, path, suffix } = parseSpec(spec)
  const field = model.fields.get(name)
  if (field === undefined) throw valueError(`Invalid field '${name}' on model '${model.name}'`)
  if (path !== undefined)
    return throughMany2one(env, model, field, spec, suffix === undefined ? path : `${path}:${suffix}`)
  const isTemporal = field.type === 'date' || field.type === 'datetime'
  if (suffix !== undefined && !isTemporal) {
    throw valueError(`Granularity set on a no-datetime field or property: '${spec}'`)
  }
  if (field.type === 'many2many') return byMany2many(env, model, field, spec)
  checkColumn(env, model, field)
  checkField(env, model, field, 'read')
  if (isTemporal) checkGranularity(env, spec, suffix)
  return {
    spec,
    field,
    granularity: suffix,
    keysOf: keysBy(columnKey(env, model, field, suffix)),
    compare: suffix === 'day_of_week' ? compareWeekdays(env) : compareCells
  }
}

const keysBy = (get: (id: number) => Cell) => (id: number) => [get(id)]

function checkGranularity(env: Env, spec: string, granularity: string | undefined): void {
  if (granularity === undefined) throw valueError(`Granularity not set on a date(time) field: '${spec}'`)
  if (isTimeGranularity(granularity) || (env.major >= 18 && isNumberGranularity(granularity))) return
  throw valueError(`Granularity specification isn't correct: '${granularity}'`)
}

/** The days of a week in the order in which the language begins it. */
function compareWeekdays(env: Env): (a: Cell, b: Cell) => number {
  const first = weekStartOf(env)
  return (a, b) => ((7 - first + Number(a)) % 7) - ((7 - first + Number(b)) % 7)
}

/** `partner_id.country_id`: records whose many2one is empty, or leads to what the user may not see, are under no value. */
function throughMany2one(env: Env, model: Model, field: Field, spec: string, rest: string): GroupBy {
  if (env.major < 18) throw valueError(`Property set on a non properties field: '${rest}'`)
  if (field.type !== 'many2one') throw valueError(`Only many2one path is accepted for the '${spec}' groupby spec`)
  const comodel = env.models.need(String(field.relation))
  const visible = visibleIn(env.withContext({ active_test: false }), comodel, [])
  checkColumn(env, model, field)
  checkField(env, model, field, 'read')
  const inner = groupByOf(env, comodel, rest)
  const through = columnKey(env, model, field)
  return {
    ...inner,
    spec,
    keysOf(id) {
      const next = through(id)
      return typeof next === 'number' && visible(next) ? inner.keysOf(next) : [null]
    }
  }
}

/** Only related records that the user sees count; archived ones are not seen. */
function byMany2many(env: Env, model: Model, field: Field, spec: string): GroupBy {
  const stored = field.related === undefined || field.store ? field : shownField(env, model, field)
  if (!stored.store) throw valueError(`Group by non-stored many2many field: '${spec}'`)
  checkField(env, model, field, 'read')
  const comodel = env.models.need(String(field.relation))
  const domain = Array.isArray(stored.domain) ? stored.domain : []
  const visible = visibleIn(env.withContext(stored.context ?? {}), comodel, domain)
  const all = env.sudo().withContext({ active_test: false })
  return {
    spec,
    field,
    granularity: undefined,
    compare: compareCells,
    keysOf(id) {
      const ids = (valueAt(all, model, id, field.name) as number[]).filter(visible)
      return ids.length > 0 ? ids : [null]
    }
  }
}

function shownField(env: Env, model: Model, field: Field): Field {
  let found = field
  let target = model
  for (const name of (field.related ?? '').split('.')) {
    found = target.fields.get(name) ?? field
    if (found.relation !== undefined) target = env.models.need(found.relation)
  }
  return found
}

/** The records that a search of the user finds, looked up when the first one is asked for. */
function visibleIn(env: Env, model: Model, domain: Json[]): (id: number) => boolean {
  checkRights(env, model, 'r')
  let found: Set<number> | undefined
  return id => {
    found ??= new Set(search(env, model, domain, { order: 'id' }))
    return found.has(id)
  }
}

const orderTerm = /^\s*([a-z0-9_]+(?:\.[\w.]+)?(?::[a-z_]+)?)((?:\s+(?:desc|asc))?(?:\s+nulls (?:first|last))?)\s*$/i

/** Reads an order of groups as Odoo 17 and 19 do: by terms that are grouped by, and by aggregates, selected or not. */
export function orderOf(env: Env, model: Model, order: string, terms: readonly GroupBy[]): OrderTerm[] {
  if (order === '') return []
  const parts = order.split(',').map(part => {
    const match = orderTerm.exec(part)
    if (match === null) throw valueError(`Invalid order '${order}' for _read_group()`)
    return { part, name: match[1] as string, words: match[2] as string }
  })
  return parts.map(({ part, name, words }) => ({ ...sortBy(env, model, name, part, terms), ...direction(words) }))
}

function sortBy(env: Env, model: Model, name: string, part: string, terms: readonly GroupBy[]) {
  const index = terms.findIndex(term => term.spec === name)
  const term = terms[index]
  if (term !== undefined) {
    // A dotted path is sorted by the ids at its end, the many2one itself by the order of its model.
    const compare =
      name === term.field.name && term.field.type === 'many2one' ? compareIds(env, term.field) : term.compare
    return { compare, keyOf: ({ keys }: Group) => keys[index] ?? null }
  }
  const aggregate = orderAggregate(env, model, name, part)
  return {
    compare: compareCells,
    keyOf({ ids }: Group): Cell {
      const value = aggregate(ids)
      return Array.isArray(value) ? String(value) : value
    }
  }
}

function orderAggregate(env: Env, model: Model, name: string, part: string) {
  try {
    return aggregateOf(env, model, name)
  } catch (error) {
    if ((error as { className?: string }).className !== 'builtins.ValueError') throw error
    throw valueError(`Order term '${part}' is not a valid aggregate nor valid groupby`)
  }
}
