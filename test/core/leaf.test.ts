import t from 'tap'
import type { Json } from '../../src/core/json.js'
import { domainRefused, domainSent, openDoor } from './fake-odoo.js'

const accepted: [field: string, operator: string, value: Json, sent?: Json][] = [
  ['name', '=', 'Azure'],
  ['name', '=', ''],
  ['name', '!=', false],
  ['name', '=', null, false],
  ['name', 'in', ['a', null, 'b'], ['a', false, 'b']],
  ['name', 'in', []],
  ['name', '>', 'm'],
  ['name', 'ilike', 'az%'],
  ['name', '=like', 'az_'],
  ['comment', 'not ilike', 'x'],
  ['color', '>=', 3],
  ['color', 'in', [0, 1]],
  ['color', '=?', 3],
  ['credit_limit', '<', 10.5],
  ['credit', '>', 0],
  ['mood', '=', 'good'],
  ['account_id', 'child_of', 5],
  ['log_ids', 'in', [5]],
  ['is_company', '=', false],
  ['is_company', 'in', [true, false]],
  ['date', '>=', '2026-02-28'],
  ['create_date', '>=', '2026-02-28T12:00:00+02:00', '2026-02-28 10:00:00'],
  ['create_date', 'in', ['2026-02-28T12:00Z'], ['2026-02-28 12:00:00']],
  ['create_date', '<', '2026-02-28'],
  ['date', '>', 'today -7d'],
  ['create_date', '>=', '-7d'],
  ['date', '=', '=monday -1w'],
  ['type', '=', 'invoice'],
  ['type', '>', 'a'],
  ['type', 'like', 'inv'],
  ['parent_id', '=', 7],
  ['parent_id', '=', 'Azure'],
  ['parent_id', 'in', [7, false]],
  ['parent_id', '>', 7],
  ['parent_id', 'ilike', 'azure'],
  ['child_ids', '=', false],
  ['category_id', 'in', [3]],
  ['category_id', 'ilike', 'gold'],
  ['parent_id', 'child_of', 7],
  ['parent_id', 'child_of', 'Azure'],
  ['id', 'child_of', [7, 8]],
  ['id', 'parent_of', 7],
  ['image_1920', '!=', false],
  ['extra', '=', null, false],
  ['origin', '=', 'sale.order,5'],
  ['origin', 'like', 'sale.order,'],
  ['res_id', '=', 5],
  ['traits.colour', 'ilike', 're'],
  ['traits.size', '>', 5],
  ['traits.size', 'in', [5, 'x', false]]
]
for (const [field, operator, value, sent = value] of accepted) {
  t.test(`[${field}, ${operator}, ${JSON.stringify(value)}] goes to Odoo as ${JSON.stringify(sent)}`, async t => {
    t.strictSame(await domainSent([[field, operator, value]]), [[field, operator, sent]])
  })
}

const everything: [field: string, operator: string, value: Json, problem: string][] = [
  ['name', 'ilike', '', '"" with "ilike"; expected text that is not empty: an empty pattern matches everything'],
  ['name', 'like', false, 'false with "like"; expected text that is not empty: an empty pattern matches everything'],
  ['name', '=ilike', null, 'null with "=ilike"; expected text that is not empty: an empty pattern matches everything'],
  ['parent_id', 'ilike', '', '"" with "ilike"; expected text that is not empty: an empty pattern matches everything'],
  ['parent_id', '=', '', '"" is not a record; expected an id, a name, or false'],
  ['parent_id', '!=', '  ', '"  " is not a record; expected an id, a name, or false'],
  ['child_ids', '=', '', '"" is not a record; expected an id, a name, or false'],
  ['parent_id', 'in', [3, ''], 'item 1: "" is not a record; expected an id, a name, or false'],
  ['parent_id', 'child_of', '', '"" with "child_of"; expected an id, a list of ids, or a name'],
  ['name', '=?', false, 'false with "=?" matches every record; expected a value, or leave the leaf out'],
  ['name', '=?', null, 'null with "=?" matches every record; expected a value, or leave the leaf out'],
  // Seen on Odoo 19: 0 and "" count as not given, too; on 14 so does 0 for an integer.
  ['color', '=?', 0, '0 with "=?" matches every record; expected a value, or leave the leaf out'],
  ['name', '=?', '', '"" with "=?" matches every record; expected a value, or leave the leaf out'],
  ['color', '=?', [], '[] with "=?" matches every record; expected a value, or leave the leaf out'],
  ['is_company', '=', 'false', '"false" does not fit; expected true or false'],
  ['is_company', '!=', 0, '0 does not fit; expected true or false'],
  ['is_company', 'in', ['no'], 'item 0: "no" does not fit; expected true or false']
]
for (const [field, operator, value, problem] of everything) {
  const shown = JSON.stringify([field, operator, value])
  t.test(`${shown}, which Odoo reads as everything or as its opposite, is refused`, async t => {
    t.match(await domainRefused([[field, operator, value]]), {
      code: 'invalid_input',
      detail: `domain[0][2]: ${field}: ${problem}`
    })
  })
}

