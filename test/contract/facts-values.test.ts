import { everywhere, records } from './facts.js'

everywhere('times in ISO 8601 arrive as the same moment, wherever they stand', async (t, { surfaces, admin }) => {
  const [customer = 0] = await records(t, admin, 'res.partner', [{ name: 'facts' }])
  const moment = '2026-03-29T01:30:00+05:45'
  const stored = '2026-03-28 19:45:00'
  for (const surface of surfaces) {
    const [order = 0] = await records(t, admin, 'sale.order', [{ partner_id: customer }])
    const written = await surface.call('odoo_write', {
      model: 'sale.order',
      ids: [order],
      values: { date_order: moment, validity_date: '2026-03-29' }
    })
    t.match(written.output, { updated: 1 }, surface.name)
    t.match(await admin.call('sale.order', 'read', [[order], ['date_order', 'validity_date']]), [
      { date_order: stored, validity_date: '2026-03-29' }
    ])
    for (const [leaf, count] of [
      [['date_order', '=', moment], 1],
      [['date_order', 'in', [moment]], 1],
      [['date_order', '>', '2026-03-28T19:44:59.9Z'], 1],
      [['date_order', '>', moment], 0]
    ] as const) {
      const { output } = await surface.call('odoo_count', { model: 'sale.order', domain: [['id', '=', order], leaf] })
      t.match(output, { count }, JSON.stringify(leaf))
    }
    const values = { order_ids: [[1, order, { date_order: '2026-01-01T00:00:00-01:00' }]] }
    const lead = await surface.call('odoo_create', { model: 'crm.lead', values: { name: 'facts', ...values } })
    t.match(lead.output, { id: Number }, 'inside an x2many command')
    t.teardown(() => admin.call('crm.lead', 'unlink', [[lead.output?.id as number]]))
    t.match(await admin.call('sale.order', 'read', [[order], ['date_order']]), [{ date_order: '2026-01-01 01:00:00' }])
  }
})

everywhere('a time for a date, and one value for a list, are refused with their place', async (t, { surfaces }) => {
  for (const surface of surfaces) {
    for (const [tool, input, detail] of [
      [
        'odoo_write',
        { ids: [1], values: { validity_date: '2026-03-29T10:00:00Z' } },
        /^values\.validity_date: .* without a time/
      ],
      [
        'odoo_write',
        { ids: [1], values: { order_line: [[1, 1, { create_date: 'x' }]] } },
        /^values\.order_line\[0\]\[2\]\.create_date/
      ],
      [
        'odoo_count',
        { domain: [['validity_date', '=', '2026-03-29 10:00:00']] },
        /^domain\[0\]\[2\]: validity_date: .* without a time/
      ],
      [
        'odoo_count',
        { domain: ['|', ['id', '=', 1], ['id', 'in', 5]] },
        /^domain\[2\]\[2\]: id: 5 with "in"; expected a list\. Did you mean \[5\]\?$/
      ],
      ['odoo_call', { method: 'search', args: [[['id', 'not in', 5]]] }, /^args\[0\]\[0\]\[2\]: id: 5 with "not in"/]
    ] as const) {
      const { problem } = await surface.call(tool, { model: 'sale.order', ...input })
      t.match(problem, { code: 'invalid_input', detail }, `${surface.name}: ${JSON.stringify(input)}`)
    }
  }
})

everywhere(
  'a hierarchy that Odoo would follow for ever is refused before it is sent',
  async (t, { surfaces }) => {
    for (const surface of surfaces) {
      const domain = [['commercial_partner_id', 'child_of', 1]]
      t.match((await surface.call('odoo_count', { model: 'res.users', domain })).problem, {
        code: 'invalid_input',
        detail: /^domain\[0\]\[1\]: "child_of" on commercial_partner_id, which may lead in a circle/
      })
      const tree = [['parent_id', 'child_of', 1]]
      t.match((await surface.call('odoo_count', { model: 'res.partner', domain: tree })).output, { count: Number })
    }
  },
  // Never on a real one: were the refusal to fail, that Odoo would hang.
  ({ isSandbox, major }) => isSandbox && major === 14
)
