import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { startPathProxy } from '../contract/proxy.js'
import { noOdoo, odoos } from '../lab/odoos.js'
import { connectionOf, run } from './cli.js'

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Where nobody listens: a port that was just given back. */
async function closedPort(): Promise<string> {
  const server = createServer()
  const url = await listening(server)
  server.close()
  await once(server, 'close')
  return url
}

const secret = 'the-secret-that-doctor-never-shows'
const stranger = { ODOO_DATABASE: 'prod', ODOO_USERNAME: 'ada@example.com', ODOO_API_KEY: secret }

t.test('doctor without a connection says which settings make one', async t => {
  const { code, stdout } = await run(['doctor'])
  t.equal(code, 1)
  t.match(stdout, /^There is no default connection to check\. Set ODOO_URL, ODOO_DATABASE/)
})

t.test('doctor says when nothing listens at the address', async t => {
  const { code, stdout, stderr } = await run(['doctor', '--retries=0'], { ...stranger, ODOO_URL: await closedPort() })
  t.equal(code, 1)
  t.match(stdout, /^ok {4}settings .* database prod, user ada@example\.com\nfail {2}reach +Odoo cannot be reached: /)
  t.match(stdout, /Check the url and that Odoo is running\.\n$/)
  t.notOk((stdout + stderr).includes(secret))
})

t.test('doctor says when what answers is not an Odoo, and does not tell it the secret', async t => {
  const heard: string[] = []
  const server = createServer((request, response) => {
    request.on('data', chunk => heard.push(String(chunk)))
    request.on('end', () => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>'))
  })
  const { code, stdout, stderr } = await run(['doctor'], { ...stranger, ODOO_URL: await listening(server) })
  server.close()
  t.equal(code, 1)
  t.match(stdout, /^fail {2}reach +What answers at this address is not an Odoo\.\n +Check the url: /m)
  t.ok(heard.length > 0, 'control: it was asked')
  t.notOk((heard.join('') + stdout + stderr).includes(secret))
})

for (const odoo of await odoos()) {
  const shows = ({ stdout, stderr }: { stdout: string; stderr: string }) =>
    (stdout + stderr).includes(odoo.api_key ?? odoo.password)

  t.test(`${odoo.name}: doctor goes through a connection that works, step by step`, async t => {
    const ended = await run(['doctor'], connectionOf(odoo))
    t.match(ended, { code: 0, stderr: '' })
    const steps = [...ended.stdout.matchAll(/^(ok|warn|fail) +(\w+)/gm)].map(([, mark, step]) => `${mark} ${step}`)
    t.same(steps, [
      'ok settings',
      'ok reach',
      'warn TLS',
      'ok database',
      'ok login',
      'ok wire',
      'ok rights',
      'warn rights'
    ])
    t.match(ended.stdout, new RegExp(`${odoo.name}\\.0\\S* answers`))
    t.match(ended.stdout, /wire +jsonrpc, because this Odoo answers on \/jsonrpc/)
    t.match(ended.stdout, /login +admin \(user 2\), companies: \S/)
    t.notOk(shows(ended), 'and never shows the secret')
  })

  t.test(`${odoo.name}: doctor says when the database does not exist`, async t => {
    const ended = await run(['doctor'], { ...connectionOf(odoo), ODOO_DATABASE: 'no-such-database' })
    t.equal(ended.code, 1)
    t.match(ended.stdout, /^ok {4}reach +an Odoo answers\nfail {2}database +.*no-such-database.*does not exist/m)
    t.notOk(shows(ended))
  })

  t.test(`${odoo.name}: doctor says which wire it is, and why`, async t => {
    const { ODOO_USERNAME: _, ...keyAlone } = connectionOf(odoo)
    const isOld = Number(odoo.version) < 19
    const xmlrpc = await run(['doctor', '--protocol=xmlrpc'], connectionOf(odoo))
    t.match(xmlrpc.stdout, /^ok {4}wire +xmlrpc, because protocol says so\n +.*faster and says more of errors/m)
    const json2 = await run(['doctor', '--protocol=json2'], connectionOf(odoo))
    t.match(
      json2.stdout,
      isOld
        ? /^ok {4}reach .*\nfail {2}wire +protocol: Odoo 14\.0\S* does not speak JSON-2.*"jsonrpc"\n +Give the username/m
        : /^ok {4}wire +json2, because protocol says so$/m
    )
    const alone = await run(['doctor'], keyAlone)
    t.match(alone.stdout, /^ok {4}settings .* an API key alone\n/)
    t.match(
      alone.stdout,
      isOld
        ? /^fail {2}wire +username: missing; Odoo 14\.0\S* needs the login name/m
        : /^ok {4}wire +json2, because there is an API key alone, and no user name$/m
    )
    for (const ended of [xmlrpc, json2, alone]) t.notOk(shows(ended))
  })

  t.test(`${odoo.name}: doctor says which wire is left where paths are closed`, async t => {
    const proxy = await startPathProxy(odoo.url, { '/jsonrpc': { status: 403 } })
    t.teardown(() => proxy.close())
    const env = { ...connectionOf(odoo), ODOO_URL: proxy.url }
    t.match((await run(['doctor'], env)).stdout, /^warn {2}wire +xmlrpc, because \/jsonrpc is closed/m)
    proxy.closed['/xmlrpc'] = { status: 403 }
    const left = await run(['doctor'], env)
    if (Number(odoo.version) < 19) t.match(left.stdout, /^fail {2}reach /m)
    else t.match(left.stdout, /^ok {4}wire +json2, because \/jsonrpc and \/xmlrpc\/2 are closed$/m)
  })

  // Odoo 14 blocks an address for a minute after ten refused logins, and everybody shares these Odoos.
  if (Number(odoo.version) < 19) continue
  t.test(`${odoo.name}: doctor says when the login is wrong`, async t => {
    const { ODOO_API_KEY: _, ...connection } = connectionOf(odoo)
    const ended = await run(['doctor'], { ...connection, ODOO_PASSWORD: secret })
    t.equal(ended.code, 1)
    t.match(ended.stdout, /^ok {4}reach .*\nok {4}database +\S+\nfail {2}login +Odoo refused the login\.\n +Check/m)
    t.notOk((ended.stdout + ended.stderr).includes(secret))
  })
}
if ((await odoos()).length === 0) t.pass('doctor against a real Odoo', { skip: noOdoo })
