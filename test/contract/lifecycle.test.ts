import { randomBytes } from 'node:crypto'
import { EventSource } from 'eventsource'
import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { serve, start } from '../cli/cli.js'
import { until } from './until.js'

// Most of the time of these goes by while processes start, so they start at once.
t.jobs = 4

/** An embedded Odoo of this test, and the environment that makes it the default connection. */
async function odooOf(t: Test) {
  const sandbox = await startSandbox({ version: 19 })
  t.teardown(() => sandbox.close())
  const { url, database, users } = sandbox
  const { username, apiKey } = users.admin
  const env = { ODOO_URL: url, ODOO_DATABASE: database, ODOO_USERNAME: username, ODOO_API_KEY: apiKey }
  return { sandbox, env, arrived: (method: string) => sandbox.counts.calls({ method }) }
}

const json = { 'content-type': 'application/json' }

function post(url: string, body: object, headers: Record<string, string> = {}) {
  return fetch(url, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) })
}

const rename = (name: string) => ({ model: 'res.partner', ids: [1], values: { name } })

/** Warm, so that the next call sends one request. */
const warmUp = (url: string) => post(`${url}/write`, rename('warm'))

const audits = (stderr: string) =>
  stderr
    .split('\n')
    .filter(line => line.includes('"audit"'))
    .map(line => (JSON.parse(line) as { audit: JsonObject }).audit)

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`${signal}: a write in flight is finished, answered and audited; nobody new is let in`, async t => {
    const { sandbox, env, arrived } = await odooOf(t)
    const server = await serve(t, ['--log-format=json'], env)
    await warmUp(server.url)
    const before = arrived('write')
    const slow = sandbox.faults.add({ kind: 'delay', ms: 2000, applied: true, when: { method: 'write' } })
    const write = post(`${server.url}/write`, rename('in flight'))
    await until('the write has arrived', () => slow.fired === 1)
    server.child.kill(signal)
    await until('it is stopping', () => server.stderr().includes('"stopping"'))

    const ready = await fetch(`${server.url}/ready`)
    t.equal(ready.status, 503)
    t.equal((await fetch(`${server.url}/health`)).status, 200)
    const late = await post(`${server.url}/write`, rename('too late'))
    t.equal(late.status, 503)
    t.match(late.headers.get('retry-after'), /^\d+$/)
    t.match(await late.json(), { code: 'busy', outcome: 'not_applied' })

    const answer = await write
    t.equal(answer.status, 200)
    t.match(await answer.json(), { status: 'success', updated: 1 })
    t.match(await server.ended, { code: 0 })
    t.match(audits(server.stderr()).at(-1), { outcome: 'applied', model: 'res.partner', ids: [1] })
    t.equal(arrived('write'), before + 1)
  })
}

t.test('SIGTERM: streams end with a word, and an idle server is gone at once', async t => {
  const { env } = await odooOf(t)
  const server = await serve(t, [], env)
  const heard: string[] = []
  const source = new EventSource(`${server.url}/events?uri=odoo://res.partner/1`)
  t.teardown(() => source.close())
  source.addEventListener('notifications/connection/established', () => heard.push('established'))
  source.addEventListener('notifications/connection/closed', ({ data }) => heard.push(JSON.parse(data).params.reason))
  const listens = await listen(server.url)
  const text = listens.text()
  await until('the stream is open', () => heard.includes('established'))
  server.child.kill('SIGTERM')
  t.match(await server.ended, { code: 0 })
  t.same(heard, ['established', 'shutdown'])
  const frames = (await text).split('\n').filter(line => line.startsWith('data: {'))
  t.match(JSON.parse(frames.at(-1)?.slice(6) ?? '{}'), { id: 1, result: { resultType: 'complete' } })
})

/** A stream of `subscriptions/listen`, open. */
async function listen(url: string): Promise<Response> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {}
  }
  const params = { notifications: { resourceSubscriptions: ['odoo://res.partner/1'] }, _meta }
  const response = await post(
    `${url}/mcp`,
    { jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params },
    {
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen'
    }
  )
  if (!response.ok) throw new Error(`listening failed: ${await response.text()}`)
  return response
}

t.test('a hung Odoo does not keep a server that is told to stop: everybody gets an answer first', async t => {
  const { sandbox, env, arrived } = await odooOf(t)
  const server = await serve(t, ['--log-format=json'], env)
  await warmUp(server.url)
  const writes = arrived('write')
  const hung = sandbox.faults.add({ kind: 'hang', applied: true, when: { model: 'res.partner' } })
  const read = post(`${server.url}/count`, { model: 'res.partner' })
  const write = post(`${server.url}/write`, rename('hung'))
  await until('both hang', () => hung.fired === 2)
  server.child.kill('SIGTERM')
  t.match(await (await read).json(), { code: 'busy', detail: /shutting down/, outcome: undefined })
  t.match(await (await write).json(), { code: 'cancelled', detail: /shutting down/, outcome: 'unknown' })
  t.match(await server.ended, { code: 0 })
  t.equal(arrived('write'), writes + 1)
  t.match(
    audits(server.stderr()).filter(({ outcome }) => outcome === 'unknown'),
    [{ model: 'res.partner', ids: [1] }]
  )
})

