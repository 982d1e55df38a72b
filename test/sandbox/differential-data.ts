import type { Call, Json, JsonObject } from './calls.js'
import { leads, orders, partners, products } from './differential-records.js'
import { forSide } from './labels.js'
import { must, type Side } from './sides.js'

/**
 * Creates the same records in an Odoo and gives them the labels that the cases use: `@res.partner:7` is the eighth
 * partner of differential-records.ts.
 */
export async function createData(side: Side): Promise<void> {
  await nameReferences(side)
  const { create } = creator(side)
  await create('res.partner.category', [
    { name: '§ Gold', color: 1 },
    { name: '§ silver', color: 2 },
    { name: '§ Old', color: 3, active: false }
  ])
  await create('res.partner.category', [{ name: '§ Gold plus', color: 4, parent_id: '@res.partner.category:0' }])
  await create('crm.tag', [{ name: '§ hot' }, { name: '§ Cold' }, { name: '§ été' }])
  await create('product.category', [{ name: '§ Things' }])
  await create('product.category', [{ name: '§ Small things', parent_id: '@product.category:0' }])
  for (const generation of partners) await create('res.partner', generation)
  await create('product.product', products)
  await nameTemplates(side)
  await create('crm.lead', leads)
  await create(
    'sale.order',
    orders.map(order => orderFor(order, side))
  )
  await nameLines(side)
}

/** Reads everything back: what the two Odoos made of the same values. */
export function readBack(side: Side, fieldsOf: (model: string) => string[]): Call[] {
  const read = ['res.partner', 'product.product', 'crm.lead', 'sale.order', 'sale.order.line', 'res.partner.category']
  return read.flatMap(model =>
    side.labels
      .names(model)
      .filter(label => /\d$/.test(label))
      .map((label): Call => ({ model, method: 'read', args: [[label], fieldsOf(model)], shape: 'rows' }))
  )
}

/** The unit of an order line: it has another name from 18 on. */
const uomField = (version: string) => (Number(version) >= 18 ? 'product_uom_id' : 'product_uom')

function orderFor(order: JsonObject, { version }: Side): JsonObject {
  const lines = (order.order_line as JsonObject[]).map((line): Json => {
    return [0, 0, line.display_type ? line : { ...line, [uomField(version)]: '@uom.uom:units' }]
  })
  return { ...order, order_line: lines }
}

function creator(side: Side) {
  const counts = new Map<string, number>()
  return {
    async create(model: string, rows: JsonObject[]) {
      const known = Object.keys(await must<JsonObject>(side, model, 'fields_get', [], { attributes: ['type'] }))
      // Taxes only where there are any: prices are compared without them.
      const values = rows.map(row => Object.fromEntries(Object.entries(row).filter(([name]) => known.includes(name))))
      const ids = await must<number[]>(side, model, 'create', [forSide(values, side)])
      for (const id of ids) {
        const index = counts.get(model) ?? 0
        counts.set(model, index + 1)
        side.labels.add(model, index, id)
      }
    }
  }
}

/** A row with one many2one in it. */
type Linked<Field extends string> = { [field in Field]: [number, string] }

/** Records that every Odoo has. */
async function nameReferences(side: Side): Promise<void> {
  const name = async (model: string, domain: Json[], label?: (row: JsonObject) => string, fields: string[] = []) => {
    const context = { active_test: false }
    const rows = await must<JsonObject[]>(side, model, 'search_read', [domain, fields], { order: 'id', context })
    for (const row of rows) side.labels.add(model, label?.(row) ?? 'main', row.id as number)
  }
  await name('res.country', [['code', 'in', ['BE', 'DE', 'US', 'FR', 'NL']]], row => String(row.code), ['code'])
  await name('res.currency', [['name', 'in', ['USD', 'EUR']]], row => String(row.name), ['name'])
  await name('crm.stage', [['name', 'in', ['New', 'Qualified', 'Proposition', 'Won']]], row => String(row.name), [
    'name'
  ])
  await name('uom.uom', [['name', '=', 'Units']], () => 'units')
  side.labels.add('res.company', 'main', 1)
  await name('res.company', [['name', '=', 'odoo-mcp second']], () => 'second')
  for (const [who, { uid }] of Object.entries(side.logins)) {
    side.labels.add('res.users', who, uid)
    const [user] = await must<[Linked<'partner_id'>]>(side, 'res.users', 'read', [[uid], ['partner_id']])
    side.labels.add('res.partner', who, user.partner_id[0])
  }
}

async function nameTemplates(side: Side): Promise<void> {
  for (const [index, label] of side.labels.names('product.product').entries()) {
    const [row] = await must<[Linked<'product_tmpl_id'>]>(side, 'product.product', 'read', [
      [side.labels.idOf(label) as number],
      ['product_tmpl_id']
    ])
    side.labels.add('product.template', index, row.product_tmpl_id[0])
  }
}

/** The lines of the orders, in the order in which they were written. */
async function nameLines(side: Side): Promise<void> {
  const lines = await must<number[]>(
    side,
    'sale.order.line',
    'search',
    [[['order_id.client_order_ref', '=like', `${side.mark}%`]]],
    {
      order: 'id'
    }
  )
  for (const [index, id] of lines.entries()) side.labels.add('sale.order.line', index, id)
}

/** How each model's records of the test are told from others. */
export const markedBy: { [model: string]: string } = {
  'sale.order.line': 'order_id.client_order_ref',
  'sale.order': 'client_order_ref',
  'crm.lead': 'name',
  'product.product': 'default_code',
  'res.partner': 'ref',
  'product.category': 'name',
  'crm.tag': 'name',
  'res.partner.category': 'name'
}

/** Deletes what the test has created, whether it is marked or was only seen as the result of a call. */
export async function deleteData(side: Side): Promise<void> {
  const context = { active_test: false }
  const others = Object.keys(side.created).filter(model => !(model in markedBy))
  for (const model of [...Object.keys(markedBy), ...others]) {
    // Lines go with their orders.
    if (model === 'sale.order.line') continue
    const marked: Json[] = model in markedBy ? ['|', [markedBy[model] as string, '=like', `${side.mark}%`]] : []
    const domain = [...marked, ['id', 'in', side.created[model] ?? []]]
    const ids = await must<number[]>(side, model, 'search', [domain], { order: 'id desc', context })
    if (model === 'sale.order' && ids.length > 0) await must(side, model, 'action_cancel', [ids])
    // One by one where they depend on each other; children of categories go with their parents.
    await must(side, model, 'unlink', [ids]).catch(async () => {
      for (const id of ids) await must(side, model, 'unlink', [[id]])
    })
  }
}
