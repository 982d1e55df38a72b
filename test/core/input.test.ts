import t from 'tap'
import { createCatalogue } from '../../src/core/catalogue.js'
import { createPolicy } from '../../src/core/policy.js'
import { tools } from '../../src/tools/index.js'
import { models, openDoor } from './fake-odoo.js'

const policy = createPolicy({ readOnly: false, allowedModels: [], deniedModels: [], deniedMethods: [] })

const refusals: [title: string, tool: string, input: unknown, detail: string][] = [
  [
    'an unknown key names the nearest known one',
    'odoo_search',
    { model: 'res.partner', domian: [] },
    'domian: unknown key; expected one of model, domain, fields, limit, offset, order, context. Did you mean "domain"?'
  ],
  ['a key for a tool without keys', 'odoo_session', { a: 1 }, 'a: unknown key; expected no keys at all.'],
  ['a missing key', 'odoo_search', {}, 'model: missing; expected the technical name of a model, such as "res.partner"'],
  [
    'a wrong type',
    'odoo_read',
    { model: 'res.partner', ids: '7' },
    'ids: "7" does not fit; expected a list of at least one id'
  ],
  [
    'a number in quotes, which is not repaired',
    'odoo_read',
    { model: 'res.partner', ids: [3, '7'] },
    'ids[1]: "7" does not fit; expected an id: an integer from 1 to 2147483647'
  ],
  [
    'no ids at all, which Odoo would answer with "true"',
    'odoo_write',
    { model: 'res.partner', ids: [], values: {} },
    'ids: [] does not fit; expected a list of at least one id'
  ],
  [
    'an id of zero',
    'odoo_unlink',
    { model: 'res.partner', ids: [0] },
    'ids[0]: 0 does not fit; expected an id: an integer from 1 to 2147483647'
  ],
  [
    'an id beyond four bytes',
    'odoo_unlink',
    { model: 'res.partner', ids: [2147483648] },
    'ids[0]: 2147483648 does not fit; expected an id: an integer from 1 to 2147483647'
  ],
  [
    'half an id',
    'odoo_unlink',
    { model: 'res.partner', ids: [1.5] },
    'ids[0]: 1.5 does not fit; expected an id: an integer from 1 to 2147483647'
  ],
  [
    'a name that is no model name',
    'odoo_count',
    { model: 'Res Partner' },
    'model: "Res Partner" does not fit; expected the technical name of a model, such as "res.partner"'
  ],
  [
    'a limit of zero',
    'odoo_search',
    { model: 'res.partner', limit: 0 },
    'limit: 0 does not fit; expected an integer of at least 1'
  ],
  [
    'a limit above what the server gives, which is not clamped',
    'odoo_search',
    { model: 'res.partner', limit: 1001 },
    'limit: 1001 is more than this server gives at once; expected 1 to 1000'
  ],
  [
    'a word that is none of the known ones',
    'odoo_connect',
    { protocol: 'soap' },
    'protocol: "soap" does not fit; expected one of "auto", "json2", "jsonrpc", "xmlrpc"'
  ],
  [
    'a text that is too long',
    'odoo_get_models',
    { filter: 'x'.repeat(257) },
    'filter: 257 characters; expected at most 256'
  ],
  [
    'a list that is too long',
    'odoo_aggregate',
    { model: 'res.partner', group_by: Array(17).fill('name') },
    'group_by: 17 items; expected at most 16'
  ],
  [
    'a password of the wrong type, which is not repeated',
    'odoo_connect',
    { password: 31415926 },
    'password: what is given does not fit; expected text that is not empty'
  ],
  [
    'a key of the wrong type, which is not repeated',
    'odoo_connect',
    { api_key: ['31415926'] },
    'api_key: what is given does not fit; expected text that is not empty'
  ],
  ['a list for the whole input', 'odoo_session', [], 'input: [] does not fit; expected an object'],
  ['null for the whole input', 'odoo_session', null, 'input: null does not fit; expected an object'],
  [
    'text for a number',
    'odoo_get_models',
    { offset: 'x' },
    'offset: "x" does not fit; expected an integer of at least 0'
  ],
  ['a number for text', 'odoo_get_models', { filter: 5 }, 'filter: 5 does not fit; expected text'],
  [
    'values that are no object',
    'odoo_create',
    { model: 'res.partner', values: [] },
    'values: [] does not fit; expected an object of field values, or a list of 1 to 1000 such objects'
  ],
  ['an unknown key with a slash in it', 'odoo_session', { 'a/b~c': 1 }, 'a/b~c: unknown key; expected no keys at all.'],
  [
    'long input, of which only the beginning is told',
    'odoo_get_models',
    { filter: ['x'.repeat(500)] },
    `filter: ["${'x'.repeat(58)}… does not fit; expected text`
  ]
]
for (const [title, tool, input, detail] of refusals) {
  t.test(`${title} is refused, saying where and what was expected`, async t => {
    const door = openDoor()
    const error = await door.refused(tool, input)
    t.equal(error.code, 'invalid_input')
    t.equal(error.detail, detail)
    t.strictSame(door.odoo.sent, [])
  })
}

