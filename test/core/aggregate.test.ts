import t from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { type DoorOptions, openDoor } from './fake-odoo.js'

const model = 'res.partner'

async function sent(input: JsonObject, options: DoorOptions = {}) {
  const door = openDoor(options)
  await door.call('odoo_aggregate', { model, ...input })
  return door.odoo.args[0]?.[1]
}

const plain = { domain: [], groupBy: [], measures: [], having: [], order: '', limit: 100, offset: 0 }

const accepted: [title: string, input: JsonObject, query: JsonObject, major?: number][] = [
  ['nothing but a total', { group_by: [] }, {}],
  [
    'terms, measures and a page',
    { group_by: ['country_id', 'date:week', 'create_date:hour'], measures: ['credit_limit:sum'], limit: 3, offset: 6 },
    { groupBy: ['country_id', 'date:week', 'create_date:hour'], measures: ['credit_limit:sum'], limit: 3, offset: 6 }
  ],
  ['a number alone as its sum', { group_by: [], measures: ['color', 'color:sum'] }, { measures: ['color:sum'] }],
  [
    'measures of every type',
    { group_by: [], measures: ['__count', 'active:bool_or', 'date:min', 'name:count', 'country_id:count_distinct'] },
    { measures: ['__count', 'active:bool_or', 'date:min', 'name:count', 'country_id:count_distinct'] }
  ],
  [
    'conditions as Odoo takes them',
    {
      group_by: ['type'],
      having:
        '["|", ["create_date:max", ">", "2026-01-01T01:00:00+01:00"], "!", ["color", "in", [1, 2]], ["active:bool_and", "=", false], ["date:min", "<", "2026-01-01"]]'
    },
    {
      groupBy: ['type'],
      having: [
        '|',
        ['create_date:max', '>', '2026-01-01 00:00:00'],
        '!',
        ['color:sum', 'in', [1, 2]],
        ['active:bool_and', '=', false],
        ['date:min', '<', '2026-01-01']
      ]
    }
  ],
  [
    'an order by terms and measures, selected or not',
    { group_by: ['type', 'date'], order: 'date:month DESC,  __count asc nulls first, color:max desc, type' },
    { groupBy: ['type', 'date'], order: 'date desc, __count nulls first, color:max desc, type' }
  ],
  [
    'an order by the field of the one term or measure that it is in',
    { group_by: ['date:year'], measures: ['color:max'], order: 'color desc, date' },
    { groupBy: ['date:year'], measures: ['color:max'], order: 'color:max desc, date:year' }
  ],
  ['many2many from Odoo 15 on', { group_by: ['category_id'] }, { groupBy: ['category_id'] }, 15],
  ['a path from Odoo 19 on', { group_by: ['parent_id.country_id'] }, { groupBy: ['parent_id.country_id'] }, 19]
]
for (const [title, input, query, major] of accepted) {
  t.test(`an aggregation sends ${title}`, async t => {
    t.strictSame(await sent(input, major === undefined ? {} : { major }), { ...plain, ...query })
  })
}

const refused: [input: JsonObject, detail: string, major?: number][] = [
  [
    { group_by: ['contry_id'] },
    'group_by[0]: unknown field "contry_id" on res.partner; expected one of its fields. Did'
  ],
  [{ group_by: ['type', 'state of x'] }, 'group_by[1]: "state of x" does not fit; expected a field, or one such as'],
  [{ group_by: ['type', 'type'] }, 'group_by[1]: "type" is named twice; expected it once'],
  [{ group_by: ['date', 'date:month'] }, 'group_by[1]: "date:month" is named twice; expected it once'],
  [{ group_by: ['id'] }, 'group_by[0]: every record has its own id; expected a field that records share'],
  [{ group_by: ['image_1920'] }, 'group_by[0]: "image_1920" is a binary field, which cannot be grouped by'],
  [{ group_by: ['type:month'] }, 'group_by[0]: "type" is a selection field and has no "month"; expected it alone'],
  [
    { group_by: ['date:monht'] },
    'group_by[0]: "monht" does not fit a date field; expected one of day, week, month, quart'
  ],
  [
    { group_by: ['date:hour'] },
    'group_by[0]: "hour" does not fit a date field; expected one of day, week, month, quart'
  ],
  [
    { group_by: ['contact_address'] },
    'group_by[0]: the field "contact_address" of res.partner is not stored and cannot'
  ],
  [{ group_by: ['category_id'] }, 'group_by[0]: "category_id" is a many2many field, by which Odoo 14 cannot group', 14],
  [
    { group_by: ['parent_id.type'] },
    'group_by[0]: a path of fields, by which Odoo 18 cannot group; expected a field of',
    18
  ],
  [
    { group_by: [], measures: ['color of'] },
    'measures[0]: "color of" does not fit; expected one such as "amount_total:sum"'
  ],
  [
    { group_by: [], measures: ['count'] },
    'measures[0]: "count" is no field: every group tells its count; expected "__count"'
  ],
  [
    { group_by: [], measures: ['color:smu'] },
    'measures[0]: "smu" of "color", an integer field; expected one of sum, avg, min'
  ],
  [
    { group_by: [], measures: ['color:array_agg'] },
    'measures[0]: "array_agg" of "color", an integer field; expected one of'
  ],
  [
    { group_by: [], measures: ['image_1920:count'] },
    'measures[0]: "count" of "image_1920", a binary field; expected another'
  ],
  [
    { group_by: [], measures: ['credit:sum'] },
    'measures[0]: the field "credit" of res.partner is not stored and cannot be'
  ],
  [
    { group_by: [], having: [['name:sum', '>', 1]] },
    'having[0][0]: "sum" of "name", a char field; expected one of count'
  ],
  [{ group_by: [], having: [['nmae:count', '>', 1]] }, 'having[0][0]: unknown field "nmae" on res.partner'],
  [
    { group_by: [], having: [['color:sum', 'like', 'x']] },
    'having[0][1]: "like" on a measure; expected one of =, !=, <'
  ],
  [{ group_by: [], having: [['color:sum', '>', 'x']] }, 'having[0][2]: "x" does not fit; expected a number'],
  [
    { group_by: [], having: [['color:sum', '=', false]] },
    'having[0][2]: false does not fit; expected a value to compare'
  ],
  [{ group_by: [], having: [['color:sum', 'in', []]] }, 'having[0][2]: [] with "in"; expected a list of at least one'],
  [{ group_by: [], having: [[1, '=', 1]] }, 'having: a condition without a measure; expected a comparison such as'],
  [{ group_by: [], order: 'color:sum upwards' }, 'order: "color:sum upwards" is not a sort term; expected a list such'],
  [{ group_by: ['type'], order: 'typ' }, 'order: "typ" is not what is grouped by; expected one of group_by, a measure'],
  [{ group_by: [], order: 'name:sum' }, 'order: "sum" of "name", a char field; expected one of count, count_distinct']
]
for (const [input, detail, major] of refused) {
  t.test(`an aggregation is refused: ${detail}`, async t => {
    const door = openDoor(major === undefined ? {} : { major })
    const error = await door.refused('odoo_aggregate', { model, ...input })
    t.equal(error.code, 'invalid_input')
    t.equal(error.detail.slice(0, detail.length), detail)
    t.strictSame(door.odoo.sent, [], 'nothing was sent')
  })
}