const misfits: [field: string, operator: string, value: Json, problem: string][] = [
  ['id', 'in', 5, '5 with "in"; expected a list. Did you mean [5]?'],
  ['name', 'not in', 'x', '"x" with "not in"; expected a list. Did you mean ["x"]?'],
  ['color', 'in', [[1, 2]], 'item 0: [1,2] is a list; expected one value'],
  ['color', '=', [1, 2], 'a list with "="; expected one value. Did you mean "in"?'],
  ['color', '!=', [1, 2], 'a list with "!="; expected one value. Did you mean "not in"?'],
  ['color', '=', '1', '"1" does not fit; expected an integer'],
  ['color', '=', 1.5, '1.5 does not fit; expected an integer'],
  ['color', '>', 2147483648, '2147483648 does not fit; expected an integer from -2147483647 to 2147483647'],
  ['color', 'ilike', '1', '"ilike" on an integer field; expected a comparison such as "=" or ">="'],
  ['credit_limit', '<', '10', '"10" does not fit; expected a number'],
  ['credit_limit', '<', Number.POSITIVE_INFINITY, 'null does not fit; expected a number'],
  ['color', '>', false, 'false with ">"; expected a value to compare with'],
  ['color', '>', null, 'null with ">"; expected a value to compare with'],
  ['color', '>', [1], '[1] with ">"; expected a value to compare with'],
  ['is_company', '>', true, '">" on a boolean field; expected "=", "!=", "in" or "not in"'],
  ['category_id', '>', 3, '">" on a many2many field; expected "=", "!=", "in" or "not in"'],
  ['name', '=', 5, '5 does not fit; expected text'],
  ['name', '=', { a: 1 }, '{"a":1} does not fit; expected text'],
  ['name', 'ilike', 5, '5 with "ilike"; expected text that is not empty: an empty pattern matches everything'],
  ['name', 'ilike', 'a\u0000', 'holds a NUL character, which Odoo cannot store; expected text'],
  ['name', '=', '\ud83d', 'holds half of a surrogate pair; expected well-formed text'],
  [
    'type',
    '=',
    'invoce',
    '"invoce" is not one of its values; expected one of "contact", "invoice". Did you mean "invoice"?'
  ],
  [
    'type',
    '=',
    'Invoice address',
    '"Invoice address" is not one of its values; expected one of "contact", "invoice". Did you mean "invoice"?'
  ],
  ['type', '=', true, 'true does not fit; expected one of its selection values'],
  ['type', '>', 5, '5 does not fit; expected text'],
  ['parent_id', '=', 0, '0 is not a record; expected an id, a name, or false'],
  ['parent_id', '=', true, 'true is not a record; expected an id, a name, or false'],
  ['parent_id', '=', { id: 3 }, '{"id":3} is not a record; expected an id, a name, or false'],
  ['parent_id', 'child_of', [0], '[0] with "child_of"; expected an id, a list of ids, or a name'],
  ['name', 'child_of', 'x', '"child_of" on a char field; expected a field that holds records, or id'],
  ['date', '>=', '2026-02-28T10:00:00Z', '"2026-02-28T10:00:00Z" is not a date; expected YYYY-MM-DD without a time'],
  ['date', '>=', '2026-02-30', '"2026-02-30" is not a day that exists; expected YYYY-MM-DD'],
  ['date', '>=', 20260228, '20260228 does not fit; expected a date as YYYY-MM-DD'],
  ['date', '=', '', '"" is not a date; expected YYYY-MM-DD without a time'],
  [
    'create_date',
    '>=',
    'yesterday',
    '"yesterday" is not a date and time; expected ISO 8601 such as 2026-11-22T14:30:00Z'
  ],
  ['image_1920', '=', 'aGk=', '"aGk=" cannot be searched for in a binary field; expected false (empty)'],
  ['extra', '=', { a: 1 }, '{"a":1} cannot be searched for in a json field; expected false (empty)'],
  ['origin', '=', 'sale.order', '"sale.order" does not fit; expected "model,id", or false'],
  ['traits.size', '=', { a: 1 }, '{"a":1} does not fit; expected text, a number, true or false']
]
for (const [field, operator, value, problem] of misfits) {
  t.test(`[${field}, ${operator}, ${JSON.stringify(value)}] does not fit the field and is refused`, async t => {
    t.match(await domainRefused([[field, operator, value]]), {
      code: 'invalid_input',
      detail: `domain[0][2]: ${field}: ${problem}`
    })
  })
}

