import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { Json } from '../../src/core/json.js'
import type { FieldMap, OdooPort } from '../../src/core/ports/odoo.js'
import { type DoorOptions, field, models, openDoor } from './fake-odoo.js'

const to = (relation: string) => field('many2one', { relation })
const many = (relation: string, more = {}) => field('many2many', { relation, sortable: false, ...more })
const own = { type: 'one2many', relation_field: 'res_id' }

const others: Record<string, Record<string, ReturnType<typeof field>>> = {
  'ir.attachment': {
    name: field('char'),
    res_model: field('char'),
    res_id: field('many2one_reference'),
    res_field: field('char'),
    create_uid: to('res.users')
  },
  'mail.message': {
    body: field('html'),
    model: field('char'),
    res_id: field('many2one_reference'),
    attachment_ids: many('ir.attachment')
  },
  'mail.notification': { name: field('char'), mail_message_id: to('mail.message') },
  'ir.default': { json_value: field('char'), field_id: to('ir.model.fields') },
  'ir.model.fields': { name: field('char'), model: field('char') },
  'ir.model': { model: field('char'), field_id: field('one2many', { relation: 'ir.model.fields' }) },
  'fleet.vehicle': { model: field('char') },
  thread: { name: field('char'), message_ids: many('mail.message', own), letter_ids: many('mail.message') }
}

/** What Odoo has: the attachment 5 is of a hidden model, 6 the content of a secret field, all others are of a partner. */
function rowOf(id: number) {
  const res_model = id === 5 ? 'ir.mail_server' : 'res.partner'
  return { id, name: `file ${id}`, res_model, model: res_model, res_field: id === 6 ? 'my_secret' : false }
}

function open(options: DoorOptions = {}) {
  const fields = async (model: string): Promise<FieldMap> => {
    const known = others[model]
    const found =
      known === undefined ? models.get(model) : new Map([['id', field('integer')], ...Object.entries(known)])
    if (found === undefined) throw new GatewayError('not_found', model)
    return found
  }
  const answers: Partial<OdooPort> = { fields, read: async (_model, ids) => ids.map(rowOf) }
  return openDoor({
    policy: { deniedModels: ['!*', 'ir.mail_server'] },
    ...options,
    answers: scope => ({ ...answers, ...options.answers?.(scope) })
  })
}

