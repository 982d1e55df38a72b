import t from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { FieldMap } from '../../src/core/ports/odoo.js'
import { type DoorOptions, field, models, openDoor } from './fake-odoo.js'

// Of a method that is not the ORM's nothing is known: what its arguments name is judged.

const attachments: FieldMap = new Map([
  ['res_model', field('char')],
  ['res_field', field('char')],
  ['res_id', field('many2one_reference')]
])

/** Whose the files are. */
const owners: Record<number, string> = { 1: 'ir.config_parameter', 2: 'ir.ui.view', 3: 'res.partner' }

function open(options: DoorOptions = {}) {
  return openDoor({
    answers: () => ({
      fields: async model => (model === 'ir.attachment' ? attachments : models.get(model)) as FieldMap,
      models: async () => [...models.keys(), 'ir.attachment'].map(model => ({ model, name: model })),
      read: async (_model, ids) => ids.map(id => ({ id, res_model: owners[id] ?? false, res_field: false }))
    }),
    ...options
  })
}

const unknown = (args: Json[], kwargs: JsonObject = {}) => ({
  model: 'res.partner',
  method: 'do_it',
  ids: [1],
  args,
  kwargs
})

const ways: [title: string, args: Json[], kwargs: JsonObject, at: string][] = [
  ['a domain by position', [[['mail_server_id.name', '=', 'x']]], {}, 'args[0][0][0]'],
  ['a domain in capitals', [['|', ['id', '=', 1], ['mail_server_id.name', 'ILIKE', 'x']]], {}, 'args[0]'],
  ['a domain under another name', [], { where: [['mail_server_id.name', '=', 'x']] }, 'kwargs.where[0][0]'],
  [
    'a domain within an argument',
    [],
    { options: { where: [['mail_server_id.name', '=', 'x']] } },
    'kwargs.options.where[0][0]'
  ],
  ['a domain as Python writes it', ["[('parent_id.mail_server_id.name', '=', 'x')]"], {}, 'args[0]'],
  ['a path', [{ 'parent_id.mail_server_id': {} }], {}, 'args[0].parent_id.mail_server_id'],
  ['a field that shows its names', ['mail_server_id'], {}, 'args[0]'],
  ['its own name', ['ir.mail_server'], {}, 'args[0]']
]
for (const [title, args, kwargs, at] of ways) {
  t.test(`${title} leads to a hidden model in no argument of a method of which nothing is known`, async t => {
    const error = await open().refused('odoo_call', unknown(args, kwargs))
    if (title === 'a domain in capitals') t.match(error, { code: 'invalid_input', detail: /is not an operator/ })
    else t.match(error, { code: 'policy_denied', detail: /ir\.mail_server/ })
    if (title !== 'a domain in capitals') t.ok(error.detail.startsWith(`${at}: `), error.detail)
    const lifted = open({ policy: { deniedModels: ['!ir.mail_server'] } })
    if (title !== 'a domain in capitals') t.ok(await lifted.call('odoo_call', unknown(args, kwargs)), 'control: lifted')
  })
}

t.test('a path to a withheld field is refused, and the text around names is not', async t => {
  const args = ["[('parent_id.signup_token', '=like', 'a%')]"]
  t.match(await open().refused('odoo_call', unknown(args)), {
    code: 'policy_denied',
    detail: /signup_token is withheld/
  })
  for (const args of [['Ask parent_id.name, or e.g. the mail server'], ['a.b.c'], [[['a', 'b', 'c']]], [[[1, 2, 3]]]]) {
    t.ok(await open().call('odoo_call', unknown(args)), JSON.stringify(args))
  }
})

t.test('a domain is checked and sent on wherever it stands', async t => {
  const domain: Json = [['date', '>', '2026-01-01'], '|', ['name', '=', 'x'], ['user_id.login', '=', 'y']]
  const door = open()
  await door.call('odoo_call', unknown([domain]))
  t.strictSame(door.odoo.args.at(-1)?.[2], [[1], domain])
  t.match(await door.refused('odoo_call', unknown([[['nmae', '=', 'x']]])), {
    code: 'invalid_input',
    detail: /args\[0\]\[0\]\[0\]: unknown field "nmae"/
  })
})

t.test('a model that may be read and not changed is not named to what may change it', async t => {
  const readOnly = open()
  t.match(await readOnly.refused('odoo_call', unknown(['res.users', 'x'])), {
    code: 'policy_denied',
    detail: 'args[0]: the policy of this server lets res.users be read, not changed'
  })
  t.ok(
    await open({ policy: { deniedModels: ['!res.users'] } }).call('odoo_call', unknown(['res.users', 'x'])),
    'control'
  )
})