t.test('dates relative to today need Odoo 19, older ones would take them for text', async t => {
  t.match(await domainRefused([['date', '>', 'today -7d']], { major: 18 }), {
    detail: 'domain[0][2]: date: "today -7d" is not a date; expected YYYY-MM-DD without a time'
  })
})

t.test('a value per company is no hierarchy before Odoo 18, which would fail on it', async t => {
  t.match(await domainRefused([['account_id', 'child_of', 5]], { major: 17 }), {
    code: 'invalid_input',
    detail: 'domain[0][2]: account_id: "child_of" on a field with a value per company; expected "=" or "in"'
  })
})

t.test('a computed selection is not looked for by a pattern, which its search does not know', async t => {
  t.match(await domainRefused([['mood', 'like', 'goo']]), {
    code: 'invalid_input',
    detail: 'domain[0][2]: mood: "like" on a selection field; expected a comparison such as "=" or ">="'
  })
})

for (const [operator, value] of [
  ['=', 5],
  ['!=', 0],
  ['in', [0]]
] as const) {
  t.test(`[credit, ${operator}, ${JSON.stringify(value)}] would find every partner, and is refused`, async t => {
    const detail = `domain[0][1]: "${operator}" on credit, which Odoo can only compare; expected one of <, >, <=, >=`
    t.match(await domainRefused([['credit', operator, value]] as Json), { code: 'invalid_input', detail })
  })
}

for (const [operator, value] of [
  ['=', 'x'],
  ['ilike', 'x'],
  ['in', ['x', 5]]
] as const) {
  t.test(
    `[log_ids, ${operator}, ${JSON.stringify(value)}] is refused where records have no name: it would find all`,
    async t => {
      const domain = [['log_ids', operator, value]] as Json
      const nameless = { answers: () => ({ nameSearch: async () => [{ id: 1, name: 'mail.log,1' }] }) }
      t.match(await domainRefused(domain, nameless), {
        code: 'invalid_input',
        detail: 'domain[0][2]: log_ids: records of mail.log have no name to be found by; expected ids'
      })
      const door = openDoor()
      await door.call('odoo_count', { model: 'res.partner', domain })
      t.match(door.odoo.args, [
        ['mail.log', { name: String, domain: [], operator: 'ilike', limit: 1 }],
        ['res.partner', domain]
      ])
    }
  )
}

t.test('text for a record of a hidden model is denied', async t => {
  t.match(await domainRefused([['mail_server_id', 'ilike', 'smtp']]), {
    code: 'policy_denied',
    detail: 'domain[0][0]: the policy of this server gives no access to ir.mail_server'
  })
  t.strictSame(await domainSent([['mail_server_id', '=', 5]]), [['mail_server_id', '=', 5]])
})

t.test('text for the displayed name needs records with a name', async t => {
  const nameless = { answers: () => ({ nameSearch: async () => [{ id: 1, name: 'mail.log,1' }] }) }
  t.match(await domainRefused([['display_name', 'ilike', 'x']], nameless, 'mail.log'), {
    code: 'invalid_input',
    detail: 'domain[0][2]: display_name: records of mail.log have no name to be found by; expected ids'
  })
  t.ok(await domainSent([['display_name', 'ilike', 'x']]))
})
