import t, { type Test } from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { LabOdoo } from '../lab/odoos.js'
import { people } from '../lab/people.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { witnesses } from '../lab/witnesses.js'
import { addCanary } from './canary.js'
import { connectionFlags, startServer } from './server.js'
import { rest } from './surfaces.js'

const models = [
  'res.partner',
  'sale.order',
  'crm.lead',
  'product.template',
  'product.product',
  'account.move',
  'res.users',
  'ir.attachment'
]

for (const odoo of await witnesses()) {
  t.test(`${odoo.name}: without names, the columns of the list view are read`, async t => {
    const { admin, sales, portal } = await people(odoo)
    await asOne(t, odoo, admin, 'the administrator', models)
    for (const [who, { username, password }, some] of [
      ['a salesperson', sales, ['res.partner', 'sale.order', 'crm.lead']],
      ['a portal user', portal, ['res.partner']]
    ] as const) {
      addCanary(password)
      const { api_key: _, ...base } = odoo
      const own = { ...base, username, password }
      await asOne(t, own, await logInDirectly(own), who, some)
    }
  })
}

/** Compares what our server reads for one user with what that user's own Odoo shows in its list views. */
async function asOne(t: Test, odoo: LabOdoo, direct: DirectOdoo, who: string, some: readonly string[]) {
  const server = await startServer(connectionFlags(odoo))
  const surface = rest(server.url)
  for (const model of some) {
    const { output } = await surface.call('odoo_search', { model, limit: 1 })
    const [record] = (output?.records ?? []) as JsonObject[]
    const columns = await columnsInBrowser(direct, Number(odoo.version), model)
    if (record === undefined) continue
    const fields = Object.keys(record).filter(name => name !== 'id')
    t.strictSame(missing(fields, columns), [], `${who} gets the columns of ${model}`)
    t.ok(fields.length <= 12, `${who} gets no more than a dozen fields of ${model}`)
    t.ok(fields.includes('display_name'))
    const again = await surface.call('odoo_read', { model, ids: [record.id as number], fields: [] })
    const [same] = (again.output?.records ?? []) as JsonObject[]
    t.strictSame(Object.keys(same ?? {}), Object.keys(record), `${who} reads the same of ${model} by id`)
  }
  const views = server.log.filter(({ msg }) => msg === 'no columns of the list view')
  t.strictSame(views, [], `${who} got every view`)
  await server.close()
}

/** What a dozen has no room for may be missing; the first eight columns never are. */
function missing(fields: string[], columns: string[]): string[] {
  return columns.slice(0, 8).filter(name => !fields.includes(name))
}

const inRows = /^(char|text|integer|float|monetary|boolean|date|datetime|selection|many2one|many2one_reference)$/

/**
 * The columns that a browser shows, read in another way than ours: as text between tags, and by the types that the view
 * itself tells.
 */
async function columnsInBrowser({ call }: DirectOdoo, major: number, model: string): Promise<string[]> {
  const [method, type] = major < 16 ? ['fields_view_get', 'tree'] : ['get_views', major < 18 ? 'tree' : 'list']
  const reply = await call<JsonObject>(model, method, major < 16 ? [false, type] : [[[false, type]]])
  const view = (major < 16 ? reply : (reply.views as JsonObject)[type]) as JsonObject
  const isOwn = Boolean(major < 16 ? view.view_id : view.id)
  const types = await call<Record<string, { type: string }>>(model, 'fields_get', [], { attributes: ['type'] })
  const tags = String(view.arch as Json)
    .replace(/<!--.*?-->|<(header|groupby)\b.*?<\/\1>/gs, '')
    .match(/<field\b[^>]*>/g)
  const visible = (tags ?? []).filter(
    tag =>
      !/optional="hide"|widget="(handle|activity_exception)"|column_invisible="(1|True)"/.test(tag) &&
      !/&quot;column_invisible&quot;: true/.test(tag)
  )
  const names = visible.map(tag => / name="([^"]*)"/.exec(tag)?.[1] ?? '')
  return isOwn ? [...new Set(names)].filter(name => name !== 'id' && inRows.test(types[name]?.type ?? '')) : []
}
