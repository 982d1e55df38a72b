import t, { type Test } from 'tap'
import type { Credential } from '../../src/core/ports/odoo.js'
import { type Closed, type PathProxy, startPathProxy } from '../contract/proxy.js'
import { type LabOdoo, odoos } from '../lab/odoos.js'
import { sandboxAs, witnesses } from '../lab/witnesses.js'
import { adapter } from './fake-odoo.js'
import { scope, serveHttp } from './servers.js'

const everybody = await witnesses()
const old = everybody.filter(({ version }) => Number(version) < 19)
const recent = everybody.filter(({ version }) => Number(version) >= 19)
const key = ({ api_key, password }: LabOdoo) => api_key ?? password

/** A complete credential; what is undefined in `more` is left out. */
function credentialOf(
  odoo: LabOdoo,
  url: string,
  more: { [name in keyof Credential]?: Credential[name] | undefined } = {}
) {
  const all = { url, database: odoo.database, username: odoo.username, secret: key(odoo), protocol: 'auto', ...more }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as Credential
}
const alone = { username: undefined }

async function walled(t: Test, odoo: LabOdoo, closed: Record<string, Closed> = {}): Promise<PathProxy> {
  const proxy = await startPathProxy(odoo.url, closed)
  t.teardown(() => proxy.close())
  return proxy
}

const closed: Closed = { status: 404 }
const jsonrpcClosed = { '/jsonrpc': closed }
const legacyClosed = { '/jsonrpc': closed, '/xmlrpc': closed }
const allClosed = { ...legacyClosed, '/json/': closed, '/web': closed }

/** No request before the version was known carried the secret. */
function keptSecret({ seen }: PathProxy, secret: string): boolean {
  return !seen.some(({ text }) => text.includes(secret))
}

for (const odoo of everybody) {
  t.test(`${odoo.name}: auto with a user name is JSON-RPC, and asks no other path`, async t => {
    const proxy = await walled(t, odoo)
    const { identity } = await adapter(t).login(credentialOf(odoo, proxy.url), scope())
    t.match(identity, { protocol: 'jsonrpc', username: odoo.username })
    t.same([...new Set(proxy.seen.map(({ path }) => path))], ['POST /jsonrpc'])
  })

  for (const wall of [{ status: 404 }, { status: 403 }, { status: 405 }, { status: 200, body: '<h1>Welcome</h1>' }]) {
    t.test(`${odoo.name}: auto is XML-RPC where /jsonrpc answers ${wall.status} and is no Odoo`, async t => {
      const proxy = await walled(t, odoo, { '/jsonrpc': wall })
      const login = await adapter(t).login(credentialOf(odoo, proxy.url), scope())
      t.match(login.identity, { protocol: 'xmlrpc', username: odoo.username, uid: odoo.uid ?? Number })
      t.equal(typeof (await login.port(scope()).count('res.partner', [])), 'number')
      const [first] = proxy.seen
      t.notOk(first?.text.includes(key(odoo)), 'what is closed heard no secret')
    })
  }

  t.test(`${odoo.name}: where everything is closed nothing is chosen, and nothing heard the secret`, async t => {
    const proxy = await walled(t, odoo, allClosed)
    for (const more of [{}, alone]) {
      await t.rejects(adapter(t).login(credentialOf(odoo, proxy.url, more), scope()), {
        code: 'odoo_unavailable',
        detail: 'What answers at this address is not an Odoo.'
      })
    }
    t.ok(proxy.seen.length >= 6, 'control: all three were asked, twice')
    t.ok(keptSecret(proxy, key(odoo)))
  })

  for (const status of [401, 500, 502, 503]) {
    t.test(
      `${odoo.name}: a /jsonrpc that answers ${status} may be open again soon, so no other wire is taken`,
      async t => {
        const proxy = await walled(t, odoo, { '/jsonrpc': { status } })
        await t.rejects(adapter(t).login(credentialOf(odoo, proxy.url), scope()), { code: /odoo_(unavailable|error)/ })
        t.same([...new Set(proxy.seen.map(({ path }) => path))], ['POST /jsonrpc'])
        t.ok(keptSecret(proxy, key(odoo)))
      }
    )
  }

  t.test(`${odoo.name}: a wire that is named and closed is refused with the one that answers`, async t => {
    const proxy = await walled(t, odoo, jsonrpcClosed)
    await t.rejects(adapter(t).login(credentialOf(odoo, proxy.url, { protocol: 'jsonrpc' }), scope()), {
      code: 'invalid_input',
      detail: new RegExp(
        `^protocol: this Odoo ${odoo.version}\\S* does not answer over JSON-RPC; expected "auto" or "xmlrpc"$`
      )
    })
    t.ok(keptSecret(proxy, key(odoo)))
  })

  t.test(`${odoo.name}: what was chosen stays: a saved login does not switch when its wire closes`, async t => {
    const proxy = await walled(t, odoo)
    const odooMcp = adapter(t)
    const { saved } = await odooMcp.login(credentialOf(odoo, proxy.url), scope())
    proxy.closed = jsonrpcClosed
    proxy.seen.length = 0
    await t.rejects(odooMcp.reopen(saved).port(scope()).count('res.partner', []), { code: 'odoo_unavailable' })
    t.same(
      proxy.seen.map(({ path }) => path),
      ['POST /jsonrpc']
    )
  })

  for (const protocol of ['jsonrpc', 'xmlrpc'] as const) {
    t.test(`${odoo.name}: an API key alone over ${protocol} is refused before anything is asked`, async t => {
      const proxy = await walled(t, odoo)
      await t.rejects(adapter(t).login(credentialOf(odoo, proxy.url, { ...alone, protocol }), scope()), {
        code: 'invalid_input',
        detail: /^username: missing; (JSON|XML)-RPC needs the login name/
      })
      t.equal(proxy.seen.length, 0)
    })
  }
}

