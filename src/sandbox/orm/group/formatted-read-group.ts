import { assertionError, attributeError, typeError, valueError } from '../../exceptions.js'
import type { Json, JsonObject } from '../../json.js'
import { repr, truthy, typeName } from '../../python.js'
import { checkRights } from '../access.js'
import type { Env } from '../env.js'
import { search } from '../search.js'
import type { Cell, Model } from '../types.js'
import { aggregateOf, emptyAggregate } from './aggregates.js'
import { and19 } from './group-domain.js'
import { expandGroups, isFolded } from './group-expand.js'
import { pageOf } from './group-page.js'
import { groupByOf, orderOf } from './group-terms.js'
import { type Group, type GroupBy, groupRecords, type Shown, show, sortGroups } from './grouping.js'
import { compileHaving } from './having.js'

type Given = { [name: string]: Json | undefined }

/** `formatted_read_group` of Odoo 19. */
export function formattedReadGroup(env: Env, model: Model, given: Given): JsonObject[] {
  const specs = textsOf(given.groupby, type => typeError(`sequence item 0: expected str instance, ${type} found`))
  const aggregates = aggregatesOf(given)
  const order = truthy(given.order) ? String(given.order) : specs.join(', ')
  const result = groupsOf(env, model, {
    domain: given.domain ?? [],
    groupby: specs,
    aggregates,
    having: havingOf(given.having),
    offset: given.offset,
    limit: given.limit,
    order
  })
  const [term] = result.terms
  const expands = specs.length === 1 && truthy(env.context.read_group_expand)
  if (!expands || term?.field.groupExpand === undefined) return rowsOf(env, result, aggregates)
  result.groups = expanded(env, model, term, result.groups, { ...given, order })
  return rowsOf(env, result, aggregates).map((row, index) => ({
    ...row,
    ...isFolded(env, term.field, result.groups[index]?.keys[0] ?? null)
  }))
}

function havingOf(having: Json | undefined): Json[] {
  if (Array.isArray(having)) return having
  if (!truthy(having)) return []
  throw valueError(`Invalid having clause ${repr(having)}: it should be a domain-like clause`)
}

/** Groups without records are shown only where all groups fit on the first page. */
function expanded(env: Env, model: Model, term: GroupBy, groups: Group[], { offset, limit, order }: Given): Group[] {
  const most = truthy(limit) ? Number(limit) : Number.POSITIVE_INFINITY
  if (truthy(offset) || groups.length >= most) return groups
  const all = expandGroups(env, model, term.field, groups, String(order).toLowerCase().includes(`${term.spec} desc`))
  return all.length < most ? all : groups
}

/** `formatted_read_grouping_sets` of Odoo 19: several groupings of the same records at once. */
export function formattedReadGroupingSets(env: Env, model: Model, given: Given): JsonObject[][] {
  const sets = Array.isArray(given.grouping_sets) ? given.grouping_sets.map(set => textsOf(set, notText)) : []
  const aggregates = aggregatesOf(given)
  const order = truthy(given.order) ? String(given.order) : [...new Set(sets.flat())].join(', ')
  return sets.map(specs => {
    const others = sets.flat().filter(spec => !specs.includes(spec))
    const own = order.split(',').filter(part => !others.includes(part.trim().split(/\s/)[0] ?? ''))
    const asked = { domain: given.domain ?? [], groupby: specs, aggregates, having: [], order: own.join(',') }
    return rowsOf(env, groupsOf(env, model, asked), aggregates)
  })
}

/** A set of records cannot leave Odoo: its ids do. */
function aggregatesOf({ aggregates }: Given): string[] {
  return textsOf(aggregates, type => attributeError(`'${type}' object has no attribute 'replace'`)).map(spec =>
    spec.replaceAll(':recordset', ':array_agg')
  )
}

const notText = (type: string) => typeError(`expected string or bytes-like object, got '${type}'`)

interface Asked {
  domain: Json
  groupby: string[]
  aggregates: string[]
  having: Json[]
  offset?: Json | undefined
  limit?: Json | undefined
  order: string
}

/** The groups of `_read_group` of Odoo 17 and 19. */
export function groupsOf(env: Env, model: Model, asked: Asked): { terms: GroupBy[]; groups: Group[] } & Computing {
  checkRights(env, model, 'r')
  const ids = search(env, model, asked.domain, { order: 'id' })
  const terms = asked.groupby.map(spec => groupByOf(env, model, spec))
  const computed = asked.aggregates.map(spec => ({ spec, of: aggregateOf(env, model, spec) }))
  // There is nothing to select then, which Odoo does not expect (seen on 19).
  if (terms.length === 0 && computed.length === 0) throw assertionError('')
  const order = orderOf(env, model, asked.order, terms)
  const compute: Computing['compute'] = ({ ids: members }, spec) => {
    if (members.length === 0) return emptyAggregate(spec)
    return computed.find(aggregate => aggregate.spec === spec)?.of(members) ?? false
  }
  if (terms.length === 0) return { terms, groups: pageOf(groupRecords(ids, []), asked.offset, asked.limit), compute }
  const all = groupRecords(ids, terms)
  const keep = compileHaving(env, model, asked.having, index => all[index]?.ids ?? [])
  const kept = all.filter((_group, index) => keep(index) === true)
  return { terms, groups: pageOf(sortGroups(kept, order, terms), asked.offset, asked.limit), compute }
}

/** What computes an aggregate that was asked for. */
interface Computing {
  compute(group: Group, spec: string): Json
}

/** Throws for the first of some items that is no text, given the name of its type. */
export function checkedTexts(items: readonly Json[], refuse: (type: string) => Error): string[] {
  return items.map(item => {
    if (typeof item === 'string') return item
    throw refuse(typeName(item))
  })
}

/** What an argument that should be a list of texts holds; a text is the list of its letters, as in Python. */
export function textsOf(value: Json | undefined, refuse: (type: string) => Error): string[] {
  if (value === undefined) return []
  if (typeof value === 'string') return [...value]
  if (Array.isArray(value)) return checkedTexts(value, refuse)
  throw typeError(`'${typeName(value)}' object is not iterable`)
}

function rowsOf(env: Env, { terms, groups, compute }: ReturnType<typeof groupsOf>, aggregates: string[]): JsonObject[] {
  return groups.map(group => {
    const row: JsonObject = {}
    const shown = terms.map((term, index) => formatted(env, term, group.keys[index] ?? null))
    for (const [index, term] of terms.entries()) row[term.spec] = shown[index]?.value ?? false
    row.__extra_domain = and19(shown.map(({ domain }) => domain))
    for (const spec of aggregates) row[spec] = compute(group, spec)
    return row
  })
}

/** Periods are pairs of their first moment and label; what is at the end of a path is put into an "any" for each step. */
function formatted(env: Env, term: GroupBy, key: Cell): Shown {
  const shown = show(env, term, key)
  const value = shown.period === undefined ? shown.value : [shown.period.from, shown.period.label]
  const path = term.spec.split(':')[0]?.split('.').slice(0, -1) ?? []
  let { domain } = shown
  for (const step of path.toReversed()) {
    const through = [step, 'any', domain]
    domain = truthy(value) ? [through] : ['|', [step, 'not any', []], through]
  }
  return { value, domain }
}
