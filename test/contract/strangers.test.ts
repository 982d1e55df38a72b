import { randomBytes } from 'node:crypto'
import t from 'tap'
import { noOdoo, odoos } from '../lab/odoos.js'
import { witnesses } from '../lab/witnesses.js'
import { watchedFetch } from './canary.js'
import { connectionFlags, startServer } from './server.js'
import { mcpHttp, modern, type Reply, rest, toReply } from './surfaces.js'

const [ada, bob] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')]
const withoutId = ({ problem }: Reply) => ({ ...problem, request_id: undefined })

for (const odoo of await witnesses()) {
  t.test(`${odoo.name}: what belongs to somebody else answers like what never existed`, async t => {
    const server = await startServer({
      ...connectionFlags(odoo),
      'access-keys': `ada=${ada},bob=${bob}`,
      'allow-connect': true
    })
    t.teardown(() => server.close())
    const adas = await mcpHttp(server.url, modern, { bearer: ada })
    const bobs = await mcpHttp(server.url, modern, { bearer: bob })
    t.teardown(() => Promise.all([adas.close(), bobs.close()]))

    await t.test('a handle', async t => {
      const session = (await adas.call('odoo_connect')).output?.session as string
      const random = `oms_h_${randomBytes(32).toString('base64url')}`
      const stolen = await bobs.call('odoo_session', { session })
      t.equal(stolen.problem?.code, 'auth_required')
      t.same(withoutId(stolen), withoutId(await bobs.call('odoo_session', { session: random })))
      t.same(
        withoutId(await rest(server.url, { bearer: bob, handle: session }).call('odoo_session')),
        withoutId(await rest(server.url, { bearer: bob, handle: random }).call('odoo_session'))
      )
      t.match(await adas.call('odoo_session', { session }), { output: { uid: Number } }, 'control: its owner is let in')
    })

    await t.test('a bearer, where it is not accepted, and a handle as a bearer', async t => {
      const bearer = (await rest(server.url, { bearer: ada }).call('odoo_connect')).output?.session as string
      const handle = (await adas.call('odoo_connect')).output?.session as string
      const random = `oms_b_${randomBytes(32).toString('base64url')}`
      const asHandle = await bobs.call('odoo_session', { session: bearer })
      t.same(withoutId(asHandle), withoutId(await bobs.call('odoo_session', { session: random })))
      const asBearer = await rest(server.url, { bearer: handle }).call('odoo_session')
      t.equal(asBearer.problem?.status, 401)
      t.same(withoutId(asBearer), withoutId(await rest(server.url, { bearer: random }).call('odoo_session')))
      t.match(await rest(server.url, { bearer }).call('odoo_session'), { output: { uid: Number } }, 'control')
    })

    await t.test('an Mcp-Session-Id', async t => {
      const initialize = (bearer: string) =>
        post(bearer, undefined, {
          id: 1,
          method: 'initialize',
          params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } }
        })
      const post = (bearer: string, id: string | undefined, message: object) =>
        watchedFetch(`${server.url}/mcp`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${bearer}`,
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            ...(id && { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' })
          },
          body: JSON.stringify({ jsonrpc: '2.0', ...message })
        })
      const id = (await initialize(ada)).headers.get('mcp-session-id') as string
      const list = { id: 2, method: 'tools/list' }
      const stolen = await post(bob, id, list)
      const random = await post(bob, crypto.randomUUID(), list)
      t.equal(stolen.status, 404)
      t.same([stolen.status, await stolen.json()], [random.status, await random.json()])
      t.equal((await post(ada, id, list)).status, 200, 'control: its owner is let in')
    })

    await t.test('no key, a wrong key, and a key in the wrong place', async t => {
      for (const path of ['/search', '/mcp', '/session', '/']) {
        for (const authorization of [undefined, `Bearer ${randomBytes(24).toString('hex')}`, `Basic ${ada}`]) {
          const response = await watchedFetch(server.url + path, {
            method: path === '/' ? 'GET' : 'POST',
            headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
            ...(path !== '/' && { body: '{}' })
          })
          // On loopback the front page is open: it says nothing that a stranger could use.
          if (path === '/' && response.status === 200) continue
          t.equal(response.status, 401, `${path} ${authorization?.slice(0, 6)}`)
          t.equal(response.headers.get('www-authenticate'), 'Bearer')
          t.match(await toReply(response), { problem: { code: 'auth_required' } })
        }
      }
    })
  })
}
if ((await odoos()).length === 0) t.pass('strangers', { skip: noOdoo })
