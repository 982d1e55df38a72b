import {
  type GroupOrderTerm,
  type Measure,
  parseGroupOrderTerm,
  parseMeasure
} from '../../core/check/aggregate-specs.js'
import type { AggregateQuery, FieldMap, Group, Identity, OdooContext } from '../../core/ports/odoo.js'
import { capabilitiesOf } from '../versions.js'
import { Form } from './form.js'
import { formattedReadGroup } from './formatted-read-group.js'
import { pageOf } from './pages.js'
import { readGroup } from './read-group.js'
import { type FieldMeasure, type GroupRequest, type ReadCall, type Term, tieBreaker } from './source.js'
import { resolveTerms } from './terms.js'

/** What groups are asked for with. */
export interface Aggregating {
  identity: Identity
  /** The context of the call. */
  context: OdooContext
  fields(model: string): Promise<FieldMap>
  read: ReadCall
}

/** The groups of a page in one form, from every version. Throws `invalid_input` where there are too many to arrange here. */
export async function aggregate(
  model: string,
  query: AggregateQuery,
  odoo: Aggregating
): Promise<{ groups: Group[]; more: boolean }> {
  const { identity, context, read } = odoo
  const source = capabilitiesOf(identity.major).hasFormattedReadGroup
    ? formattedReadGroup(read)
    : readGroup(read, identity)
  const terms = await resolveTerms(model, query.groupBy, odoo.fields)
  const plan = planOf(query, terms)
  const request: GroupRequest = {
    model,
    domain: query.domain,
    terms,
    measures: plan.computed,
    having: query.having,
    order: plan.order,
    limit: query.limit + 1,
    offset: query.offset
  }
  const form = new Form(request, plan.measures, { fields: await odoo.fields(model), identity, context })
  const rows = await pageOf(request, source, form)
  return { groups: rows.slice(0, query.limit).map(({ group }) => group), more: rows.length > query.limit }
}

/** What is computed, and in which order it comes; what only filters or sorts is computed, too, and not shown. */
function planOf(query: AggregateQuery, terms: readonly Term[]) {
  const given =
    query.order === '' ? [] : query.order.split(', ').map(term => parseGroupOrderTerm(term) as GroupOrderTerm)
  const rest = terms.filter(({ name }) => !given.some(({ spec }) => spec === name))
  const isTerm = (spec: string) => terms.some(({ name }) => name === spec)
  const measures = query.measures.map(spec => parseMeasure(spec) as Measure)
  const compared = query.having.flatMap(node => (Array.isArray(node) ? [String(node[0])] : []))
  const sorted = given.map(({ spec }) => spec).filter(spec => !isTerm(spec))
  const all = [...new Set([...query.measures, ...compared, ...sorted])].map(spec => parseMeasure(spec) as Measure)
  return {
    measures,
    computed: all.filter((measure): measure is FieldMeasure => measure.field !== undefined),
    order: [...given, ...rest.map(({ name }) => ({ spec: name, descending: false })), tieBreaker]
  }
}
