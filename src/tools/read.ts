import { Type } from '@sinclair/typebox'
import { fieldsToRead } from '../core/default-fields.js'
import { Context, Exact, Fields, Ids, ModelName, Rows } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

export const read = defineTool({
  name: 'odoo_read',
  title: 'Read records by id',
  description:
    'Read records whose ids you know. Returns them in the order of ids; missing lists the ids that do not exist or that you may not see. Example: {"model": "res.partner", "ids": [7, 9], "fields": ["name"]}',
  access: 'read',
  input: Exact({
    model: ModelName,
    ids: Ids,
    fields: Type.Optional(Fields),
    context: Type.Optional(Context)
  }),
  output: Type.Object({ count: Type.Integer(), records: Rows, missing: Type.Array(Type.Integer()) }),
  rows: 'records',
  rest: { paths: ['/read'] },
  example: { model: 'res.partner', ids: [1], fields: ['name', 'email'] },
  async run({ model, ids, fields = [] }, { odoo, policy }) {
    const records = await odoo.read(model, ids, await fieldsToRead(odoo, model, fields, policy))
    const found = new Set(records.map(({ id }) => id))
    return { count: records.length, records, missing: ids.filter(id => !found.has(id)) }
  }
})
