import { EventSource } from 'eventsource'
import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { type Listener, listen } from '../events/listen.js'
import type { LabOdoo } from '../lab/odoos.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { sandboxAs, witnesses } from '../lab/witnesses.js'
import { cuttingProxy } from '../mcp/cutting-proxy.js'
import { connectionFlags, startServer, type TestServer } from './server.js'
import { until } from './until.js'

// GET /events on a whole server: changes are made in Odoo, past everything of ours.

interface Place {
  odoo: LabOdoo
  direct: DirectOdoo
  server: TestServer
}

for (const odoo of await witnesses()) {
  await t.test(odoo.name, async t => {
    const direct = await logInDirectly(odoo)
    const server = await startServer({ ...connectionFlags(odoo), 'allow-connect': true, 'poll-interval': '0.2' })
    t.teardown(() => server.close())
    const place = { odoo, direct, server }
    await t.test('a record, from its change to its end', t => record(t, place))
    await t.test('a list', t => list(t, place))
    await t.test('what is not there cannot be subscribed', t => wrongUris(t, place))
    await t.test('a session, by ticket, from its begin to its end', t => session(t, place))
    await t.test('an EventSource behind a network that breaks', t => breaks(t, place))
  })
}

t.test('an EventSource comes back to a server that was restarted, and has what there is', async t => {
  const odoo = await sandboxAs(19)
  const direct = await logInDirectly(odoo)
  const before = await startServer(connectionFlags(odoo))
  const uri = 'odoo://res.partner/1?fields=city'
  const source = new EventSource(`${before.url}/events?${new URLSearchParams({ uri })}`)
  t.teardown(() => source.close())
  const told: string[] = []
  for (const name of ['connection/established', 'connection/gap', 'connection/closed', 'resources/updated']) {
    source.addEventListener(`notifications/${name}`, event => {
      const { reason, data, resumed } = JSON.parse(event.data).params
      told.push([name, reason ?? data?.city ?? resumed ?? ''].join(' ').trim())
    })
  }
  await until('it is open', () => told.length === 1)
  await before.close()
  await direct.call('res.partner', 'write', [[1], { city: 'Meanwhile' }])
  const after = await startServer({ ...connectionFlags(odoo), port: new URL(before.url).port })
  t.teardown(() => after.close())
  await until('it has what there is', () => told.includes('resources/updated Meanwhile'))
  t.strictSame(told, [
    'connection/established',
    'connection/closed shutdown',
    'connection/established',
    'connection/gap unknown',
    'resources/updated Meanwhile'
  ])
})

async function partner(t: Test, { direct }: Place, values: JsonObject): Promise<number> {
  const id = await direct.call<number>('res.partner', 'create', [values])
  t.teardown(async () => {
    const left = await direct.call<number[]>('res.partner', 'search', [[['id', '=', id]]])
    if (left.length > 0) await direct.call('res.partner', 'unlink', [left])
  })
  return id
}

function eventsOf(t: Test, server: string, query: Record<string, string>, headers = {}): Promise<Listener> {
  const listening = listen(`${server}/events?${new URLSearchParams(query)}`, headers)
  t.teardown(async () => (await listening).leave())
  return listening
}

