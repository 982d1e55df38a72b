import { parseDomain } from '../domain.js'
import type { Json } from '../json.js'
import { didYouMean } from '../nearest.js'
import type { FieldInfo } from '../ports/odoo.js'
import {
  aggregates,
  aggregatesOf,
  type Granularity,
  type GroupOrderTerm,
  type GroupTerm,
  granularities,
  isDate,
  isGroupable,
  type Measure,
  parseGroupOrderTerm,
  parseGroupTerm,
  parseMeasure,
  showGroupOrder
} from './aggregate-specs.js'
import { checkValue, ofType, show } from './field-values.js'
import type { Names } from './names.js'

/** What `odoo_aggregate` groups by, computes, filters by and sorts by; as the caller gave it, and as it is sent on. */
export interface Grouping {
  group_by: string[]
  measures?: string[]
  having?: Json[]
  order?: string
}

/** Checks everything in an aggregation that names fields. What is wrong stands in `names.problems`. */
export async function checkAggregate(given: Grouping, model: string, names: Names): Promise<Grouping> {
  const terms = await checkGroupBy(given.group_by, model, names)
  const measures: Measure[] = []
  for (const [index, spec] of (given.measures ?? []).entries()) {
    const measure = await checkMeasure(spec, `measures[${index}]`, model, names)
    if (measure !== undefined) measures.push(measure)
  }
  return {
    group_by: given.group_by,
    measures: [...new Set(measures.map(({ spec }) => spec))],
    ...(given.having !== undefined && { having: await checkHaving(given.having, model, names) }),
    ...(given.order !== undefined && { order: await checkOrder(given.order, { terms, measures }, model, names) })
  }
}

async function checkGroupBy(specs: string[], model: string, names: Names): Promise<GroupTerm[]> {
  const terms: GroupTerm[] = []
  const seen = new Set<string>()
  for (const [index, spec] of specs.entries()) {
    const at = `group_by[${index}]`
    const term = await checkGroupTerm(spec, at, model, names)
    if (term === undefined) continue
    const same = `${term.path}:${term.granularity}`
    if (seen.has(same)) names.problems.add(at, `${show(spec)} is named twice; expected it once`)
    seen.add(same)
    terms.push(term)
  }
  return terms
}

async function checkGroupTerm(spec: string, at: string, model: string, names: Names): Promise<GroupTerm | undefined> {
  const term = parseGroupTerm(spec)
  if (term === undefined) {
    names.problems.add(at, `${show(spec)} does not fit; expected a field, or one such as "date_order:month"`)
    return undefined
  }
  const { major } = names.odoo.identity
  if (term.path.includes('.') && major < 19) {
    names.problems.add(at, `a path of fields, by which Odoo ${major} cannot group; expected a field of ${model} itself`)
    return undefined
  }
  const found = await names.path(model, term.path, at, 'group_by')
  if (found === undefined) return undefined
  const why = ungroupable(found.info, found.name, term, major)
  if (why === undefined) return isDate(found.info) ? { ...term, granularity: term.granularity ?? 'month' } : term
  names.problems.add(at, why)
  return undefined
}

/** Why records cannot be grouped by a field, or undefined when they can. */
function ungroupable(info: FieldInfo, name: string, { path, granularity }: GroupTerm, major: number) {
  if (name === 'id')
    return 'every record has its own id; expected a field that records share. odoo_search gives records'
  if (!isGroupable(info)) return `"${path}" is ${ofType(info)}, which cannot be grouped by; expected another field`
  if (info.type === 'many2many' && major < 15) {
    return `"${path}" is a many2many field, by which Odoo ${major} cannot group; expected another field`
  }
  if (granularity === undefined) return undefined
  if (!isDate(info)) return `"${path}" is ${ofType(info)} and has no ${show(granularity)}; expected it alone`
  return wrongGranularity(info, granularity)
}

function wrongGranularity({ type }: FieldInfo, granularity: Granularity): string | undefined {
  // Odoo 19 makes empty periods out of the hours of a date.
  const known = type === 'date' ? granularities.slice(1) : granularities
  if (known.includes(granularity)) return undefined
  return `${show(granularity)} does not fit ${ofType({ type })}; expected one of ${known.join(', ')}.${didYouMean(granularity, known)}`
}