t.test('problems come in the order unknown key, missing key, type, range, and up to five are told', async t => {
  const input = { limt: 1, limit: 0, offset: 'x', fields: [''], order: 5, context: [], extra: 1 }
  const error = await openDoor().refused('odoo_search', input)
  t.equal(error.detail.split(':')[0], 'limt')
  t.strictSame(
    error.extra.errors?.map(problem => problem.path),
    ['limt', 'extra', 'model', 'offset', 'order']
  )
})

t.test('a single problem is told once', async t => {
  const error = await openDoor().refused('odoo_search', {})
  t.notHas(error.extra, { errors: [] })
})

const stages: [before: string, after: string, input: object, first: string][] = [
  ['unknown keys', 'missing keys', { nope: 1 }, 'nope'],
  ['missing keys', 'types', { limit: 'x' }, 'model'],
  ['types', 'ranges', { model: 'res.partner', limit: 0, offset: 'x' }, 'offset'],
  ['ranges', 'names', { model: 'res.partner', limit: 5000, fields: ['nope'] }, 'limit'],
  ['names', 'policy', { model: 'res.partner', fields: ['signup_token', 'nope'] }, 'fields[1]']
]
for (const [before, after, input, first] of stages) {
  t.test(`${before} are told before ${after}`, async t => {
    const error = await openDoor().refused('odoo_search', input)
    t.equal(error.code, 'invalid_input')
    t.equal(error.detail.split(':')[0], first)
  })
}

t.test('no input at all is an empty one', async t => {
  t.match(await openDoor().call('odoo_session', undefined), { database: 'prod' })
})

t.test('an input is not changed by its check', async t => {
  const input = { model: 'res.partner', ids: [1, 1], values: { date: null, child_ids: [[0, 0, { name: 'x' }]] } }
  const before = structuredClone(input)
  await openDoor().call('odoo_write', input)
  t.strictSame(input, before)
})

t.test('an id given twice is sent once', async t => {
  const door = openDoor()
  await door.call('odoo_unlink', { model: 'res.partner', ids: [7, 8, 7] })
  t.strictSame(door.odoo.args, [['res.partner', [7, 8]]])
})

t.test('an unknown model is not found, with the nearest one that may be read', async t => {
  const error = await openDoor().refused('odoo_search', { model: 'res.parner' })
  t.match(error, {
    code: 'not_found',
    detail: 'model: "res.parner" does not exist. Did you mean "res.partner"?',
    extra: { hint: 'odoo_get_models lists the models that you may read.' }
  })
})

t.test('an unknown model is not found even if the models cannot be listed for a suggestion', async t => {
  const models = () => Promise.reject(new Error('no list'))
  const error = await openDoor({ answers: () => ({ models }) }).refused('odoo_search', { model: 'res.parner' })
  t.match(error, { code: 'not_found', detail: 'model: "res.parner" does not exist.' })
})

t.test('a failure to describe a model is passed on as it is', async t => {
  const broken = new Error('socket')
  const door = openDoor({ answers: () => ({ fields: () => Promise.reject(broken) }) })
  await t.rejects(door.call('odoo_search', { model: 'res.partner' }), broken)
})

