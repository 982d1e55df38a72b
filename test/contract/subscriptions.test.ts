import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import t, { type Test } from 'tap'
import { bareNode } from '../bare-node.js'
import type { LabOdoo } from '../lab/odoos.js'
import { type People, type Person, people } from '../lab/people.js'
import { sandboxAs, witnesses } from '../lab/witnesses.js'
import { openPythonClient } from '../mcp/python-client.js'
import { connectionFlags, type Flags, startServer } from './server.js'
import { until } from './until.js'

// What the clients that people use hear of a change that somebody makes in Odoo.
for (const odoo of await witnesses()) {
  t.test(`${odoo.name}: MCP clients are told of changes`, async t => {
    const all = await people(odoo)
    const flags = { ...connectionFlags(odoo), 'poll-interval': '0.3' }
    const server = await startServer({ ...flags, 'allow-connect': true })
    t.teardown(() => server.close())
    const parts = { odoo, all, flags, url: server.url }
    await t.test('every client hears of a change made in Odoo, and reads what is new', t => heard(t, parts))
    await t.test('who may not see a record cannot listen to it, and hears once when it is lost', t => rights(t, parts))
    await t.test('with the session of a handle its stream ends', t => ended(t, parts))
    await t.test('who connects to another Odoo is told to look at what was subscribed before', t => replaced(t, parts))
  })
}

interface Parts {
  odoo: LabOdoo
  all: People
  flags: Flags
  url: string
}

interface Listener {
  name: string
  heard: string[]
  subscribe(uri: string): Promise<unknown>
  read(uri: string): Promise<{ contents: object[] }>
}

/** The current client, over HTTP or stdio. */
async function current(
  t: Test,
  transport: StreamableHTTPClientTransport | StdioClientTransport,
  era: 'legacy' | 'modern'
) {
  const mode = era === 'legacy' ? era : { pin: '2026-07-28' }
  const client = new Client({ name: 'listener', version: '1' }, { versionNegotiation: { mode } })
  const heard: string[] = []
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => void heard.push(params.uri))
  await client.connect(transport)
  t.teardown(() => client.close())
  const subscribe = (uri: string) =>
    era === 'legacy' ? client.subscribeResource({ uri }) : client.listen({ resourceSubscriptions: [uri] })
  return { name: `${transport.constructor.name} ${era}`, client, heard, subscribe, read: readBy(client) }
}

const readBy = (client: Pick<Client, 'readResource'>) => (uri: string) => client.readResource({ uri })

function http(url: string, handle?: string) {
  const headers = handle === undefined ? {} : { 'odoo-session': handle }
  return new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } })
}

const stdio = (flags: Flags) => new StdioClientTransport({ ...stdioCommand(flags), stderr: 'ignore' })

function stdioCommand(flags: Flags) {
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  return bareNode(['dist/cli.js', 'stdio', ...args])
}

async function old(t: Test, url: string): Promise<Listener> {
  const client = new OldClient({ name: 'old', version: '1' })
  const heard: string[] = []
  client.fallbackNotificationHandler = async ({ params }) => void heard.push(String(params?.uri))
  // The v1 types do not know exactOptionalPropertyTypes.
  await client.connect(new OldTransport(new URL(`${url}/mcp`)) as Parameters<OldClient['connect']>[0])
  t.teardown(() => client.close())
  return {
    name: 'v1',
    heard,
    subscribe: uri => client.subscribeResource({ uri }),
    read: uri => client.readResource({ uri })
  }
}

async function heard(t: Test, { all: { admin }, flags, url }: Parts) {
  const [id] = await admin.call<[number]>('res.partner', 'create', [[{ name: 'Listened to' }]])
  const uri = `odoo://res.partner/${id}`
  const listeners: Listener[] = await Promise.all([
    current(t, http(url), 'legacy'),
    current(t, http(url), 'modern'),
    old(t, url),
    openPythonClient(t, url),
    current(t, stdio(flags), 'legacy'),
    current(t, stdio(flags), 'modern')
  ])
  await Promise.all(listeners.map(({ subscribe }) => subscribe(uri)))
  await admin.call('res.partner', 'write', [[id], { city: 'Ghent' }])
  for (const { name, heard, read } of listeners) {
    await until(`${name} hears of it`, () => heard.length > 0)
    t.strictSame(heard, [uri], name)
    t.match(await read(uri), { contents: [{ uri, text: /"city":"Ghent"/ }] }, name)
  }
  await admin.call('res.partner', 'unlink', [[id]])
  for (const { name, heard, read } of listeners) {
    await until(`${name} hears of its end`, () => heard.length > 1)
    t.strictSame(heard, [uri, uri], name)
    await t.rejects(read(uri), { message: /not_found/ }, name)
  }
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    error => error
  )

