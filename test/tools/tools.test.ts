import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { OdooPort, Row } from '../../src/core/ports/odoo.js'
import { type DoorOptions, openDoor } from '../core/fake-odoo.js'

const rows = (...ids: number[]): Row[] => ids.map(id => ({ id, name: `r${id}` }))
const answering = (answers: Partial<OdooPort>): DoorOptions => ({ answers: () => answers })

// ---------------------------------------------------------------------------------------------------------------
// odoo_search

const pages: [title: string, input: JsonObject, found: Row[], output: object, methods: string[]][] = [
  ['is not full', { limit: 3 }, rows(1, 2), { count: 2, total: 2, offset: 0 }, ['search']],
  ['is empty', { limit: 3 }, [], { count: 0, total: 0, offset: 0 }, ['search']],
  ['is a last one that is not full', { limit: 3, offset: 3 }, rows(4), { count: 1, total: 4, offset: 3 }, ['search']],
  ['is full', { limit: 2 }, rows(1, 2), { count: 2, total: 7, offset: 0, next_offset: 2 }, ['search', 'count']],
  ['is a full last one', { limit: 2, offset: 5 }, rows(6, 7), { count: 2, total: 7, offset: 5 }, ['search', 'count']],
  ['lies behind the end', { limit: 2, offset: 9 }, [], { count: 0, total: 7, offset: 9 }, ['search', 'count']]
]
for (const [title, input, found, output, methods] of pages) {
  t.test(`a page that ${title} tells the exact total with ${methods.length} request(s)`, async t => {
    const door = openDoor(answering({ search: async () => found, count: async () => 7 }))
    const given = { model: 'res.country', domain: [['code', '=', 'BE']], ...input }
    t.strictSame(await door.call('odoo_search', given), { records: found, ...output })
    t.strictSame(
      door.odoo.sent.map(({ method }) => method),
      methods
    )
  })
}

t.test('a search sends its domain, fields, order, page and context, and counts with the same domain', async t => {
  const door = openDoor(answering({ search: async () => rows(1) }))
  const domain = [['name', '=', 'x']]
  await door.call('odoo_search', {
    model: 'res.partner',
    domain,
    fields: ['name', 'email', 'name'],
    order: 'name',
    limit: 1,
    offset: 4,
    context: { lang: 'fr_FR' }
  })
  t.strictSame(door.odoo.args, [
    ['res.partner', { domain, fields: ['name', 'email'], limit: 1, offset: 4, order: 'name asc, id asc' }],
    ['res.partner', domain]
  ])
  t.match(door.odoo.sent, [{ scope: { context: { lang: 'fr_FR' } } }, { scope: { context: { lang: 'fr_FR' } } }])
})

t.test('a search without a limit takes that of the settings', async t => {
  const door = openDoor({ limits: { default_limit: 5, max_limit: 10, max_result_bytes: 100_000 } })
  await door.call('odoo_search', { model: 'res.country' })
  t.match(door.odoo.args, [['res.country', { limit: 5 }]])
})

// ---------------------------------------------------------------------------------------------------------------
// odoo_read, odoo_count

t.test('a read gives records in the order of the ids and lists those that are missing', async t => {
  const door = openDoor(answering({ read: async () => rows(9, 7) }))
  t.strictSame(await door.call('odoo_read', { model: 'res.country', ids: [9, 8, 7, 9, 5], fields: ['name'] }), {
    count: 2,
    records: rows(9, 7),
    missing: [8, 5]
  })
  t.strictSame(door.odoo.args, [['res.country', [9, 8, 7, 5], ['name']]])
})

t.test('a count counts', async t => {
  const door = openDoor(answering({ count: async () => 42 }))
  t.strictSame(await door.call('odoo_count', { model: 'res.country' }), { model: 'res.country', count: 42 })
  t.strictSame(door.odoo.args, [['res.country', []]])
})

// ---------------------------------------------------------------------------------------------------------------
// odoo_create, odoo_write, odoo_unlink

t.test('one object creates one record, a list creates several at once', async t => {
  const door = openDoor()
  t.strictSame(await door.call('odoo_create', { model: 'res.country', values: { name: 'A' } }), {
    id: 100,
    message: 'Created res.country 100.'
  })
  t.strictSame(await door.call('odoo_create', { model: 'res.country', values: [{ name: 'A' }, { name: 'B' }] }), {
    ids: [100, 101],
    message: 'Created 2 records of res.country.'
  })
  t.strictSame(door.odoo.args, [
    ['res.country', [{ name: 'A' }]],
    ['res.country', [{ name: 'A' }, { name: 'B' }]]
  ])
})

