import { Type } from '@sinclair/typebox'
import { AnyJson, Context, Exact, Ids, ModelName, Values } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

export const write = defineTool({
  name: 'odoo_write',
  title: 'Change records',
  description:
    'Set field values on existing records, the same for all ids. Returns how many were updated. Example: {"model": "res.partner", "ids": [7], "values": {"phone": "+32 2 123 45 67"}}',
  access: 'write',
  effect: 'write',
  input: Exact({ model: ModelName, ids: Ids, values: Values, context: Type.Optional(Context) }),
  output: Type.Object({
    updated: Type.Integer(),
    result: AnyJson,
    message: Type.String(),
    warning: Type.Optional(Type.String())
  }),
  rest: { paths: ['/write'] },
  example: { model: 'res.partner', ids: [1], values: { phone: '+32 2 123 45 67' } },
  async run({ model, ids, values }, { odoo }) {
    const reply = await odoo.write(model, ids, values)
    return { updated: ids.length, ...reply, message: `Updated ${records(ids.length)} of ${model}.` }
  }
})

function records(count: number): string {
  return count === 1 ? '1 record' : `${count} records`
}
