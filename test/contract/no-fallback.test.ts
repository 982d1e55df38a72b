import t from 'tap'
import { noOdoo, odoos } from '../lab/odoos.js'
import { witnesses } from '../lab/witnesses.js'
import { startProxy } from './proxy.js'
import { connectionFlags, startServer } from './server.js'
import { type Access, mcpHttp, modern, oldMcpHttp, oldStdio, rest, type Surface, stdio } from './surfaces.js'
import { until } from './until.js'
import { createWorld } from './world.js'

const write = { model: 'res.partner', ids: [1], values: { function: 'written by mistake' } }
const nobody = { code: 'auth_required', detail: 'there is no Odoo session for this call, or it has ended' }

for (const odoo of await witnesses()) {
  t.test(`${odoo.name}: a session that is no more never falls back to the default connection`, async t => {
    const world = await createWorld(odoo)
    const proxy = await startProxy(odoo.url)
    // The default connection goes through the proxy, which counts; sessions go straight to the same Odoo.
    const flags = {
      ...connectionFlags({ ...odoo, url: proxy.url }),
      'allow-connect': true,
      'allowed-odoo-hosts': '127.0.0.1'
    }
    const server = await startServer(flags)
    const shortLived = await startServer({ ...flags, 'session-max': '1' })
    t.teardown(() => Promise.all([server.close(), shortLived.close(), proxy.close(), world.close()]))
    const { username, password } = world.sales
    const login = { url: odoo.url, database: odoo.database, username, password }

    const connected = async (surface: Surface) => {
      const { output, problem } = await surface.call('odoo_connect', login)
      t.equal(problem, undefined, `${surface.name} connects`)
      return { bearer: output?.session as string }
    }
    const implicit = [
      (url: string) => mcpHttp(url, 'legacy'),
      (url: string) => oldMcpHttp(url),
      () => stdio(flags, modern),
      () => stdio(flags, 'legacy'),
      () => oldStdio(flags)
    ]

    await t.test('after odoo_disconnect', async t => {
      const access = await connected(rest(server.url))
      t.match(await rest(server.url, access).call('odoo_disconnect'), { output: { message: 'Disconnected.' } })
      // REST refuses a dead bearer at the door, before there is a tool.
      t.match(await rest(server.url, access).call('odoo_write', write), { problem: { code: 'auth_required' } })

      const stateless = await mcpHttp(server.url, modern)
      const session = (await stateless.call('odoo_connect', login)).output?.session
      t.match(await stateless.call('odoo_disconnect', { session }), { output: { message: 'Disconnected.' } })
      t.match(await stateless.call('odoo_write', { ...write, session }), { problem: nobody })
      await stateless.close()

      for (const open of implicit) {
        const surface = await open(server.url)
        await connected(surface)
        t.match(await surface.call('odoo_disconnect'), { output: { message: 'Disconnected.' } }, surface.name)
        t.match(await surface.call('odoo_write', write), { problem: nobody }, surface.name)
        await surface.close()
      }
    })

    await t.test('after it has expired', async t => {
      const gone = (surface: Surface, input: object = {}) =>
        until(`the session of ${surface.name} expires`, async () => {
          const { problem } = await surface.call('odoo_session', input)
          return problem?.code === 'auth_required'
        })
      const bearer = rest(shortLived.url, await connected(rest(shortLived.url)))
      await gone(bearer)
      t.match(await bearer.call('odoo_write', write), { problem: { code: 'auth_required' } })

      const stateless = await mcpHttp(shortLived.url, modern)
      const session = (await stateless.call('odoo_connect', login)).output?.session
      await gone(stateless, { session })
      t.match(await stateless.call('odoo_write', { ...write, session }), { problem: nobody })
      await stateless.close()

      for (const open of [implicit[0], implicit[1]] as ((url: string) => Promise<Surface>)[]) {
        const surface = await open(shortLived.url)
        await connected(surface)
        await gone(surface)
        t.match(await surface.call('odoo_write', write), { problem: nobody }, surface.name)
        await surface.close()
      }
    })

    await t.test('when it never existed, or is of another kind', async t => {
      const { bearer } = await connected(rest(server.url))
      const unknown = `oms_h_${'x'.repeat(43)}`
      const ways: [string, Access][] = [
        ['an unknown bearer', { bearer: `oms_b_${'x'.repeat(43)}` }],
        ['a token that is not ours', { bearer: 'x'.repeat(43) }],
        ['an unknown handle', { handle: unknown }],
        ['a bearer as a handle', { handle: bearer as string }],
        ['two secrets', { bearer: bearer as string, handle: unknown }]
      ]
      for (const [what, access] of ways) {
        t.match(await rest(server.url, access).call('odoo_write', write), { problem: { code: 'auth_required' } }, what)
      }
      const stateless = await mcpHttp(server.url, modern)
      for (const session of [unknown, bearer, 'nonsense', '']) {
        t.match(await stateless.call('odoo_write', { ...write, session }), { problem: nobody }, `session ${session}`)
      }
      await stateless.close()
    })

    t.same(proxy.seen, [], 'the default Odoo was asked nothing')
    t.match(await rest(server.url).call('odoo_count', { model: 'res.partner' }), { output: { count: Number } })
    t.ok(proxy.seen.length > 0, 'control: without a session, a call does go there')
    t.not(
      ((await world.admin.call('res.partner', 'read', [[1], ['function']])) as { function: unknown }[])[0]?.function,
      'written by mistake'
    )
  })
}
if ((await odoos()).length === 0) t.pass('no fallback', { skip: noOdoo })
