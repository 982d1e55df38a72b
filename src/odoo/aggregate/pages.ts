import { GatewayError } from '../../core/errors.js'
import { passes, sortGroups } from './arrange.js'
import type { Form, Row } from './form.js'
import { hasTwoBlanks, keyDomain } from './group-key.js'
import { type GroupRequest, type GroupSource, type RawGroup, tieBreaker } from './source.js'

/** The most groups that are filtered or sorted here; where Odoo does it there is no limit. */
export const maxGroups = 10_000

/** The rows of the page, and one more if there is one. */
export async function pageOf(request: GroupRequest, source: GroupSource, form: Form): Promise<Row[]> {
  if (request.terms.length === 0) return totalOf(request, source, form)
  const canArrange = source.canArrange(request)
  const [rows, isSplit] = await Promise.all([
    canArrange ? source.fetch(request) : [],
    hasSplitGroups(request, source, form)
  ])
  if (canArrange && !isSplit) return rows.map(raw => form.rowOf(raw))
  const all = await fetchAll(request, source, form)
  const merged = isSplit ? await merge(all, request, source, form) : all
  const passing = merged.filter(row => passes(request.having, row))
  const sorted = sortGroups(passing, request.order, new Set(request.terms.map(({ name }) => name)))
  return sorted.slice(request.offset, request.offset + request.limit)
}

/** All records as one group, which an empty model has, too. */
async function totalOf(request: GroupRequest, source: GroupSource, form: Form): Promise<Row[]> {
  const [raw] = await source.fetch({ ...request, having: [], order: [], limit: 1, offset: 0 })
  const row = form.rowOf(raw as RawGroup)
  return request.offset === 0 && passes(request.having, row) ? [row] : []
}

/** All groups, by nothing but their terms: what else they are filtered and sorted by is done here. */
async function fetchAll(request: GroupRequest, source: GroupSource, form: Form): Promise<Row[]> {
  const own = new Set([...request.terms.map(({ name }) => name), tieBreaker.spec])
  const order = request.order.filter(({ spec }) => own.has(spec)).map(({ spec, descending }) => ({ spec, descending }))
  const all = await source.fetch({ ...request, having: [], order, limit: maxGroups + 1, offset: 0 })
  if (all.length <= maxGroups) return all.map(raw => form.rowOf(raw))
  throw new GatewayError(
    'invalid_input',
    `group_by: more than ${maxGroups} groups, too many to filter or sort outside Odoo; expected fewer groups`,
    { hint: 'Narrow the domain, group by a coarser field, or leave having out and order by a term or a measure.' }
  )
}

/** Whether records without a value fall into two groups, of NULL and of "" or 0. */
async function hasSplitGroups({ terms, ...request }: GroupRequest, source: GroupSource, form: Form): Promise<boolean> {
  const split = await Promise.all(
    terms.filter(hasTwoBlanks).map(async term => {
      const domain = [...request.domain, ...keyDomain(term, blank, form.around.identity.major)]
      const alone = { ...request, domain, terms: [term], measures: [], having: [], order: [], limit: 2, offset: 0 }
      return (await source.fetch(alone)).length > 1
    })
  )
  return split.includes(true)
}

const blank = { value: null, label: null }

/** Makes one group of those that look the same. What is computed over it is asked anew: an average of two is no average. */
async function merge(rows: Row[], request: GroupRequest, source: GroupSource, form: Form): Promise<Row[]> {
  const byName = new Map<string, Row[]>()
  for (const row of rows) byName.set(row.name, [...(byName.get(row.name) ?? []), row])
  const merged: Row[] = []
  for (const [row, ...same] of byName.values()) {
    if (row === undefined) continue
    merged.push(same.length === 0 ? row : await asked(row))
  }
  return merged

  async function asked(row: Row): Promise<Row> {
    const domain = [...request.domain, ...form.domainOf(row.group.key)]
    const [total] = await source.fetch({ ...request, domain, terms: [], having: [], order: [], limit: 1, offset: 0 })
    return form.rowOf({ ...(total as RawGroup), keys: row.keys })
  }
}
