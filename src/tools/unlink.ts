import { Type } from '@sinclair/typebox'
import { AnyJson, Context, Exact, Ids, ModelName } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

export const unlink = defineTool({
  name: 'odoo_unlink',
  title: 'Delete records',
  description:
    'Delete records for good; writing {"active": false} archives them instead. Returns how many were deleted. Example: {"model": "crm.lead", "ids": [12]}',
  access: 'destructive',
  effect: 'unlink',
  input: Exact({ model: ModelName, ids: Ids, context: Type.Optional(Context) }),
  output: Type.Object({
    deleted: Type.Integer(),
    result: AnyJson,
    message: Type.String(),
    warning: Type.Optional(Type.String())
  }),
  rest: { paths: ['/unlink'] },
  example: { model: 'res.partner', ids: [42] },
  async run({ model, ids }, { odoo }) {
    const reply = await odoo.unlink(model, ids)
    return {
      deleted: ids.length,
      ...reply,
      message: `Deleted ${ids.length === 1 ? '1 record' : `${ids.length} records`} of ${model}.`
    }
  }
})