const denied: [input: JsonObject, path: string][] = [
  [{ group_by: ['signup_token'] }, 'group_by[0]'],
  [{ group_by: ['mail_server_id.smtp_pass'] }, 'group_by[0]'],
  [{ group_by: ['type'], measures: ['type:count', 'signup_token:count'] }, 'measures[1]'],
  [{ group_by: ['type'], having: [['signup_token:count', '>', 0]] }, 'having[0][0]'],
  [{ group_by: ['type'], order: 'signup_token:count_distinct' }, 'order']
]
for (const [input, path] of denied) {
  t.test(`a secret or a hidden model is no ${path} of an aggregation`, async t => {
    const door = openDoor()
    const error = await door.refused('odoo_aggregate', { model, ...input })
    t.equal(error.code, 'policy_denied')
    t.ok(error.detail.startsWith(`${path}: `), error.detail)
    t.strictSame(door.odoo.sent, [])
    t.notOk(door.odoo.described.includes('ir.mail_server'), 'the fields of the hidden model were not even looked at')
  })
}

const early: [title: string, input: JsonObject, query: JsonObject][] = [
  [
    'takes lists and groups by the first term',
    { fields: ['color:sum', 'type', 'color'], groupby: ['type', 'date:month'], orderby: 'type_count desc, type' },
    { groupBy: ['type'], measures: ['color:sum'], order: '__count desc, type' }
  ],
  [
    'takes a single term and every term when it is not lazy',
    { fields: ['total:max(color)'], groupby: ['type', 'date'], lazy: false },
    { groupBy: ['type', 'date'], measures: ['color:max'] }
  ],
  ['takes one term as text', { groupby: 'country_id', domain: [], offset: 2 }, { groupBy: ['country_id'], offset: 2 }],
  ['takes our names, too', { group_by: ['type', 'date'] }, { groupBy: ['type', 'date'] }]
]
for (const [title, input, query] of early) {
  t.test(`odoo_read_group ${title}`, async t => {
    const door = openDoor()
    await door.call('odoo_read_group', { model, ...input })
    t.strictSame(door.odoo.args[0]?.[1], { ...plain, ...query })
  })
}

const misunderstood: [input: JsonObject, detail: string][] = [
  [{ groupby: 5 }, 'group_by: 5 does not fit; expected a list such as'],
  [{ groupby: [5] }, 'group_by[0]: 5 does not fit; expected text'],
  [
    { groupby: 'type', fields: 'color' },
    'measures: "color" does not fit; expected a list such as ["amount_total:sum"]'
  ],
  [{ groupby: 'type', fields: [5] }, 'measures[0]: 5 does not fit; expected text'],
  [{ groupby: 'type', orderby: 5 }, 'order: 5 does not fit; expected text such as'],
  [{ group_by: ['type'], lazy: 'no' }, 'lazy: unknown key; expected one of model, domain, group_by'],
  [{ groupby: ['type'], lazy: 'no' }, 'lazy: unknown key; expected one of model, domain, group_by'],
  [{ group_by: ['type'], groupby: 'date' }, 'groupby: unknown key; expected one of model, domain, group_by'],
  [{ fields: ['color'] }, 'group_by: missing; expected a list such as']
]
for (const [input, detail] of misunderstood) {
  t.test(`odoo_read_group is refused: ${detail}`, async t => {
    const error = await openDoor().refused('odoo_read_group', { model, ...input })
    t.equal(error.detail.slice(0, detail.length), detail)
  })
}

t.test('a page tells where the next begins, while more groups remain', async t => {
  const groups = [1, 2].map(value => ({
    key: { color: { value, label: `${value}` } },
    count: 1,
    measures: {},
    domain: []
  }))
  for (const more of [true, false]) {
    const door = openDoor({ answers: () => ({ aggregate: async () => ({ groups, more }) }) })
    const output = await door.call('odoo_aggregate', { model, group_by: ['color'], limit: 2, offset: 3 })
    t.strictSame(output, { count: 2, groups, ...(more && { next_offset: 5 }) })
  }
})
