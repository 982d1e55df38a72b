import { Type } from '@sinclair/typebox'
import type { JsonObject } from '../core/json.js'
import { Context, Exact, Expected, ModelName, Values } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

const rows = Type.Union([Values, Type.Array(Values, { minItems: 1, maxItems: 1000 })], {
  [Expected]: 'an object of field values, or a list of 1 to 1000 such objects'
})

export const create = defineTool({
  name: 'odoo_create',
  title: 'Create records',
  description:
    'Create one record, or several at once (all or none). Returns id, or ids for a list. Example: {"model": "res.partner", "values": {"name": "Azure Interior", "is_company": true}}',
  access: 'write',
  effect: 'create',
  input: Exact({ model: ModelName, values: rows, context: Type.Optional(Context) }),
  output: Type.Object({
    id: Type.Optional(Type.Integer()),
    ids: Type.Optional(Type.Array(Type.Integer())),
    message: Type.String()
  }),
  rest: { paths: ['/create'] },
  example: { model: 'res.partner', values: { name: 'Azure Interior', is_company: true } },
  async run({ model, values }, { odoo }) {
    if (Array.isArray(values)) {
      const ids = await odoo.create(model, values as JsonObject[])
      return { ids, message: `Created ${ids.length} records of ${model}.` }
    }
    const [id] = (await odoo.create(model, [values])) as [number]
    return { id, message: `Created ${model} ${id}.` }
  }
})