for (const attachment_ids of [[1], [3, 1], [[4, 1]], [[6, 0, [3, 1]]], 1] as Json[]) {
  t.test(`a file of a hidden model is not handed over as ${JSON.stringify(attachment_ids)}`, async t => {
    for (const kwargs of [{ attachment_ids }, { more: { attachment_ids } }]) {
      t.match(await open().refused('odoo_call', unknown([], kwargs as JsonObject)), {
        code: 'policy_denied',
        detail: /attachment_ids: .* withholds what ir\.attachment 1 belongs to/
      })
    }
    t.ok(await open().call('odoo_call', unknown([], { attachment_ids: [[4, 3, 0]] })), 'control: a file of a contact')
  })
}

t.test('a file of a model that may not be changed is read, and neither changed nor deleted', async t => {
  const refusal = { code: 'policy_denied', detail: /lets what ir\.attachment 2 belongs to be read, not changed/ }
  for (const [tool, input] of [
    ['odoo_write', { values: {} }],
    ['odoo_unlink', {}],
    ['odoo_call', { method: 'write', args: [{}] }],
    ['odoo_call', { method: 'force_storage' }]
  ] as [string, JsonObject][]) {
    const file = (id: number) => ({ model: 'ir.attachment', ids: [id], ...input })
    t.match(await open().refused(tool, file(2)), refusal, tool)
    t.ok(await open().call(tool, file(3)), 'control: a file of a contact')
  }
  t.match(await open().call('odoo_read', { model: 'ir.attachment', ids: [2], fields: ['res_model'] }), { count: 1 })
})

t.test('groups show no names of a hidden model through a field of many', async t => {
  const ask = { model: 'res.partner', group_by: ['server_ids'] }
  const refusal = { code: 'policy_denied', detail: /server_ids shows names of records of ir\.mail_server/ }
  t.match(await open().refused('odoo_aggregate', ask), refusal)
  for (const method of ['read_group', 'formatted_read_group']) {
    const kwargs = { domain: [], groupby: ['server_ids'], [method === 'read_group' ? 'fields' : 'aggregates']: [] }
    t.match(await open().refused('odoo_call', { model: 'res.partner', method, kwargs }), refusal, method)
  }
  t.ok(await open({ policy: { deniedModels: ['!ir.mail_server'] } }).call('odoo_aggregate', ask), 'control: lifted')
})

t.test('a wizard is not told to speak of a record of a hidden model', async t => {
  const input = {
    model: 'res.partner',
    values: { name: 'x' },
    context: { active_model: 'ir.mail_server', active_id: 1 }
  }
  t.match(await open().refused('odoo_create', input), { code: 'policy_denied', detail: /^context\.active_model: / })
  t.ok(await open().call('odoo_create', { ...input, context: { active_model: 'sale.order', active_id: 1 } }), 'control')
})

t.test('views describe no fields of a hidden model that stands in them', async t => {
  const result = {
    models: { 'res.partner': { fields: { name: {} } }, 'ir.mail_server': { fields: { smtp_pass: {} } } },
    fields: { server_ids: { relation: 'ir.mail_server', views: { tree: { fields: { smtp_pass: {} } } } } }
  }
  const ask = { model: 'res.partner', method: 'get_views', args: [[[false, 'form']]] }
  const answers = () => ({ call: async () => ({ result }) })
  const shown = await openDoor({ answers }).call('odoo_call', ask)
  t.strictSame(shown.result, {
    models: { 'res.partner': { fields: { name: {} } } },
    fields: { server_ids: { relation: 'ir.mail_server' } }
  })
  const lifted = openDoor({ answers, policy: { deniedModels: ['!ir.mail_server'] } })
  t.strictSame((await lifted.call('odoo_call', ask)).result, result, 'control: lifted')
})

// An expression that looks for the same again from every place would not be done within hours.
t.test('long arguments are looked through to their end', { timeout: 60_000 }, async t => {
  for (const part of ['a', 'a.', 'parent_id.', 'a,', 'A.', '_']) {
    const args = Array(200).fill(part.repeat(4096 / part.length))
    const error = await open().refused('odoo_call', unknown([...args, 'ir.mail_server']))
    t.match(error, { code: 'policy_denied', detail: /^args\[200\]: / }, part)
  }
})
