import { keyError, typeError, valueError } from '../../exceptions.js'
import { isObject, type Json, type JsonObject } from '../../json.js'
import { repr, truthy, typeName } from '../../python.js'
import type { Env } from '../env.js'
import type { Model } from '../types.js'
import { emptyAggregate, parseSpec } from './aggregates.js'
import { aggregatorOf } from './aggregators.js'
import { isColumn } from './columns.js'
import { checkedTexts, groupsOf, textsOf } from './formatted-read-group.js'
import { and14, and19 } from './group-domain.js'
import { expandGroups, isFolded } from './group-expand.js'
import { type Group, type GroupBy, show } from './grouping.js'

const notText = (type: string) => typeError(`expected string or bytes-like object, got '${type}'`)

type Given = { [name: string]: Json | undefined }

/** `read_group` of Odoo 17 and 19: the names of 14 in front of `_read_group`. */
export function readGroup17(env: Env, model: Model, given: Given): Json[] {
  const specs = groupbyOf(given.groupby)
  const lazy = given.lazy === undefined || truthy(given.lazy)
  const own = lazy ? specs.slice(0, 1) : specs
  const terms = explicitTerms(model, own)
  const countAs = lazy && own.length === 1 ? `${own[0]?.split(':')[0]}_count` : '__count'
  const aggregates = explicitAggregates(env, model, given.fields, new Map([[countAs, '__count']]), terms)
  const result = groupsOf(env, model, {
    domain: given.domain ?? [],
    groupby: [...terms.values()],
    aggregates: [...aggregates.values()],
    having: [],
    offset: given.offset,
    limit: given.limit,
    order: truthy(given.orderby)
      ? explicitOrder(String(given.orderby), terms, aggregates)
      : [...terms.values()].join(',')
  })
  const domain = Array.isArray(given.domain) ? given.domain : []
  const rest = specs.slice(own.length)
  const names = [...terms.keys()]
  const [first] = result.terms
  const expand = lazy && first?.field.groupExpand !== undefined
  const groups = expand ? expandGroups(env, model, first.field, result.groups) : result.groups
  return groups.map(group => ({
    ...keysAndDomain(env, names, result.terms, group, domain),
    ...Object.fromEntries([...aggregates].map(([name, spec]) => [name, valueIn(result, group, spec)])),
    ...(rest.length > 0 && { __context: { group_by: rest } }),
    ...(expand && isFolded(env, first.field, group.keys[0] ?? null))
  }))
}

function valueIn({ terms, compute }: ReturnType<typeof groupsOf>, group: Group, spec: string): Json {
  if (group.ids.length === 0 && terms.length > 0) return emptyAggregate(spec)
  return compute(group, spec)
}

function keysAndDomain(env: Env, names: string[], terms: GroupBy[], { keys }: Group, domain: Json[]): JsonObject {
  const row: JsonObject = {}
  const ranges: JsonObject = {}
  const domains = [domain]
  for (const [index, term] of terms.entries()) {
    const name = names[index] as string
    const { value, domain: own, period } = show(env, term, keys[index] ?? null)
    row[name] = value
    domains.push(own)
    if (period !== undefined) ranges[name] = { from: period.from, to: period.to }
    else if ((term.field.type === 'date' || term.field.type === 'datetime') && !truthy(value)) ranges[name] = false
  }
  row.__domain = joined(env, domains)
  if (Object.keys(ranges).length > 0) row.__range = ranges
  return row
}

/** Odoo 17 joins them one after the other. */
function joined(env: Env, domains: Json[][]): Json[] {
  if (env.major >= 19) return and19(domains)
  return domains.slice(1).reduce((all, domain) => and14([all, domain]), domains[0] ?? [])
}

function groupbyOf(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return checkedTexts(value, notText)
  if (isObject(value)) throw keyError('slice(None, 1, None)')
  throw typeError(`'${typeName(value)}' object is not subscriptable`)
}

/** By the name in the result, the term with its granularity: that of dates is a month where none is given. */
function explicitTerms(model: Model, specs: string[]): Map<string, string> {
  const terms = new Map<string, string>()
  for (const spec of specs) {
    const { name, path, suffix } = parseSpec(spec)
    const field = model.fields.get(name)
    if (field === undefined) throw valueError(`Invalid field ${repr(name)} on model '${model.name}'`)
    if (path !== undefined) throw valueError(`Property name ${repr(path)} has to be used on a property field.`)
    const isTemporal = field.type === 'date' || field.type === 'datetime'
    terms.set(spec, isTemporal ? `${name}:${suffix ?? 'month'}` : spec)
  }
  return terms
}

/** By the name in the result, what to compute. The last of several with one name counts. */
function explicitAggregates(
  env: Env,
  model: Model,
  fields: Json | undefined,
  aggregates: Map<string, string>,
  terms: Map<string, string>
): Map<string, string> {
  for (const spec of textsOf(fields ?? null, notText)) {
    if (spec === '__count') continue
    const match = /^(\w+)(?::(\w+)(?:\((\w+)\))?)?/.exec(spec)
    if (match === null) throw valueError(`Invalid field specification ${repr(spec)}.`)
    const [, name = '', aggregate, of = name] = match
    if (aggregate !== undefined) {
      aggregates.set(name, `${of}:${aggregate}`)
      continue
    }
    const field = model.fields.get(name)
    if (field === undefined) throw valueError(`Invalid field ${repr(name)} on model '${model.name}'`)
    const aggregator = aggregatorOf(env, field)
    if (aggregator !== undefined && isColumn(env, field) && !terms.has(spec))
      aggregates.set(name, `${name}:${aggregator}`)
  }
  return aggregates
}

/** An order may name results; `_read_group` knows only terms and aggregates. */
function explicitOrder(order: string, terms: Map<string, string>, aggregates: Map<string, string>): string {
  const names = [...[...terms].reverse(), ...aggregates]
  const parts = order.split(',').map(part => {
    const text = part.trim()
    for (const [key, explicit] of names) {
      const name = key.split(':')[0] as string
      if (text === name || text.startsWith(`${name} `)) return text.replaceAll(name, explicit)
    }
    return text
  })
  return parts.join(',')
}
