import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { addCanary, watchedFetch } from './canary.js'
import { type Flags, startServer } from './server.js'
import { dialect, mcpHttp, modern, type Reply, rest, type Surface, stdio, toReply } from './surfaces.js'

/** The embedded Odoo as 19, which lets anybody try as often as they like. */
async function odoo(t: Test): Promise<Sandbox> {
  const sandbox = await startSandbox({ version: 19 })
  t.teardown(() => sandbox.close())
  return sandbox
}

/** Logins that Odoo was asked for. */
const asked = ({ counts }: Sandbox) => counts.calls({ service: 'common', method: 'authenticate' })

const guess = ({ url, database }: Sandbox, more: JsonObject = {}): JsonObject => {
  const password = randomBytes(12).toString('hex')
  addCanary(password)
  return { url, database, username: 'admin', password, ...more }
}

const right = ({ url, database, users: { admin } }: Sandbox): JsonObject => {
  return { url, database, username: admin.username, password: admin.password }
}

async function serve(t: Test, sandbox: Sandbox, flags: Flags = {}) {
  const server = await startServer({
    'allow-connect': true,
    'allowed-odoo-hosts': new URL(sandbox.url).host,
    'trust-proxy': '1',
    'log-level': 'warn',
    ...flags
  })
  t.teardown(() => server.close())
  return server
}

/** Connects as a program at this address does, over REST. */
async function connectFrom(url: string, address: string, login: JsonObject): Promise<Reply> {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': address }
  return toReply(await watchedFetch(`${url}/connect`, { method: 'POST', headers, body: JSON.stringify(login) }))
}

const codeOf = ({ problem }: Reply) => problem?.code ?? 'ok'

t.test('control: Odoo itself answers every guess', async t => {
  const sandbox = await odoo(t)
  const authenticate = (password: string) =>
    fetch(`${sandbox.url}/jsonrpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        method: 'call',
        params: { service: 'common', method: 'authenticate', args: [sandbox.database, 'admin', password, {}] }
      })
    }).then(answer => answer.json() as Promise<JsonObject>)
  for (let n = 0; n < 50; n++) t.equal((await authenticate(`guess ${n}`)).result, false)
  t.equal((await authenticate(sandbox.users.admin.password)).result, sandbox.users.admin.uid)
  t.equal(asked(sandbox), 51)
})

const ways: [name: string, open: (url: string) => Promise<Surface> | Surface][] = [
  ['REST', rest],
  ['the early dialect', dialect],
  ['MCP 2026-07-28', url => mcpHttp(url, modern)],
  ['MCP 2025-11-25', url => mcpHttp(url, 'legacy')]
]
for (const [name, open] of ways) {
  t.test(`over ${name}, a hundred guesses at a password reach Odoo five times`, async t => {
    const sandbox = await odoo(t)
    const server = await serve(t, sandbox)
    const surface = await open(server.url)
    t.teardown(() => surface.close())
    const codes: string[] = []
    for (let n = 0; n < 50; n++) codes.push(codeOf(await surface.call('odoo_connect', guess(sandbox))))
    const atOnce = Array.from({ length: 50 }, () => surface.call('odoo_connect', guess(sandbox)))
    codes.push(...(await Promise.all(atOnce)).map(codeOf))
    t.same(codes.slice(0, 5), Array(5).fill('auth_failed'))
    t.equal(codes.filter(code => code === 'rate_limited').length, 95)
    t.comment(`guard: guessed logins, refused before Odoo was asked, ${name}: 95 of 100`)
    t.equal(asked(sandbox), 5)
    const { problem } = await surface.call('odoo_connect', right(sandbox))
    t.match(problem, { code: 'rate_limited', retry_after_s: Number, hint: /open go on working/ }, 'nor the right one')
    t.equal(asked(sandbox), 5)
  })
}

t.test('over stdio, guesses count by login', async t => {
  const sandbox = await odoo(t)
  const surface = await stdio({ 'log-level': 'error' }, modern)
  t.teardown(() => surface.close())
  const codes: string[] = []
  for (let n = 0; n < 20; n++) codes.push(codeOf(await surface.call('odoo_connect', guess(sandbox))))
  t.same(codes, [...Array(5).fill('auth_failed'), ...Array(15).fill('rate_limited')])
  t.equal(asked(sandbox), 5)
})

t.test('a hundred guesses at once are no more than five one after another', async t => {
  const sandbox = await odoo(t)
  const server = await serve(t, sandbox)
  const guesses = Array.from({ length: 100 }, () => connectFrom(server.url, '203.0.113.1', guess(sandbox)))
  const codes = (await Promise.all(guesses)).map(codeOf)
  t.equal(codes.filter(code => code === 'auth_failed').length, 5)
  t.equal(asked(sandbox), 5)
})

t.test('databases and logins are not found out by trying many', async t => {
  const sandbox = await odoo(t)
  const server = await serve(t, sandbox)
  for (const part of ['database', 'username']) {
    const address = part === 'database' ? '203.0.113.1' : '203.0.113.2'
    const codes: string[] = []
    for (let n = 0; n < 40; n++) {
      codes.push(codeOf(await connectFrom(server.url, address, guess(sandbox, { [part]: `${part}${n}` }))))
    }
    t.same(codes, [
      ...Array(8).fill(part === 'database' ? 'not_found' : 'auth_failed'),
      ...Array(32).fill('rate_limited')
    ])
  }
  t.comment('guard: tried databases and logins, refused: 64 of 80')
})

t.test(
  'guessing shuts out nobody: not who has a session, nor who was there before, nor the default connection',
  async t => {
    const sandbox = await odoo(t)
    const { url, database, users } = sandbox
    const server = await serve(t, sandbox, {
      'odoo-url': url,
      database,
      username: users.admin.username,
      password: users.admin.password
    })
    const home = '198.51.100.7'
    const session = (await connectFrom(server.url, home, right(sandbox))).output?.session as string
    // From 60 addresses, and from the victim's own one, by somebody behind the same proxy.
    const codes: string[] = []
    for (let n = 0; n < 60; n++) codes.push(codeOf(await connectFrom(server.url, `203.0.113.${n}`, guess(sandbox))))
    t.equal(codes.filter(code => code === 'auth_failed').length, 50)
    t.same(codes.slice(50), Array(10).fill('rate_limited'))
    t.equal(codeOf(await rest(server.url, { bearer: session }).call('odoo_session')), 'ok', 'the session goes on')
    t.equal(codeOf(await connectFrom(server.url, home, right(sandbox))), 'ok', 'who was there before gets in')
    t.equal(codeOf(await rest(server.url).call('odoo_session')), 'ok', 'the default connection goes on')
    t.equal(codeOf(await connectFrom(server.url, '203.0.113.1', {})), 'ok', 'and may be connected to')
    const fresh = await connectFrom(server.url, '203.0.113.200', right(sandbox))
    t.match(fresh.problem, { code: 'rate_limited' }, 'control: from a new address one has to wait')
  }
)

t.test('a good login at once after a bad one works, and many good ones at the same time', async t => {
  const sandbox = await odoo(t)
  const server = await serve(t, sandbox)
  for (let n = 0; n < 4; n++)
    t.equal(codeOf(await connectFrom(server.url, '203.0.113.1', guess(sandbox))), 'auth_failed')
  const logins = Array.from({ length: 30 }, () => connectFrom(server.url, '203.0.113.1', right(sandbox)))
  t.same((await Promise.all(logins)).map(codeOf), Array(30).fill('ok'))
})