t.test('a second signal ends the server at once, with a code that says so', async t => {
  const { sandbox, env } = await odooOf(t)
  const server = await serve(t, ['--log-format=json'], env)
  await warmUp(server.url)
  const hung = sandbox.faults.add({ kind: 'hang', when: { method: 'search_count' } })
  const read = post(`${server.url}/count`, { model: 'res.partner' }).catch(() => 'cut off')
  await until('it hangs', () => hung.fired === 1)
  server.child.kill('SIGTERM')
  await until('it is stopping', () => server.stderr().includes('"stopping"'))
  // What comes within the same press counts as one, so somebody presses until it works.
  await until('it has ended', () => {
    server.child.kill('SIGTERM')
    return server.child.exitCode !== null
  })
  t.match(await server.ended, { code: 143 })
  t.equal(await read, 'cut off')
})

t.test('kill -9 in the middle of a write: it is applied once, and the session is gone', async t => {
  const { sandbox, env, arrived } = await odooOf(t)
  const settings = ['--allow-connect']
  const first = await serve(t, settings, env)
  const login = { url: env.ODOO_URL, database: env.ODOO_DATABASE, username: 'admin', api_key: env.ODOO_API_KEY }
  const { session } = (await (await post(`${first.url}/connect`, login)).json()) as { session: string }
  const bearer = { authorization: `Bearer ${session}` }
  t.equal((await post(`${first.url}/write`, rename('before'), bearer)).status, 200, 'control: the session is good')
  const before = arrived('write')
  const slow = sandbox.faults.add({ kind: 'hang', applied: true, times: 1, when: { method: 'write' } })
  const cut = post(`${first.url}/write`, rename('killed'), bearer).catch(() => 'cut off')
  await until('the write has arrived', () => slow.fired === 1)
  first.child.kill('SIGKILL')
  t.equal(await cut, 'cut off')

  const second = await serve(t, settings, env)
  const refused = await post(`${second.url}/write`, rename('after'), bearer)
  t.equal(refused.status, 401)
  t.match(await refused.json(), { code: 'auth_required', outcome: 'not_applied' })
  const name = await post(`${second.url}/read`, { model: 'res.partner', ids: [1], fields: ['name'] })
  t.match(await name.json(), { records: [{ name: 'killed' }] })
  t.equal(arrived('write'), before + 1, 'nobody has sent it again')
})

t.test('an error that nobody caught is logged without secrets, and ends the process with code 1', async t => {
  const secret = randomBytes(24).toString('hex')
  for (const how of ['Promise.reject(error)', 'setImmediate(() => { throw error })']) {
    const bug = `const error = new Error('boom ' + process.env.MCP_API_KEY); process.on('SIGUSR2', () => { ${how} })`
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(bug)}`
    const server = await serve(t, ['--log-format=json'], { MCP_API_KEY: secret, NODE_OPTIONS })
    server.child.kill('SIGUSR2')
    const { code, stderr } = await server.ended
    t.equal(code, 1, how)
    t.match(stderr, /"msg":"crashed"/)
    t.match(stderr, /boom/)
    t.notOk(stderr.includes(secret))
  }
})

const initialize = {
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } }
}
const write = (id: number, name: string) => ({
  id,
  method: 'tools/call',
  params: { name: 'odoo_write', arguments: rename(name) }
})

/** A process of stdio that has been initialised and has written once. */
async function openStdio(t: Test, env: Record<string, string>) {
  const server = start(['stdio', '--log-format=json'], env)
  t.teardown(async () => {
    server.child.kill('SIGKILL')
    await server.ended
  })
  const tell = (message: object) => server.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  tell(initialize)
  tell({ method: 'notifications/initialized' })
  tell(write(2, 'warm'))
  await until('it has written', () => server.stdout().includes('"id":2'))
  return { ...server, tell }
}

t.test('stdio: a write in flight is finished, answered and audited when SIGTERM comes', async t => {
  const { sandbox, env, arrived } = await odooOf(t)
  const server = await openStdio(t, env)
  const before = arrived('write')
  const slow = sandbox.faults.add({ kind: 'delay', ms: 1000, applied: true, when: { method: 'write' } })
  server.tell(write(3, 'in flight'))
  await until('the write has arrived', () => slow.fired === 1)
  server.child.kill('SIGTERM')
  const { code, stdout, stderr } = await server.ended
  t.equal(code, 0)
  t.match(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}'), {
    id: 3,
    result: { structuredContent: { updated: 1 } }
  })
  t.match(audits(stderr).at(-1), { outcome: 'applied' })
  t.equal(arrived('write'), before + 1)
})

t.test(
  'stdio: a client that leaves in the middle of a write leaves a line in the audit of what became of it',
  async t => {
    const { sandbox, env } = await odooOf(t)
    const server = await openStdio(t, env)
    const slow = sandbox.faults.add({ kind: 'delay', ms: 500, applied: true, when: { method: 'write' } })
    server.tell(write(3, 'left'))
    await until('the write has arrived', () => slow.fired === 1)
    server.child.stdin.end()
    const { code, stderr } = await server.ended
    t.equal(code, 0)
    t.match(audits(stderr).slice(-2), [{ outcome: 'unknown', code: 'cancelled' }, { outcome: 'applied_late' }])
  }
)

t.test('stdio: a client that no longer reads ends the process, without a crash', async t => {
  const { env } = await odooOf(t)
  const server = await openStdio(t, env)
  server.child.stdout.destroy()
  server.tell(write(3, 'unheard'))
  const { code, stderr } = await server.ended
  t.equal(code, 0)
  t.notMatch(stderr, /crashed|EPIPE.*\n +at /)
})