for (const odoo of old) {
  t.test(`${odoo.name}: an API key alone needs a user name, and the message says so`, async t => {
    const proxy = await walled(t, odoo)
    await t.rejects(adapter(t).login(credentialOf(odoo, proxy.url, alone), scope()), {
      code: 'invalid_input',
      detail: /^username: missing; Odoo 14\.0\S* needs the login name besides the API key/
    })
    t.ok(keptSecret(proxy, key(odoo)))
  })

  t.test(`${odoo.name}: JSON-2 is refused with the version and the wire to use`, async t => {
    for (const [walls, instead] of [
      [{}, 'jsonrpc'],
      [jsonrpcClosed, 'xmlrpc']
    ] as const) {
      const proxy = await walled(t, odoo, walls)
      await t.rejects(adapter(t).login(credentialOf(odoo, proxy.url, { protocol: 'json2' }), scope()), {
        code: 'invalid_input',
        detail: new RegExp(
          `^protocol: Odoo 14\\.0\\S* does not speak JSON-2, which .*; expected "auto" or "${instead}"$`
        ),
        extra: { hint: /username/ }
      })
      t.ok(keptSecret(proxy, key(odoo)))
    }
  })
}

for (const odoo of recent) {
  if (odoo.api_key === undefined) continue
  t.test(`${odoo.name}: auto with an API key alone is JSON-2, and learns whose it is`, async t => {
    const proxy = await walled(t, odoo)
    const login = await adapter(t).login(credentialOf(odoo, proxy.url, alone), scope())
    t.match(login.identity, { protocol: 'json2', username: odoo.username, uid: odoo.uid ?? Number })
    t.notOk(proxy.seen[0]?.text.includes(key(odoo)), 'the version is asked without it')
    t.notOk(proxy.seen.some(({ path }) => /rpc/.test(path)))
  })

  t.test(`${odoo.name}: auto is JSON-2 where the other wires are closed`, async t => {
    const proxy = await walled(t, odoo, legacyClosed)
    const login = await adapter(t).login(credentialOf(odoo, proxy.url), scope())
    t.match(login.identity, { protocol: 'json2', username: odoo.username })
    t.equal(typeof (await login.port(scope()).count('res.partner', [])), 'number')
  })

  t.test(`${odoo.name}: JSON-2 needs no /web/version: another wire may tell the version`, async t => {
    const proxy = await walled(t, odoo, { '/web': closed })
    const { identity } = await adapter(t).login(credentialOf(odoo, proxy.url, alone), scope())
    t.match(identity, { protocol: 'json2', major: 19 })
  })

  t.test(`${odoo.name}: JSON-RPC that is named and closed, with XML-RPC, is refused with JSON-2`, async t => {
    const proxy = await walled(t, odoo, legacyClosed)
    await t.rejects(adapter(t).login(credentialOf(odoo, proxy.url, { protocol: 'xmlrpc' }), scope()), {
      code: 'invalid_input',
      detail: /does not answer over XML-RPC; expected "auto" or "json2"$/,
      extra: { hint: /API keys only/ }
    })
  })

  t.test(`${odoo.name}: a password over JSON-2 is refused with the reason, and no other wire is tried`, async t => {
    const proxy = await walled(t, odoo)
    const credential = credentialOf(odoo, proxy.url, { protocol: 'json2', secret: 'no-api-key' })
    await t.rejects(adapter(t).login(credential, scope()), {
      code: 'auth_failed',
      extra: { hint: /^JSON-2 takes API keys only, no passwords/ }
    })
    t.notOk(proxy.seen.some(({ path }) => /rpc/.test(path)))
  })

  t.test(`${odoo.name}: the key of another user than the named one is refused`, async t => {
    for (const more of [{ username: 'somebody.else' }, { ...alone, uid: 1 }]) {
      const credential = credentialOf(odoo, odoo.url, { ...more, protocol: 'json2' })
      await t.rejects(adapter(t).login(credential, scope()), { code: 'auth_failed', detail: /belongs to another user/ })
    }
    const named = credentialOf(odoo, odoo.url, { ...alone, uid: odoo.uid, protocol: 'json2' })
    t.match((await adapter(t).login(named, scope())).identity, { username: odoo.username })
  })

  t.test(`${odoo.name}: a database that does not exist is not found over JSON-2`, async t => {
    const credential = credentialOf(odoo, odoo.url, { ...alone, database: 'no-such-database' })
    await t.rejects(adapter(t).login(credential, scope()), {
      code: 'not_found',
      detail: 'The database "no-such-database" does not exist on this Odoo.'
    })
  })
}

t.test('a connection that fails chooses nothing', async t => {
  const odoo = await sandboxAs(19)
  let asked = 0
  const url = await serveHttp(t, incoming => {
    asked++
    incoming.socket.destroy()
  })
  await t.rejects(adapter(t).login(credentialOf(odoo, url), scope()), { code: 'odoo_unavailable' })
  await t.rejects(adapter(t).login(credentialOf(odoo, url, alone), scope()), { code: 'odoo_unavailable' })
  t.equal(asked, 2)
})

t.test('an answer that is no version of Odoo closes its path', async t => {
  const odoo = await sandboxAs(19)
  const strange = { status: 200, body: '{"jsonrpc":"2.0","id":1,"result":{"server_version":"nginx"}}' }
  const proxy = await walled(t, odoo, { '/jsonrpc': strange })
  t.match((await adapter(t).login(credentialOf(odoo, proxy.url), scope())).identity, { protocol: 'xmlrpc' })
})

if ((await odoos()).length === 0) t.comment('only the sandboxes were asked')
