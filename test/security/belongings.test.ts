import { randomBytes } from 'node:crypto'
import t from 'tap'
import type { Problem } from '../../src/core/errors.js'
import { connectionFlags, startServer } from '../contract/server.js'
import { until } from '../contract/until.js'
import { listen } from '../events/listen.js'
import { logInDirectly } from '../lab/rpc.js'
import { sandboxAs } from '../lab/witnesses.js'

// test/contract/strangers.test.ts has handles, bearers and Mcp-Session-Ids; here is what streams and files give out.

const [ada, bob] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')]

t.test('what a stream was given is of no use to the holder of another key', async t => {
  const odoo = await sandboxAs(19)
  const admin = await logInDirectly(odoo)
  const [partner = 0] = await admin.call<number[]>('res.partner', 'create', [[{ name: 'Ada only', city: 'first' }]])
  const uri = `odoo://res.partner/${partner}?fields=city`
  const server = await startServer({
    ...connectionFlags(odoo),
    'access-keys': `ada=${ada},bob=${bob}`,
    'poll-interval': '0.2'
  })
  t.teardown(() => server.close())
  const as = (key: string) => ({ authorization: `Bearer ${key}` })
  const post = async (key: string, path: string, body: object) => {
    const headers = { ...as(key), 'content-type': 'application/json' }
    const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    const { request_id: _, ...answer } = (await response.json()) as Problem
    return { status: response.status, answer }
  }
  const stream = await listen(`${server.url}/events?uri=${encodeURIComponent(uri)}`, as(ada))
  t.teardown(() => stream.leave())
  const client_id = (await stream.next()).params.client_id as string

  await t.test('the client_id', async t => {
    const unknown = randomBytes(16).toString('base64url')
    for (const path of ['/subscribe', '/unsubscribe']) {
      const foreign = await post(bob, path, { client_id, uri })
      const none = await post(bob, path, { client_id: unknown, uri })
      t.not(foreign.status, 200, path)
      t.same(JSON.stringify(foreign).replaceAll(client_id, unknown), JSON.stringify(none), `${path} answers alike`)
    }
    const own = await post(ada, '/subscribe', { client_id, uri: `odoo://res.partner/${partner}` })
    t.equal(own.status, 200, 'control: its owner is let in')
  })

  await t.test('an event id', async t => {
    await admin.call('res.partner', 'write', [[partner], { city: 'second' }])
    await until('the change is told', () => stream.told.some(({ params }) => JSON.stringify(params).includes('second')))
    const last = stream.told[0]?.id as string
    const replayed = async (key: string) => {
      const again = await listen(`${server.url}/events`, { ...as(key), 'last-event-id': last })
      t.teardown(() => again.leave())
      await again.next()
      return again
    }
    const foreign = await replayed(bob)
    const mark = await post(bob, '/subscribe', {
      client_id: foreign.told[0]?.params.client_id,
      uri: `odoo://res.partner/${partner}?fields=name`
    })
    t.equal(mark.status, 200)
    t.notMatch(foreign.text, 'second')
    t.not(foreign.told[0]?.params.client_id, client_id)
    const own = await replayed(ada)
    await until('its owner is told what was missed', () => own.text.includes('second'))
  })

  await t.test('a ticket, once it is spent, and one that was made up', async t => {
    const { answer } = await post(ada, '/events/ticket', {})
    const { ticket } = answer as unknown as { ticket: string }
    const open = (of: string) => listen(`${server.url}/events?ticket=${of}`)
    const first = await open(ticket)
    t.equal(first.status, 200, 'control: it opens one stream')
    first.leave()
    const again = await open(ticket)
    const madeUp = await open(`omt_${randomBytes(32).toString('base64url')}`)
    t.strictSame([again.status, madeUp.status], [401, 401])
    t.notMatch(JSON.stringify(server.log), ticket, 'nor does the log tell it')
  })
})
