import t, { type Test } from 'tap'
import { witnesses } from '../lab/witnesses.js'
import { connectionFlags, type Flags, startServer } from './server.js'
import { mcpHttp, modern } from './surfaces.js'
import { until } from './until.js'

/** The samples of a scrape: the name with its labels, and the value. */
async function scrape(url: string): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`)
  const lines = (await response.text()).split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map(line => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    })
  )
}

async function start(t: Test, flags: Flags) {
  const server = await startServer(flags)
  t.teardown(() => server.close())
  const post = async (path: string, body: object) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
    return (await response.json()) as { code?: string; client_id?: string }
  }
  return { ...server, post, scrape: () => scrape(server.url) }
}

for (const odoo of await witnesses()) {
  t.test(`${odoo.name}: what is counted`, async t => {
    const server = await start(t, connectionFlags(odoo))
    const calls = (tool: string, outcome: string) =>
      `odoo_mcp_call_duration_seconds_count{tool="${tool}",outcome="${outcome}"}`
    t.match(await server.scrape(), new Map([['odoo_mcp_connected', 0]]))

    await server.post('/count', { model: 'res.partner' })
    await server.post('/count', { model: 'res.partner' })
    await server.post('/count', { model: 'res.parnter' })
    const after = await server.scrape()
    t.equal(after.get('odoo_mcp_connected'), 1)
    t.equal(after.get(calls('odoo_count', 'ok')), 2)
    t.equal(after.get(calls('odoo_count', 'not_found')), 1)
    t.ok((after.get('odoo_mcp_odoo_requests_total{tool="odoo_count",background="false"}') ?? 0) >= 2)
    t.equal(after.get('odoo_mcp_http_request_duration_seconds_count{method="POST",route="/count",status="200"}'), 2)
    t.ok((after.get('process_cpu_user_seconds_total') ?? 0) > 0)
    t.ok([...after.keys()].some(name => name.startsWith('odoo_mcp_info{version=')))

    // The name of a tool that does not exist, a model, a database: nothing of a caller's becomes a label.
    await server.post('/mcp', { jsonrpc: '2.0', method: 'call_tool', params: { name: 'made_up', arguments: {} } })
    await fetch(`${server.url}/made/up`)
    await fetch(`${server.url}/binary/res.partner/image_1920/2147483000`)
    const names =
      [...(await server.scrape()).keys()]
        .join('\n')
        .match(/"[^"]*"/g)
        ?.join(' ') ?? ''
    for (const told of ['made', 'res.', odoo.database, new URL(odoo.url).port, odoo.username, 'image_1920']) {
      t.notOk(names.includes(told), `${told} is told nobody`)
    }
    t.ok(names.includes('"/binary/:model/:field/:id" "404"'))
  })

  t.test(`${odoo.name}: what is open is told, and what has ended is not`, async t => {
    const server = await start(t, connectionFlags(odoo))
    const open = async () => {
      const found = await server.scrape()
      const names = ['event_streams', 'listen_streams', 'mcp_sessions', 'sessions', 'subscriptions', 'watches']
      return Object.fromEntries(names.map(name => [name, found.get(`odoo_mcp_${name}`)]))
    }
    const none = { event_streams: 0, listen_streams: 0, mcp_sessions: 0, sessions: 0, subscriptions: 0, watches: 0 }
    t.strictSame(await open(), none)

    const legacy = await mcpHttp(server.url, 'legacy')
    const newer = await mcpHttp(server.url, modern)
    t.teardown(() => Promise.all([legacy.close(), newer.close()]))
    t.match(await open(), { mcp_sessions: 1, event_streams: 0 })

    const away = new AbortController()
    const uris = 'uri=odoo://res.partner/1&uri=odoo://res.partner/list'
    const stream = await fetch(`${server.url}/events?${uris}`, { signal: away.signal })
    t.equal(stream.status, 200)
    t.match(await open(), { event_streams: 1, subscriptions: 2, watches: 1 })
    const found = await server.scrape()
    t.equal(found.get('odoo_mcp_watching_users'), 1)
    t.equal(found.get('odoo_mcp_slowed_databases'), 0)
    away.abort()

    const { username, password, url, database } = odoo
    await server.post('/connect', { url, database, username, password })
    await until('the session is told of', async () => (await open()).sessions === 1)
    // The stream is kept for a while: its client may come back.
    t.match(await open(), { event_streams: 1 })
  })
}

t.test('the numbers can be turned off, and then nothing is counted', async t => {
  const server = await start(t, { metrics: 'false' })
  t.equal((await fetch(`${server.url}/metrics`)).status, 404)
})