t.test('a search among rows of any model leaves out those of hidden records', async t => {
  const door = open({ policy: { deniedModels: ['ir.mail_server', 'crm.*'] } })
  await door.call('odoo_count', { model: 'mail.message', domain: [['body', 'ilike', 'x']] })
  const [[, domain]] = door.odoo.args as [[string, Json[]]]
  t.strictSame(domain.slice(0, 2), ['|', ['model', '=', false]])
  t.strictSame(domain.at(-1), ['body', 'ilike', 'x'])
  t.match(JSON.stringify(domain), /"crm\.%"/)
  t.match(JSON.stringify(domain), /"account\\\\_edi|account_edi_proxy_client\.user/)
})

t.test('where nothing is hidden, messages are searched as they are', async t => {
  const door = open({ policy: { deniedModels: ['!*'] } })
  await door.call('odoo_count', { model: 'mail.message', domain: [['body', 'ilike', 'x']] })
  t.notMatch(JSON.stringify(door.odoo.args), /ir\.mail_server/)
})

t.test(
  'contents of fields are no attachments, unless they are asked for, and those of secret fields never',
  async t => {
    const door = open()
    await door.call('odoo_count', { model: 'ir.attachment', domain: [] })
    await door.call('odoo_count', { model: 'ir.attachment', domain: [['res_field', '!=', false]] })
    const [plain, asked] = door.odoo.args as [string, Json[]][]
    t.strictSame(plain?.[1].at(-1), ['res_field', '=', false])
    t.match(JSON.stringify(asked), /"res_field","=like","%secret%"/)
  }
)

t.test('an allowed list is the list of owners, too', async t => {
  const door = open({ policy: { allowedModels: ['mail.*', 'res.partner'] } })
  await door.call('odoo_count', { model: 'mail.message' })
  t.match(JSON.stringify(door.odoo.args), /\["model","in",\["res.partner"\]\]/)
  t.match(JSON.stringify(door.odoo.args), /\["model","=like","mail.%"\]/)
})

t.test('to read rows of hidden records is to read ids that do not exist', async t => {
  const door = open()
  t.strictSame(await door.call('odoo_read', { model: 'ir.attachment', ids: [4, 5, 6, 7], fields: ['name'] }), {
    count: 2,
    records: [
      { id: 4, name: 'file 4', model: 'res.partner' },
      { id: 7, name: 'file 7', model: 'res.partner' }
    ],
    missing: [5, 6]
  })
  t.strictSame(door.odoo.args, [['ir.attachment', [4, 5, 6, 7], ['name', 'res_model', 'res_field']]])
})

t.test('a default of a hidden field is told by the field that it describes', async t => {
  const search: OdooPort['search'] = async () => [{ id: 5 }]
  const door = open({ answers: () => ({ search }) })
  t.match(await door.call('odoo_read', { model: 'ir.default', ids: [4, 5], fields: ['json_value'] }), { missing: [5] })
  t.match(JSON.stringify(door.odoo.args), /"field_id\.model".*"field_id\.name","=like"/)
})

t.test('a model that has a withheld field is not what describes it: all models are listed', async t => {
  const door = open({ policy: {} })
  await door.call('odoo_count', { model: 'ir.model', domain: [['model', '=', 'res.partner']] })
  t.strictSame(door.odoo.args, [['ir.model', [['model', '=', 'res.partner']]]])
})

t.test('groups are made without them, and their domains are as the caller knows them', async t => {
  const aggregate: OdooPort['aggregate'] = async (_model, { domain }) => ({
    groups: [
      { key: {}, count: 1, measures: {}, domain: [['active', 'in', [true, false]], ...domain, ['name', '=', 'x']] }
    ],
    more: false
  })
  const door = open({ answers: () => ({ aggregate }) })
  const input = { model: 'ir.attachment', domain: [['id', '>', 1]], group_by: ['name'] }
  t.match(await door.call('odoo_aggregate', input), {
    groups: [
      {
        domain: [
          ['active', 'in', [true, false]],
          ['id', '>', 1],
          ['name', '=', 'x']
        ]
      }
    ]
  })
  t.match(JSON.stringify(door.odoo.args), /ir\.mail_server/)
  const [group] = (await door.call('odoo_aggregate', { model: 'res.partner', group_by: ['type'] })).groups as Json[]
  t.match(group, {
    domain: [
      ['active', 'in', [true, false]],
      ['name', '=', 'x']
    ]
  })
  const odd: OdooPort['aggregate'] = async () => ({
    groups: [{ key: {}, count: 1, measures: {}, domain: [] }],
    more: false
  })
  t.match(await open({ answers: () => ({ aggregate: odd }) }).call('odoo_aggregate', input), {
    groups: [{ domain: [] }]
  })
})

const denials: [title: string, tool: string, input: Record<string, Json>, path: string][] = [
  ['written', 'odoo_write', { ids: [4, 5], values: { name: 'x' } }, 'ids'],
  ['deleted', 'odoo_unlink', { ids: [5] }, 'ids'],
  ['read by odoo_call', 'odoo_call', { method: 'read', args: [[5], ['name']] }, 'ids'],
  ['handed to a method by position', 'odoo_call', { method: 'foo', args: [[5]] }, 'ids'],
  ['handed to a method by keyword', 'odoo_call', { method: 'foo', kwargs: { ids: [5] } }, 'ids'],
  ['read as a file', 'odoo_binary', { field: 'name', id: 5 }, 'id'],
  [
    'linked',
    'odoo_write',
    { model: 'mail.message', ids: [4], values: { attachment_ids: [[4, 5]] } },
    'values.attachment_ids[0]'
  ],
  [
    'listed',
    'odoo_write',
    { model: 'mail.message', ids: [4], values: { attachment_ids: [4, 6] } },
    'values.attachment_ids'
  ],
  [
    'replaced',
    'odoo_write',
    { model: 'mail.message', ids: [4], values: { attachment_ids: [[6, 0, [5]]] } },
    'values.attachment_ids[0]'
  ],
  [
    'pointed to',
    'odoo_create',
    { model: 'mail.notification', values: { mail_message_id: 5 } },
    'values.mail_message_id'
  ]
]
for (const [title, tool, input, path] of denials) {
  t.test(`the row of a hidden record cannot be ${title}`, async t => {
    t.match(await open().refused(tool, { model: 'ir.attachment', ...input }), {
      code: 'policy_denied',
      detail: new RegExp(
        `^${path.replace(/[[\]]/g, '\\$&')}: the policy of this server withholds what \\S+ [56] belongs to`
      )
    })
  })
}

for (const [title, values, path] of [
  ['a hidden record', { res_model: 'ir.mail_server' }, 'res_model'],
  ['a secret field', { res_model: 'res.partner', res_field: 'my_secret' }, 'res_field']
] as const) {
  t.test(`no attachment is made for ${title}`, async t => {
    const create = { model: 'ir.attachment', values: { name: 'x', ...values } }
    t.match(await open().refused('odoo_create', create), {
      code: 'policy_denied',
      detail: new RegExp(`^values.${path}: `)
    })
    const context = { [`default_${path}`]: values[path as 'res_model'] }
    const byDefault = await open().refused('odoo_create', { ...create, values: { name: 'x' }, context })
    t.match(byDefault, { code: 'policy_denied', detail: new RegExp(`^context.default_${path}: `) })
  })
}

t.test('a car has a model that is none of Odoo', async t => {
  const door = open({ policy: { allowedModels: ['fleet.*'] } })
  t.ok(await door.call('odoo_create', { model: 'fleet.vehicle', values: { model: 'Golf' } }))
})

t.test("a record's own messages are searched through it; those of others only with their owner", async t => {
  const sent = async (domain: Json, model = 'thread', major = 19) => {
    const door = open({ major })
    await door.call('odoo_count', { model, domain })
    return (door.odoo.args.at(-1) as [string, Json])[1]
  }
  t.strictSame(await sent([['message_ids.body', 'ilike', 'x']]), [['message_ids.body', 'ilike', 'x']])
  t.match(await sent([['letter_ids.body', 'ilike', 'x']]), [
    ['letter_ids', 'any', ['|', ['model', '=', false], '!', Array, ['body', 'ilike', 'x']].slice(0, 3)]
  ])
  t.match(
    JSON.stringify(await sent([['message_ids.attachment_ids.name', '=', 'x']])),
    /\["message_ids.attachment_ids","any",\["&"/
  )
  t.match(
    JSON.stringify(await sent([['letter_ids.attachment_ids.create_uid.login', '=', 'x']])),
    /\["letter_ids","any",.*\["attachment_ids","any",.*\["create_uid.login","=","x"\]/
  )
  t.match(JSON.stringify(await sent([['letter_ids', 'any', [['body', 'ilike', 'x']]]])), /"any",\["\|",\["model"/)
  const single = JSON.stringify(await sent(['!', ['mail_message_id.body', 'ilike', 'x']], 'mail.notification', 14))
  t.match(single, /^\["!","&","\|",\["mail_message_id.model","=",false\],.*\["mail_message_id.body","ilike","x"\]\]$/)
})

t.test('before Odoo 17 no domain says it of many rows, and the path is refused', async t => {
  const input = { model: 'thread', domain: [['letter_ids.body', 'ilike', 'x']] }
  t.match(await open({ major: 14 }).refused('odoo_count', input), {
    code: 'policy_denied',
    detail: 'domain[0][0]: letter_ids may lead to what the policy of this server hides; ask for mail.message itself'
  })
  const grouped = { model: 'mail.notification', group_by: ['mail_message_id.body'] }
  t.match(await open().refused('odoo_aggregate', grouped), {
    code: 'policy_denied',
    detail: /mail_message_id may lead/
  })
})

t.test('an ORM method without a domain is given the one that leaves them out', async t => {
  for (const [major, method, kwargs, key] of [
    [19, 'name_search', {}, 'domain'],
    [14, 'name_search', {}, 'args'],
    [14, 'search_read', { domain: null, fields: ['body'] }, 'domain'],
    [19, 'search_read', { domain: [], fields: ['body'] }, 'domain']
  ] as const) {
    const door = open({ major })
    await door.call('odoo_call', { model: 'mail.message', method, kwargs })
    const [, , , sent] = door.odoo.args.at(-1) as [string, string, Json[], Record<string, Json[]>]
    t.strictSame(sent[key]?.slice(0, 2), ['|', ['model', '=', false]], `${method} of ${major}`)
  }
})

t.test('what a method of which nothing is known is given may not name what is hidden', async t => {
  const call = (more: object) => ({ model: 'res.partner', method: 'foo', ids: [7], ...more })
  const refused: [object, RegExp][] = [
    [{ args: ['signup_token'] }, /^args\[0\]: the content of the field signup_token is withheld/],
    [{ args: [[{ fields: ['name', 'parent_id/signup_token'] }]] }, /^args\[0\]\[0\]\.fields\[1\]: .*withheld/],
    [{ kwargs: { spec: { signup_token: {} } } }, /^kwargs\.spec\.signup_token: .*withheld/],
    [{ kwargs: { res_model: 'ir.mail_server' } }, /^kwargs\.res_model: .*no access to ir\.mail_server/],
    [{ args: [{ 'ir.mail_server,5': 1 }] }, /no access to ir\.mail_server/],
    [{ args: [{ user_ids: [[0, 0, { login: 'x' }]] }] }, /^args\[0\]\.user_ids\[0\]: commands that make or change/],
    [{ args: [[[1, 7, { login: 'x' }]]] }, /commands that make or change/]
  ]
  for (const [more, detail] of refused) {
    t.match(await open().refused('odoo_call', call(more)), { code: 'policy_denied', detail }, JSON.stringify(more))
  }
  for (const args of [
    [],
    ['signup_token is what I wrote of: '.repeat(9)],
    ['mail.mt_note'],
    [[0, 0, 'x'], true, null],
    [[1, 0, {}]]
  ]) {
    t.ok(await open().call('odoo_call', call({ args })), JSON.stringify(args))
  }
})

t.test('a field that shows, or copies, a secret of another record is one', async t => {
  const fields = async (): Promise<FieldMap> =>
    new Map([
      ['id', field('integer')],
      ['name', field('char')],
      ['x_shown', field('char', { related: 'partner_id.signup_token' })],
      ['x_listed', field('char', { related: ['partner_id', 'signup_token'] })],
      ['partner_name', field('char', { related: 'partner_id.name' })],
      ['partner_id', to('res.partner')]
    ])
  for (const name of ['x_shown', 'x_listed']) {
    const door = openDoor({ answers: () => ({ fields }) })
    t.match(await door.refused('odoo_search', { model: 'x', fields: [name] }), { code: 'policy_denied' })
  }
})

t.test('a related field is written where it lives', async t => {
  const line: FieldMap = new Map([
    ['id', field('integer')],
    ['user_id', to('res.users')],
    ['login', field('char', { related: 'user_id.login' })],
    ['phone', field('char', { related: ['user_id', 'partner_id', 'email'] })],
    ['shown', field('char', { related: 'user_id.login', readonly: true })],
    ['lost', field('char', { related: 'nothing.login' })]
  ])
  const fields = async (model: string) => (model === 'x' ? line : (models.get(model) as FieldMap))
  const door = () => openDoor({ answers: () => ({ fields }) })
  const write = (values: object) => ({ model: 'x', ids: [1], values })
  t.match(await door().refused('odoo_write', write({ login: 'x' })), {
    code: 'policy_denied',
    detail: 'values.login: the policy of this server lets res.users be read, not changed'
  })
  for (const values of [{ phone: 'x' }, { shown: 'x' }, { lost: 'x' }]) {
    t.ok(await door().call('odoo_write', write(values)), JSON.stringify(values))
  }
})

t.test('a reference names no hidden model, in values and in domains', async t => {
  const value = 'ir.mail_server,5'
  const create = { model: 'res.partner', values: { name: 'x', origin: value } }
  t.match(await open().refused('odoo_create', create), { code: 'policy_denied', detail: /^values\.origin: / })
  for (const leaf of [
    ['origin', '=', value],
    ['origin', 'in', [value]]
  ]) {
    const search = { model: 'res.partner', domain: [leaf] }
    t.match(await open().refused('odoo_count', search), { code: 'policy_denied', detail: /^domain\[0\]\[2\]: / })
  }
  t.ok(await open().call('odoo_count', { model: 'res.partner', domain: [['origin', '=', 'res.users,5']] }), 'control')
})
