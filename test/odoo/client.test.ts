import t from 'tap'
import type { ErrorCode } from '../../src/core/errors.js'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { CallScope } from '../../src/core/ports/odoo.js'
import { adapter, denied, type FakeOdoo, fakeOdoo, identity, missing, raise } from './fake-odoo.js'
import { asOdoo, scope, serveHttp, serveSockets, signal } from './servers.js'

const open = (t: Parameters<typeof fakeOdoo>[0], { url }: { url: string }, more: Partial<CallScope> = {}) =>
  adapter(t)
    .reopen({ identity: identity(url), secret: 'admin password' })
    .port(scope(more))

const rowsOf = (ids: number[]) => ids.map(id => ({ id, name: `n${id}` }))

t.test('a search names its fields, and sends no more than it was given', async t => {
  const fake = await fakeOdoo(t, { 'res.partner.search_read': () => ({ result: rowsOf([1]) }) })
  const port = open(t, fake)
  const order = 'name, id'
  t.strictSame(await port.search('res.partner', { domain: [['id', '=', 1]], fields: ['name'], order }), rowsOf([1]))
  await port.search('res.partner', { domain: [], fields: [], limit: 5, offset: 10, order })
  const context = { lang: 'en_US', tz: 'Europe/Brussels' }
  t.strictSame(fake.calls[0]?.kwargs, { domain: [['id', '=', 1]], fields: ['name'], order, context })
  t.strictSame(fake.calls[1]?.kwargs, { domain: [], fields: ['id'], limit: 5, offset: 10, order, context })
})

for (const [title, reply, order] of [
  ['is followed by the id', { result: [{ id: 1, order: 'priority desc, name' }] }, 'priority desc, name, id'],
  ['is left alone where it names the id', { result: [{ id: 1, order: 'date desc,ID desc' }] }, 'date desc,ID desc'],
  [
    'is followed by the id where a field only ends like it',
    { result: [{ id: 1, order: 'partner_id' }] },
    'partner_id, id'
  ],
  ['is the newest first where Odoo does not tell it', denied, 'id desc'],
  ['is the newest first where Odoo does not know the model', { result: [] }, 'id desc']
] as const) {
  t.test(`the default order ${title}, and is asked for once`, async t => {
    const fake = await fakeOdoo(t, {
      'ir.model.search_read': () => structuredClone(reply) as { result: Json },
      'res.partner.search_read': () => ({ result: [] })
    })
    const port = open(t, fake)
    for (const limit of [1, 2]) await port.search('res.partner', { domain: [], fields: ['name'], limit })
    const searches = fake.calls.filter(({ model }) => model === 'res.partner')
    t.strictSame(
      searches.map(({ kwargs }) => kwargs.order),
      [order, order]
    )
    t.equal(fake.calls.length, 3)
  })
}

t.test('an Odoo that fails over the default order fails the search', async t => {
  const fake = await fakeOdoo(t, { 'ir.model.search_read': () => raise('builtins.ZeroDivisionError', 'x') })
  await t.rejects(open(t, fake).search('res.partner', { domain: [], fields: [] }), { code: 'odoo_error' })
})

t.test("the user's language and time zone are sent unless the caller says otherwise", async t => {
  const fake = await fakeOdoo(t, {
    'res.partner.search_count': () => ({ result: 3 }),
    'res.partner.run': () => ({ result: 1 })
  })
  const port = open(t, fake, { context: { lang: 'fr_FR', active_test: false } })
  t.equal(await port.count('res.partner', [['a', '=', 1]]), 3)
  t.match(fake.calls[0], { args: [[['a', '=', 1]]] })
  t.strictSame(fake.calls[0]?.kwargs.context, { lang: 'fr_FR', tz: 'Europe/Brussels', active_test: false })
  await port.call('res.partner', 'run', [], { context: { lang: 'de_DE', extra: 1 }, x: 2 }, { read: true })
  const context = { lang: 'fr_FR', tz: 'Europe/Brussels', active_test: false, extra: 1 }
  t.strictSame(fake.calls[1]?.kwargs, { x: 2, context }, "the call's context wins over one among the arguments")
})