t.test('a write says how many records it changed, and what Odoo answered', async t => {
  const door = openDoor()
  const write = (ids: number[]) => door.call('odoo_write', { model: 'res.country', ids, values: { code: null } })
  t.strictSame(await write([7]), { updated: 1, result: true, message: 'Updated 1 record of res.country.' })
  t.strictSame(await write([7, 8]), { updated: 2, result: true, message: 'Updated 2 records of res.country.' })
  t.strictSame(door.odoo.args, [
    ['res.country', [7], { code: false }],
    ['res.country', [7, 8], { code: false }]
  ])
})

t.test('a delete says how many records it deleted, and what Odoo answered', async t => {
  const door = openDoor()
  const unlink = (ids: number[]) => door.call('odoo_unlink', { model: 'res.country', ids })
  t.strictSame(await unlink([7]), { deleted: 1, result: true, message: 'Deleted 1 record of res.country.' })
  t.strictSame(await unlink([7, 8]), { deleted: 2, result: true, message: 'Deleted 2 records of res.country.' })
})

// ---------------------------------------------------------------------------------------------------------------
// odoo_get_models, odoo_get_fields

const listed = [
  { model: 'account.move', name: 'Journal Entry' },
  { model: 'ir.cron', name: 'Scheduled Actions' },
  { model: 'sale.order', name: 'Sales Order' },
  { model: 'sale.report', name: 'Sales Analysis', transient: true }
]
const lists: [title: string, input: JsonObject, output: object][] = [
  ['all but the hidden ones', {}, { count: 3, total: 3, models: [listed[0], listed[2], listed[3]] }],
  ['those whose technical name matches', { filter: 'sale.' }, { count: 2, total: 2, models: [listed[2], listed[3]] }],
  ['those whose displayed name matches', { filter: 'JOURNAL' }, { count: 1, total: 1, models: [listed[0]] }],
  ['none where none matches', { filter: 'cron' }, { count: 0, total: 0, models: [] }],
  ['one page', { limit: 1, offset: 1 }, { count: 1, total: 3, next_offset: 2, models: [listed[2]] }],
  ['the last page', { limit: 5, offset: 2 }, { count: 1, total: 3, models: [listed[3]] }]
]
for (const [title, input, output] of lists) {
  t.test(`a list of models gives ${title}`, async t => {
    const door = openDoor(answering({ models: async () => listed }))
    t.strictSame(await door.call('odoo_get_models', input), output)
  })
}

t.test('a list of models without a limit is as long as the settings allow', async t => {
  const limits = { default_limit: 1, max_limit: 2, max_result_bytes: 100_000 }
  const door = openDoor({ ...answering({ models: async () => listed }), limits })
  t.match(await door.call('odoo_get_models', {}), { count: 2, next_offset: 2 })
})

const attributes: [title: string, input: JsonObject, asked: unknown[]][] = [
  ['the useful attributes', {}, [[], ['type', 'string', 'required', 'readonly', 'relation', 'selection']]],
  ['named attributes', { attributes: ['help'] }, [[], ['help']]],
  ['all attributes', { attributes: ['*'] }, [[], []]],
  ['named fields', { fields: ['name'], attributes: ['help'] }, [['name'], ['help']]],
  ['all fields', { fields: ['*'], attributes: ['help'] }, [[], ['help']]]
]
for (const [title, input, asked] of attributes) {
  t.test(`a description of fields asks for ${title}`, async t => {
    const door = openDoor()
    await door.call('odoo_get_fields', { model: 'res.country', ...input })
    t.strictSame(door.odoo.args, [['res.country', ...asked]])
  })
}

t.test('a description of fields can be narrowed by name and label', async t => {
  const names = async (filter: string) =>
    Object.keys((await openDoor().call('odoo_get_fields', { model: 'res.partner', filter })).fields as object)
  t.strictSame(await names('user_'), ['user_id', 'user_ids'])
  t.strictSame(await names('SIGNUP tok'), ['signup_token'])
  t.strictSame(await names('zzz'), [])
})

t.test('a field that is described but not known to the checks is given as it is', async t => {
  const door = openDoor(answering({ describeFields: async () => ({ brand_new: { type: 'char' } }) }))
  t.strictSame(await door.call('odoo_get_fields', { model: 'res.country' }), {
    model: 'res.country',
    fields: { brand_new: { type: 'char' } }
  })
})

t.test('a described field that does not exist is refused with the nearest name', async t => {
  t.match(await openDoor().refused('odoo_get_fields', { model: 'res.country', fields: ['cod'] }), {
    code: 'invalid_input',
    detail: 'fields[0]: unknown field "cod" on res.country; expected one of its fields. Did you mean "code"?'
  })
})

