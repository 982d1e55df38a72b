import { Type } from '@sinclair/typebox'
import { Context, Domain, Exact, ModelName } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

export const count = defineTool({
  name: 'odoo_count',
  aliases: [{ name: 'odoo_search_count' }],
  title: 'Count records',
  description:
    'Count the records of a model that match a domain, without reading them. Example: {"model": "sale.order", "domain": [["state", "=", "draft"]]}',
  access: 'read',
  input: Exact({ model: ModelName, domain: Type.Optional(Domain), context: Type.Optional(Context) }),
  output: Type.Object({ model: Type.String(), count: Type.Integer({ minimum: 0 }) }),
  rest: { paths: ['/count'] },
  example: { model: 'res.partner', domain: [['is_company', '=', true]] },
  async run({ model, domain = [] }, { odoo }) {
    return { model, count: await odoo.count(model, domain) }
  }
})
