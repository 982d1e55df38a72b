import t, { type Test } from 'tap'
import { measured } from '../../src/metrics/measured.js'
import { startSandbox } from '../../src/sandbox/sandbox.js'
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

/** How many requests to Odoo have ended so. */
function exchanges(found: Map<string, number>, wire: string, access: string, outcome: string): number {
  const labels = `{wire="${wire}",access="${access}",outcome="${outcome}"}`
  return found.get(`odoo_mcp_odoo_request_duration_seconds_count${labels}`) ?? 0
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
    t.ok(exchanges(after, 'jsonrpc', 'read', 'ok') >= 2)
    t.match(after, new Map(['running', 'queued', 'open_breakers'].map(name => [`odoo_mcp_odoo_${name}`, 0])))
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

t.test('an Odoo that hangs is seen while it does, and when it is not asked any more', async t => {
  const sandbox = await startSandbox()
  t.teardown(() => sandbox.close())
  const { username, apiKey } = sandbox.users.admin
  const server = await start(t, {
    ...{ 'odoo-url': sandbox.url, database: sandbox.database, username, 'api-key': apiKey },
    ...{ 'max-concurrency': '1', 'odoo-timeout': '2', retries: '0' }
  })
  await server.post('/count', { model: 'res.partner' })
  const hang = sandbox.faults.add({ kind: 'hang', when: { method: 'search_count' } })
  const calls = ['res.partner', 'res.country', 'res.users'].map(model => server.post('/count', { model }))
  await until('one call is on its way and others wait', async () => {
    const found = await server.scrape()
    return found.get('odoo_mcp_odoo_running') === 1 && (found.get('odoo_mcp_odoo_queued') ?? 0) >= 1
  })
  t.match(await Promise.all(calls), [{ code: /timeout|busy/ }, { code: /timeout|busy/ }, { code: /timeout|busy/ }])
  t.ok(exchanges(await server.scrape(), 'jsonrpc', 'read', 'timeout') >= 1)
  hang.remove()

  sandbox.faults.add({ kind: 'status', status: 503 })
  await until('its breaker opens', async () => {
    await server.post('/count', { model: 'res.partner' })
    return (await server.scrape()).get('odoo_mcp_odoo_open_breakers') === 1
  })
  t.ok(exchanges(await server.scrape(), 'jsonrpc', 'read', 'odoo_unavailable') >= 1)
})

t.test('a write over another wire is told apart', async t => {
  const sandbox = await startSandbox()
  t.teardown(() => sandbox.close())
  const { username, apiKey } = sandbox.users.admin
  const connection = { 'odoo-url': sandbox.url, database: sandbox.database, username, 'api-key': apiKey }
  const server = await start(t, { ...connection, protocol: 'xmlrpc' })
  await server.post('/create', { model: 'res.partner', values: { name: 'Measured' } })
  t.equal(exchanges(await server.scrape(), 'xmlrpc', 'write', 'ok'), 1)
  t.equal(exchanges(await server.scrape(), 'jsonrpc', 'write', 'ok'), 0)
})

t.test('every number is documented, with the labels it has, and what is documented is there', async t => {
  const server = await start(t, {})
  await server.post('/count', { model: 'res.partner' })
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => `${name} ${kind}`)
  const documented = measured.map(({ name, kind }) => `${name} ${kind}`)
  t.strictSame(
    told.filter(line => line.startsWith('odoo_mcp_')).sort(),
    documented.filter(line => line.startsWith('odoo_mcp_')).sort()
  )
  t.strictSame(
    documented.filter(line => !told.includes(line)),
    []
  )
  t.ok(measured.flatMap(({ labels }) => labels).every(label => !/model|host|database|user|login|url/.test(label)))
  for (const [, name = '', labels = ''] of text.matchAll(/^(odoo_mcp_\w+?)(?:_bucket|_sum|_count)?\{(.*)\} /gm)) {
    const known = measured.find(one => one.name === name)?.labels ?? ['le']
    const found = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label).filter(label => label !== 'le')
    t.strictSame(
      found.filter(label => !known.includes(String(label))),
      [],
      name
    )
  }
})

t.test('the numbers can be turned off, and then nothing is counted', async t => {
  const server = await start(t, { metrics: 'false' })
  t.equal((await fetch(`${server.url}/metrics`)).status, 404)
})