/** The handle of a session of this person. */
async function handleOf(t: Test, { odoo, url }: Parts, { username, password }: Person) {
  const { client } = await current(t, http(url), 'modern')
  const given = { url: odoo.url, database: odoo.database, username, password }
  const { structuredContent } = await client.callTool({ name: 'odoo_connect', arguments: given })
  return String((structuredContent as { session?: string }).session)
}

async function rights(t: Test, parts: Parts) {
  const { admin, sales, rival } = parts.all
  const [id] = await admin.call<[number]>('crm.lead', 'create', [[{ name: 'Listened to', user_id: sales.uid }]])
  t.teardown(() => admin.call('crm.lead', 'unlink', [[id]]))
  const uri = `odoo://crm.lead/${id}`
  const theirs = await current(t, http(parts.url, await handleOf(t, parts, sales)), 'modern')
  const others = await current(t, http(parts.url, await handleOf(t, parts, rival)), 'modern')
  await theirs.subscribe(uri)
  t.match(await failureOf(others.subscribe(uri)), { message: /not_found/, data: { uri } })

  await admin.call('crm.lead', 'write', [[id], { name: 'Moved on', user_id: rival.uid }])
  await until('they hear of it', () => theirs.heard.length === 1)
  await t.rejects(theirs.read(uri), { message: /not_found/ })
  await others.subscribe(uri)
  await admin.call('crm.lead', 'write', [[id], { name: 'Moved on twice' }])
  await until('the new owner hears of it', () => others.heard.length === 1)
  t.equal(theirs.heard.length, 1)
}

async function ended(t: Test, parts: Parts) {
  const { sales } = parts.all
  const handle = await handleOf(t, parts, sales)
  const theirs = await current(t, http(parts.url, handle), 'modern')
  const ours = await current(t, http(parts.url), 'modern')
  const uri = `odoo://res.users/${sales.uid}?fields=name`
  const stream = await theirs.client.listen({ resourceSubscriptions: [uri] })
  const other = await ours.client.listen({ resourceSubscriptions: ['odoo://res.partner/list?limit=1'] })
  let otherEnded = false
  void other.closed.then(() => {
    otherEnded = true
  })
  await theirs.client.callTool({ name: 'odoo_disconnect', arguments: {} })
  t.equal(await stream.closed, 'graceful')
  t.notOk(otherEnded, 'no other stream does')
  t.match(await failureOf(theirs.subscribe(uri)), { data: { code: 'auth_required', uri } })
}

async function replaced(t: Test, { odoo, url, all: { admin, sales } }: Parts) {
  const [id] = await admin.call<[number]>('res.partner', 'create', [[{ name: 'Listened to' }]])
  t.teardown(() => admin.call('res.partner', 'unlink', [[id]]))
  const uri = `odoo://res.partner/${id}`
  const { client, heard, subscribe } = await current(t, http(url), 'legacy')
  const connect = ({ username, password }: Pick<Person, 'username' | 'password'>) =>
    client.callTool({ name: 'odoo_connect', arguments: { url: odoo.url, database: odoo.database, username, password } })
  t.notOk((await connect(odoo)).isError)
  await subscribe(uri)
  t.notOk((await connect(sales)).isError)
  await until('they are told to look', () => heard.length === 1)
  await subscribe(uri)
  await admin.call('res.partner', 'write', [[id], { city: 'Bruges' }])
  await until('they hear of a change', () => heard.length === 2)
}

t.test('a stdio process with subscriptions ends with its client, by itself', async t => {
  const odoo = await sandboxAs(19)
  const { command, args } = stdioCommand(connectionFlags(odoo))
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  t.teardown(() => child.kill('SIGKILL'))
  let lines = ''
  child.stdout.on('data', chunk => {
    lines += chunk
  })
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {}
  }
  const params = { notifications: { resourceSubscriptions: ['odoo://res.partner/list?limit=1'] }, _meta }
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params })}\n`)
  await until('it is acknowledged', () => lines.includes('notifications/subscriptions/acknowledged'))
  const exited = once(child, 'exit')
  child.stdin.end()
  t.strictSame(await exited, [0, null])
})