async function checkMeasure(spec: string, at: string, model: string, names: Names): Promise<Measure | undefined> {
  const measure = parseMeasure(/^\w+$/.test(spec) && spec !== '__count' ? `${spec}:sum` : spec)
  if (measure === undefined) {
    names.problems.add(at, `${show(spec)} does not fit; expected one such as "amount_total:sum", or "__count"`)
    return undefined
  }
  if (measure.field === undefined) return measure
  if (spec === 'count' && !(await names.fields(model)).has('count')) {
    names.problems.add(
      at,
      '"count" is no field: every group tells its count; expected "__count" to compare or sort by it'
    )
    return undefined
  }
  const found = await names.path(model, measure.field, at, 'group_by')
  if (found === undefined) return undefined
  const fitting = aggregatesOf(found.info)
  if (fitting.includes(measure.aggregate)) return measure
  const wanted = show(measure.aggregate)
  const known = fitting.length === 0 ? 'another field' : `one of ${fitting.join(', ')}`
  const meant = aggregates.includes(measure.aggregate) ? '' : didYouMean(measure.aggregate, fitting)
  names.problems.add(at, `${wanted} of "${measure.field}", ${ofType(found.info)}; expected ${known}.${meant}`)
  return undefined
}

const comparisons = ['=', '!=', '<', '>', '<=', '>=', 'in', 'not in']
const havingHelp = 'expected a comparison such as ["amount_total:sum", ">", 1000] or ["__count", ">", 5]'

/** A domain whose leaves compare measures with values, as `formatted_read_group` of Odoo 19 takes it. */
async function checkHaving(input: unknown, model: string, names: Names): Promise<Json[]> {
  const out: Json[] = []
  for (const node of parseDomain(input, 'having', names.problems)) {
    if (typeof node === 'string') out.push(node)
    else if (typeof node === 'symbol') names.problems.add('having', `a condition without a measure; ${havingHelp}`)
    else {
      const { at, field, operator } = node
      const measure = await checkMeasure(field, `${at}[0]`, model, names)
      if (!comparisons.includes(operator)) {
        names.problems.add(`${at}[1]`, `${show(operator)} on a measure; expected one of ${comparisons.join(', ')}`)
      } else if (measure !== undefined) {
        out.push([measure.spec, operator, await havingValue(measure, operator, node.value, `${at}[2]`, model, names)])
      }
    }
  }
  return out
}

async function havingValue(
  measure: Measure,
  operator: string,
  value: Json,
  at: string,
  model: string,
  names: Names
): Promise<Json> {
  const info = await typeOf(measure, model, names)
  if (operator !== 'in' && operator !== 'not in') return oneValue(info, value, at, names)
  if (Array.isArray(value) && value.length > 0) return value.map(item => oneValue(info, item, at, names))
  names.problems.add(at, `${show(value)} with ${show(operator)}; expected a list of at least one value`)
  return value
}

function oneValue(info: Pick<FieldInfo, 'type'>, value: Json, at: string, { problems }: Names): Json {
  // An aggregate is compared in SQL, where "= nothing" is never true.
  const isNothing = value === null || (value === false && info.type !== 'boolean')
  const checked = isNothing ? undefined : checkValue(info as FieldInfo, value)
  if (checked !== undefined && 'value' in checked) return checked.value
  problems.add(at, checked?.problem ?? `${show(value)} does not fit; expected a value to compare with`)
  return value
}

/** What a measure gives. */
async function typeOf({ field, aggregate }: Measure, model: string, names: Names): Promise<Pick<FieldInfo, 'type'>> {
  if (aggregate === 'bool_and' || aggregate === 'bool_or') return { type: 'boolean' }
  if (aggregate !== 'min' && aggregate !== 'max') return { type: 'float' }
  const { type = 'float' } = (await names.fields(model)).get(field as string) ?? {}
  return { type: isDate({ type }) ? type : 'float' }
}

interface Known {
  terms: GroupTerm[]
  measures: Measure[]
}

async function checkOrder(order: string, known: Known, model: string, names: Names): Promise<string> {
  const out: string[] = []
  for (const part of order.split(',')) {
    const term = parseGroupOrderTerm(part)
    if (term === undefined) {
      const shown = show(part.trim())
      names.problems.add('order', `${shown} is not a sort term; expected a list such as "__count desc, partner_id"`)
      continue
    }
    const spec = await orderSpec(term, known, model, names)
    if (spec !== undefined) out.push(showGroupOrder({ ...term, spec }))
  }
  return out.join(', ')
}

/** A term that is grouped by, or a measure, selected or not; a field alone means the one term or measure that it is in. */
async function orderSpec({ spec }: GroupOrderTerm, { terms, measures }: Known, model: string, names: Names) {
  const term = terms.find(term => term.spec === spec || `${term.path}:${term.granularity}` === spec)
  if (term !== undefined) return term.spec
  if (spec.includes(':') || spec === '__count') return (await checkMeasure(spec, 'order', model, names))?.spec
  const own = [...terms.filter(({ path }) => path === spec), ...measures.filter(({ field }) => field === spec)]
  if (own.length === 1) return own[0]?.spec
  const candidates = [...terms, ...measures].map(({ spec }) => spec)
  const expected = `expected one of group_by, a measure such as "amount_total:sum", or "__count"`
  names.problems.add('order', `${show(spec)} is not what is grouped by; ${expected}.${didYouMean(spec, candidates)}`)
  return undefined
}
