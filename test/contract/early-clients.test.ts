import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import type { LabOdoo } from '../lab/odoos.js'
import { witnesses } from '../lab/witnesses.js'
import { connectionFlags, startServer } from './server.js'
import { dialect, mcpHttp, modern, oldMcpHttp, rest, type Surface } from './surfaces.js'

// What the documents of the early Odoo MCP servers show their users, word for word: their clients must go on working.

const run = promisify(execFile)
const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false
)

for (const odoo of await witnesses()) {
  await t.test(odoo.name, async t => {
    const server = await startServer({ ...connectionFlags(odoo), 'allow-connect': true })
    const surfaces = await Promise.all([
      rest(server.url),
      mcpHttp(server.url, modern),
      mcpHttp(server.url, 'legacy'),
      oldMcpHttp(server.url),
      dialect(server.url)
    ])
    t.teardown(async () => {
      await Promise.all(surfaces.map(surface => surface.close()))
      await server.close()
    })
    for (const surface of surfaces) await t.test(surface.name, t => earlyTools(t, surface))
    const [, ...withNames] = surfaces
    for (const surface of withNames)
      await t.test(`${surface.name}, by their own arguments`, t => earlyArguments(t, surface))
    await t.test('what they took and this server does not is refused in words', t =>
      refused(t, withNames[0] as Surface)
    )
    await t.test('curl', { skip: hasCurl ? false : 'NO CURL FOUND' }, t => curlLines(t, server.url, odoo))
  })
}

/** Names and arguments that stayed as they were. */
async function earlyTools(t: Test, { call }: Surface): Promise<void> {
  const ok = async (tool: string, input: JsonObject, output: object) => {
    const reply = await call(tool, input)
    t.match(reply, { output, problem: undefined }, tool)
    return reply.output as JsonObject
  }
  const companies = { model: 'res.partner', domain: [['is_company', '=', true]] }
  const page = await ok(
    'odoo_search_read',
    { ...companies, fields: ['name', 'email'], limit: 5, offset: 0, context: {} },
    { count: 5, records: [{ id: Number, name: String }] }
  )
  t.ok(
    (page.records as JsonObject[]).every(row => Object.keys(row).every(key => ['id', 'name', 'email'].includes(key)))
  )
  await ok('odoo_search_count', companies, { model: 'res.partner', count: page.total })
  await ok('odoo_list_models', { filter: 'res.partner' }, { models: [{ model: 'res.partner' }] })
  await ok(
    'odoo_fields_get',
    { model: 'res.partner', attributes: ['string', 'type', 'help'] },
    { fields: { name: { type: 'char', string: 'Name' } } }
  )

  const created = await ok(
    'odoo_create',
    { model: 'res.partner', values: { name: 'Early Bird', email: 'early@example.com' }, context: {} },
    { id: Number, message: String }
  )
  const ids = [created.id as number]
  await ok(
    'odoo_read',
    { model: 'res.partner', ids, fields: ['name'] },
    { records: [{ id: ids[0], name: 'Early Bird' }] }
  )
  await ok('odoo_read', { model: 'res.partner', ids, fields: [] }, { records: [{ id: ids[0], email: String }] })
  await ok('odoo_write', { model: 'res.partner', ids, values: { phone: '+1 555' } }, { updated: 1, result: true })

  // Gone in Odoo 18, and still what the documents show.
  const named = { model: 'res.partner', method: 'name_get', args: [ids], kwargs: {} }
  await ok('odoo_call_method', named, { result: [[ids[0], 'Early Bird']] })
  await ok('odoo_execute_kw', named, { result: [[ids[0], 'Early Bird']] })
  await ok('odoo_call_method', { ...named, args: [[1]] }, { result: [[1, String]] })
  const search = { model: 'res.partner', method: 'search_read', args: [[['id', '=', ids[0] as number]]] }
  await ok(
    'odoo_execute_kw',
    { ...search, kwargs: { fields: ['name'], limit: 1 } },
    { result: [{ id: ids[0], name: 'Early Bird' }] }
  )
  await ok(
    'odoo_call_method',
    { model: 'res.partner', method: 'write', args: [ids, { comment: 'x' }], kwargs: {} },
    { result: true }
  )
  await ok('odoo_unlink', { model: 'res.partner', ids }, { deleted: 1, result: true, message: String })
  await ok('odoo_read', { model: 'res.partner', ids }, { count: 0, missing: ids })
}