t.test('rows come in the order they were asked for, and missing ones are left out', async t => {
  const fake = await fakeOdoo(t, { 'res.partner.read': () => ({ result: rowsOf([1, 2, 3]) }) })
  t.strictSame(await open(t, fake).read('res.partner', [3, 9, 1, 2], ['name']), rowsOf([3, 1, 2]))
  t.equal(fake.calls.length, 1)
})

for (const [title, fault] of [
  ['a computed field fails over a missing record', missing],
  ['a record is hidden by a rule', denied]
] as const) {
  t.test(`when ${title}, the others are read`, async t => {
    const fake = await fakeOdoo(t, {
      'res.partner.read': ({ args }) => ((args[0] as number[]).includes(9) ? fault : { result: rowsOf([1, 2]) }),
      'res.partner.search': () => ({ result: [1, 2] })
    })
    t.strictSame(await open(t, fake).read('res.partner', [2, 9, 1], ['name']), rowsOf([2, 1]))
    const search = fake.calls.find(({ method }) => method === 'search')
    t.match(search, { args: [[['id', 'in', [2, 9, 1]]]], kwargs: { context: { active_test: false, lang: 'en_US' } } })
  })

  t.test(`when ${title} and there are no others, nothing is read`, async t => {
    const fake = await fakeOdoo(t, { 'res.partner.read': () => fault, 'res.partner.search': () => ({ result: [] }) })
    t.strictSame(await open(t, fake).read('res.partner', [9], ['name']), [])
    t.equal(fake.calls.length, 2)
  })
}

t.test('of very many records those that exist are read together, and the others a few at a time', async t => {
  // 9 may be read, but is not found: so are the attachments of fields on 14.
  const fake = await fakeOdoo(t, {
    'res.partner.read': ({ args }) => ({ result: rowsOf((args[0] as number[]).filter(id => id <= 400 || id === 609)) }),
    'res.partner.search': ({ args }) => ({
      result: (args[0] as [[string, string, number[]]])[0][2].filter(id => id <= 400)
    })
  })
  const ids = Array.from({ length: 620 }, (_, index) => index + 1)
  const rows = await open(t, fake).read('res.partner', ids, ['name'])
  t.strictSame(rows, rowsOf([...ids.slice(0, 400), 609]))
  const portions = fake.calls.filter(({ method }) => method === 'read').map(({ args }) => (args[0] as number[]).length)
  t.strictSame(portions, [400, 50, 50, 50, 50, 20])
  await open(t, fake).read('res.partner', ids.slice(0, 500), ['name'])
  t.equal(fake.calls.length, 8, 'five hundred are read at once')
})

t.test('when all records can be seen, the fault has another reason, and stands', async t => {
  const fake = await fakeOdoo(t, { 'res.partner.read': () => denied, 'res.partner.search': () => ({ result: [1] }) })
  await t.rejects(open(t, fake).read('res.partner', [1], ['secret']), {
    code: 'access_denied',
    extra: { outcome: undefined }
  })
})

t.test('when the model may not be read at all, that is what is said', async t => {
  const fake = await fakeOdoo(t, { 'res.partner.read': () => denied, 'res.partner.search': () => denied })
  await t.rejects(open(t, fake).read('res.partner', [1], ['name']), { code: 'access_denied' })
})

t.test('other faults of a read are not looked into', async t => {
  const fake = await fakeOdoo(t, { 'res.partner.read': () => raise('builtins.RuntimeError') })
  await t.rejects(open(t, fake).read('res.partner', [1], ['name']), { code: 'odoo_error' })
  t.equal(fake.calls.length, 1)
})

