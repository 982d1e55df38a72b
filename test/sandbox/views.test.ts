import t, { type Test } from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import type { Version } from './group-leads.js'

type Call = [model: string, method: string, args: Json[]]

const types = ['kanban', 'graph', 'calendar', 'nope']
const pairs = [[[false, 'list', 1]], [[false]], [false, 'list'], []]

/** What is the same on every Odoo of a release: views that Odoo makes up, and refusals. */
const calls: { [version: string]: Call[] } = {
  14: [
    ...types.map(type => ['crm.stage', 'fields_view_get', [false, type]] as Call),
    ['crm.stage', 'fields_view_get', [false, 'pivot']],
    ['crm.stage', 'fields_view_get', [false, 'list']],
    ['crm.stage', 'fields_view_get', [999999, 'tree']],
    ['res.users.log', 'load_views', [[[false, 'list']], { toolbar: true, load_filters: true }]],
    ...pairs.slice(0, -1).map(views => ['crm.stage', 'load_views', [views]] as Call),
    ['crm.stage', 'get_views', [[[false, 'list']]]]
  ],
  19: [
    ...types.map(type => ['crm.stage', 'get_view', [false, type]] as Call),
    ...types.map(type => ['crm.stage', 'get_views', [[[false, type]]]] as Call),
    ['crm.stage', 'get_view', [false, 'pivot']],
    ['crm.stage', 'get_view', [false, 'tree']],
    ['crm.stage', 'get_views', [[[999999, 'list']]]],
    ['res.users.log', 'get_views', [[[false, 'list']], { toolbar: true, load_filters: true }]],
    ...pairs.map(views => ['crm.stage', 'get_views', [views]] as Call),
    ['crm.stage', 'fields_view_get', [false, 'form']]
  ]
}

/** One field of each kind. */
const fields: { [model: string]: string[] } = {
  'res.partner': [
    'name',
    'type',
    'active',
    'category_id',
    'country_id',
    'child_ids',
    'create_date',
    'image_1920',
    'id',
    'comment'
  ],
  'res.users': ['login', 'email', 'password', 'image_1920', 'partner_id'],
  'product.template': ['name', 'weight', 'image_1920'],
  'sale.order': ['amount_total', 'state'],
  'sale.order.line': ['product_uom_qty', 'state'],
  'crm.lead': ['expected_revenue', 'date_deadline', 'probability'],
  'ir.attachment': ['res_id', 'datas']
}

/** Attributes that depend on what else is installed, or that the sandbox has no use for. */
const left = new Set(['help', 'depends', 'domain', 'states', 'change_default', 'default_export_compatible'])

const reals = (await odoos()).filter(({ version }) => calls[version] !== undefined)
if (reals.length === 0) t.test('the sandbox tells of views as a real Odoo does', { skip: noOdoo }, async () => {})

for (const lab of reals) {
  t.test(`the sandbox tells of views and fields as a real Odoo ${lab.version} does`, async t => {
    const real = await logInDirectly(lab)
    const { admin } = await open(t, lab)
    for (const [model, method, args] of calls[lab.version] as Call[]) {
      const of = async (odoo: DirectOdoo) => settled(odoo.call(model, method, args))
      t.strictSame(await of(admin), await of(real), `${model} ${method} ${JSON.stringify(args)}`)
    }
    for (const [model, names] of Object.entries(fields)) {
      const of = async (odoo: DirectOdoo) => settled(odoo.call(model, 'fields_get', [names]))
      t.strictSame(await of(admin), await of(real), model)
    }
    for (const args of [
      [['nope']],
      [
        ['name', 'nope'],
        ['type', 'nope']
      ],
      [['name'], []],
      ['name', ['type']],
      [5]
    ]) {
      const of = async (odoo: DirectOdoo) => {
        const found = await settled(odoo.call('res.country', 'fields_get', args))
        return typeof found === 'object' && found !== null ? Object.keys(found) : found
      }
      t.strictSame(await of(admin), await of(real), `fields_get ${JSON.stringify(args)}`)
    }
  })
}

