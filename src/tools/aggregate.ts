import { Kind, Type } from '@sinclair/typebox'
import type { Json, JsonObject } from '../core/json.js'
import type { Group } from '../core/ports/odoo.js'
import { Context, Domain, Exact, Expected, Limit, ModelName, Named, Offset, Order } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

const Spec = Type.String({ minLength: 1, maxLength: 256 })

/** Read and judged as a domain is; its leaves are flatter. */
const Having = Type.Unsafe<Json[]>({
  [Kind]: 'AnyJson',
  type: 'array',
  items: { anyOf: [{ type: 'string' }, { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } }] }
})

export const aggregate = defineTool({
  name: 'odoo_aggregate',
  aliases: [{ name: 'odoo_read_group', map: fromReadGroup }],
  title: 'Group and total records',
  description:
    'Count and total records in groups instead of reading them. Group dates as date_order:month (hour, day, week, quarter, year); measure field:sum, avg, min, max, count, count_distinct; order and having also take __count. The domain of a group finds its records. Example: {"model": "sale.order", "group_by": ["state"], "measures": ["amount_total:sum"], "having": [["__count", ">", 1]]}',
  access: 'read',
  input: Exact({
    model: ModelName,
    domain: Type.Optional(Domain),
    group_by: Type.Array(Spec, { maxItems: 16, [Expected]: 'a list such as ["partner_id", "date_order:month"]' }),
    measures: Type.Optional(Type.Array(Spec, { maxItems: 64, [Expected]: 'a list such as ["amount_total:sum"]' })),
    having: Type.Optional(Having),
    order: Type.Optional(Order),
    limit: Type.Optional(Limit),
    offset: Type.Optional(Offset),
    context: Type.Optional(Context)
  }),
  output: Type.Object({
    count: Type.Integer(),
    groups: Type.Array(Type.Unsafe<Group>(Type.Object({ count: Type.Integer() }, { [Named]: 'Group' }))),
    next_offset: Type.Optional(Type.Integer())
  }),
  rows: 'groups',
  rest: { paths: ['/aggregate'] },
  example: { model: 'res.partner', group_by: ['country_id'], order: '__count desc', limit: 5 },
  async run(input, { odoo, limits }) {
    const { model, domain = [], group_by, measures = [], having = [], order = '', offset = 0 } = input
    const { limit = limits.default_limit } = input
    const query = { domain, groupBy: group_by, measures, having, order, limit, offset }
    const { groups, more } = await odoo.aggregate(model, query)
    return { count: groups.length, groups, ...(more && { next_offset: offset + groups.length }) }
  }
})

/**
 * The arguments of Odoo's own `read_group`, as early servers took them: `fields` such as `amount_total:sum`, among
 * which those grouped by mean nothing, `groupby`, `orderby` and `lazy`, by default true: only the first term groups.
 * An old name beside its new one stays, and is refused.
 */
function fromReadGroup(given: JsonObject): JsonObject {
  const { lazy = true, ...out } = given
  if (typeof lazy !== 'boolean') out.lazy = lazy
  const { fields, groupby, orderby } = given
  const all = typeof groupby === 'string' ? [groupby] : groupby
  const grouped = Array.isArray(all) ? all.map(fieldOf) : []
  const rename = (old: string, name: string, value: Json | undefined) => {
    if (value === undefined || Object.hasOwn(given, name)) return
    delete out[old]
    out[name] = value
  }
  rename('groupby', 'group_by', lazy && Array.isArray(all) ? all.slice(0, 1) : all)
  rename('fields', 'measures', Array.isArray(fields) ? measuresOf(fields, grouped) : fields)
  rename('orderby', 'order', typeof orderby === 'string' ? orderOf(orderby, grouped) : orderby)
  return out
}

function fieldOf(spec: Json): Json {
  return typeof spec === 'string' ? (spec.split(':')[0] as string) : spec
}

/** `total:sum(amount_total)` is `amount_total:sum` by another name. */
function measuresOf(fields: Json[], grouped: Json[]): Json[] {
  return fields
    .filter(spec => !grouped.includes(spec))
    .map(spec => (typeof spec === 'string' ? spec.replace(/^\w+:(\w+)\((\w+)\)$/, '$2:$1') : spec))
}

/** A lazy answer calls the number of records after the field that it groups by. */
function orderOf(orderby: string, grouped: Json[]): string {
  const terms = orderby.split(',').map(term => term.trim())
  return terms.map(term => (term.startsWith(`${grouped[0]}_count`) ? term.replace(/^\w+/, '__count') : term)).join(', ')
}