// ---------------------------------------------------------------------------------------------------------------
// odoo_session, odoo_connect

t.test('the session tells who calls, where, and what is allowed', async t => {
  const door = openDoor({ policy: { readOnly: true, allowedModels: ['sale.*'] } })
  t.strictSame(await door.call('odoo_session', {}), {
    url: 'https://erp.example.com',
    database: 'prod',
    uid: 2,
    username: 'ada',
    lang: 'en_US',
    tz: 'Europe/Brussels',
    companies: {
      current: { id: 1, name: 'Main' },
      allowed: [
        { id: 1, name: 'Main' },
        { id: 3, name: 'Branch' }
      ]
    },
    server_version: '19.0',
    protocol: 'jsonrpc',
    policy: { read_only: true, allowed_models: ['sale.*'], denied_models: [] },
    limits: { default_limit: 100, max_limit: 1000, max_result_bytes: 100_000 },
    expires_at: '2026-01-02T00:00:00.000Z'
  })
})

const kinds: [kind: 'bearer' | 'handle' | 'implicit', secret: string | undefined, message: string][] = [
  ['bearer', 'oms_b_x', 'Connected. Send the session as "Authorization: Bearer …" with every request.'],
  ['handle', 'oms_h_x', 'Connected. Give the session as the argument "session" of every call.'],
  ['implicit', undefined, 'Connected.']
]
for (const [kind, secret, message] of kinds) {
  t.test(`a connect that opens a session of kind ${kind} says what to do with it`, async t => {
    const { odoo } = openDoor()
    const session = { id: 'x', kind, principal: 'key:ci', odoo, expiresAt: null }
    const open = async () => ({ session, ...(secret !== undefined && { secret }) })
    t.strictSame(await openDoor({ sessions: { open } }).call('odoo_connect', {}), {
      ...(secret !== undefined && { session: secret }),
      expires_at: null,
      url: 'https://erp.example.com',
      database: 'prod',
      uid: 2,
      username: 'ada',
      server_version: '19.0',
      protocol: 'jsonrpc',
      message
    })
  })
}

t.test('a session that ends says when', async t => {
  t.match(await openDoor().call('odoo_connect', {}), { expires_at: '2026-01-02T00:00:00.000Z' })
})

t.test('a session that never ends says so', async t => {
  const { odoo } = openDoor()
  const session = { id: 'default', kind: 'default' as const, principal: '*', odoo, expiresAt: null }
  const door = openDoor({ sessions: { resolve: async () => session } })
  t.match(await door.call('odoo_session', {}), { expires_at: null })
})

// ---------------------------------------------------------------------------------------------------------------
// odoo_call

async function called(result: Json): Promise<JsonObject> {
  const door = openDoor(answering({ call: async () => ({ result }) }))
  return door.call('odoo_call', { model: 'sale.order', method: 'action_x', ids: [8] })
}

for (const result of [true, null, 5, 'text', [1], { a: 1 }, { type: 5 }, { type: 'out_invoice' }]) {
  t.test(`a method that returns ${JSON.stringify(result)} gives just that`, async t => {
    t.strictSame(await called(result), { result })
  })
}

t.test('a write whose answer could not be read is given with its warning', async t => {
  const door = openDoor(answering({ call: async () => ({ result: null, warning: 'no answer' }) }))
  t.strictSame(await door.call('odoo_call', { model: 'sale.order', method: 'action_x', ids: [8] }), {
    result: null,
    warning: 'no answer'
  })
})

const window = { type: 'ir.actions.act_window', res_model: 'x.wizard', context: { default_a: 1 } }
const actions: [title: string, action: JsonObject, described: JsonObject][] = [
  [
    'a wizard',
    { ...window, target: 'new', views: [[5, 'form']], res_id: false },
    {
      ...window,
      target: 'new',
      next: 'A wizard. Nothing more has happened yet: create a x.wizard with odoo_create and this context, then call its button on the new id with odoo_call and the same context.'
    }
  ],
  [
    'a record',
    { ...window, res_id: 5 },
    { ...window, res_id: 5, next: 'A record to look at: read x.wizard 5 with odoo_read.' }
  ],
  [
    'a list',
    { ...window, domain: [['a', '=', 1]] },
    { ...window, domain: [['a', '=', 1]], next: 'A list to look at: search x.wizard with odoo_search and this domain.' }
  ],
  [
    'the end of a wizard',
    { type: 'ir.actions.act_window_close', infos: {} },
    { type: 'ir.actions.act_window_close', next: 'Nothing more to do.' }
  ],
  [
    'an address',
    { type: 'ir.actions.act_url', url: '/a' },
    { type: 'ir.actions.act_url', url: '/a', next: 'An address to open in a browser that is logged in to Odoo.' }
  ],
  [
    'a report',
    { type: 'ir.actions.report', report_name: 'a.b' },
    { type: 'ir.actions.report', report_name: 'a.b', next: 'Something that only the web client of Odoo can show.' }
  ]
]
for (const [title, action, described] of actions) {
  t.test(`a method that returns ${title} to open says how to go on`, async t => {
    t.strictSame(await called(action), { result: action, action: described })
  })
}