async function post(server: string, path: string, body: object, bearer?: string) {
  const answer = await fetch(`${server}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
    body: JSON.stringify(body)
  })
  return { status: answer.status, body: (await answer.json()) as JsonObject }
}

async function record(t: Test, place: Place): Promise<void> {
  const { direct, server } = place
  const id = await partner(t, place, { name: 'Events', city: 'Before' })
  const uri = `odoo://res.partner/${id}?fields=name,city`
  const client = await eventsOf(t, server.url, { uri })
  const { client_id } = (await client.next()).params

  await direct.call('res.partner', 'write', [[id], { city: 'After' }])
  t.match(await client.next(), {
    event: 'resources/updated',
    params: { uri, data: { id, name: 'Events', city: 'After' } }
  })
  await post(server.url, '/write', { model: 'res.partner', ids: [id], values: { city: 'Ours' } })
  t.match(await client.next(), { params: { uri, data: { city: 'Ours' } } })

  t.equal((await post(server.url, '/unsubscribe', { client_id, uri })).status, 200)
  await direct.call('res.partner', 'write', [[id], { city: 'Unheard' }])
  const whole = `odoo://res.partner/${id}`
  t.equal((await post(server.url, '/subscribe', { client_id, uri: whole })).status, 200)
  await direct.call('res.partner', 'unlink', [[id]])
  t.match(await client.next(), { params: { uri: whole, data: { deleted: true } } })
}

async function list(t: Test, place: Place): Promise<void> {
  const { direct, server } = place
  const ref = `events-${Math.random()}`
  const id = await partner(t, place, { name: 'Listed', ref: `${ref}-no` })
  const domain = JSON.stringify([['ref', '=', ref]])
  const uri = `odoo://res.partner/list?${new URLSearchParams({ domain, fields: 'name' })}`
  const client = await eventsOf(t, server.url, { uri })
  await client.next()
  await direct.call('res.partner', 'write', [[id], { ref }])
  t.match(await client.next(), { params: { uri, data: { total: 1, records: [{ id, name: 'Listed' }] } } })
  await direct.call('res.partner', 'write', [[id], { active: false }])
  t.match(await client.next(), { params: { uri, data: { total: 0, records: [] } } }, 'archived')
}

async function wrongUris(t: Test, { server }: Place): Promise<void> {
  for (const [uri, status] of [
    ['odoo://res.partner/2147483647', 404],
    ['odoo://res.partnr/1', 404],
    ['odoo://res.partner/1?fields=emial', 400],
    ['odoo://res.partner/binary/image_1920/1', 400],
    ['https://example.com/', 400]
  ] as const) {
    const client = await eventsOf(t, server.url, { uri })
    await until('the answer is there', () => client.ended)
    t.equal(client.status, status, uri)
    t.match(JSON.parse(client.text), { status, detail: String }, uri)
  }
}

async function session(t: Test, place: Place): Promise<void> {
  const { odoo, direct, server } = place
  const { url, database, username, password } = odoo
  const { body } = await post(server.url, '/connect', { url, database, username, password })
  const bearer = String(body.session)
  const id = await partner(t, place, { name: 'Ticket' })
  const uri = `odoo://res.partner/${id}?fields=name`
  const { ticket } = (await post(server.url, '/events/ticket', {}, bearer)).body
  const client = await eventsOf(t, server.url, { uri, ticket: String(ticket) })
  const { client_id } = (await client.next()).params
  t.match(await post(server.url, '/subscribe', { client_id, uri }), { status: 404 }, 'not for the default connection')
  await direct.call('res.partner', 'write', [[id], { name: 'Ticket 2' }])
  t.match(await client.next(), { params: { uri, data: { name: 'Ticket 2' } } })
  await post(server.url, '/disconnect', {}, bearer)
  t.match(await client.next(), { event: 'connection/closed', params: { reason: 'disconnected' } })
  await until('the answer ends', () => client.ended)
  t.equal(client.ended, 'properly')
  t.notOk(
    server.log.some(line => JSON.stringify(line).includes(String(ticket))),
    'the ticket is in no log line'
  )
}

async function breaks(t: Test, place: Place): Promise<void> {
  const { direct, server } = place
  const proxy = await cuttingProxy(t, new URL(server.url))
  const id = await partner(t, place, { name: 'Break 0' })
  const uri = `odoo://res.partner/${id}?fields=name`
  const { ticket } = (await post(server.url, '/events/ticket', {})).body
  const source = new EventSource(`${proxy.url.origin}/events?${new URLSearchParams({ uri, ticket: String(ticket) })}`)
  t.teardown(() => source.close())
  const clients: JsonObject[] = []
  const names: string[] = []
  const on = (name: string, hear: (params: JsonObject) => void) =>
    source.addEventListener(name, event => hear(JSON.parse(event.data).params))
  on('notifications/connection/established', params => clients.push(params))
  on('notifications/resources/updated', ({ data }) => names.push(String((data as JsonObject).name)))
  on('notifications/connection/gap', () => t.fail('nothing is lost'))
  await until('it is open', () => clients.length === 1)
  for (const round of [1, 2]) {
    await direct.call('res.partner', 'write', [[id], { name: `Break ${round}a` }])
    await until('it has heard', () => names.includes(`Break ${round}a`))
    proxy.cut()
    await direct.call('res.partner', 'write', [[id], { name: `Break ${round}b` }])
    await until('it has come back', () => clients.length === round + 1)
    await until('it has caught up', () => names.includes(`Break ${round}b`))
  }
  const [first, ...others] = clients
  for (const other of others) t.strictSame(other, { ...first, resumed: true })
  t.strictSame(names, ['Break 1a', 'Break 1b', 'Break 2a', 'Break 2b'], 'each once')
}
