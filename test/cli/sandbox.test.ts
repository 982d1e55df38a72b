import { createInterface } from 'node:readline'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import t, { type Test } from 'tap'
import { addCanary } from '../contract/canary.js'
import { until } from '../contract/until.js'
import { curlIn, paste, run, serve, start } from './cli.js'

/** Starts `odoo-mcp sandbox` on a free port, and waits until it has said where. */
async function sandbox(t: Test, args: string[] = []) {
  const server = start(['sandbox', '--port=0', ...args])
  t.teardown(async () => {
    server.child.kill('SIGKILL')
    await server.ended
  })
  const [, url = ''] = await until('the sandbox says where it listens', () =>
    /listens on (\S+), [\s\S]*Ctrl\+C/.exec(server.stderr())
  )
  return { ...server, url }
}

t.test('serve --sandbox prints a curl line that works when pasted, with a session ready', async t => {
  const { url, stderr } = await serve(t, ['--sandbox'])
  t.match(await paste(curlIn(stderr())), { status: 'success', count: 3, records: [{ id: Number, name: String }] })
  t.match(await (await fetch(`${url}/docs`)).text(), /swagger/i)
  t.match(await (await fetch(`${url}/session`)).json(), {
    database: 'sandbox',
    username: 'admin',
    server_version: '19.0'
  })
})

t.test('serve --sandbox prints the configuration that an MCP client takes', async t => {
  const { stderr } = await serve(t, ['--sandbox'])
  const { mcpServers } = JSON.parse(/^ +(\{"mcpServers".*)$/m.exec(stderr())?.[1] ?? '{}')
  t.match(mcpServers.odoo, { type: 'http', url: /^http:\/\/127\.0\.0\.1:\d+\/mcp$/ })
  const client = new Client({ name: 'test', version: '1' })
  t.teardown(() => client.close())
  await client.connect(new StreamableHTTPClientTransport(new URL(mcpServers.odoo.url)))
  const quotations = {
    model: 'sale.order',
    domain: [['state', '=', 'draft']],
    fields: ['name', 'partner_id'],
    limit: 2
  }
  const { structuredContent } = await client.callTool({ name: 'odoo_search', arguments: quotations })
  t.match(structuredContent, { records: [{ name: /^S\d+$/, partner_id: [Number, String] }] })
})

for (const version of ['14', '17', '19']) {
  t.test(`--sandbox-version=${version} behaves as that release`, async t => {
    const { url } = await serve(t, ['--sandbox', `--sandbox-version=${version}`])
    t.match(await (await fetch(`${url}/session`)).json(), { server_version: `${version}.0` })
  })
}

t.test('stdio --sandbox answers one MCP client', async t => {
  const { child, ended } = start(['stdio', '--sandbox'])
  const messages = [
    {
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } }
    },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/call', params: { name: 'odoo_count', arguments: { model: 'res.country' } } }
  ]
  for (const message of messages) child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  for await (const line of createInterface({ input: child.stdout })) {
    const { id, result } = JSON.parse(line)
    if (id !== 2) continue
    t.match(result.structuredContent, { model: 'res.country', count: Number })
    break
  }
  child.stdin.end()
  t.match(await ended, { code: 0 })
})

t.test('doctor --sandbox finds all well', async t => {
  const { code, stdout } = await run(['doctor', '--sandbox'])
  t.equal(code, 0)
  t.match(stdout, /^ok {4}login {6}admin \(user 2\)/m)
})

t.test('with --sandbox the login of the environment stays unused', async t => {
  const secret = 'the-key-of-the-real-books'
  addCanary(secret)
  const real = { ODOO_URL: 'http://127.0.0.1:9', ODOO_DATABASE: 'prod', ODOO_USERNAME: 'ada', ODOO_API_KEY: secret }
  const { url } = await serve(t, ['--sandbox'], real)
  t.match(await (await fetch(`${url}/session`)).json(), { database: 'sandbox', username: 'admin' })
})

