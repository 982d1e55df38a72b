import t, { type Test } from 'tap'
import type { Problem } from '../../src/core/errors.js'
import type { JsonObject } from '../../src/core/json.js'
import { noOdoo, odoos } from '../lab/odoos.js'
import { witnesses } from '../lab/witnesses.js'
import { startProxy } from './proxy.js'
import { connectionFlags, type Flags, startServer } from './server.js'
import { everySurface, rest, type Surface } from './surfaces.js'
import { createWorld, type World } from './world.js'

/** Errors that come from the connection and the login rather than from what a call asks. */
for (const odoo of await witnesses()) {
  t.test(`${odoo.name}: every surface tells these errors with code and hint`, async t => {
    const world = await createWorld(odoo)
    const proxy = await startProxy(odoo.url)
    const flags: Flags = {
      ...connectionFlags({ ...odoo, url: proxy.url }),
      'allow-connect': true,
      'allowed-odoo-hosts': '127.0.0.1',
      retries: '0'
    }
    const server = await startServer(flags)
    const surfaces = await everySurface(server.url, flags)
    t.teardown(async () => {
      await Promise.all(surfaces.map(surface => surface.close()))
      await Promise.all([server.close(), proxy.close(), world.close()])
    })
    await Promise.all(surfaces.map(surface => surface.call('odoo_count', { model: 'res.partner' })))

    await t.test('odoo_error: an Odoo that answers with a page', async t => {
      proxy.instead = () => ({ status: 500, type: 'text/html', body: '<h1>Traceback of /usr/lib/secret.py</h1>' })
      const problems = await ask(surfaces, 'odoo_count', { model: 'res.partner' })
      expect(t, problems, { code: 'odoo_error', detail: String })
      t.notMatch(JSON.stringify(problems), /Traceback|secret\.py/)
      proxy.instead = undefined
    })

    await t.test('odoo_unavailable: nobody there, and a gateway in front that says so', async t => {
      // An answer in between: an Odoo that fails five times in a row is left alone for a moment.
      t.ok((await rest(server.url).call('odoo_count', { model: 'res.partner' })).output)
      proxy.instead = () => ({ status: 502, type: 'text/html', body: 'bad gateway' })
      expect(t, await ask(surfaces, 'odoo_count', { model: 'res.partner' }), { code: 'odoo_unavailable' })
      proxy.instead = undefined
      const nowhere = { url: 'http://127.0.0.1:1', database: 'x', username: 'x', password: 'x-x-x-x-x' }
      expect(t, await ask(surfaces, 'odoo_connect', nowhere), { code: 'odoo_unavailable', hint: String })
    })

    await t.test('access_denied: what Odoo does not let this user do', async t => {
      const { username, password } = world.portal
      const login = { url: odoo.url, database: odoo.database, username, password }
      const values = { model: 'res.partner', values: { name: 'x', ref: world.ref } }
      expect(t, await askAs(server.url, surfaces, login, 'odoo_create', values), {
        code: 'access_denied',
        outcome: 'not_applied'
      })
    })

    // Odoo 14 blocks an address after ten refused logins, and the other tests come from the same one.
    const skip = world.major < 19 && 'Odoo 14 would block the other tests'
    await t.test('auth_failed: a wrong password', { skip }, async t => {
      const login = { url: odoo.url, database: odoo.database, username: 'admin', password: 'certainly-not-this-one' }
      expect(t, await ask(surfaces, 'odoo_connect', login), { code: 'auth_failed', hint: /two-factor/ })
    })

    await t.test('not_found: a database that does not exist', async t => {
      const login = { url: odoo.url, database: 'no-such-db', username: 'admin', password: 'certainly-not-this-one' }
      expect(t, await ask(surfaces, 'odoo_connect', login), { code: 'not_found', detail: /"no-such-db"/ })
    })

    await busy(t, world)
  })
}
if ((await odoos()).length === 0) t.pass('errors', { skip: noOdoo })

function ask(surfaces: Surface[], tool: string, input: JsonObject) {
  return Promise.all(
    surfaces.map(async surface => ({ name: surface.name, problem: (await surface.call(tool, input)).problem }))
  )
}

/** Connects on each surface, and calls with what that gave. */
function askAs(url: string, surfaces: Surface[], login: JsonObject, tool: string, input: JsonObject) {
  return Promise.all(
    surfaces.map(async surface => {
      const { session } = (await surface.call('odoo_connect', login)).output ?? {}
      const isRest = surface.name === 'REST'
      const as = isRest ? rest(url, { bearer: session as string }) : surface
      const argument = session !== undefined && !isRest ? { session } : {}
      return { name: surface.name, problem: (await as.call(tool, { ...input, ...argument })).problem }
    })
  )
}

function expect(t: Test, problems: { name: string; problem: Problem | undefined }[], pattern: object): void {
  for (const { name, problem } of problems) t.match(problem, pattern, name)
}

async function busy(t: Test, { odoo }: World) {
  await t.test('busy: as many sessions as there may be', async t => {
    const flags = { ...connectionFlags(odoo), 'allow-connect': true, 'max-sessions': '2' }
    const server = await startServer(flags)
    const surfaces = await everySurface(server.url, { ...flags, 'max-sessions': '1' })
    t.teardown(() => Promise.all([...surfaces.map(surface => surface.close()), server.close()]))
    // Two fill the server; each stdio process has room for one of its own.
    for (const connect of [1, 2]) t.ok((await rest(server.url).call('odoo_connect')).output, `session ${connect}`)
    await Promise.all(surfaces.filter(({ name }) => name.startsWith('stdio')).map(one => one.call('odoo_connect')))
    expect(t, await ask(surfaces, 'odoo_connect', {}), { code: 'busy', retry_after_s: Number, hint: String })
  })
}
