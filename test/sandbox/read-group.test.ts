import t from 'tap'
import type { Json } from '../../src/core/json.js'
import { noOdoo, odoos } from '../lab/odoos.js'
import { badReadGroupCases, readGroupCases } from './group-cases.js'
import { compareGroups, openSandbox } from './group-leads.js'

const reals = (await odoos()).filter(({ version }) => ['14', '17', '19'].includes(version))
if (reals.length === 0) t.test('the sandbox groups as a real Odoo does', { skip: noOdoo }, async () => {})

for (const lab of reals) {
  t.test(`the sandbox groups as a real Odoo ${lab.version} does`, t =>
    compareGroups(t, lab, 'read_group', [...readGroupCases, ...badReadGroupCases])
  )
}

t.test('Odoo 14 starts weeks on Monday and tells periods by label and domain only', async t => {
  const { odoo, leads } = await openSandbox(t, 14)
  const [row] = await odoo.call<Json[]>('crm.lead', 'read_group', [
    leads.domain,
    ['expected_revenue'],
    ['date_deadline:week']
  ])
  t.strictSame(row, {
    'date_deadline:week': 'W53 2024',
    date_deadline_count: 1,
    expected_revenue: -40,
    __domain: ['&', '&', ['date_deadline', '>=', '2024-12-30'], ['date_deadline', '<', '2025-01-06'], ...leads.domain]
  })
})

t.test('Odoo 17 and 19 start weeks on Sunday in English and tell ranges', async t => {
  for (const version of [17, 19] as const) {
    const { odoo, leads } = await openSandbox(t, version)
    const [row] = await odoo.call<Json[]>('crm.lead', 'read_group', [
      leads.domain,
      ['expected_revenue'],
      ['date_deadline:week']
    ])
    const [name] = leads.domain
    const [from, to] = [
      ['date_deadline', '>=', '2024-12-29'],
      ['date_deadline', '<', '2025-01-05']
    ]
    t.strictSame(row, {
      'date_deadline:week': 'W1 2025',
      date_deadline_count: 1,
      expected_revenue: -40,
      __domain: version === 17 ? ['&', name, '&', from, to] : ['&', '&', name, from, to],
      __range: { 'date_deadline:week': { from: '2024-12-29', to: '2025-01-05' } }
    })
  }
})

t.test('without groups Odoo 14 gives one row with an id, Odoo 19 one with a domain', async t => {
  const nothing = [[['id', '=', -1]], ['expected_revenue'], []]
  const { odoo: old } = await openSandbox(t, 14)
  t.strictSame(await old.call('crm.lead', 'read_group', nothing), [{ id: null, __count: 0, expected_revenue: null }])
  const { odoo: recent } = await openSandbox(t, 19)
  t.strictSame(await recent.call('crm.lead', 'read_group', nothing), [
    { __count: 0, expected_revenue: false, __domain: [['id', '=', -1]] }
  ])
})

t.test('stages without leads are groups, too, where the groups are of the stages alone', async t => {
  for (const version of [14, 17, 19] as const) {
    const { odoo, leads } = await openSandbox(t, version)
    const rows = await odoo.call<{ stage_id_count: number; __fold: boolean }[]>('crm.lead', 'read_group', [
      leads.domain,
      [],
      ['stage_id']
    ])
    t.ok(rows.length > 1, `${version}`)
    t.strictSame(
      rows.map(({ stage_id_count, __fold }) => [stage_id_count, __fold]),
      rows.map((_row, index) => [index === 0 ? 6 : 0, false])
    )
    const all = await odoo.call<Json[]>('crm.lead', 'read_group', [leads.domain, [], ['stage_id']], { lazy: false })
    t.equal(all.length, 1)
  }
})
