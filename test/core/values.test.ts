import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { Json, JsonObject } from '../../src/core/json.js'
import fc, { runs } from '../fast-check.js'
import { type DoorOptions, openDoor } from './fake-odoo.js'

/** What a write of these values sends as values. */
async function sent(values: JsonObject, options: DoorOptions = {}): Promise<unknown> {
  const door = openDoor(options)
  await door.call('odoo_write', { model: 'res.partner', ids: [7], values })
  return door.odoo.args[0]?.[2]
}

/** Why a write of these values is refused; nothing may have been sent. */
async function refused(values: JsonObject, options: DoorOptions = {}) {
  const door = openDoor(options)
  const error = await door.refused('odoo_write', { model: 'res.partner', ids: [7], values })
  return { code: error.code, detail: error.detail, sent: door.odoo.sent }
}

const accepted: [field: string, value: Json, sent?: Json][] = [
  ['name', 'Azure'],
  ['name', ''],
  ['name', null, false],
  ['comment', '<p>x</p>'],
  ['is_company', true],
  ['is_company', null, false],
  ['color', -3],
  ['credit_limit', 10.5],
  ['credit', 10],
  ['date', '2026-02-28'],
  ['date', false],
  ['type', 'invoice'],
  ['type', false],
  ['country_id', 21],
  ['country_id', null, false],
  ['image_1920', 'aGk='],
  ['origin', 'sale.order,5'],
  ['res_id', 5],
  ['extra', { a: [1] }]
]
for (const [field, value, expected = value] of accepted) {
  t.test(`${field}: ${JSON.stringify(value)} goes to Odoo as ${JSON.stringify(expected)}`, async t => {
    t.strictSame(await sent({ [field]: value }), { [field]: expected })
  })
}

const misfits: [field: string, value: Json, problem: string][] = [
  ['name', 5, '5 does not fit; expected text'],
  ['name', 'a\u0000b', 'holds a NUL character, which Odoo cannot store; expected text'],
  ['comment', 'a\ud800', 'holds half of a surrogate pair; expected well-formed text'],
  ['is_company', 'false', '"false" does not fit; expected true or false'],
  ['is_company', 1, '1 does not fit; expected true or false'],
  ['color', '7', '"7" does not fit; expected an integer'],
  ['color', 7.9, '7.9 does not fit; expected an integer'],
  ['color', -2147483648, '-2147483648 does not fit; expected an integer from -2147483647 to 2147483647'],
  ['credit_limit', '1', '"1" does not fit; expected a number'],
  ['credit_limit', JSON.parse('1e999'), 'null does not fit; expected a number'],
  ['credit', true, 'true does not fit; expected a number'],
  ['date', '2026-02-28T10:00:00Z', '"2026-02-28T10:00:00Z" is not a date; expected YYYY-MM-DD without a time'],
  ['date', 5, '5 does not fit; expected a date as YYYY-MM-DD'],
  [
    'type',
    'invoce',
    '"invoce" is not one of its values; expected one of "contact", "invoice". Did you mean "invoice"?'
  ],
  ['type', 'other things', '"other things" is not one of its values; expected one of "contact", "invoice".'],
  ['country_id', 'Belgium', '"Belgium" does not fit; expected the id of a record, or false'],
  ['country_id', 0, '0 does not fit; expected the id of a record, or false'],
  ['country_id', [21, 'Belgium'], '[21,"Belgium"] does not fit; expected the id of a record, or false'],
  ['image_1920', 5, '5 does not fit; expected base64 text, or false'],
  ['origin', 'x', '"x" does not fit; expected "model,id", or false'],
  ['res_id', 'x', '"x" does not fit; expected the id of a record, or false'],
  ['nmae', 'x', 'unknown field "nmae" on res.partner; expected one of its fields. Did you mean "name"?'],
  ['__proto__x', 'x', 'unknown field "__proto__x" on res.partner; expected one of its fields.'],
  ['create_date', '2026-01-01', 'the field create_date is set by Odoo itself; expected no value for it'],
  ['id', 5, 'the field id is set by Odoo itself; expected no value for it'],
  ['display_name', 'x', 'the field display_name is set by Odoo itself; expected no value for it']
]
for (const [field, value, problem] of misfits) {
  t.test(`${field}: ${JSON.stringify(value)} is refused`, async t => {
    t.strictSame(await refused({ [field]: value }), {
      code: 'invalid_input',
      detail: `values.${field}: ${problem}`,
      sent: []
    })
  })
}

t.test('a wrong selection value is told a dozen of the right ones', async t => {
  const selection = Array.from({ length: 20 }, (_item, index): [Json, string] => [`zone${index}`, `Zone ${index}`])
  const fields = async () => new Map([['tz', { type: 'selection', selection } as never]])
  const door = openDoor({ answers: () => ({ fields }) })
  const error = await door.refused('odoo_create', { model: 'res.partner', values: { tz: 'mars' } })
  t.match(error.detail, /expected one of "zone0", .*"zone11", …\.$/)
})

