import { everywhere, records, remove } from './facts.js'

const noId = 2147483647

everywhere('a method that returns nothing has succeeded, and ran once', async (t, { surfaces, admin, odoo }) => {
  const [customer = 0] = await records(t, admin, 'res.partner', [{ name: 'facts' }])
  for (const surface of surfaces) {
    const [order = 0] = await admin.call<number[]>('sale.order', 'create', [[{ partner_id: customer }]])
    t.teardown(async () => {
      await admin.call('sale.order', 'action_cancel', [[order]], { context: { disable_cancel_warning: true } })
      await admin.call('sale.order', 'unlink', [[order]])
    })
    const sent = { model: 'sale.order', method: 'action_quotation_sent', ids: [order] }
    // Odoo refuses to do this twice: a call that was sent again would have failed.
    t.same((await surface.call('odoo_call', sent)).output, { result: null }, surface.name)
    t.same(await admin.call('sale.order', 'read', [[order], ['state']]), [{ id: order, state: 'sent' }])
    t.match((await surface.call('odoo_call', sent)).problem, { code: 'validation', outcome: 'not_applied' }, odoo.name)
  }
})

everywhere(
  'a write whose answer the wire cannot carry has succeeded, with a warning, and ran once',
  async (t, { surfaces, admin, major, protocol }) => {
    const [partner = 0] = await records(t, admin, 'res.partner', [{ name: 'facts' }])
    const before = await activities()
    for (const [index, surface] of surfaces.entries()) {
      const kwargs = { act_type_xmlid: 'mail.mail_activity_data_todo', summary: surface.name }
      const { output } = await surface.call('odoo_call', {
        model: 'res.partner',
        method: 'activity_schedule',
        ids: [partner],
        kwargs
      })
      const now = await activities()
      t.equal(now.length, before.length + index + 1, 'one activity more')
      // Odoo 14 gives records that have no shape in XML; over JSON they are text there, and ids everywhere else.
      if (protocol === 'xmlrpc' && major < 15) t.match(output, { result: null, warning: /did this/ })
      else t.same(output, { result: [now.at(-1)] }, surface.name)
    }
    async function activities(): Promise<number[]> {
      const domain = [
        ['res_id', '=', partner],
        ['res_model', '=', 'res.partner']
      ]
      return admin.call<number[]>('mail.activity', 'search', [domain], { order: 'id' })
    }
  }
)

everywhere('records that a method makes are a list of ids', async (t, { surfaces, admin }) => {
  const [partner = 0] = await records(t, admin, 'res.partner', [{ name: 'facts' }])
  for (const surface of surfaces) {
    const run = async (method: string, input: object) => {
      const { output, problem } = await surface.call('odoo_call', { model: 'res.partner', method, ...input })
      t.equal(problem, undefined, `${method} over ${surface.name}`)
      return output?.result as number[]
    }
    const made = [
      await run('copy', { ids: [partner] }),
      await run('create', { args: [{ name: 'facts, one' }] }),
      await run('create', { args: [[{ name: 'facts, first' }, { name: 'facts, second' }]] })
    ]
    t.teardown(() => remove(admin, 'res.partner', made.flat()))
    t.match(made, [[Number], [Number], [Number, Number]], surface.name)
    t.match(await admin.call('res.partner', 'read', [made.flat(), ['name']]), [
      { name: /facts/ },
      { name: 'facts, one' },
      { name: 'facts, first' },
      { name: 'facts, second' }
    ])
    const posted = await run('message_post', { ids: [partner], kwargs: { body: 'posted' } })
    t.match(posted, [Number])
    t.match(await admin.call('mail.message', 'read', [posted, ['res_id', 'model']]), [
      { res_id: partner, model: 'res.partner' }
    ])
  }
})

everywhere('what is missing is told, and what is there is not touched', async (t, { surfaces, admin }) => {
  const [there = 0, gone = 0] = await records(t, admin, 'res.partner', [{ name: 'facts' }, { name: 'facts' }])
  await admin.call('res.partner', 'unlink', [[gone]])
  for (const surface of surfaces) {
    const read = await surface.call('odoo_read', { model: 'res.partner', ids: [gone, there, noId], fields: ['name'] })
    t.match(read.output, { count: 1, records: [{ id: there }], missing: [gone, noId] }, surface.name)
    for (const [tool, input] of [
      ['odoo_write', { values: { name: 'changed' } }],
      ['odoo_unlink', {}],
      ['odoo_call', { method: 'toggle_active' }]
    ] as const) {
      const { problem } = await surface.call(tool, { model: 'res.partner', ids: [there, gone], ...input })
      t.match(problem, { code: 'not_found', outcome: 'not_applied' }, `${tool} over ${surface.name}`)
    }
    t.match(await admin.call('res.partner', 'read', [[there], ['name', 'active']]), [{ name: 'facts', active: true }])
  }
})

everywhere('no ids never mean "all" or "none, fine"', async (t, { surfaces }) => {
  for (const surface of surfaces) {
    for (const [tool, input] of [
      ['odoo_read', { ids: [] }],
      ['odoo_write', { ids: [], values: { name: 'x' } }],
      ['odoo_unlink', { ids: [] }],
      ['odoo_call', { method: 'unlink', ids: [] }],
      ['odoo_call', { method: 'unlink', args: [[]] }],
      ['odoo_call', { method: 'write', args: [[], { name: 'x' }] }],
      ['odoo_call', { method: 'write', kwargs: { ids: [], vals: { name: 'x' } } }],
      ['odoo_call', { method: 'action_archive', ids: [] }]
    ] as const) {
      const { problem } = await surface.call(tool, { model: 'res.partner', ...input })
      t.match(problem, { code: 'invalid_input', detail: /at least one id/ }, `${tool} ${JSON.stringify(input)}`)
    }
  }
})
