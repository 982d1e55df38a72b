import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { connectionFlags, startServer } from '../contract/server.js'
import { until } from '../contract/until.js'
import type { LabOdoo } from '../lab/odoos.js'
import { logInDirectly } from '../lab/rpc.js'
import { witnesses } from '../lab/witnesses.js'

// The dialect on the whole server, on real Odoos and the sandbox, as a client speaks it that has only `fetch`.

const keys = { ann: 'a'.repeat(40), bob: 'b'.repeat(40) }

/** One pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII='

/** One client: what it asks, and the events of its stream. */
function clientOf(t: Test, url: string, bearer: string) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
  const ask = async (method: string, params: JsonObject = {}): Promise<JsonObject> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const response = await fetch(`${url}/mcp`, { method: 'POST', headers, body })
    t.equal(response.status, 200)
    return (await response.json()) as JsonObject
  }
  /** Opens a stream; gives its client id and the params of the updates that came so far. */
  const listen = async () => {
    const leaving = new AbortController()
    t.teardown(() => leaving.abort())
    const response = await fetch(`${url}/events`, { headers, signal: leaving.signal })
    t.equal(response.status, 200)
    const messages: { method: string; params: JsonObject }[] = []
    collect(response, messages).catch(() => {})
    const first = await until('the stream is established', () => messages[0])
    const updates = () => messages.filter(({ method }) => method.endsWith('/updated')).map(({ params }) => params)
    return { id: first.params.client_id as string, updates }
  }
  return { ask, listen }
}

async function collect(response: Response, messages: unknown[]): Promise<void> {
  let text = ''
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString()
    const events = text.split('\n\n')
    text = events.pop() as string
    for (const event of events) {
      const data = /^data: ?(.*)$/m.exec(event)?.[1]
      if (data !== undefined) messages.push(JSON.parse(data))
    }
  }
}

/** A server with two keys, and a partner of this test's own. */
async function serve(t: Test, odoo: LabOdoo) {
  const admin = await logInDirectly(odoo)
  const id = await admin.call<number>('res.partner', 'create', [{ name: `Dialect ${randomUUID()}` }])
  const server = await startServer({
    ...connectionFlags(odoo),
    'allow-connect': true,
    'poll-interval': '0.2',
    'access-keys': `ann=${keys.ann},bob=${keys.bob}`
  })
  t.teardown(async () => {
    await server.close()
    await admin.call('res.partner', 'unlink', [[id]])
  })
  return { url: server.url, admin, id, uri: `odoo://res.partner/${id}` }
}

for (const odoo of await witnesses()) {
  t.test(`${odoo.name}: a login is opened, used and ended`, async t => {
    const { url } = await serve(t, odoo)
    const { database, username, password } = odoo
    const login = { name: 'odoo_connect', arguments: { url: odoo.url, database, username, password } }
    const { result } = await clientOf(t, url, keys.ann).ask('call_tool', login)
    const { session } = result as { session: string }
    t.match(session, /^oms_b_/)
    const { ask } = clientOf(t, url, session)
    t.match(await ask('call_tool', { name: 'odoo_session' }), { result: { database, username } })
    t.match(await ask('list_resources'), { result: { resources: [{ uri: /^odoo:\/\/.+\/list/ }] } })
    t.match(await ask('call_tool', { name: 'odoo_disconnect', arguments: {} }), { result: { message: String } })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${session}` }
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'call_tool', params: { name: 'odoo_session' } })
    t.equal((await fetch(`${url}/mcp`, { method: 'POST', headers, body })).status, 401, 'as on every surface')
  })

  t.test(`${odoo.name}: records, lists and files are read as resources`, async t => {
    const { url, admin, id, uri } = await serve(t, odoo)
    const values = { name: 'dot.png', datas: png, res_model: 'res.partner', res_id: id }
    const file = await admin.call<number>('ir.attachment', 'create', [values])
    t.teardown(() => admin.call('ir.attachment', 'unlink', [[file]]))
    const { ask } = clientOf(t, url, keys.ann)
    const text = async (asked: string) => {
      const { result } = await ask('read_resource', { uri: asked })
      const [content] = (result as { contents: { uri: string; mimeType: string; text: string }[] }).contents
      t.match(content, { uri: asked, mimeType: 'application/json' })
      return JSON.parse(content?.text ?? '') as JsonObject
    }
    t.match(await text(uri), { id, name: /^Dialect/ })
    t.match(await text('odoo://res.partner/list?limit=2&fields=name'), { count: 2, records: [{ name: String }] })
    const image = `odoo://ir.attachment/binary/datas/${file}`
    t.match(await ask('read_resource', { uri: image }), {
      result: { contents: [{ uri: image, mimeType: 'image/png', blob: png }] }
    })
    t.match(await ask('read_resource', { uri: 'odoo://res.partner/2147483647' }), {
      error: { data: { code: 'not_found' } }
    })
    t.match(await ask('read_resource', { uri: 'http://example.com' }), { error: { code: -32004 } })
  })

  t.test(`${odoo.name}: a subscription is for the streams of the session that asks, and for no other`, async t => {
    const { url, admin, id, uri } = await serve(t, odoo)
    const [ann, bob] = [clientOf(t, url, keys.ann), clientOf(t, url, keys.bob)]
    t.match(await ann.ask('subscribe_resource', { uri }), { error: { data: { code: 'not_found' } } })
    const [first, second, foreign] = [await ann.listen(), await ann.listen(), await bob.listen()]
    const { result } = await ann.ask('subscribe_resource', { uri })
    t.strictSame([...(result as { client_ids: string[] }).client_ids].sort(), [first.id, second.id].sort())
    t.match(await ann.ask('subscribe_resource', { uri, client_id: foreign.id }), {
      error: { data: { code: 'not_found' } }
    })

    await admin.call('res.partner', 'write', [[id], { name: 'Renamed' }])
    const nameIn = (updates: JsonObject[]) => updates.map(({ data }) => (data as JsonObject).name)
    await until('both streams of Ann are told', () =>
      [first, second].every(({ updates }) => nameIn(updates()).includes('Renamed'))
    )
    t.match(await ann.ask('unsubscribe_resource', { uri, client_id: first.id }), { result: { client_ids: [first.id] } })
    await admin.call('res.partner', 'write', [[id], { name: 'Renamed again' }])
    await until('the other one is told', () => nameIn(second.updates()).includes('Renamed again'))
    t.notOk(nameIn(first.updates()).includes('Renamed again'))
    t.strictSame(foreign.updates(), [])
  })
}
