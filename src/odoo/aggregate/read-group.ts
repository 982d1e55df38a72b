import { isDate, type Measure } from '../../core/check/aggregate-specs.js'
import type { Json, JsonObject } from '../../core/json.js'
import type { Identity } from '../../core/ports/odoo.js'
import { isObject } from '../parse-json.js'
import { ofKey, withoutNulls } from './odoo-14.js'
import { boundsOf } from './periods.js'
import {
  type GroupRequest,
  type GroupSource,
  isRecord,
  orderText,
  type RawGroup,
  type RawKey,
  type ReadCall,
  recordKey,
  type Term,
  tieBreaker
} from './source.js'

/** Groups by `read_group`, which Odoo has until 18. */
export function readGroup(read: ReadCall, { major, protocol }: Identity): GroupSource {
  // From 17 on it stands on what `formatted_read_group` stands on, and sorts as that does.
  const isOld = major < 17

  async function ask(request: GroupRequest): Promise<RawGroup[]> {
    const { model, domain, terms, limit, offset } = request
    const rows = await read(model, 'read_group', [], {
      domain,
      // Without any, all fields would be aggregated.
      fields: [
        '__count',
        ...request.measures.map(({ field, aggregate }, index) => `__m${index}:${aggregate}(${field})`)
      ],
      groupby: terms.map(({ spec }) => spec),
      lazy: false,
      limit,
      offset,
      ...(terms.length > 0 && { orderby: orderText(request.order, spec => nameOf(spec, request)) })
    })
    return (rows as JsonObject[]).map(row => toGroup(row, request))
  }

  function nameOf(spec: string, { terms, measures }: GroupRequest): string {
    const term = terms.find(({ name }) => name === spec)
    if (term !== undefined) return term.spec
    if (!isOld) return spec
    return spec === tieBreaker.spec ? 'id' : `__m${measures.findIndex(measure => measure.spec === spec)}`
  }

  function canSort(spec: string, { terms, measures }: GroupRequest): boolean {
    if (spec === tieBreaker.spec || terms.some(({ name }) => name === spec)) return true
    const measure = measures.find(measure => measure.spec === spec)
    return measure !== undefined && termOf(measure, terms) === undefined
  }

  function toGroup(row: JsonObject, { terms, measures }: GroupRequest): RawGroup {
    const keys = terms.map((term, index) => toKey(row, term, terms.slice(0, index)))
    const count = row.__count as number
    return {
      keys,
      count,
      measures: measures.map((measure, index) => {
        const term = isOld ? termOf(measure, terms) : undefined
        if (term === undefined) return row[`__m${index}`] as Json
        return ofKey(measure, term, keys[terms.indexOf(term)]?.value as Json, count, major)
      })
    }
  }

  return {
    canArrange(request) {
      if (request.having.length > 0) return false
      return !isOld || request.order.every(({ spec, nulls }) => nulls === undefined && canSort(spec, request))
    },
    fetch(request) {
      // Without terms the answer holds None for what is empty, which XML-RPC cannot carry (seen on 14).
      const hasNulls = isOld && protocol === 'xmlrpc' && request.terms.length === 0
      return hasNulls ? withoutNulls(request, ask, read) : ask(request)
    }
  }
}

/** The term of a measure's own field: Odoo leaves the measure out then (seen on 14). */
function termOf({ field }: Measure, terms: readonly Term[]): Term | undefined {
  return terms.find(({ path }) => path === field)
}

/** A period is only its label; its bounds are in `__range`, and before there was one (14) in the domain. */
function toKey(row: JsonObject, term: Term, before: readonly Term[]): RawKey {
  const value = row[term.spec] as Json
  if (!isDate(term.info)) return isRecord(term) ? recordKey(value) : { value }
  if (typeof value !== 'string') return { value: false }
  const range = isObject(row.__range) ? row.__range[term.spec] : undefined
  const [start, end] = isObject(range) ? [range.from, range.to] : boundsOf(row.__domain as Json[], term, before)
  return { value: start as Json, label: value, end: String(end) }
}
