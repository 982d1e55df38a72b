import { Type } from '@sinclair/typebox'
import type { JsonObject } from '../core/json.js'
import { Exact, Expected, FieldNames, ModelName } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

const defaultAttributes = ['type', 'string', 'required', 'readonly', 'relation', 'selection']

export const getFields = defineTool({
  name: 'odoo_get_fields',
  aliases: [{ name: 'odoo_fields_get', rename: { allfields: 'fields' } }],
  title: 'Describe the fields of a model',
  description:
    'Learn the fields of a model before you search or write: type, label, required, readonly, relation, selection. Narrow with fields or filter; attributes ["*"] gives all. Example: {"model": "sale.order", "filter": "date"}',
  access: 'read',
  input: Exact({
    model: ModelName,
    fields: Type.Optional(FieldNames),
    attributes: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), { [Expected]: 'a list of attribute names, or ["*"]' })
    ),
    filter: Type.Optional(Type.String({ maxLength: 256 }))
  }),
  output: Type.Object({
    model: Type.String(),
    fields: Type.Unsafe<JsonObject>(Type.Record(Type.String(), Type.Object({})))
  }),
  rows: 'fields',
  rest: { paths: ['/fields'] },
  example: { model: 'res.partner', filter: 'name' },
  async run({ model, fields: asked = [], attributes = [], filter = '' }, { odoo, policy }) {
    const known = await odoo.fields(model)
    const all = attributes.includes('*')
    const described = await odoo.describeFields(
      model,
      asked.includes('*') ? [] : asked,
      all ? [] : attributes.length > 0 ? attributes : defaultAttributes
    )
    const wanted = filter.toLowerCase()
    const fields: JsonObject = {}
    for (const [name, description] of Object.entries(described)) {
      const info = known.get(name)
      if (!name.includes(wanted) && !info?.string.toLowerCase().includes(wanted)) continue
      const withheld = info !== undefined && policy.withholds(name, info)
      fields[name] = withheld ? { ...description, withheld: true } : description
    }
    return { model, fields }
  }
})
