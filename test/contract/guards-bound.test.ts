import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { sandboxAs } from '../lab/witnesses.js'
import { watchedFetch } from './canary.js'
import { connectionFlags, startServer } from './server.js'
import { rest } from './surfaces.js'

const [ada, bob] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')]

/** A server with two keys, and two sessions that the first of them has opened for two people. */
async function serve(t: Test) {
  const server = await startServer({
    ...connectionFlags(await sandboxAs(19)),
    'access-keys': `ada=${ada},bob=${bob}`,
    'allow-connect': true,
    'log-level': 'warn'
  })
  t.teardown(() => server.close())
  const open = async () => (await rest(server.url, { bearer: ada }).call('odoo_connect')).output?.session as string
  return { url: server.url, one: await open(), other: await open() }
}

function ask(
  url: string,
  bearer: string,
  init: { method?: string; body?: object; headers?: Record<string, string> } = {}
) {
  const { method = 'POST', body, headers } = init
  return watchedFetch(url, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream',
      ...(body && { 'content-type': 'application/json' }),
      ...headers
    },
    ...(body && { body: JSON.stringify(body) })
  })
}

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } }
}

t.test('an Mcp-Session-Id is of no use to another key, nor to another session of the same key', async t => {
  const { url, one, other } = await serve(t)
  const opened = await ask(`${url}/mcp`, one, { body: initialize })
  await opened.body?.cancel()
  const headers = {
    'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': '2025-11-25'
  }
  const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' }
  for (const [who, bearer] of [
    ['another session', other],
    ['the key that opened it', ada],
    ['another key', bob]
  ] as const) {
    for (const init of [
      { body: list },
      { method: 'GET' },
      { method: 'DELETE' },
      { method: 'GET', headers: { 'last-event-id': 'x' } }
    ]) {
      const answer = await ask(`${url}/mcp`, bearer, {
        ...init,
        headers: { ...headers, ...('headers' in init && init.headers) }
      })
      t.equal(answer.status, 404, `${who}, ${init.method ?? 'POST'}`)
      await answer.body?.cancel()
    }
  }
  const stream = await ask(`${url}/mcp`, one, { method: 'GET', headers })
  t.equal(stream.status, 200, 'control: it is whose it is, and is still there')
  await stream.body?.cancel()
})

t.test('the client_id of an event stream and its Last-Event-ID are of no use to another session', async t => {
  const { url, one, other } = await serve(t)
  const stream = await ask(`${url}/events`, one, { method: 'GET' })
  const reader = stream.body?.getReader()
  t.teardown(() => reader?.cancel())
  const first = new TextDecoder().decode((await reader?.read())?.value)
  const client_id = /"client_id":"([^"]+)"/.exec(first)?.[1] as string
  const eventId = /^id: *(.+)$/m.exec(first)?.[1] ?? `${client_id}.0`
  const uri = 'odoo://res.partner/1'
  const codeOf = async (path: string, bearer: string) => {
    const answer = await ask(`${url}${path}`, bearer, { body: { client_id, uri } })
    return ((await answer.json()) as JsonObject).code ?? answer.status
  }
  for (const bearer of [other, ada, bob]) {
    t.equal(await codeOf('/subscribe', bearer), 'not_found')
    t.equal(await codeOf('/unsubscribe', bearer), 'not_found')
    const resumed = await ask(`${url}/events`, bearer, { method: 'GET', headers: { 'last-event-id': eventId } })
    const theirs = resumed.body?.getReader()
    const text = new TextDecoder().decode((await theirs?.read())?.value)
    t.notMatch(text, client_id, 'a stream of its own')
    await theirs?.cancel()
  }
  t.equal(await codeOf('/subscribe', one), 200, 'control')
  t.equal(await codeOf('/unsubscribe', one), 200, 'control')
})

t.test('a ticket opens one stream, of the session that got it, and dies with it', async t => {
  const { url, one } = await serve(t)
  const ticketOf = async (bearer: string) => {
    const answer = await ask(`${url}/events/ticket`, bearer, { body: {} })
    return ((await answer.json()) as JsonObject).ticket as string
  }
  const opened = async (ticket: string) => {
    const answer = await watchedFetch(`${url}/events?ticket=${ticket}`)
    await answer.body?.cancel()
    return answer.status
  }
  const ticket = await ticketOf(one)
  t.equal(await opened(ticket), 200)
  t.equal(await opened(ticket), 401, 'spent')
  const late = await ticketOf(one)
  t.ok((await rest(url, { bearer: one }).call('odoo_disconnect')).output)
  t.equal(await opened(late), 401, 'its session has ended')
})