const described = {
  name: {
    type: 'char',
    string: 'Name',
    required: true,
    readonly: false,
    store: true,
    searchable: true,
    sortable: true
  },
  kind: {
    type: 'selection',
    string: 'Kind',
    selection: [['a', 'A']],
    related: false,
    manual: true,
    company_dependent: true
  },
  owner: { type: 'many2one', relation: 'res.users', related: 'x.y', groups: 'base.group_user', currency_field: 'c' }
}
const fieldsOf = (model: string) => ({
  [`${model}.fields_get`]: () => ({ result: described as unknown as JsonObject })
})

t.test('fields are cut down to what is needed, and fetched once per language', async t => {
  const fake = await fakeOdoo(t, fieldsOf('res.partner'))
  const login = adapter(t).reopen({ identity: identity(fake.url), secret: 'admin password' })
  const fields = await login.port(scope({ context: { active_test: false } })).fields('res.partner')
  t.strictSame([...fields.keys()], ['name', 'kind', 'owner'])
  t.strictSame(fields.get('name'), described.name)
  const no = { required: false, readonly: false, store: false, searchable: false, sortable: false }
  const kind = {
    type: 'selection',
    string: 'Kind',
    ...no,
    selection: [['a', 'A']],
    company_dependent: true,
    manual: true
  }
  t.strictSame(fields.get('kind'), kind)
  const relation = { relation: 'res.users', related: 'x.y', currency_field: 'c', groups: 'base.group_user' }
  t.strictSame(fields.get('owner'), { type: 'many2one', string: '', ...no, ...relation })
  await login.port(scope()).fields('res.partner')
  t.equal(fake.calls.length, 1)
  t.match(fake.calls[0]?.kwargs, { attributes: ['type', 'string'], context: { lang: 'en_US' } })
  t.notOk(
    Object.hasOwn((fake.calls[0]?.kwargs.context ?? {}) as object, 'active_test'),
    "no caller's context in what is shared"
  )
  await login.port(scope({ context: { lang: 'fr_FR' } })).fields('res.partner')
  t.equal(fake.calls.length, 2)
  t.match(fake.calls[1]?.kwargs, { context: { lang: 'fr_FR' } })
})

t.test('an unknown model has no fields, and is asked for again', async t => {
  const fake = await fakeOdoo(t, {
    'res.nope.fields_get': () => raise('odoo.exceptions.UserError', "Object res.nope doesn't exist")
  })
  const port = open(t, fake)
  for (let i = 0; i < 2; i++) await t.rejects(port.fields('res.nope'), { code: 'not_found', detail: /res\.nope/ })
  t.equal(fake.calls.length, 2)
})

for (const [title, fault, code] of [
  [
    'says that a field is unknown',
    raise('builtins.ValueError', "Invalid field 'x' on model 'res.partner'"),
    'invalid_input'
  ],
  ['refuses the login', raise('odoo.exceptions.AccessDenied'), 'auth_failed']
] as const) {
  t.test(`when Odoo ${title}, the fields are fetched afresh`, async t => {
    const fake = await fakeOdoo(t, { ...fieldsOf('res.partner'), 'res.partner.search_count': () => fault })
    const port = open(t, fake)
    await port.fields('res.partner')
    await t.rejects(port.count('res.partner', []), { code })
    await port.fields('res.partner')
    t.equal(fake.calls.filter(({ method }) => method === 'fields_get').length, 2)
  })
}

t.test('fields are described as Odoo does, in part or in full', async t => {
  const fake = await fakeOdoo(t, fieldsOf('res.partner'))
  const port = open(t, fake)
  t.strictSame(await port.describeFields('res.partner', [], []), described)
  await port.describeFields('res.partner', ['name'], ['type'])
  const context = { lang: 'en_US', tz: 'Europe/Brussels' }
  t.strictSame(
    fake.calls.map(({ kwargs }) => kwargs),
    [{ context }, { allfields: ['name'], attributes: ['type'], context }]
  )
})

