import { Type } from '@sinclair/typebox'
import { fieldsOfRecord } from '../core/record-fields.js'
import { Exact, Ids, ModelName, Rows } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

export const record = defineTool({
  name: 'odoo_record',
  title: 'Records as resources show them',
  description: 'Read records whole: the content of odoo://{model}/{id}.',
  access: 'read',
  internal: true,
  input: Exact({ model: ModelName, ids: Ids }),
  output: Type.Object({ records: Rows, missing: Type.Array(Type.Integer()) }),
  example: { model: 'res.partner', ids: [1] },
  async run({ model, ids }, { odoo, policy }) {
    const records = await odoo.read(model, ids, await fieldsOfRecord(odoo, model, policy))
    const found = new Set(records.map(({ id }) => id))
    return { records, missing: ids.filter(id => !found.has(id)) }
  }
})
