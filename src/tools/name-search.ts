import { Type } from '@sinclair/typebox'
import { nameOperators } from '../core/check/name.js'
import { Context, Domain, Exact, Limit, ModelName, OneOf } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

export const nameSearch = defineTool({
  name: 'odoo_name_search',
  title: 'Find records by name',
  description:
    'Turn a name into ids, as the search box of a many2one field does. Returns id and displayed name of what matches. Example: {"model": "res.partner", "name": "azure"}',
  access: 'read',
  input: Exact({
    model: ModelName,
    name: Type.String({ maxLength: 256, description: 'Empty for the first ones' }),
    domain: Type.Optional(Domain),
    operator: Type.Optional(OneOf(...nameOperators)),
    limit: Type.Optional(Limit),
    context: Type.Optional(Context)
  }),
  output: Type.Object({
    count: Type.Integer(),
    matches: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String() }))
  }),
  rows: 'matches',
  rest: { paths: ['/name_search'] },
  example: { model: 'res.country', name: 'bel', limit: 5 },
  async run({ model, name, domain = [], operator = 'ilike', limit }, { odoo, limits }) {
    const query = { name, domain, operator, limit: limit ?? limits.default_limit }
    const matches = await odoo.nameSearch(model, query)
    return { count: matches.length, matches }
  }
})