const aliases: [alias: string, input: object, sent: unknown[]][] = [
  ['odoo_search_read', { model: 'res.partner', fields: ['name'] }, ['search', 'res.partner']],
  ['odoo_search_count', { model: 'res.partner' }, ['count', 'res.partner']],
  ['odoo_fields_get', { model: 'res.partner', allfields: ['name'] }, ['describeFields', 'res.partner', ['name']]],
  ['odoo_call_method', { model: 'res.partner', method: 'name_search' }, ['call', 'res.partner', 'name_search']],
  ['odoo_execute_kw', { model: 'res.partner', method: 'name_search' }, ['call', 'res.partner', 'name_search']]
]
for (const [alias, input, sent] of aliases) {
  t.test(`${alias} still works, with the argument names it had`, async t => {
    const door = openDoor()
    await door.call(alias, input)
    const [first] = door.odoo.sent
    t.strictSame([first?.method, ...(first?.args ?? [])].slice(0, sent.length), sent)
    t.notOk(door.gateway.tools.some(tool => tool.name === alias))
  })
}

t.test('an old argument name beside its new one is refused', async t => {
  const error = await openDoor().refused('odoo_fields_get', { model: 'res.partner', allfields: [], fields: [] })
  t.match(error, { code: 'invalid_input', detail: /^allfields: unknown key/ })
})

t.test('the input of an alias is judged like that of its tool when it is no object', async t => {
  const error = await openDoor().refused('odoo_fields_get', 5)
  t.match(error, { code: 'invalid_input', detail: 'input: 5 does not fit; expected an object' })
})

t.test('an unknown tool is not found, with the nearest one', async t => {
  t.match(await openDoor().refused('odoo_serach', {}), {
    code: 'not_found',
    detail: 'tool: "odoo_serach" does not exist. Did you mean "odoo_search"?'
  })
  t.match(await openDoor().refused('fly', {}), { code: 'not_found', detail: 'tool: "fly" does not exist.' })
})

t.test('two tools of the same name do not start', async t => {
  t.throws(() => createCatalogue([...tools, ...tools.slice(0, 1)], policy), /two tools are called odoo_connect/)
})

t.test('a read-only server lists no tool that only writes, and its calls are denied', async t => {
  const { gateway, refused } = openDoor({ policy: { readOnly: true } })
  const names = gateway.tools.map(tool => tool.name)
  t.notOk(names.some(name => ['odoo_create', 'odoo_write', 'odoo_unlink'].includes(name)))
  t.ok(names.includes('odoo_call'))
  t.equal(gateway.find('odoo_write')?.name, 'odoo_write')
  t.match(await refused('odoo_write', { model: 'res.partner', ids: [1], values: { name: 'x' } }), {
    code: 'policy_denied',
    detail: 'model: this server is read-only'
  })
})

t.test('of very many mistakes five are put into words, and names are not looked up for the others', async t => {
  const names = Array.from({ length: 50_000 }, (_, index) => `nmae${index}`)
  const keys = Object.fromEntries(names.map(name => [name, 1]))
  for (const [tool, input] of [
    ['odoo_count', { model: 'res.partner', domain: names.map(name => [name, '=', 1]) }],
    ['odoo_create', { model: 'res.partner', values: keys }],
    ['odoo_count', { model: 'res.partner', ...keys }]
  ] as const) {
    const fields = new CountedMap(models.get('res.partner'))
    const door = openDoor({ answers: () => ({ fields: async () => fields }) })
    t.match(await door.refused(tool, input), { code: 'invalid_input', extra: { errors: { length: 5 } } })
    t.ok(fields.walks < 20, `walked ${fields.walks} times through the fields of the model`)
  }
})

/** Fields that know how often somebody walks through all of them, as who looks for the nearest name does. */
class CountedMap<K, V> extends Map<K, V> {
  walks = 0

  override [Symbol.iterator]() {
    this.walks += 1
    return super[Symbol.iterator]()
  }
}
