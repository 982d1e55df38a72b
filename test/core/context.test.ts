import t from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { openDoor } from './fake-odoo.js'

async function contextSent(context: JsonObject) {
  const door = openDoor()
  await door.call('odoo_count', { model: 'res.partner', context })
  return door.odoo.sent[0]?.scope.context
}

const accepted: [title: string, context: JsonObject, sent: JsonObject][] = [
  ['nothing', {}, {}],
  ['a language', { lang: 'fr_BE' }, { lang: 'fr_BE' }],
  ['a language without a country', { lang: 'eo' }, { lang: 'eo' }],
  ['a language with a script', { lang: 'sr@latin' }, { lang: 'sr@latin' }],
  ['a language of a region', { lang: 'es_419' }, { lang: 'es_419' }],
  ['a time zone', { tz: 'Asia/Tokyo' }, { tz: 'Asia/Tokyo' }],
  ['no time zone', { tz: false }, { tz: false }],
  ['archived records', { active_test: false }, { active_test: false }],
  ['one company', { company_id: 3 }, { allowed_company_ids: [3] }],
  ['several companies', { allowed_company_ids: [3, 1] }, { allowed_company_ids: [3, 1] }],
  ['other keys', { bin_size: true, default_name: 'x' }, { bin_size: true, default_name: 'x' }],
  ['a default of ids', { default_lead_ids: [5, 6] }, { default_lead_ids: [5, 6] }],
  ['what a wizard needs', { active_model: 'a', active_ids: [1] }, { active_model: 'a', active_ids: [1] }]
]
for (const [title, context, sent] of accepted) {
  t.test(`a context with ${title} goes to Odoo`, async t => {
    t.strictSame(await contextSent(context), sent)
  })
}

const nested = 'values inside a default; expected plain values or ids here, and the rest in values'
const refused: [title: string, context: JsonObject, detail: string][] = [
  [
    'both ways to name companies',
    { company_id: 1, allowed_company_ids: [1] },
    'context: company_id and allowed_company_ids are both given; expected one of them'
  ],
  [
    'a company of somebody else, which Odoo 14 would use without a word',
    { company_id: 2 },
    'context.company_id: 2 is not a company of this user; expected one of 1, 3'
  ],
  [
    'companies of which some are foreign',
    { allowed_company_ids: [1, 2, 5] },
    'context.allowed_company_ids: 2, 5 is not a company of this user; expected one of 1, 3'
  ],
  [
    'no company at all',
    { allowed_company_ids: [] },
    'context.allowed_company_ids: [] does not fit; expected a list of company ids'
  ],
  ['a company by name', { company_id: 'Main' }, 'context.company_id: "Main" does not fit; expected a company id'],
  ['null for a company', { company_id: null }, 'context.company_id: null does not fit; expected a company id'],
  [
    'a company without its list',
    { allowed_company_ids: 1 },
    'context.allowed_company_ids: 1 does not fit; expected a list of company ids'
  ],
  [
    'a language by name',
    { lang: 'French' },
    'context.lang: "French" is not a language code; expected one such as "en_US" or "fr_BE"'
  ],
  [
    'a language that is no text',
    { lang: false },
    'context.lang: false is not a language code; expected one such as "en_US" or "fr_BE"'
  ],
  [
    'a time zone that does not exist',
    { tz: 'Mars/Olympus' },
    'context.tz: "Mars/Olympus" is not a time zone; expected one such as "Europe/Brussels"'
  ],
  [
    'a time zone that is no text',
    { tz: ['UTC'] },
    'context.tz: ["UTC"] is not a time zone; expected one such as "Europe/Brussels"'
  ],
  ['a truth that is none', { active_test: 0 }, 'context.active_test: 0 does not fit; expected true or false'],
  ['values in a default', { default_x: { a: 1 } }, `context.default_x: ${nested}`],
  ['commands in a default', { default_x: [[0, 0, { name: 'x' }]] }, `context.default_x: ${nested}`],
  ['deletions in a default', { default_x: [[2, 5]] }, `context.default_x: ${nested}`]
]
for (const [title, context, detail] of refused) {
  t.test(`a context with ${title} is refused`, async t => {
    const door = openDoor()
    t.match(await door.refused('odoo_count', { model: 'res.partner', context }), { code: 'invalid_input', detail })
    t.strictSame(door.odoo.sent, [])
  })
}