/** Names that only an alias has. */
async function earlyArguments(t: Test, { call }: Surface): Promise<void> {
  const fields = await call('odoo_fields_get', { model: 'res.partner', allfields: ['name'], attributes: ['type'] })
  t.match(fields.output, { fields: { name: { type: 'char' } } })

  const groups = await call('odoo_read_group', {
    model: 'res.partner',
    domain: [['is_company', '=', true]],
    fields: ['color:sum'],
    groupby: ['country_id'],
    orderby: 'country_id',
    lazy: false
  })
  t.match(groups.output, {
    groups: [{ key: { country_id: Object }, count: Number, measures: { 'color:sum': Number } }]
  })
  const lazy = await call('odoo_read_group', { model: 'res.partner', fields: [], groupby: ['country_id', 'type'] })
  const [first] = (lazy.output?.groups ?? []) as { key: object }[]
  t.strictSame(Object.keys(first?.key ?? {}), ['country_id'], 'lazy, as it is unless told otherwise')
}

/** Each was an argument somewhere; silently dropped, it would have meant something else. */
async function refused(t: Test, { call }: Surface): Promise<void> {
  const refusals: [string, JsonObject, RegExp][] = [
    ['odoo_read', { model: 'res.partner', ids: 1 }, /^ids: .*expected a list of at least one id/],
    ['odoo_create', { model: 'res.partner', vals: { name: 'x' } }, /^vals: .*Did you mean "values"\?/],
    ['odoo_write', { model: 'res.partner', record_ids: [1], values: {} }, /^record_ids: .*unknown/],
    ['odoo_search_read', { model: 'res.partner', domain_json: [] }, /^domain_json: .*unknown/],
    ['odoo_search_read', { model: 'res.partner', fields: 'name' }, /^fields: .*expected a list of field names/],
    ['odoo_search_read', { model: 'res.partner', limit: '5' }, /^limit: .*expected an integer/],
    ['odoo_search_read', { model: 'res.partner', session_id: 'x' }, /^session_id: /],
    ['odoo_search_read', { model: 'res.partner', uid: 2, password: 'x' }, /^uid: /],
    [
      'odoo_call_method',
      { model: 'res.partner', method: 'name_search', ids: [], args: ['a'] },
      /^ids: .*at least one id/
    ]
  ]
  for (const [tool, input, detail] of refusals) {
    const { problem } = await call(tool, input)
    t.match(problem, { code: 'invalid_input', detail }, `${tool} ${JSON.stringify(input)}`)
    t.comment(`${tool}: ${problem?.detail}`)
  }
}

/** The lines of the early REST server, run by curl, with the token of the session added. */
async function curlLines(t: Test, url: string, odoo: LabOdoo): Promise<void> {
  let token: string[] = []
  const curl = async (path: string, body: JsonObject): Promise<JsonObject> => {
    const line = ['-X', 'POST', `${url}${path}`, '-H', 'Content-Type: application/json', '-d', JSON.stringify(body)]
    const { stdout } = await run('curl', ['-sS', ...line, ...token])
    return JSON.parse(stdout) as JsonObject
  }
  const model = 'res.partner'
  const { database, username, password } = odoo
  const connected = await curl('/connect', { url: odoo.url, database, username, password })
  t.match(connected, { status: 'success', uid: Number, message: String, session: /^oms_b_/ })
  token = ['-H', `Authorization: Bearer ${connected.session}`]

  const search = { model, domain: [['is_company', '=', true]], fields: ['name', 'email'], limit: 5 }
  const found = await curl('/search', search)
  t.match(found, { status: 'success', count: 5, records: [{ id: Number, name: String }] })
  t.same(await curl('/search_read', search), found)
  const { id } = await curl('/create', { model, values: { name: 'Curly', email: 'curly@example.com' } })
  t.type(id, 'number')
  const ids = [id as number]
  t.match(await curl('/read', { model, ids, fields: ['name'] }), { status: 'success', records: [{ name: 'Curly' }] })
  t.match(await curl('/write', { model, ids, values: { phone: '+1 555' } }), { status: 'success', updated: 1 })
  t.match(await curl('/fields', { model, attributes: ['string', 'type'] }), { fields: { phone: { type: 'char' } } })
  t.match(await curl('/models', {}), { status: 'success', models: Array })
  t.match(await curl('/count', { model, domain: [['id', 'in', ids]] }), { status: 'success', count: 1 })
  const named = await curl('/call', { model, method: 'name_get', args: [ids], kwargs: {} })
  t.strictSame(named, { status: 'success', result: [[id as number, 'Curly']] })
  t.match(await curl('/unlink', { model, ids }), { status: 'success', deleted: 1 })
  t.match(await curl('/disconnect', {}), { status: 'success' })
  t.match(await curl('/search', search), { status: 401, code: 'auth_required' }, 'the token has ended')

  const { stdout } = await run('curl', ['-sS', `${url}/health`])
  t.match(JSON.parse(stdout), { status: 'healthy' })
}
