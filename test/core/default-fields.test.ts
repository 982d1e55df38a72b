import { readFileSync } from 'node:fs'
import t from 'tap'
import { chooseFields } from '../../src/core/default-fields.js'
import type { JsonObject } from '../../src/core/json.js'
import { createPolicy } from '../../src/core/policy.js'
import type { FieldMap } from '../../src/core/ports/odoo.js'
import { toFieldMap } from '../../src/odoo/metadata/fields.js'
import { field, openDoor } from './fake-odoo.js'

const policy = createPolicy({ readOnly: false, allowedModels: [], deniedModels: [], deniedMethods: [] })

/** What a real Odoo, with demo data and sales, says of the fields of a model. */
function recorded(name: string): FieldMap {
  const text = readFileSync(new URL(`../fixtures/fields/${name}.json`, import.meta.url), 'utf8')
  return toFieldMap(JSON.parse(text) as Record<string, JsonObject>)
}

const chosen: [fixture: string, fields: string[]][] = [
  ['14-res.partner', ['display_name', 'name', 'date', 'email', 'phone', 'user_id', 'city', 'country_id']],
  ['19-res.partner', ['display_name', 'name', 'user_id', 'email', 'phone', 'city', 'country_id']],
  [
    '14-sale.order',
    [
      'display_name',
      'name',
      'date_order',
      'partner_id',
      'amount_total',
      'state',
      'validity_date',
      'user_id',
      'company_id',
      'currency_id'
    ]
  ],
  [
    '19-sale.order',
    [
      'display_name',
      'name',
      'date_order',
      'partner_id',
      'amount_total',
      'state',
      'validity_date',
      'company_id',
      'user_id',
      'currency_id'
    ]
  ]
]
for (const [fixture, fields] of chosen) {
  t.test(`without names, ${fixture} is shown by the fields that a person would choose`, async t => {
    t.strictSame(chooseFields(recorded(fixture), [], policy), fields)
  })

  t.test(`"*" of ${fixture} is every field but files and secrets`, async t => {
    const known = recorded(fixture)
    const all = chooseFields(known, ['*'], policy)
    t.ok(all.length > 70)
    t.notOk(all.some(name => known.get(name)?.type === 'binary'))
    t.notOk(all.includes('access_token') || all.includes('signup_token') || all.includes('signup_url'))
  })
}

t.test('the secrets that "*" leaves out are there to be left out', async t => {
  const nothingWithheld = { withholds: () => false, mayRead: () => true }
  t.ok(chooseFields(recorded('14-sale.order'), ['*'], nothingWithheld).includes('access_token'))
  t.ok(chooseFields(recorded('14-res.partner'), ['*'], nothingWithheld).includes('signup_token'))
})

t.test('named fields are exactly those, each once', async t => {
  t.strictSame(chooseFields(recorded('19-res.partner'), ['name', 'image_128', 'name'], policy), ['name', 'image_128'])
})

t.test('a field named beside "*" is given, too', async t => {
  const fields: FieldMap = new Map([
    ['name', field('char')],
    ['logo', field('binary')]
  ])
  t.strictSame(chooseFields(fields, ['*'], policy), ['name'])
  t.strictSame(chooseFields(fields, ['*', 'logo', 'name'], policy), ['name', 'logo'])
})

t.test('a model of nothing but its name is shown by that', async t => {
  t.strictSame(chooseFields(new Map([['x_studio', field('char')]]), [], policy), ['display_name'])
})

t.test('amounts come with their currency even where a dozen fields are better', async t => {
  const strong = [
    'name',
    'state',
    'partner_id',
    'date',
    'date_order',
    'email',
    'phone',
    'login',
    'product_id',
    'order_id'
  ]
  const fields: FieldMap = new Map([
    ...strong.map(name => [name, field('char')] as const),
    ['amount_total', field('monetary')],
    ['currency_id', field('many2one', { relation: 'res.currency' })]
  ])
  const names = chooseFields(fields, [], policy)
  t.equal(names.length, 12)
  t.equal(names.at(-1), 'currency_id')
  t.notOk(
    chooseFields(new Map([...fields].filter(([name]) => name !== 'amount_total')), [], policy).includes('currency_id')
  )
})