t.test('a member named __proto__ is no way to a value that was not checked', async t => {
  const values = JSON.parse('{"__proto__": {"user_ids": [[5]]}}')
  t.match(await refused(values), { detail: /^values.__proto__: unknown field/, sent: [] })
})

t.test('a datetime in ISO 8601 is converted where the field is a datetime, also in commands', async t => {
  const order = { partner_id: 1, date_order: '2026-11-22T14:30:00+02:00', name: '2026-11-22T14:30:00Z' }
  const door = openDoor()
  await door.call('odoo_create', { model: 'sale.order', values: order })
  t.strictSame(door.odoo.args, [
    ['sale.order', [{ partner_id: 1, date_order: '2026-11-22 12:30:00', name: '2026-11-22T14:30:00Z' }]]
  ])
  t.strictSame(await sent({ child_ids: [[0, 0, { date: null, name: 'x' }]] }), {
    child_ids: [[0, 0, { date: false, name: 'x' }]]
  })
})

t.test('every row of a create is checked, and a mistake is told with its row', async t => {
  const door = openDoor()
  const error = await door.refused('odoo_create', {
    model: 'res.partner',
    values: [{ name: 'x' }, { name: 5 }, { nope: 1 }]
  })
  t.equal(error.detail, 'values[1].name: 5 does not fit; expected text')
  t.strictSame(
    error.extra.errors?.map(problem => problem.path),
    ['values[1].name', 'values[2].nope']
  )
  t.strictSame(door.odoo.sent, [])
})

// ---------------------------------------------------------------------------------------------------------------
// Commands of one2many and many2many fields

const commands: [title: string, value: Json, sent?: Json][] = [
  ['create', [[0, 0, { name: 'x' }]]],
  ['create with a virtual id', [[0, 'virtual_1', { name: 'x' }]]],
  ['change', [[1, 8, { name: 'x' }]]],
  ['delete', [[2, 8, 0]]],
  ['remove', [[3, 8]]],
  ['link', [[4, 8]]],
  ['unlink all', [[5]]],
  ['unlink all, in full', [[5, 0, 0]]],
  ['replace', [[6, 0, [8, 9]]]],
  ['replace by nothing', [[6, 0, []]]],
  ['several', [[5], [4, 8], [0, 0, { name: 'x' }]]],
  ['a plain list of ids', [8, 9]],
  ['an empty list, which changes nothing', []],
  ['false, which Odoo takes for "unlink all"', false],
  ['null, which means false', null, false],
  ['commands in commands', [[0, 0, { child_ids: [[1, 9, { category_id: [[6, 0, [3]]] }]] }]]]
]
for (const [title, value, expected = value] of commands) {
  t.test(`the commands ${title} go to Odoo`, async t => {
    t.strictSame(await sent({ child_ids: value }), { child_ids: expected })
  })
}

const help =
  'expected commands such as [0,0,{…}] create, [1,id,{…}] change, [2,id] delete, [4,id] link, [6,0,[ids]] replace'
const badCommands: [value: Json, at: string, problem: string][] = [
  ['8,9', 'child_ids', `"8,9" does not fit a one2many field; ${help}`],
  [8, 'child_ids', `8 does not fit a one2many field; ${help}`],
  [{ id: 8 }, 'child_ids', `{"id":8} does not fit a one2many field; ${help}`],
  [[4, [4, 8]], 'child_ids[0]', `4 is not an x2many command; ${help}`],
  [[[7, 8]], 'child_ids[0]', `[7,8] is not an x2many command; ${help}`],
  [[['4', 8]], 'child_ids[0]', `["4",8] is not an x2many command; ${help}`],
  [[[0, 0]], 'child_ids[0]', `[0,0] is not an x2many command; ${help}`],
  [[[0, 0, [1]]], 'child_ids[0]', `[0,0,[1]] is not an x2many command; ${help}`],
  [[[1, 0, { name: 'x' }]], 'child_ids[0]', `[1,0,{"name":"x"}] is not an x2many command; ${help}`],
  [[[1, 8]], 'child_ids[0]', `[1,8] is not an x2many command; ${help}`],
  [[[4, 'x']], 'child_ids[0]', `[4,"x"] is not an x2many command; ${help}`],
  [[[6, 0, 8]], 'child_ids[0]', `[6,0,8] is not an x2many command; ${help}`],
  [[[6, 0, ['x']]], 'child_ids[0]', `[6,0,["x"]] is not an x2many command; ${help}`],
  [[[4, 8, 0, 0]], 'child_ids[0]', `[4,8,0,0] is not an x2many command; ${help}`],
  [[[]], 'child_ids[0]', `[] is not an x2many command; ${help}`],
  [[null], 'child_ids[0]', `null is not an x2many command; ${help}`],
  [
    [[0, 0, { nmae: 'x' }]],
    'child_ids[0][2].nmae',
    'unknown field "nmae" on res.partner; expected one of its fields. Did you mean "name"?'
  ],
  [
    [
      [4, 8],
      [0, 0, { child_ids: [[1, 9, { color: 'x' }]] }]
    ],
    'child_ids[1][2].child_ids[0][2].color',
    '"x" does not fit; expected an integer'
  ]
]
for (const [value, at, problem] of badCommands) {
  t.test(`the commands ${JSON.stringify(value)} are refused where they are wrong`, async t => {
    t.strictSame(await refused({ child_ids: value }), {
      code: 'invalid_input',
      detail: `values.${at}: ${problem}`,
      sent: []
    })
  })
}

