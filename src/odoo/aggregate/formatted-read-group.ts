import { isDate } from '../../core/check/aggregate-specs.js'
import type { Json, JsonObject } from '../../core/json.js'
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
  type Term
} from './source.js'

/** Groups by `formatted_read_group`, which Odoo 19 has in place of `read_group`. */
export function formattedReadGroup(read: ReadCall): GroupSource {
  return {
    // Without terms Odoo 19 ignores the filter.
    canArrange: ({ terms, having }) => having.length === 0 || terms.length > 0,
    async fetch(request) {
      const rows = await read(request.model, 'formatted_read_group', [], toKwargs(request))
      return (rows as JsonObject[]).map(row => toGroup(row, request))
    }
  }
}

function toKwargs({ domain, terms, measures, having, order, limit, offset }: GroupRequest): JsonObject {
  const specs = new Map(terms.map(({ name, spec }) => [name, spec]))
  return {
    domain,
    groupby: terms.map(({ spec }) => spec),
    aggregates: ['__count', ...measures.map(({ spec }) => spec)],
    limit,
    ...(offset > 0 && { offset }),
    ...(having.length > 0 && { having: having.flatMap(withoutLists) }),
    ...(terms.length > 0 && { order: orderText(order, spec => specs.get(spec) ?? spec) })
  }
}

/** A list would reach PostgreSQL as an array, which `IN` does not take (seen on 19). */
function withoutLists(node: Json): Json[] {
  if (!Array.isArray(node) || !Array.isArray(node[2])) return [node]
  const [measure, operator, values] = node as [Json, Json, Json[]]
  const [join, compare] = operator === 'in' ? ['|', '='] : ['&', '!=']
  return [...values.slice(1).map(() => join), ...values.map(value => [measure, compare, value])]
}

function toGroup(row: JsonObject, { terms, measures }: GroupRequest): RawGroup {
  return {
    keys: terms.map((term, index) => toKey(row, term, terms.slice(0, index))),
    count: row.__count as number,
    measures: measures.map(({ spec }) => row[spec] as Json)
  }
}

/** A period is `[start, label]`. */
function toKey(row: JsonObject, term: Term, before: readonly Term[]): RawKey {
  const value = row[term.spec] as Json
  if (!isDate(term.info)) return isRecord(term) ? recordKey(value) : { value }
  if (!Array.isArray(value)) return { value: false }
  const [start, end] = boundsOf(row.__extra_domain as Json[], term, before)
  return { value: start, label: String(value[1]), end }
}