t.test('ids in a default link records like ids in values, and are denied alike', async t => {
  const create = { model: 'res.partner', values: { name: 'x' }, context: { default_user_ids: [5] } }
  t.match(await openDoor().refused('odoo_create', create), {
    code: 'policy_denied',
    detail: 'context.default_user_ids: the policy of this server lets res.users be read, not changed'
  })
  const lifted = openDoor({ policy: { deniedModels: ['!res.users'] } })
  await lifted.call('odoo_create', create)
  t.strictSame(lifted.odoo.sent[0]?.scope.context, { default_user_ids: [5] })
})

t.test('a context among the named arguments of a method is the context of the call', async t => {
  const door = openDoor()
  const kwargs = { name: 'x', context: { company_id: 3 } }
  await door.call('odoo_call', { model: 'res.partner', method: 'name_search', kwargs })
  t.match(door.odoo.sent, [{ scope: { context: { allowed_company_ids: [3] } } }])
  t.strictSame(door.odoo.args, [['res.partner', 'name_search', [], { name: 'x' }, { read: true }]])
})

const kwargsContexts: [title: string, input: JsonObject, detail: string][] = [
  [
    'a second context',
    { context: {}, kwargs: { context: {} } },
    'kwargs.context: a second context; expected one of context and kwargs.context'
  ],
  [
    'a context that is no object',
    { kwargs: { context: [1] } },
    'kwargs.context: does not fit; expected an object such as {"lang": "fr_FR"}'
  ],
  [
    'a foreign company',
    { kwargs: { context: { company_id: 2 } } },
    'context.company_id: 2 is not a company of this user; expected one of 1, 3'
  ]
]
for (const [title, input, detail] of kwargsContexts) {
  t.test(`${title} among the named arguments is refused`, async t => {
    const door = openDoor()
    const call = { model: 'res.partner', method: 'name_search', ...input }
    t.match(await door.refused('odoo_call', call), { code: 'invalid_input', detail })
    t.strictSame(door.odoo.sent, [])
  })
}

// ---------------------------------------------------------------------------------------------------------------
// Order

async function orderSent(order: string) {
  const door = openDoor()
  await door.call('odoo_search', { model: 'res.partner', order, fields: ['name'] })
  const [query] = door.odoo.args.map(args => args[1] as { order?: string })
  return query?.order
}

const orders: [given: string, sent: string][] = [
  ['name', 'name asc, id asc'],
  ['name desc', 'name desc, id asc'],
  [' name  DESC , color', 'name desc, color asc, id asc'],
  ['id', 'id asc'],
  ['name, id desc', 'name asc, id desc'],
  ['parent_id', 'parent_id asc, id asc']
]
for (const [given, sent] of orders) {
  t.test(`the order "${given}" goes to Odoo as "${sent}", so that pages do not overlap`, async t => {
    t.equal(await orderSent(given), sent)
  })
}

t.test('a search without an order leaves it to the model', async t => {
  const door = openDoor()
  await door.call('odoo_search', { model: 'res.partner', fields: ['name'] })
  t.notHas(door.odoo.args[0]?.[1], { order: 'id asc' })
})

const term = 'is not a sort term; expected a list such as "date_order desc, name"'
const badOrders: [order: string, code: string, detail: string][] = [
  ['name;drop', 'invalid_input', `order: "name;drop" ${term}`],
  ['name downwards', 'invalid_input', `order: "name downwards" ${term}`],
  ['name,', 'invalid_input', `order: "" ${term}`],
  ['parent_id.name', 'invalid_input', `order: "parent_id.name" ${term}`],
  ['(select 1)', 'invalid_input', `order: "(select 1)" ${term}`],
  [
    'nmae',
    'invalid_input',
    'order: unknown field "nmae" on res.partner; expected one of its fields. Did you mean "name"?'
  ],
  [
    'contact_address',
    'invalid_input',
    'order: the field "contact_address" of res.partner cannot be sorted by; expected a field that can be'
  ],
  [
    'signup_token',
    'policy_denied',
    'order: the content of the field signup_token is withheld by the policy of this server'
  ]
]
for (const [order, code, detail] of badOrders) {
  t.test(`the order "${order}" is refused`, async t => {
    t.match(await openDoor().refused('odoo_search', { model: 'res.partner', order }), { code, detail })
  })
}