t.test('the same seed gives the same data, another seed others', async t => {
  const names = async (seed: string) => {
    const { stderr } = await sandbox(t, [`--sandbox-seed=${seed}`])
    return (await paste(curlIn(stderr()))).result
  }
  const first = await names('7')
  t.match(first, [{ id: Number, name: String }])
  t.same(await names('7'), first)
})

t.test('sandbox says who may log in, and stops on SIGTERM with exit code 0', async t => {
  const { child, ended, stderr, url } = await sandbox(t)
  t.match(await paste(curlIn(stderr())), { result: [{ name: String }, {}, {}] })
  for (const user of ['admin', 'sales', 'portal']) {
    t.match(stderr(), new RegExp(`^ +${user} +password ${user} +user \\d+ +API key [0-9a-f]{40}$`, 'm'))
  }
  t.equal((await fetch(`${url}/sandbox/counts`)).status, 404, 'it cannot be told to fail unless it was asked for')
  child.kill('SIGTERM')
  t.match(await ended, { code: 0, stdout: '' })
})

t.test('sandbox --sandbox-control can be told to fail by any program', async t => {
  const { url, stderr } = await sandbox(t, ['--sandbox-control'])
  const add = (fault: object) =>
    fetch(`${url}/sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault)
    })
  t.equal((await add({ kind: 'status', status: 429, retryAfter: 3, times: 1 })).status, 201)
  const refused = await fetch(`${url}/jsonrpc`, { method: 'POST', body: '{}' })
  t.equal(refused.status, 429)
  t.equal(refused.headers.get('retry-after'), '3')
  t.match(await paste(curlIn(stderr())), { result: [{ name: String }, {}, {}] }, 'once, as it was told')
  t.match(await (await fetch(`${url}/sandbox/counts`)).json(), { requests: 2, faults: { status: 1 } })
  const wrong = await add({ kind: 'dely', ms: 5 })
  t.equal(wrong.status, 400)
  t.match(await wrong.json(), { error: /did you mean "delay"/ })
})

t.test('a port that is taken is told in one sentence', async t => {
  const { url } = await sandbox(t)
  const { port } = new URL(url)
  const { code, stderr } = await run(['sandbox', `--port=${port}`])
  t.equal(code, 1)
  t.match(stderr, `Port ${port} of 127.0.0.1 is in use`)
  t.notMatch(stderr, /\n {4}at /)
})

const mistakes: [string, string[], RegExp][] = [
  ['another release', ['serve', '--sandbox', '--sandbox-version=18'], /--sandbox-version: expected 14, 17 or 19/],
  ['a seed that is no number', ['sandbox', '--sandbox-seed=x'], /--sandbox-seed: expected an integer/],
  ['a port that is none', ['sandbox', '--port=99999'], /--port: expected a port from 0 to 65535/],
  ['a real Odoo beside it', ['serve', '--sandbox', '--odoo-url=http://x'], /--odoo-url: given beside --sandbox/],
  ['its flags without it', ['serve', '--sandbox-version=14'], /--sandbox-version: given without --sandbox/],
  ['settings of the server', ['sandbox', '--read-only'], /--read-only: not a flag of the command sandbox/],
  ['a misspelt flag', ['serve', '--sandbx'], /--sandbx: unknown flag; did you mean --sandbox\?/]
]
for (const [what, args, message] of mistakes) {
  t.test(`${what} is refused`, async t => {
    const { code, stdout, stderr } = await run(args)
    t.equal(code, 2)
    t.equal(stdout, '')
    t.match(stderr, message)
    t.notMatch(stderr, /\n {4}at /, 'no stack')
  })
}

t.test('an idle client does not keep the sandbox from stopping', async t => {
  const { child, ended, url } = await sandbox(t)
  const response = await fetch(`${url}/web/health`)
  t.equal(response.status, 200)
  child.kill('SIGINT')
  t.match(await ended, { code: 0 })
})
