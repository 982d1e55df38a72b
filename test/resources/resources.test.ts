import t from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { createResources } from '../../src/resources/resources.js'
import { answering, asker, failing } from './ask.js'

const row = { id: 7, name: 'Azure' }

t.test('every form is a call of a tool with the rights of who asks', async t => {
  const gateway = answering({
    odoo_record: { records: [row], missing: [] },
    odoo_read: { count: 1, records: [row], missing: [] },
    odoo_search: { count: 0, records: [], total: 0, offset: 5 },
    odoo_binary: { mime_type: 'image/png', data: 'aGk=' }
  })
  const resources = createResources(gateway)
  const request = asker()
  const json = (data: JsonObject) => ({ mimeType: 'application/json', data })
  t.strictSame(await resources.read('odoo://res.partner/7', request), json(row))
  t.strictSame(await resources.read('odoo://res.partner/7?fields=name', request), json(row))
  const list = await resources.read('odoo://res.partner/list?domain=[]&limit=2&offset=5', request)
  t.strictSame(list, json({ count: 0, records: [], total: 0, offset: 5 }))
  const image = await resources.read('odoo://res.partner/binary/image_128/7', request)
  t.strictSame(image, { mimeType: 'image/png', blob: 'aGk=' })
  t.strictSame(
    gateway.calls.map(({ tool, input }) => [tool, input]),
    [
      ['odoo_record', { model: 'res.partner', ids: [7] }],
      ['odoo_read', { model: 'res.partner', ids: [7], fields: ['name'] }],
      ['odoo_search', { model: 'res.partner', domain: '[]', limit: 2, offset: 5 }],
      ['odoo_binary', { model: 'res.partner', field: 'image_128', id: 7 }]
    ]
  )
  t.ok(gateway.calls.every(({ caller, signal }) => caller === request.caller && signal === request.signal))
})

t.test('a record that is not there is not found, and a wrong URI asks nobody', async t => {
  const gateway = answering({ odoo_record: { records: [], missing: [7] } })
  const resources = createResources(gateway)
  await t.rejects(resources.read('odoo://res.partner/7', asker()), {
    code: 'not_found',
    detail: 'uri: res.partner 7 does not exist, or you may not see it',
    extra: { hint: /odoo:\/\/res\.partner\/list/ }
  })
  t.equal(gateway.calls.length, 1)
  await t.rejects(resources.read('odoo://res.partner', asker()), { code: 'invalid_input' })
  t.equal(gateway.calls.length, 1)
})

t.test('the list has the models that people use, of all pages, and nothing else', async t => {
  const pages: Record<number, JsonObject> = {
    0: {
      count: 2,
      models: [
        { model: 'x.y', name: 'Own' },
        { model: 'sale.order', name: 'Devis' }
      ],
      total: 3,
      next_offset: 2
    },
    2: { count: 1, models: [{ model: 'res.partner', name: 'Contact' }], total: 3 }
  }
  const gateway = answering({ odoo_get_models: ({ offset }) => pages[offset as number] ?? {} })
  const listed = await createResources(gateway).list(asker())
  t.match(listed, [
    { uri: 'odoo://res.partner/list', name: 'res.partner', title: 'Contact', mimeType: 'application/json' },
    { uri: 'odoo://sale.order/list', name: 'sale.order', title: 'Devis' }
  ])
  t.equal(listed.length, 2)
})

t.test('who has not connected yet is shown an empty list; who names a session that has ended is told so', async t => {
  const resources = createResources(answering({ odoo_get_models: failing('auth_required') }))
  t.strictSame(await resources.list(asker({})), [])
  t.strictSame(await resources.list(asker({ slot: { secret: null } })), [])
  for (const caller of [{ bearer: 'b' }, { handle: 'h' }, { slot: { secret: 's' } }]) {
    await t.rejects(resources.list(asker(caller)), { code: 'auth_required' })
  }
  const down = createResources(answering({ odoo_get_models: failing('odoo_unavailable') }))
  await t.rejects(down.list(asker({})), { code: 'odoo_unavailable' })
})

