import { readFileSync } from 'node:fs'
import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { Json } from '../../src/core/json.js'
import type { CallScope, Protocol } from '../../src/core/ports/odoo.js'
import { fetchListColumns, visibleColumns } from '../../src/odoo/metadata/list-columns.js'
import { memoryLog } from '../core/fake-odoo.js'
import { scope } from './servers.js'

/** The arch of a list view as a real Odoo, with demo data and sales, sends it to its administrator. */
function recorded(name: string): string {
  return readFileSync(new URL(`../fixtures/views/${name}.xml`, import.meta.url), 'utf8')
}

const shown: [fixture: string, columns: string][] = [
  ['14-sale.order', 'name date_order partner_id user_id activity_ids company_id amount_total invoice_status'],
  [
    '14-account.move',
    'name invoice_date_due activity_ids company_id amount_untaxed_signed amount_total_signed state payment_state'
  ],
  ['14-product.product', 'default_code name product_template_attribute_value_ids lst_price standard_price'],
  ['19-sale.order', 'name date_order partner_id user_id activity_ids company_id amount_total invoice_status'],
  [
    '19-account.move',
    'name invoice_partner_display_name invoice_date invoice_date_due amount_untaxed_in_currency_signed amount_total_in_currency_signed status_in_payment move_type'
  ],
  ['19-product.template', 'is_favorite name default_code list_price standard_price']
]
for (const [fixture, columns] of shown) {
  t.test(`the columns of ${fixture} are those that a browser shows at first`, async t => {
    t.strictSame(visibleColumns(recorded(fixture)), columns.split(' '))
  })
}

const archs: [title: string, arch: string, columns: string[]][] = [
  ['a field twice is one column', '<list><field name="a"/><field name="b"/><field name="a"/></list>', ['a', 'b']],
  [
    'a field that is hidden in one place and shown in another is shown',
    '<list><field name="a" column_invisible="1"/><field name="b"/><field name="a"/></list>',
    ['b', 'a']
  ],
  [
    'what depends on something is taken for shown',
    `<list><field name="a" column_invisible="context.get('x')"/><field name="b" invisible="state == 'done'"/></list>`,
    ['a', 'b']
  ],
  [
    'what is hidden in every case is not shown',
    '<list><field name="a" column_invisible="True"/><field name="b" invisible="1"/><field name="c"/></list>',
    ['c']
  ],
  [
    'what Odoo has evaluated wins over the expression, and a condition on the row hides no column',
    `<tree><field name="a" invisible="context.get('x')" modifiers="{&quot;column_invisible&quot;: false}"/>` +
      `<field name="b" modifiers="{&quot;invisible&quot;: [[&quot;x&quot;, &quot;=&quot;, 1]]}"/>` +
      `<field name="c" modifiers="{&quot;invisible&quot;: true}"/></tree>`,
    ['a', 'b']
  ],
  [
    'handles and icons are no values',
    '<list><field name="sequence" widget="handle"/><field name="x" widget="activity_exception"/><field name="a"/></list>',
    ['a']
  ],
  [
    'fields of groups, of headers and of lists inside are no columns',
    '<list><header><field name="a"/></header><groupby name="p"><field name="b"/></groupby>' +
      '<field name="lines"><list><field name="c"/></list></field><button name="d"/><field/></list>',
    ['lines']
  ],
  ['a list without columns has none', '<list string="A &amp; B"><!-- <field name="a"/> --></list>', []]
]
for (const [title, arch, columns] of archs) {
  t.test(title, async t => t.strictSame(visibleColumns(arch), columns))
}

for (const arch of [
  '<list>',
  '<list><field name="a"></list>',
  'no view',
  '<list><field modifiers="{" name="a"/></list>'
]) {
  t.test(`an arch that cannot be read is no list of columns: ${arch}`, async t => {
    t.throws(() => visibleColumns(arch), { code: 'odoo_error' })
  })
}

interface Asked {
  method: string
  args: Json[]
  scope: CallScope
}

/** What comes of a list view that an Odoo of a version answers with; what it was asked, and what was logged. */
async function fetched(major: number, answer: () => Json, protocol: Protocol = 'jsonrpc', deadline = 1_030_000) {
  const asked: Asked[] = []
  const log = memoryLog()
  const read = async (method: string, args: Json[], scope: CallScope) => {
    asked.push({ method, args, scope })
    return answer()
  }
  const columns = fetchListColumns(
    'res.partner',
    { major, protocol },
    read,
    { ...scope(), deadline },
    { clock: () => 1_000_000, log }
  )
  return { columns: await columns, asked, lines: log.lines }
}

const arch = '<list><field name="a"/></list>'

for (const major of [14, 15]) {
  t.test(`Odoo ${major} is asked for its tree, but not over XML-RPC, which cannot carry it`, async t => {
    const view = () => ({ arch, view_id: 7 })
    const { columns, asked } = await fetched(major, view)
    t.strictSame(columns, ['a'])
    t.match(asked, [{ method: 'fields_view_get', args: [false, 'tree'] }])
    t.match(await fetched(major, view, 'xmlrpc'), { columns: [], asked: [] })
  })
}

for (const [major, type] of [
  [16, 'tree'],
  [17, 'tree'],
  [18, 'list'],
  [19, 'list']
] as const) {
  t.test(`Odoo ${major} is asked for its ${type}, over every wire`, async t => {
    for (const protocol of ['jsonrpc', 'json2', 'xmlrpc'] as const) {
      const { columns, asked } = await fetched(major, () => ({ views: { [type]: { arch, id: 7 } } }), protocol)
      t.strictSame(columns, ['a'])
      t.match(asked, [{ method: 'get_views', args: [[[false, type]]] }])
    }
  })
}

t.test('a view that Odoo makes up is none, nor is an answer that holds no view', async t => {
  t.strictSame((await fetched(14, () => ({ arch, name: 'default' }))).columns, [])
  t.strictSame((await fetched(19, () => ({ views: { list: { arch, id: false } } }))).columns, [])
  t.strictSame((await fetched(19, () => ({ views: { list: { arch: false, id: 7 } } }))).columns, [])
  for (const answer of [null, [], {}, { views: 1 }]) t.strictSame((await fetched(19, () => answer)).columns, [])
})

t.test('a view is waited for five seconds at most, and never longer than the call has', async t => {
  const view = () => ({ views: { list: { arch, id: 7 } } })
  t.match((await fetched(19, view)).asked, [{ scope: { deadline: 1_005_000 } }])
  t.match((await fetched(19, view, 'jsonrpc', 1_002_000)).asked, [{ scope: { deadline: 1_002_000 } }])
})

for (const code of ['access_denied', 'validation', 'odoo_error', 'invalid_input', 'timeout', 'not_found'] as const) {
  t.test(`a view that ends in ${code} is none, and only the log tells`, async t => {
    const { columns, lines } = await fetched(19, () => {
      throw new GatewayError(code, 'no')
    })
    t.strictSame(columns, [])
    t.match(lines, [{ level: 'debug', fields: { model: 'res.partner', code } }])
  })
}

for (const code of ['auth_failed', 'busy', 'cancelled', 'odoo_unavailable'] as const) {
  t.test(`${code} says nothing of the view`, async t => {
    const failing = fetched(19, () => {
      throw new GatewayError(code, 'no')
    })
    await t.rejects(failing, { code })
  })
}

t.test('a mistake of ours is not taken for a view that is missing', async t => {
  const failing = fetched(19, () => {
    throw new TypeError('ours')
  })
  await t.rejects(failing, TypeError)
})
