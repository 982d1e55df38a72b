import t from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import { noOdoo, odoos } from '../lab/odoos.js'
import { badFormattedCases, formattedCases } from './group-cases.js'
import { compareGroups, openSandbox } from './group-leads.js'

const reals = (await odoos()).filter(({ version }) => version === '19')
if (reals.length === 0) t.test('the sandbox groups as a real Odoo 19 does', { skip: noOdoo }, async () => {})

for (const lab of reals) {
  t.test('the sandbox groups as a real Odoo 19 does', t =>
    compareGroups(t, lab, 'formatted_read_group', [...formattedCases, ...badFormattedCases])
  )
}

t.test('groups say what they are by value, label and an extra domain', async t => {
  const { odoo, leads } = await openSandbox(t, 19)
  const of = (groupby: string[], aggregates: string[], more: JsonObject = {}) =>
    odoo.call<JsonObject[]>('crm.lead', 'formatted_read_group', [leads.domain, groupby, aggregates], more)
  t.strictSame(await of([], ['__count', 'expected_revenue:sum', 'priority:array_agg_distinct']), [
    {
      __extra_domain: [[1, '=', 1]],
      __count: 6,
      'expected_revenue:sum': 317.6,
      'priority:array_agg_distinct': ['0', '1']
    }
  ])
  t.strictSame((await of(['date_deadline:month'], ['__count']))[1], {
    'date_deadline:month': ['2026-10-01', 'October 2026'],
    __extra_domain: ['&', ['date_deadline', '>=', '2026-10-01'], ['date_deadline', '<', '2026-11-01']],
    __count: 2
  })
  t.strictSame(await of(['date_deadline:day_of_week'], ['__count'], { having: [['__count', '>', 1]] }), [
    {
      'date_deadline:day_of_week': 1,
      __extra_domain: [['date_deadline.day_of_week', '=', 1]],
      __count: 2
    }
  ])
  t.strictSame((await of(['country_id.code'], ['__count'], { order: '__count desc, country_id.code desc' })).at(-1), {
    'country_id.code': 'BE',
    __extra_domain: [['country_id', 'any', [['code', '=', 'BE']]]],
    __count: 2
  })
})

t.test('a record is in the group of each of its tags', async t => {
  const { odoo, leads } = await openSandbox(t, 19)
  const rows = await odoo.call<{ tag_ids: Json; __count: number; __extra_domain: Json[] }[]>(
    'crm.lead',
    'formatted_read_group',
    [leads.domain, ['tag_ids'], ['__count']]
  )
  t.strictSame(
    rows.map(({ __count }) => __count),
    [2, 2, 3]
  )
  t.strictSame(rows.at(-1), { tag_ids: false, __extra_domain: [['tag_ids', 'not any', []]], __count: 3 })
})

t.test('periods are those of the clock in the time zone of the context, and its language names them', async t => {
  const { odoo } = await openSandbox(t, 19)
  const [partner] = await odoo.call<[number]>('res.partner', 'search', [[]], { limit: 1 })
  const id = await odoo.call('sale.order', 'create', [{ partner_id: partner, date_order: '2026-03-31 22:30:00' }])
  const of = (unit: string, context: JsonObject) =>
    odoo.call('sale.order', 'formatted_read_group', [[['id', '=', id]], [`date_order:${unit}`]], { context })
  t.strictSame(await of('month', {}), [
    {
      'date_order:month': ['2026-03-01 00:00:00', 'March 2026'],
      __extra_domain: ['&', ['date_order', '>=', '2026-03-01 00:00:00'], ['date_order', '<', '2026-04-01 00:00:00']]
    }
  ])
  t.strictSame(await of('month', { tz: 'Europe/Brussels', lang: 'fr_FR' }), [
    {
      'date_order:month': ['2026-03-31 22:00:00', 'avril 2026'],
      __extra_domain: ['&', ['date_order', '>=', '2026-03-31 22:00:00'], ['date_order', '<', '2026-04-30 22:00:00']]
    }
  ])
  t.match(await of('hour', { tz: 'Asia/Kolkata' }), [{ 'date_order:hour': ['2026-03-31 22:30:00', '04:00 01 Apr'] }])
  t.match(await of('week', { lang: 'fr_FR' }), [{ 'date_order:week': ['2026-03-30 00:00:00', 'W14 2026'] }])
  t.match(await of('quarter', { tz: 'Nowhere' }), [{ 'date_order:quarter': ['2026-01-01 00:00:00', 'Q1 2026'] }])
  t.match(await of('hour_number', { tz: 'Asia/Kolkata' }), [{ 'date_order:hour_number': 4 }])
})