const nameGets: JsonObject[] = [{ ids: [7, 8] }, { args: [[7, 8]] }, { kwargs: { ids: [7, 8] } }]
for (const input of nameGets) {
  t.test(`name_get ${JSON.stringify(input)} is answered from display_name, for it is gone in Odoo 18`, async t => {
    const read = async () => [
      { id: 7, display_name: 'Seven' },
      { id: 8, display_name: 'Eight' }
    ]
    const door = openDoor({ major: 18, ...answering({ read }) })
    const call = { model: 'res.partner', method: 'name_get', ...input }
    const result = [
      [7, 'Seven'],
      [8, 'Eight']
    ]
    t.strictSame(await door.call('odoo_call', call), { result })
    t.strictSame(door.odoo.args, [['res.partner', [7, 8], ['display_name']]])
  })
}

t.test('name_get of a record that does not exist fails, as Odoo itself does', async t => {
  const door = openDoor({ major: 18, ...answering({ read: async () => [{ id: 8, display_name: 'Eight' }] }) })
  t.match(await door.refused('odoo_call', { model: 'res.partner', method: 'name_get', ids: [8, 7] }), {
    code: 'not_found',
    detail: 'res.partner 7 does not exist, or this user may not see it.'
  })
})

t.test('name_get takes one id, too', async t => {
  const door = openDoor({ major: 17, ...answering({ read: async () => [{ id: 7, display_name: 'Seven' }] }) })
  await door.call('odoo_call', { model: 'res.partner', method: 'name_get', args: [7] })
  t.strictSame(door.odoo.args, [['res.partner', [7], ['display_name']]])
})

t.test('ids by name come first, for only JSON-2 knows them by name', async t => {
  const door = openDoor()
  await door.call('odoo_call', { model: 'res.partner', method: 'unlink', kwargs: { ids: [7] } })
  await door.call('odoo_call', { model: 'res.partner', method: 'foo', kwargs: { ids: [7] } })
  t.strictSame(door.odoo.args, [
    ['res.partner', 'unlink', [[7]], {}, { read: false }],
    ['res.partner', 'foo', [], { ids: [7] }, { read: false }]
  ])
})

t.test('a method of records that is called without ids is told to want them', async t => {
  for (const detail of ['tuple index out of range', 'list index out of range']) {
    const call = async () => {
      throw new GatewayError('invalid_input', detail, { source: 'odoo' })
    }
    const door = openDoor(answering({ call }))
    const confirm = { model: 'res.partner', method: 'action_confirm' }
    t.match((await door.refused('odoo_call', confirm)).extra, {
      hint: 'If action_confirm is a method of records, give them in ids.'
    })
    t.notHas((await door.refused('odoo_call', { ...confirm, ids: [7] })).extra, { hint: String })
  }
})

t.test('a method that is called without ids over JSON-2, where it may do nothing, has a warning', async t => {
  const door = openDoor(answering({ call: async () => ({ result: true }) }))
  const confirm = { model: 'res.partner', method: 'action_confirm' }
  t.strictSame(await door.call('odoo_call', confirm), { result: true })
  door.odoo.identity.protocol = 'json2'
  t.strictSame(await door.call('odoo_call', confirm), {
    result: true,
    warning: 'No ids were given: if action_confirm is a method of records, it was called on none, and has done nothing.'
  })
  t.strictSame(await door.call('odoo_call', { ...confirm, ids: [7] }), { result: true })
  t.strictSame(await door.call('odoo_call', { ...confirm, kwargs: { ids: [7] } }), { result: true })
  t.strictSame(await door.call('odoo_call', { ...confirm, method: 'context_get' }), { result: true })
})

t.test('name_get is asked of an Odoo that still has it', async t => {
  const door = openDoor({ major: 16 })
  await door.call('odoo_call', { model: 'res.partner', method: 'name_get', ids: [7] })
  t.strictSame(door.odoo.args, [['res.partner', 'name_get', [[7]], {}, { read: true }]])
})