t.test('create gives the new ids, whether Odoo answers one or many', async t => {
  const fake = await fakeOdoo(t, {
    'res.partner.create': ({ args }) => ({ result: (args[0] as unknown[]).length === 1 ? 5 : [5, 6] })
  })
  const port = open(t, fake)
  t.strictSame(await port.create('res.partner', [{ name: 'a' }]), [5])
  t.strictSame(await port.create('res.partner', [{ name: 'a' }, { name: 'b' }]), [5, 6])
  t.strictSame(fake.calls[1]?.args, [[{ name: 'a' }, { name: 'b' }]])
})

t.test('write and unlink send ids and values, and give what Odoo answers', async t => {
  const fake = await fakeOdoo(t, {
    'res.partner.write': () => ({ result: true }),
    'res.partner.unlink': () => ({ result: true })
  })
  const port = open(t, fake)
  t.match(await port.write('res.partner', [1, 2], { name: 'x' }), { result: true })
  t.match(await port.unlink('res.partner', [1]), { result: true })
  t.strictSame(
    fake.calls.map(({ args }) => args),
    [[[1, 2], { name: 'x' }], [[1]]]
  )
})

t.test('a method that returns nothing gives null', async t => {
  const fake = await fakeOdoo(t, { 'sale.order.action_quotation_sent': () => ({}) })
  const port = open(t, fake)
  for (const read of [true, false]) {
    t.strictSame(await port.call('sale.order', 'action_quotation_sent', [[1]], {}, { read }), { result: null })
  }
})

t.test('a fault of a write says that nothing was done', async t => {
  const fake = await fakeOdoo(t, {
    'res.partner.write': () => raise('odoo.exceptions.ValidationError', 'No recursion')
  })
  const writing = open(t, fake).write('res.partner', [1], {})
  await t.rejects(writing, { code: 'validation', detail: 'No recursion', extra: { outcome: 'not_applied' } })
})

t.test('a secret that turns up in a message is taken out', async t => {
  const fake = await fakeOdoo(t, {
    'res.partner.write': () => raise('odoo.exceptions.UserError', 'Failed with admin password!')
  })
  await t.rejects(open(t, fake).write('res.partner', [1], {}), { code: 'validation', detail: 'Failed with …!' })
})