const byColumns: [fixture: string, columns: string, fields: string][] = [
  [
    '14-sale.order',
    'name date_order partner_id user_id activity_ids company_id amount_total invoice_status',
    'display_name name date_order partner_id user_id company_id amount_total invoice_status state currency_id'
  ],
  [
    '19-res.partner',
    'avatar_128 complete_name email phone activity_ids country_id application_statistics gone id',
    'display_name complete_name email phone country_id name user_id city'
  ]
]
for (const [fixture, columns, fields] of byColumns) {
  t.test(`the list view of ${fixture} gives the fields that one can read in a row, filled up to eight`, async t => {
    t.strictSame(chooseFields(recorded(fixture), [], policy, columns.split(' ')), fields.split(' '))
  })
}

t.test('a list view of many columns keeps the state and the currency within the dozen', async t => {
  const columns = Array.from({ length: 14 }, (_, index) => `amount_${index}`)
  const fields: FieldMap = new Map([
    ...columns.map(name => [name, field('monetary', { currency_field: 'company_currency' })] as const),
    ['state', field('selection')],
    ['stage_id', field('many2one', { relation: 'crm.stage' })],
    ['company_currency', field('many2one', { relation: 'res.currency' })],
    ['currency_id', field('many2one', { relation: 'res.currency' })]
  ])
  const names = chooseFields(fields, [], policy, columns)
  t.strictSame(names, ['display_name', ...columns.slice(0, 8), 'state', 'stage_id', 'company_currency'])
})

t.test('a withheld column is not read', async t => {
  const fields: FieldMap = new Map([
    ['name', field('char')],
    ['access_token', field('char')],
    ['colour', field('char')]
  ])
  t.strictSame(chooseFields(fields, [], policy, ['access_token', 'colour']), ['display_name', 'colour', 'name'])
})

t.test('a field called like a property of every object is a field like others', async t => {
  const fields: FieldMap = new Map([['constructor', field('char', { required: true })]])
  t.strictSame(chooseFields(fields, [], policy), ['display_name'])
})

t.test('the list view is asked for only where no fields are named', async t => {
  const door = openDoor({ answers: () => ({ listColumns: async () => ['code', 'name'] }) })
  const model = 'res.country'
  await door.call('odoo_search', { model, fields: ['name'] })
  await door.call('odoo_search', { model, fields: ['*'] })
  await door.call('odoo_read', { model, ids: [1], fields: ['name'] })
  t.strictSame(door.odoo.viewed, [])
  door.odoo.sent.length = 0
  await door.call('odoo_search', { model })
  await door.call('odoo_search', { model, fields: [] })
  await door.call('odoo_read', { model, ids: [1] })
  t.strictSame(door.odoo.viewed, [model, model, model])
  const fields = ['display_name', 'code', 'name']
  t.match(door.odoo.args, [
    [model, { fields }],
    [model, { fields }],
    [model, [1], fields]
  ])
})

t.test('a search sends the chosen fields, and refuses names that do not exist even beside "*"', async t => {
  const door = openDoor()
  await door.call('odoo_search', { model: 'res.country' })
  t.match(door.odoo.args, [['res.country', { fields: ['display_name', 'name'] }]])
  t.match(await door.refused('odoo_search', { model: 'res.country', fields: ['*', 'nmae'] }), {
    code: 'invalid_input',
    detail: 'fields[1]: unknown field "nmae" on res.country; expected one of its fields. Did you mean "name"?'
  })
  t.match(await door.refused('odoo_read', { model: 'sale.order', ids: [1], fields: ['*', 'access_token'] }), {
    code: 'policy_denied',
    detail: 'fields[1]: the content of the field access_token is withheld by the policy of this server'
  })
})
