import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import type { LabOdoo } from '../lab/odoos.js'
import { type People, people } from '../lab/people.js'
import { witnesses } from '../lab/witnesses.js'
import { cuttingProxy } from '../mcp/cutting-proxy.js'
import { type EventStream, openEvents } from './event-stream.js'
import { startServer } from './server.js'
import { until } from './until.js'

// Everything that is between a person who changes a record in Odoo and a page that shows it.
for (const odoo of await witnesses()) {
  t.test(`${odoo.name}: changes reach those who may see them`, async t => {
    const all = await people(odoo)
    const server = await startServer({ 'poll-interval': '0.3', 'allowed-odoo-hosts': new URL(odoo.url).host })
    t.teardown(() => server.close())
    const as = (login: Login) => sessionOf(server.url, odoo, login)
    const parts = { odoo, all, url: server.url, as }
    await t.test('a record that moves to a colleague is gone for one, and told of to the other', t => moved(t, parts))
    await t.test('a list tells of what is created, archived and deleted', t => listed(t, parts))
    await t.test('a write through us is told of, and told once', t => written(t, parts))
    await t.test('a stream that breaks goes on where it was', t => resumed(t, parts))
    await t.test('the end of a session ends its streams, and says why', t => ended(t, parts))
  })
}

type Login = Pick<LabOdoo, 'username' | 'password'>

interface Parts {
  odoo: LabOdoo
  all: People
  url: string
  as(login: Login): Promise<string>
}

async function post(url: string, path: string, body: JsonObject, bearer?: string): Promise<JsonObject> {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
  const headers = { 'content-type': 'application/json', ...authorization }
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await response.json()) as JsonObject
}

async function sessionOf(url: string, { url: odooUrl, database }: LabOdoo, { username, password }: Login) {
  const { session } = await post(url, '/connect', { url: odooUrl, database, username, password })
  return session as string
}

/** A stream that is closed with its test. */
async function listen(t: Test, url: string, uris: string[], bearer: string): Promise<EventStream> {
  const stream = await openEvents(url, uris, bearer)
  t.teardown(() => stream.close())
  return stream
}

const last = (stream: EventStream, uri: string) => stream.of(uri).at(-1)?.data

async function moved(t: Test, { all, url, as }: Parts) {
  const { admin, sales, rival } = all
  const [id] = await admin.call<[number]>('crm.lead', 'create', [[{ name: 'Moves on', user_id: sales.uid }]])
  t.teardown(() => admin.call('crm.lead', 'unlink', [[id]]))
  const uri = `odoo://crm.lead/${id}`
  const [theirs, ours] = [
    await listen(t, url, [uri], await as(sales)),
    await as({ username: 'admin', password: 'admin' })
  ]
  const everything = await listen(t, url, [uri], ours)
  t.match(
    await post(url, '/subscribe', { client_id: theirs.clientId, uri }, ours),
    { code: 'not_found' },
    'a stream of others'
  )

  await admin.call('crm.lead', 'write', [[id], { name: 'Moved on', user_id: rival.uid }])
  await until('both have heard', () => last(theirs, uri) && last(everything, uri))
  t.strictSame(
    theirs.of(uri).map(({ data }) => data),
    [{ deleted: true }]
  )
  t.match(last(everything, uri), { id, name: 'Moved on', user_id: [rival.uid, String] })

  await admin.call('crm.lead', 'write', [[id], { user_id: sales.uid }])
  await until('it is back', () => last(theirs, uri)?.name)
  t.match(last(theirs, uri), { id, name: 'Moved on' })
}

async function listed(t: Test, { all: { admin }, url, as }: Parts) {
  const label = `listed ${process.pid} ${Date.now()}`
  const domain = encodeURIComponent(JSON.stringify([['name', '=', label]]))
  const uri = `odoo://res.partner/list?domain=${domain}&fields=name,city`
  const stream = await listen(t, url, [uri], await as({ username: 'admin', password: 'admin' }))
  const total = (wanted: number) => until(`the list has ${wanted}`, () => last(stream, uri)?.total === wanted)

  const ids = await admin.call<number[]>('res.partner', 'create', [[{ name: label }, { name: label }]])
  await total(2)
  await admin.call('res.partner', 'write', [ids, { city: 'Ghent' }])
  await until('the city is there', () => JSON.stringify(last(stream, uri)).includes('Ghent'))
  await admin.call('res.partner', 'write', [[ids[0] as number], { active: false }])
  await total(1)
  await admin.call('res.partner', 'unlink', [ids])
  await total(0)
  t.match(last(stream, uri), { count: 0, records: [], total: 0 })
}

async function written(t: Test, { all: { admin }, url, as }: Parts) {
  const [id] = await admin.call<[number]>('res.partner', 'create', [[{ name: 'Written' }]])
  const uri = `odoo://res.partner/${id}`
  const bearer = await as({ username: 'admin', password: 'admin' })
  const stream = await listen(t, url, [uri], bearer)
  for (const city of ['Ghent', 'Bruges', 'Bruges']) {
    await post(url, '/write', { model: 'res.partner', ids: [id], values: { city } }, bearer)
    await until(`${city} is told of`, () => last(stream, uri)?.city === city)
  }
  await post(url, '/unlink', { model: 'res.partner', ids: [id] }, bearer)
  await until('its end is told of', () => last(stream, uri)?.deleted)
  t.strictSame(
    stream.of(uri).map(({ data }) => data.city ?? data),
    ['Ghent', 'Bruges', { deleted: true }]
  )
}

async function resumed(t: Test, { all: { admin }, url, as }: Parts) {
  const proxy = await cuttingProxy(t, new URL(url))
  const [id] = await admin.call<[number]>('res.partner', 'create', [[{ name: 'Resumed' }]])
  t.teardown(() => admin.call('res.partner', 'unlink', [[id]]))
  const uri = `odoo://res.partner/${id}`
  const stream = await listen(t, proxy.url.origin, [uri], await as({ username: 'admin', password: 'admin' }))
  const { clientId } = stream
  for (const city of ['one', 'two', 'three']) {
    proxy.cut()
    await admin.call('res.partner', 'write', [[id], { city }])
    await until(`${city} has come`, () => last(stream, uri)?.city === city)
  }
  t.equal(stream.clientId, clientId, 'it is the same stream')
  t.strictSame(
    stream.of(uri).map(({ data }) => data.city),
    ['one', 'two', 'three']
  )
}

async function ended(t: Test, { all: { admin }, url, as }: Parts) {
  const bearer = await as({ username: 'admin', password: 'admin' })
  const stream = await listen(t, url, [`odoo://res.users/${admin.uid}`], bearer)
  await post(url, '/disconnect', {}, bearer)
  await until('the stream has ended', () => stream.closed[0])
  t.strictSame(stream.closed, ['disconnected'])
}