t.test('models are completed by their beginning first, the ones that people use before others, no wizards', async t => {
  const models = [
    { model: 'a.sale', name: 'A' },
    { model: 'crm.team', name: 'Sales Team' },
    { model: 'sale.order', name: 'Order' },
    { model: 'sale.advance', name: 'Wizard', transient: true },
    { model: 'sale.abc', name: 'Abc' }
  ]
  const gateway = answering({ odoo_get_models: { count: 5, models, total: 5 } })
  const { complete } = createResources(gateway)
  t.strictSame(await complete('model', 'sale', {}, asker()), ['sale.order', 'sale.abc', 'crm.team', 'a.sale'])
  t.match(gateway.calls[0]?.input, { filter: 'sale' })
  await complete('model', '', {}, asker())
  t.strictSame(gateway.calls[1]?.input, { offset: 0 })
})

t.test('fields are completed without what is withheld, files apart from all else', async t => {
  const fields = {
    id: { type: 'integer' },
    first_name: { type: 'char' },
    name: { type: 'char' },
    image: { type: 'binary' },
    password: { type: 'char', withheld: true }
  }
  const gateway = answering({ odoo_get_fields: { model: 'res.users', fields } })
  const { complete } = createResources(gateway)
  const given = { model: 'res.users' }
  t.strictSame(await complete('field', 'name', given, asker()), ['name', 'first_name', 'id'])
  t.strictSame(await complete('file', '', given, asker()), ['image'])
  t.strictSame(await complete('field', 'na', {}, asker()), [], 'of no model there are none')
  t.equal(gateway.calls.length, 2)
})

t.test('ids are completed by name, the record of a number first', async t => {
  const gateway = answering({
    odoo_name_search: ({ domain }) => ({
      matches: domain
        ? [{ id: 12, name: 'x' }]
        : [
            { id: 5, name: '12 monkeys' },
            { id: 12, name: 'x' }
          ]
    })
  })
  const { complete } = createResources(gateway)
  t.strictSame(await complete('id', '12', { model: 'res.partner' }, asker()), ['12', '5'])
  t.match(gateway.calls[0]?.input, { domain: [['id', '=', 12]], name: '' })
  t.strictSame(await complete('id', 'mon', { model: 'res.partner' }, asker()), ['5', '12'])
  t.equal(gateway.calls.length, 3)
  await complete('id', '99999999999', { model: 'res.partner' }, asker())
  t.equal(gateway.calls.length, 4, 'no id has so many digits')

  const nameless = ({ name }: JsonObject) =>
    name === '' ? { matches: [{ id: 3, name: 'x' }] } : failing('invalid_input')()
  const other = createResources(answering({ odoo_name_search: nameless }))
  t.strictSame(await other.complete('id', '3', { model: 'stock.quant' }, asker()), ['3'], 'records may have no names')
})

t.test('never more than 100 values are given', async t => {
  const models = Array.from({ length: 250 }, (_, n) => ({ model: `m.n${n}`, name: 'x' }))
  const { complete } = createResources(answering({ odoo_get_models: { count: 250, models, total: 250 } }))
  t.equal((await complete('model', '', {}, asker())).length, 100)
})

t.test('what is unknown while somebody types has no values; what has failed is said', async t => {
  for (const code of ['invalid_input', 'not_found', 'access_denied', 'policy_denied'] as const) {
    const { complete } = createResources(answering({ odoo_get_fields: failing(code) }))
    t.strictSame(await complete('field', 'n', { model: 'res.par' }, asker()), [])
  }
  const { complete } = createResources(answering({ odoo_get_fields: failing('odoo_unavailable') }))
  await t.rejects(complete('field', 'n', { model: 'res.partner' }, asker()), { code: 'odoo_unavailable' })
})
