import type { Client } from '@modelcontextprotocol/client'
import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { witnesses } from '../lab/witnesses.js'
import { connectOld } from '../mcp/listen.js'
import { connectionFlags, startServer } from './server.js'
import { mcpHttp, modern, rest, stdio } from './surfaces.js'
import { createWorld, type World } from './world.js'

/** A PNG of one pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

type Contents = { uri: string; mimeType?: string; text?: string; blob?: string }

async function read(client: Pick<Client, 'readResource'>, uri: string): Promise<Contents> {
  const { contents } = await client.readResource({ uri })
  t.equal(contents.length, 1)
  return contents[0] as Contents
}

const dataOf = ({ text }: Contents) => JSON.parse(text as string) as JsonObject

async function readsEverything(
  t: Test,
  client: Client,
  world: World,
  search: (input: JsonObject) => Promise<JsonObject>
) {
  const [id] = world.partners as [number]

  t.test('the list and the templates', async t => {
    const { resources } = await client.listResources()
    t.match(resources[0], { uri: 'odoo://res.partner/list', name: 'res.partner', mimeType: 'application/json' })
    t.notSame(resources[0]?.title, 'res.partner', 'a person knows it by another name')
    t.ok(resources.some(({ name }) => name === 'sale.order'))
    const { resourceTemplates } = await client.listResourceTemplates()
    t.strictSame(resourceTemplates.map(({ uriTemplate }) => uriTemplate).sort(), [
      'odoo://{model}/binary/{field}/{id}',
      'odoo://{model}/list{?domain,fields,limit,offset,order}',
      'odoo://{model}/{id}'
    ])
  })

  t.test('a record, whole or by the fields named', async t => {
    const contents = await read(client, `odoo://res.partner/${id}`)
    t.match(contents, { uri: `odoo://res.partner/${id}`, mimeType: 'application/json' })
    const record = dataOf(contents)
    t.match(record, { id, name: 'Contract 1', ref: world.ref, city: 'Odd', active: true })
    t.notOk('write_date' in record || 'image_1920' in record || 'signup_token' in record)
    t.strictSame(dataOf(await read(client, `odoo://res.partner/${id}?fields=name,city`)), {
      id,
      name: 'Contract 1',
      city: 'Odd'
    })
  })

  t.test('a list is what odoo_search answers', async t => {
    const query = { domain: [['ref', '=', world.ref]], fields: ['name', 'city'], limit: 2, offset: 1 }
    const order = 'name desc'
    const uri = `odoo://res.partner/list?domain=${encodeURIComponent(JSON.stringify(query.domain))}&fields=name,city&limit=2&offset=1&order=${encodeURIComponent(order)}`
    const contents = await read(client, uri)
    t.equal(contents.uri, uri)
    const data = dataOf(contents)
    t.strictSame(data, await search({ model: 'res.partner', ...query, order }))
    t.match(data, { total: 5, next_offset: 3, records: [{ name: 'Contract 4' }, { name: 'Contract 3' }] })
  })

  t.test('an image comes as it is, with its type', async t => {
    const uri = `odoo://res.partner/binary/image_1920/${id}`
    t.strictSame(await read(client, uri), { uri, mimeType: 'image/png', blob: png })
  })

  t.test('what is wrong with a URI is said as a protocol error, with the problem', async t => {
    const cases: [uri: string, code: string, message: RegExp][] = [
      ['odoo://res.partner/2147483647', 'not_found', /res\.partner 2147483647 does not exist/],
      ['odoo://res.parner/1', 'not_found', /Did you mean "res\.partner"\?/],
      ['odoo://res.partner/1?fields=emial', 'invalid_input', /Did you mean "email"\?/],
      ['odoo://res.partner/list?domain=%5B%5B%22emial%22%2C%22%3D%22%2C1%5D%5D', 'invalid_input', /domain\[0\]\[0\]/],
      ['odoo://res.partner/list?domain=all', 'invalid_input', /domain/],
      ['odoo://res.partner/list?limit=1000000', 'invalid_input', /limit/],
      ['odoo://res.partner', 'invalid_input', /odoo:\/\/\{model\}\/\{id\}/],
      ['odoo://Res Partner/1', 'invalid_input', /model/]
    ]
    for (const [uri, code, message] of cases) {
      await t.rejects(client.readResource({ uri }), { code: -32602, message, data: { code } }, uri)
    }
    const secret = 'odoo://res.users/1?fields=password'
    await t.rejects(client.readResource({ uri: secret }), { code: -32603, data: { code: 'policy_denied' } }, secret)
    await t.rejects(client.readResource({ uri: 'other://thing' }), { code: -32602, message: /other:\/\/thing/ })
  })

  t.test('models, fields and ids are completed', async t => {
    const complete = async (uri: string, name: string, value: string, given: Record<string, string> = {}) => {
      const params = { ref: { type: 'ref/resource' as const, uri }, argument: { name, value } }
      return (await client.complete({ ...params, context: { arguments: given } })).completion.values
    }
    const record = 'odoo://{model}/{id}'
    const list = 'odoo://{model}/list{?domain,fields,limit,offset,order}'
    const binary = 'odoo://{model}/binary/{field}/{id}'
    const given = { model: 'res.partner' }
    t.strictSame((await complete(record, 'model', 'res.par')).slice(0, 1), ['res.partner'])
    t.strictSame((await complete(record, 'model', '')).slice(0, 2), ['res.partner', 'sale.order'])
    t.strictSame((await complete(record, 'id', String(id), given))[0], String(id))
    t.ok((await complete(record, 'id', 'Contract 2', given)).includes(String(world.partners[1])))
    t.strictSame((await complete(list, 'fields', 'name,emai', given))[0], 'name,email')
    t.strictSame((await complete(list, 'order', 'emai', given))[0], 'email')
    t.ok((await complete(binary, 'field', 'image', given)).includes('image_1920'))
    t.notOk((await complete(binary, 'field', '', given)).includes('name'), 'which holds no file')
    t.strictSame(await complete(record, 'id', 'x', { model: 'no.such' }), [])
    t.strictSame(await complete(record, 'id', 'x'), [])
    t.strictSame(await complete(list, 'limit', '1', given), [])
    await t.rejects(complete('odoo://{something}', 'model', ''), { code: -32602 })
  })
}

for (const odoo of await witnesses()) {
  t.test(`resources of ${odoo.name}`, async t => {
    const world = await createWorld(odoo)
    t.teardown(() => world.close())
    const { admin, partners } = world
    await admin.call('res.partner', 'write', [[partners[0] as number], { image_1920: png }])
    const flags = connectionFlags(odoo)
    const server = await startServer({ ...flags, 'allow-connect': true })
    t.teardown(() => server.close())
    const api = rest(server.url)
    const search = async (input: JsonObject) => (await api.call('odoo_search', input)).output as JsonObject

    const ways = {
      'HTTP, 2026-07-28': await mcpHttp(server.url, modern),
      'HTTP, 2025-11-25': await mcpHttp(server.url, 'legacy'),
      'stdio, 2026-07-28': await stdio(flags, modern),
      'stdio, 2025-11-25': await stdio(flags, 'legacy')
    }
    t.teardown(() => Promise.all(Object.values(ways).map(way => way.close())))
    for (const [name, { client }] of Object.entries(ways)) {
      t.test(name, async t => {
        t.match(client.getServerCapabilities(), { resources: {}, prompts: {}, completions: {} })
        await readsEverything(t, client, world, search)
      })
    }

    t.test('the v1 client lists, reads and completes, and gets a prompt', async t => {
      const { client } = await connectOld(t, new URL(`${server.url}/mcp`))
      t.match(await client.listResources(), { resources: [{ uri: 'odoo://res.partner/list' }] })
      t.equal((await client.listResourceTemplates()).resourceTemplates.length, 3)
      const { contents } = await client.readResource({ uri: `odoo://res.partner/${partners[0]}` })
      t.match(JSON.parse((contents[0] as { text: string }).text), { id: partners[0], name: 'Contract 1' })
      const image = await client.readResource({ uri: `odoo://res.partner/binary/image_1920/${partners[0]}` })
      t.match(image, { contents: [{ mimeType: 'image/png', blob: png }] })
      const ref = { type: 'ref/resource' as const, uri: 'odoo://{model}/{id}' }
      const { completion } = await client.complete({ ref, argument: { name: 'model', value: 'res.par' } })
      t.equal(completion.values[0], 'res.partner')
      const prompt = await client.getPrompt({ name: 'explain_error', arguments: { error: 'timeout' } })
      t.match(prompt, { messages: [{ role: 'user', content: { type: 'text', text: /`timeout` is a code/ } }] })
      await t.rejects(client.readResource({ uri: 'odoo://res.partner/2147483647' }), { code: -32602 })
    })

    t.test(
      'a caller of 2026-07-28 reads by the session that its header names, with the rights of that user',
      async t => {
        const [own, theirs] = (await Promise.all(
          [world.sales, world.rival].map(({ uid }) =>
            admin.call<number>('crm.lead', 'create', [{ name: `Lead of ${uid}`, user_id: uid, type: 'opportunity' }])
          )
        )) as [number, number]
        t.teardown(() => admin.call('crm.lead', 'unlink', [[own, theirs]]))
        const { username, password } = world.sales
        const opener = await mcpHttp(server.url, modern)
        const { url, database } = odoo
        const opened = await opener.call('odoo_connect', { url, database, username, password })
        const { client } = await mcpHttp(server.url, modern, { handle: opened.output?.session as string })
        t.teardown(() => Promise.all([opener.close(), client.close()]))
        t.match(dataOf(await read(client, `odoo://crm.lead/${own}`)), { id: own, name: /^Lead of/ })
        const other = `odoo://crm.lead/${theirs}`
        await t.rejects(client.readResource({ uri: other }), { code: -32602, data: { code: 'not_found' } })
        t.match(dataOf(await read(opener.client, other)), { id: theirs }, 'the default connection may see it')
        const names = (await client.listResources()).resources.map(({ name }) => name)
        t.ok(names.includes('crm.lead'))

        await opener.call('odoo_disconnect', { session: opened.output?.session as string })
        const gone = { code: -32603, data: { code: 'auth_required' } }
        await t.rejects(client.readResource({ uri: `odoo://crm.lead/${own}` }), gone)
        await t.rejects(client.listResources(), gone)
      }
    )
  })

  t.test(`what the policy hides on ${odoo.name} is neither listed nor completed nor read`, async t => {
    const server = await startServer({ ...connectionFlags(odoo), 'denied-models': 'sale.*' })
    const { client } = await mcpHttp(server.url, modern)
    t.teardown(async () => {
      await client.close()
      await server.close()
    })
    const names = (await client.listResources()).resources.map(({ name }) => name)
    t.ok(names.includes('crm.lead'))
    t.notOk(names.includes('sale.order'))
    const ref = { type: 'ref/resource' as const, uri: 'odoo://{model}/{id}' }
    const { completion } = await client.complete({ ref, argument: { name: 'model', value: 'sale.' } })
    t.notOk(completion.values.some(name => name.startsWith('sale.')))
    await t.rejects(client.readResource({ uri: 'odoo://sale.order/1' }), {
      code: -32603,
      data: { code: 'policy_denied' }
    })
    await t.rejects(client.readResource({ uri: 'odoo://sale.order/list' }), {
      code: -32603,
      data: { code: 'policy_denied' }
    })
  })

  t.test(`a list of ${odoo.name} that is too large is cut between records, a record never`, async t => {
    const world = await createWorld(odoo)
    t.teardown(() => world.close())
    const [id] = world.partners as [number]
    const { admin, partners } = world
    await admin.call('res.partner', 'write', [partners, { function: 'x'.repeat(1000) }])
    await admin.call('res.partner', 'write', [[id], { street: 'y'.repeat(2000) }])
    const server = await startServer({ ...connectionFlags(odoo), 'max-result-bytes': '2500' })
    const { client } = await mcpHttp(server.url, modern)
    t.teardown(async () => {
      await client.close()
      await server.close()
    })
    const domain = encodeURIComponent(JSON.stringify([['ref', '=', world.ref]]))
    const seen: unknown[] = []
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const uri = `odoo://res.partner/list?domain=${domain}&fields=function&offset=${offset}`
      const { text = '' } = await read(client, uri)
      t.ok(Buffer.byteLength(text) <= 2500)
      const page: JsonObject = JSON.parse(text)
      if (page.truncated) t.match(page.hint, `Go on with offset ${page.next_offset}`)
      seen.push(...(page.records as JsonObject[]).map(({ id }) => id))
      offset = page.next_offset as number | undefined
    }
    t.strictSame(seen.sort(), [...world.partners].sort())
    const record = await read(client, `odoo://res.partner/${id}`)
    t.ok(Buffer.byteLength(record.text ?? '') > 2500)
    t.match(dataOf(record), { id, function: 'x'.repeat(1000), street: 'y'.repeat(2000) })
  })
}

t.test('before anybody has connected to an Odoo there are templates and prompts, and no resources', async t => {
  const server = await startServer({ 'allow-connect': true })
  t.teardown(() => server.close())
  for (const era of [modern, 'legacy'] as const) {
    const { client } = await mcpHttp(server.url, era)
    t.teardown(() => client.close())
    t.strictSame((await client.listResources()).resources, [])
    t.equal((await client.listResourceTemplates()).resourceTemplates.length, 3)
    t.equal((await client.listPrompts()).prompts.length, 5)
    await t.rejects(client.readResource({ uri: 'odoo://res.partner/1' }), {
      code: -32603,
      data: { code: 'auth_required' }
    })
    await t.rejects(client.getPrompt({ name: 'pipeline_review' }), { code: -32603, data: { code: 'auth_required' } })
  }
})
