import { createHook } from 'node:async_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import t from 'tap'
import { Agent, setGlobalDispatcher } from 'undici'
import type { JsonObject } from '../../src/core/json.js'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { openEvents } from './event-stream.js'
import { startServer } from './server.js'
import { until } from './until.js'

/** What lives on by itself in this process, by its async id. */
const alive = new Map<number, string>()
const kinds = new Set(['Timeout', 'TCPWRAP'])
createHook({
  init(id, type) {
    if (kinds.has(type)) alive.set(id, type)
  },
  destroy: id => void alive.delete(id)
}).enable()

const countOf = (kind: string) => [...alive.values()].filter(type => type === kind).length

t.test('nothing is left of subscribers who have gone: no subscription, timer, socket or listener', async t => {
  // Connections that are kept for a next request would hide those that nobody has closed.
  setGlobalDispatcher(new Agent({ keepAliveTimeout: 1, keepAliveMaxTimeout: 1 }))
  const sandbox = await startSandbox({ keepAlive: false })
  t.teardown(() => sandbox.close())
  const server = await startServer({ 'poll-interval': '0.2', 'allowed-odoo-hosts': new URL(sandbox.url).host })
  t.teardown(() => server.close())
  const { url, database, users } = sandbox
  const { username, password } = users.admin
  const login = { url, database, username, password }
  const uris = [1, 2, 3].map(id => `odoo://res.partner/${id}`)

  async function readers() {
    const { session } = await post(server.url, '/connect', login)
    const stream = await openEvents(server.url, [...uris, 'odoo://res.partner/list?limit=3'], session as string)
    return async () => {
      await post(server.url, '/disconnect', {}, session as string)
      await until('its stream has ended', () => stream.closed.length > 0)
    }
  }

  async function assistants(era: 'legacy' | 'modern') {
    const { session } = era === 'modern' ? await handle(server.url, login) : { session: undefined }
    const headers: Record<string, string> = session === undefined ? {} : { 'odoo-session': session }
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', server.url), { requestInit: { headers } })
    const mode = era === 'legacy' ? era : { pin: '2026-07-28' }
    const client = new Client({ name: 'leaver', version: '1' }, { versionNegotiation: { mode } })
    await client.connect(transport)
    if (era === 'modern') {
      await client.listen({ resourceSubscriptions: uris })
    } else {
      await client.callTool({ name: 'odoo_connect', arguments: login })
      for (const uri of uris) await client.subscribeResource({ uri })
    }
    return async () => {
      if (era === 'legacy') await transport.terminateSession()
      await client.close()
    }
  }

  async function crowd(size: number) {
    const all = await Promise.all(
      Array.from({ length: size }, () => [readers(), assistants('legacy'), assistants('modern')]).flat()
    )
    const { subscriptions } = await gauges(server.url)
    await Promise.all(all.map(leave => leave()))
    return subscriptions
  }

  t.equal(await crowd(1), 10)
  await until('nothing is subscribed', async () => isIdle(await gauges(server.url)))
  const quiet = () => ({ timers: countOf('Timeout'), sockets: countOf('TCPWRAP') })
  const settled = async () => {
    let before = quiet()
    return until<ReturnType<typeof quiet>>('timers and sockets settle', async () => {
      await wait(300)
      const now = quiet()
      const same = now.timers === before.timers && now.sockets === before.sockets
      before = now
      return same ? now : undefined
    })
  }
  const first = await settled()
  t.comment(JSON.stringify(first))
  const listeners = process.eventNames().map(name => process.listenerCount(name))
  t.equal(await crowd(8), 80)
  await until('nothing is subscribed', async () => isIdle(await gauges(server.url)))
  await until('as few timers and sockets live as before', () => {
    const { timers, sockets } = quiet()
    return timers <= first.timers && sockets <= first.sockets
  })
  t.strictSame(
    process.eventNames().map(name => process.listenerCount(name)),
    listeners
  )
})

async function post(server: string, path: string, body: JsonObject, bearer?: string): Promise<JsonObject> {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
  const headers = { 'content-type': 'application/json', ...authorization }
  const response = await fetch(server + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await response.json()) as JsonObject
}

/** A session for the revision of MCP that has none of its own. */
async function handle(server: string, login: JsonObject): Promise<{ session: string }> {
  const client = new Client({ name: 'opener', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', server)))
  const { structuredContent } = await client.callTool({ name: 'odoo_connect', arguments: login })
  await client.close()
  return structuredContent as { session: string }
}

type Gauges = Record<'subscriptions' | 'watches' | 'event_streams' | 'listen_streams' | 'mcp_sessions', number>

async function gauges(server: string): Promise<Gauges> {
  const text = await (await fetch(`${server}/metrics`)).text()
  const value = (name: string) => Number(new RegExp(`^odoo_mcp_${name} (\\d+)$`, 'm').exec(text)?.[1])
  const names = ['subscriptions', 'watches', 'event_streams', 'listen_streams', 'mcp_sessions'] as const
  return Object.fromEntries(names.map(name => [name, value(name)])) as Gauges
}

function isIdle(found: Gauges): boolean {
  return Object.values(found).every(value => value === 0)
}