const readOnly = (model: string) => `the policy of this server lets ${model} be read, not changed`
const noAccess = (model: string) => `the policy of this server gives no access to ${model}`

const denied: [title: string, values: JsonObject, at: string, why: string, lift: string][] = [
  ['creating a user', { user_ids: [[0, 0, { login: 'x' }]] }, 'user_ids[0]', readOnly('res.users'), '!res.users'],
  ['changing a user', { user_ids: [[1, 5, { login: 'x' }]] }, 'user_ids[0]', readOnly('res.users'), '!res.users'],
  ['deleting a user', { user_ids: [[2, 5]] }, 'user_ids[0]', readOnly('res.users'), '!res.users'],
  ['giving a user to this partner', { user_ids: [[4, 5]] }, 'user_ids[0]', readOnly('res.users'), '!res.users'],
  ['giving users by a plain list', { user_ids: [5] }, 'user_ids', readOnly('res.users'), '!res.users'],
  ['taking all users away', { user_ids: [[5]] }, 'user_ids[0]', readOnly('res.users'), '!res.users'],
  ['taking all users away by false', { user_ids: false }, 'user_ids', readOnly('res.users'), '!res.users'],
  ['replacing the users', { user_ids: [[6, 0, [5]]] }, 'user_ids[0]', readOnly('res.users'), '!res.users'],
  [
    'creating a user two levels down',
    { child_ids: [[0, 0, { child_ids: [[0, 0, { user_ids: [[0, 0, { login: 'x' }]] }]] }]] },
    'child_ids[0][2].child_ids[0][2].user_ids[0]',
    readOnly('res.users'),
    '!res.users'
  ],
  ['creating a group', { group_ids: [[0, 0, { name: 'x' }]] }, 'group_ids[0]', readOnly('res.groups'), '!res.groups'],
  ['deleting a group', { group_ids: [[2, 5]] }, 'group_ids[0]', readOnly('res.groups'), '!res.groups'],
  ['linking a mail server', { server_ids: [[4, 5]] }, 'server_ids[0]', noAccess('ir.mail_server'), '!ir.mail_server'],
  ['linking mail servers by ids', { server_ids: [5] }, 'server_ids', noAccess('ir.mail_server'), '!ir.mail_server']
]
for (const [title, values, at, why, lift] of denied) {
  t.test(`${title} through a partner is denied, and possible where the policy is lifted`, async t => {
    t.strictSame(await refused(values), { code: 'policy_denied', detail: `values.${at}: ${why}`, sent: [] })
    t.strictSame(await sent(values, { policy: { deniedModels: [lift] } }), values)
  })
}

t.test('linking records of a read-only model by a many2many field changes only the partner', async t => {
  t.strictSame(await sent({ group_ids: [[4, 5], [3, 6], [5], [6, 0, [7]]] }), {
    group_ids: [[4, 5], [3, 6], [5], [6, 0, [7]]]
  })
  t.strictSame(await sent({ group_ids: [5] }), { group_ids: [5] })
})

t.test('no JSON in place of values crashes a tool', async t => {
  const names = fc.constantFrom('name', 'color', 'date', 'child_ids', 'user_ids', 'group_ids', 'type', 'extra', 'nope')
  const command = fc.oneof(fc.jsonValue(), fc.tuple(fc.nat(7), fc.nat(2), fc.jsonValue()))
  const value = fc.oneof(fc.jsonValue(), fc.array(command))
  const check = async (values: JsonObject) => {
    const door = openDoor()
    const end = await door
      .call('odoo_write', { model: 'res.partner', ids: [1], values })
      .then(() => 'sent')
      .catch((error: unknown) => (error instanceof GatewayError ? error.code : 'crash'))
    t.ok(['sent', 'invalid_input', 'policy_denied'].includes(end))
    t.notOk(end === 'sent' && JSON.stringify(values.user_ids ?? []) !== '[]')
  }
  await fc.assert(fc.asyncProperty(fc.dictionary(names, value) as fc.Arbitrary<JsonObject>, check), {
    numRuns: runs(150)
  })
})
