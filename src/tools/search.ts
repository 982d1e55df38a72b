import { Type } from '@sinclair/typebox'
import { fieldsToRead } from '../core/default-fields.js'
import type { OdooPort, SearchQuery } from '../core/ports/odoo.js'
import { Context, Domain, Exact, Fields, Limit, ModelName, Offset, Order, Rows } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

export const search = defineTool({
  name: 'odoo_search',
  aliases: [{ name: 'odoo_search_read' }],
  title: 'Search records',
  description:
    'Find records of a model that match a domain and read them. Returns records, the exact total, and next_offset while more remain. Example: {"model": "res.partner", "domain": [["is_company", "=", true], ["country_id.code", "=", "BE"]], "fields": ["name", "email"], "limit": 10}',
  access: 'read',
  input: Exact({
    model: ModelName,
    domain: Type.Optional(Domain),
    fields: Type.Optional(Fields),
    limit: Type.Optional(Limit),
    offset: Type.Optional(Offset),
    order: Type.Optional(Order),
    context: Type.Optional(Context)
  }),
  output: Type.Object({
    count: Type.Integer(),
    records: Rows,
    total: Type.Integer(),
    offset: Type.Integer(),
    next_offset: Type.Optional(Type.Integer())
  }),
  rows: 'records',
  rest: { paths: ['/search', '/search_read'] },
  example: { model: 'res.partner', domain: [['is_company', '=', true]], fields: ['name', 'email'], limit: 5 },
  async run({ model, domain = [], fields = [], limit, offset = 0, order }, { odoo, policy, limits }) {
    const query = {
      domain,
      fields: await fieldsToRead(odoo, model, fields, policy),
      limit: limit ?? limits.default_limit,
      offset,
      ...(order !== undefined && { order })
    }
    const records = await odoo.search(model, query)
    const total = await totalOf(odoo, model, query, records.length)
    const end = offset + records.length
    return { count: records.length, records, total, offset, ...(end < total && { next_offset: end }) }
  }
})

/** A page that is not full ends the list, so it tells the total itself; an empty one does so only at the start. */
async function totalOf(
  odoo: OdooPort,
  model: string,
  query: SearchQuery & { limit: number; offset: number },
  rows: number
) {
  if (rows < query.limit && (rows > 0 || query.offset === 0)) return query.offset + rows
  return odoo.count(model, query.domain)
}