t.test('a list view of Odoo 14 is a tree whose fields carry modifiers', async t => {
  const { admin } = await open(t, { version: '14' })
  const { arch, fields, ...rest } = await admin.call<JsonObject>('crm.stage', 'fields_view_get', [false, 'tree'])
  t.match(arch, /^<tree string="[^"]+"/)
  t.match(arch, /<field name="name"[^>]* modifiers="{&quot;required&quot;: true}"\/>/)
  t.match(fields, { name: { type: 'char', views: {}, id: null, select: null } })
  t.match(rest, { model: 'crm.stage', name: 'crm.stage.tree', type: 'tree', view_id: Number, base_model: 'crm.stage' })
  const again = await admin.call<JsonObject>('crm.stage', 'fields_view_get', [rest.view_id as number, 'form'])
  t.equal(again.arch, arch, 'the id of a view finds it, whatever the type')
})

t.test('list views of Odoo 17 are asked for as "list" and come with fields by model', async t => {
  const { admin } = await open(t, { version: '17' })
  const { views, models } = await admin.call<{ views: JsonObject; models: JsonObject }>('crm.stage', 'get_views', [
    [[false, 'list']]
  ])
  t.match(views, { list: { arch: /^<tree /, id: Number, model: 'crm.stage' } })
  t.match(models, { 'crm.stage': { name: { type: 'char', name: 'name' }, write_date: {}, id: {} } })
})

t.test('list views of Odoo 19 come with their fields', async t => {
  const { admin } = await open(t, { version: '19' })
  const found = await admin.call<JsonObject>('crm.stage', 'get_views', [[[false, 'list']]])
  t.match(found, {
    views: { list: { arch: /^<list /, id: Number, model: 'crm.stage' } },
    models: { 'crm.stage': { fields: { name: { type: 'char', name: 'name' }, write_date: {}, id: {} } } }
  })
})

t.test('the root of a view says which rights are missing', async t => {
  const { sandbox: old } = await open(t, { version: '14' })
  const portal14 = await logInDirectly({ ...old, ...old.users.portal })
  const { arch } = await portal14.call<JsonObject>('res.country', 'fields_view_get', [false, 'tree'])
  t.match(arch, /^<tree [^>]*create="false" delete="false" edit="false">/)
  const { sandbox: recent } = await open(t, { version: '19' })
  const portal19 = await logInDirectly({ ...recent, ...recent.users.portal })
  const view = await portal19.call<JsonObject>('res.country', 'get_view', [false, 'list'])
  t.match(view.arch, /^<list [^>]*create="False" delete="False" edit="False">/)
})

t.test('fields are told to those whose groups may know them', async t => {
  const { sandbox, admin } = await open(t, { version: '19' })
  const portal = await logInDirectly({ ...sandbox, ...sandbox.users.portal })
  const known = async (odoo: DirectOdoo) =>
    Object.keys(await odoo.call('product.product', 'fields_get', [['standard_price']]))
  t.strictSame(await known(admin), ['standard_price'])
  t.strictSame(await known(portal), [], 'without any right to the model, too')
})

t.test('on Odoo 14 everything is read-only for those who may not write', async t => {
  const { sandbox, admin } = await open(t, { version: '14' })
  const portal = await logInDirectly({ ...sandbox, ...sandbox.users.portal })
  const readonly = (odoo: DirectOdoo) => odoo.call('res.country', 'fields_get', [['code'], ['readonly', 'states']])
  t.strictSame(await readonly(admin), { code: { readonly: false } })
  t.strictSame(await readonly(portal), { code: { readonly: true, states: {} } })
})

async function open(t: Test, { version }: Pick<LabOdoo, 'version'>): Promise<{ sandbox: Sandbox; admin: DirectOdoo }> {
  const sandbox = await startSandbox({ version: Number(version) as Version })
  t.teardown(() => sandbox.close())
  return { sandbox, admin: await logInDirectly({ ...sandbox, ...sandbox.users.admin }) }
}

/** The result, or the message of the error. */
async function settled(call: Promise<Json>): Promise<Json> {
  return call.then(comparable, (error: Error) => error.message)
}

/** Without the attributes that are left out; names of fields come in any order on 19. */
function comparable(value: Json): Json {
  if (Array.isArray(value)) {
    return value.every(item => typeof item === 'string') ? [...value].sort() : value.map(comparable)
  }
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !left.has(name))
  return Object.fromEntries(kept.map(([name, item]) => [name, comparable(item)]))
}
