import dns from 'node:dns'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { type Flags, startServer } from '../contract/server.js'
import { rest } from '../contract/surfaces.js'
import { sandboxAs } from '../lab/witnesses.js'
import { startEvilOdoo } from './evil-odoo.js'

// Who may call /connect chooses where this server connects to. Every attack runs twice: the second time with the inner
// service listed as allowed, which shows that the attack would get there if nothing stood in its way.

const secret = 'the-password-of-the-caller'

/** A service that only this machine should reach; what was sent to it. */
async function startInner(t: Test, host = '127.0.0.1') {
  const heard: string[] = []
  const server = createServer(async (request, response) => {
    heard.push(`${request.method} ${request.url} ${(await buffer(request)).toString()}`)
    response.writeHead(404, { connection: 'close' }).end()
  })
  server.listen(0, host)
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { heard, port: (server.address() as AddressInfo).port }
}

/** A server that any caller may use to connect to what is allowed; how to try an address. */
async function serve(t: Test, allowed: string | undefined, more: Flags = {}) {
  const server = await startServer({ ...(allowed !== undefined && { 'allowed-odoo-hosts': allowed }), ...more })
  t.teardown(() => server.close())
  const connect = async (url: string) => {
    const input = { url, database: 'db', username: 'ada', password: secret, protocol: 'jsonrpc' }
    return (await rest(server.url).call('odoo_connect', input)).problem
  }
  return { ...server, connect }
}

/** Names of this test resolve so, and may be moved meanwhile. The resolver itself is Node's. */
function resolveNames(t: Test, names: Record<string, string>): void {
  const lookup = dns.lookup
  // biome-ignore lint/suspicious/noExplicitAny: the overloads of lookup cannot be named together.
  const patched = (hostname: string, options: any, callback: any) => {
    const address = names[hostname]
    if (address === undefined) return lookup(hostname, options, callback)
    setImmediate(callback, null, [{ address, family: address.includes(':') ? 6 : 4 }])
  }
  dns.lookup = patched as typeof dns.lookup
  t.teardown(() => {
    dns.lookup = lookup
  })
}

t.test('an address that is not listed is not reached by another spelling, nor by user info before it', async t => {
  const inner = await startInner(t)
  const odoo = await startInner(t)
  const { port } = inner
  const spellings = [
    `http://127.0.0.1:${port}`,
    `http://2130706433:${port}`,
    `http://0177.0.0.1:${port}`,
    `http://0x7f.1:${port}`,
    `http://0x7f000001:${port}`,
    `http://127.1:${port}`,
    `http://[::ffff:127.0.0.1]:${port}`,
    `http://[::ffff:7f00:1]:${port}`,
    `http://localhost:${port}`
  ]
  const { connect } = await serve(t, `127.0.0.1:${odoo.port}`)
  for (const url of spellings) t.match(await connect(url), { code: 'policy_denied', outcome: undefined }, url)
  const disguises = [
    `http://127.0.0.1:${odoo.port}@127.0.0.1:${port}`,
    `http://127.0.0.1:${odoo.port}\\@127.0.0.1:${port}`,
    `http://127.0.0.1:${odoo.port}#@127.0.0.1:${port}/`,
    `gopher://127.0.0.1:${port}`,
    `file:///etc/passwd`
  ]
  for (const url of disguises) t.ok((await connect(url)) !== undefined, url)
  t.strictSame(inner.heard, [], 'the inner service heard nothing')

  const open = await serve(t, `127.0.0.1:${port},localhost:${port}`)
  for (const url of spellings) {
    const before = inner.heard.length
    t.match(await open.connect(url), { code: 'odoo_unavailable' }, url)
    t.ok(inner.heard.length > before, `control: listed, ${url} is reached`)
  }
})

t.test('whatever may be connected to, 0.0.0.0 and the own port are not', async t => {
  const inner = await startInner(t, '0.0.0.0')
  const any = await serve(t, undefined)
  for (const url of [`http://0.0.0.0:${inner.port}`, `http://0:${inner.port}`, `http://[::]:${inner.port}`]) {
    t.match(await any.connect(url), { code: 'policy_denied' }, url)
  }
  t.strictSame(inner.heard, [])
  const own = new URL(any.url).port
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]', '0.0.0.0']) {
    t.match(await any.connect(`http://${host}:${own}`), { code: 'policy_denied' }, `the own port at ${host}`)
  }
  t.notOk(any.log.some(line => line.route === '/jsonrpc' || line.path === '/jsonrpc'))

  const open = await serve(t, '0.0.0.0')
  t.match(await open.connect(`http://0.0.0.0:${inner.port}`), { code: 'odoo_unavailable' })
  t.ok(inner.heard.length > 0, 'control: listed, 0.0.0.0 leads to this machine')
  const free = await freePort()
  const self = await serve(t, `127.0.0.1:${free}`, { port: String(free) })
  t.match(
    await self.connect(self.url),
    { code: 'odoo_unavailable' },
    'control: the own port is reached where it is listed'
  )
})

