import { Type } from '@sinclair/typebox'
import { Exact, Limit, Offset } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

export const getModels = defineTool({
  name: 'odoo_get_models',
  aliases: [{ name: 'odoo_list_models' }],
  title: 'List models',
  description:
    'Find the technical name of a model. Returns the models that you may read; filter matches technical and displayed names. Example: {"filter": "invoice"}',
  access: 'read',
  input: Exact({
    filter: Type.Optional(Type.String({ maxLength: 256 })),
    limit: Type.Optional(Limit),
    offset: Type.Optional(Offset)
  }),
  output: Type.Object({
    count: Type.Integer(),
    models: Type.Array(
      Type.Object({ model: Type.String(), name: Type.String(), transient: Type.Optional(Type.Boolean()) })
    ),
    total: Type.Integer(),
    next_offset: Type.Optional(Type.Integer())
  }),
  rows: 'models',
  rest: { paths: ['/models'] },
  example: { filter: 'partner' },
  async run({ filter = '', limit, offset = 0 }, { odoo, policy, limits: { max_limit } }) {
    const wanted = filter.toLowerCase()
    const matching = (await odoo.models()).filter(
      ({ model, name }) => policy.mayRead(model) && (model.includes(wanted) || name.toLowerCase().includes(wanted))
    )
    // Names are short: without a limit a page is as large as this server allows.
    const models = matching.slice(offset, offset + (limit ?? max_limit))
    const end = offset + models.length
    return {
      count: models.length,
      models,
      total: matching.length,
      ...(end < matching.length && { next_offset: end })
    }
  }
})