const cutAnswer = (body: string) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`

t.test('a write whose answer cannot be read was done all the same', async t => {
  const url = await serveSockets(t, socket =>
    socket.once('data', () => socket.end(cutAnswer('{"jsonrpc": "2.0", "id": 1, "result": tru')))
  )
  const port = open(t, { url } as FakeOdoo)
  t.match(await port.call('res.partner', 'run', [], {}, { read: false }), {
    result: null,
    warning: /could not be read/
  })
  t.match(await port.write('res.partner', [1], {}), { warning: /could not be read/ })
  t.match(await port.unlink('res.partner', [1]), { warning: /could not be read/ })
  await t.rejects(port.create('res.partner', [{}]), {
    code: 'odoo_error',
    detail: /created the records/,
    extra: { outcome: 'unknown' }
  })
  await t.rejects(port.count('res.partner', []), { code: 'odoo_error', detail: "Odoo's answer could not be read." })
})

t.test('a write that gets an HTML error may have been done', async t => {
  const url = await serveHttp(t, (_, outgoing) => outgoing.writeHead(500).end('<html>'))
  await t.rejects(open(t, { url } as FakeOdoo).write('res.partner', [1], {}), {
    code: 'odoo_error',
    extra: { outcome: 'unknown' }
  })
})

t.test('a read is tried again after a 503, a write is not', async t => {
  let requests = 0
  const answer = asOdoo(() => ({ result: 7 }))
  const url = await serveHttp(t, (incoming, outgoing) => {
    requests++
    if (requests % 2 === 1) outgoing.writeHead(503).end()
    else answer(incoming, outgoing)
  })
  let sent = 0
  const port = adapter(t, { retries: 1 })
    .reopen({ identity: identity(url), secret: 'x' })
    .port(scope({ onRequest: () => sent++ }))
  t.equal(await port.count('res.partner', []), 7)
  t.equal(sent, 2)
  await t.rejects(port.write('res.partner', [1], {}), { code: 'odoo_unavailable', extra: { outcome: 'unknown' } })
  t.equal(requests, 3)
})

for (const [title, answer, told] of [
  ['was applied', { result: true }, 'applied'],
  ['failed', missing, 'not_found']
] as const) {
  t.test(`whoever left a write behind is told that it ${title}`, async t => {
    const arrived = signal()
    const release = signal()
    const odoo = asOdoo(() => answer)
    const url = await serveHttp(t, async (incoming, outgoing) => {
      arrived.happen()
      await release.happened
      odoo(incoming, outgoing)
    })
    const abort = new AbortController()
    const late = signal<'applied' | ErrorCode>()
    const port = open(t, { url } as FakeOdoo, { signal: abort.signal, onLateReply: late.happen })
    const writing = port.write('res.partner', [1], {})
    await arrived.happened
    abort.abort()
    await t.rejects(writing, { code: 'cancelled', extra: { outcome: 'unknown' } })
    release.happen()
    t.equal(await late.happened, told)
  })
}

t.test('from 16 on Odoo lists the models that a user may read', async t => {
  const result = [
    { model: 'res.partner', display_name: 'Contact' },
    { model: 'crm.lead', display_name: 'Lead' }
  ]
  const fake = await fakeOdoo(t, { 'ir.model.get_available_models': () => ({ result }) })
  const port = open(t, fake)
  const models = [
    { model: 'crm.lead', name: 'Lead' },
    { model: 'res.partner', name: 'Contact' }
  ]
  t.strictSame(await port.models(), models)
  t.strictSame(await port.models(), models)
  t.equal(fake.calls.length, 1)
})

t.test('on 14 all models are listed, and each is asked whether it may be read', async t => {
  const result = [
    { id: 2, model: 'res.partner', name: 'Contact', transient: false },
    { id: 1, model: 'base.wizard', name: 'Wizard', transient: true },
    { id: 3, model: 'ir.rule', name: 'Rule', transient: false }
  ]
  const allowed = { 'res.partner': true, 'base.wizard': true, 'ir.rule': false }
  const probes = Object.fromEntries(
    Object.entries(allowed).map(([model, may]) => [`${model}.check_access_rights`, () => ({ result: may })])
  )
  const fake = await fakeOdoo(t, { 'ir.model.search_read': () => ({ result }), ...probes })
  const port = adapter(t)
    .reopen({ identity: identity(fake.url, { server_version: '14.0', major: 14 }), secret: 'x' })
    .port(scope())
  t.strictSame(await port.models(), [
    { model: 'base.wizard', name: 'Wizard', transient: true },
    { model: 'res.partner', name: 'Contact' }
  ])
})

t.test('who may list no models is offered the common ones that he may read', async t => {
  const fake = await fakeOdoo(t, {
    'ir.model.get_available_models': () => ({ result: [] }),
    'ir.model.search_read': () => denied,
    'res.partner.check_access_rights': () => ({ result: true }),
    'res.users.check_access_rights': () => ({ result: false })
  })
  t.strictSame(await open(t, fake).models(), [{ model: 'res.partner', name: 'Contact' }])
})

t.test('another failure while listing the models is a failure', async t => {
  const fake = await fakeOdoo(t, {
    'ir.model.get_available_models': () => ({ result: [] }),
    'ir.model.search_read': () => raise('builtins.RuntimeError')
  })
  await t.rejects(open(t, fake).models(), { code: 'odoo_error' })
  const second = await fakeOdoo(t, {
    'ir.model.get_available_models': () => ({ result: [] }),
    'ir.model.search_read': () => denied,
    'res.partner.check_access_rights': () => raise('builtins.RuntimeError')
  })
  await t.rejects(open(t, second).models(), { code: 'odoo_error' })
})