t.test('an allowed name that leads to a forbidden address is not followed there', async t => {
  const inner = await startInner(t, '0.0.0.0')
  const forbidden = [
    '0.0.0.0',
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '100.100.100.200',
    'fe80::1',
    '64:ff9b::a9fe:a9fe'
  ]
  resolveNames(t, Object.fromEntries(forbidden.map((address, n) => [`n${n}.erp.test`, address])))
  for (const allowed of [undefined, '*.erp.test']) {
    const { connect } = await serve(t, allowed)
    for (const [n, address] of forbidden.entries()) {
      t.match(await connect(`http://n${n}.erp.test:${inner.port}`), { code: 'policy_denied' }, address)
    }
  }
  t.strictSame(inner.heard, [])
  const open = await serve(t, '*.erp.test,0.0.0.0')
  t.match(await open.connect(`http://n0.erp.test:${inner.port}`), { code: 'odoo_unavailable' })
  t.ok(inner.heard.length > 0, 'control: with the address listed, the name leads there')
})

t.test('a name that leads elsewhere after the login is looked at again', async t => {
  const odoo = await sandboxAs(19)
  const evil = await startEvilOdoo(t, odoo.url)
  const { database, username, password } = odoo
  const names: Record<string, string> = {}
  resolveNames(t, names)
  const attack = async (allowed: string) => {
    names['moving.test'] = '127.0.0.1'
    const server = await serve(t, allowed)
    const login = { url: `http://moving.test:${evil.port}`, database, username, password, protocol: 'jsonrpc' }
    const { output } = await rest(server.url).call('odoo_connect', login)
    // Every request opens a connection of its own, and looks the name up anew.
    names['moving.test'] = '0.0.0.0'
    const before = evil.requests
    const session = rest(server.url, { bearer: output?.session as string })
    const reply = await session.call('odoo_count', { model: 'res.partner' })
    return { ...reply, reached: evil.requests > before }
  }
  t.match(await attack('moving.test'), { problem: { code: 'policy_denied' }, reached: false })
  const followed = await attack('moving.test,0.0.0.0')
  t.match(followed, { output: { count: Number }, reached: true }, 'control: with the address listed, it is followed')
})

t.test('a redirect of a permitted Odoo is not followed, and the credential does not go along', async t => {
  const inner = await startInner(t)
  const odoo = await sandboxAs(19)
  const evil = await startEvilOdoo(t, odoo.url)
  const target = `http://127.0.0.1:${inner.port}/jsonrpc`
  const { connect, url } = await serve(t, `127.0.0.1:${evil.port}`)
  for (const status of [301, 302, 303, 307, 308]) {
    evil.lie = () => response => response.writeHead(status, { location: target }).end()
    const problem = await connect(evil.url)
    t.equal(problem?.code, 'odoo_unavailable', `${status}`)
    t.notMatch(JSON.stringify(problem), String(inner.port), 'the target is not told')
  }

  // Also later, in a session: reads, writes and files.
  evil.lie = () => undefined
  const { database, username, password } = odoo
  const login = { url: evil.url, database, username, password, protocol: 'jsonrpc' }
  const { output } = await rest(url).call('odoo_connect', login)
  const session = rest(url, { bearer: output?.session as string })
  evil.lie = () => response => response.writeHead(307, { location: target }).end()
  for (const [tool, input] of [
    ['odoo_read', { model: 'res.partner', ids: [1], fields: ['name'] }],
    ['odoo_write', { model: 'res.partner', ids: [1], values: { name: 'x' } }]
  ] as const) {
    t.match((await session.call(tool, input)).problem?.code, 'odoo_unavailable', tool)
  }
  const headers = { authorization: `Bearer ${output?.session}` }
  t.not((await fetch(`${url}/binary/res.partner/image_128/1`, { headers })).status, 200)
  t.strictSame(inner.heard, [], 'the inner service heard nothing')

  const params = { service: 'common', method: 'authenticate', args: [database, username, secret, {}] }
  await fetch(`${evil.url}/jsonrpc`, { method: 'POST', body: JSON.stringify({ params }) })
  t.match(inner.heard.join(), secret, 'control: a client that follows brings the password there')
})

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
