import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { sandboxAs } from '../lab/witnesses.js'
import { watchedFetch } from './canary.js'
import { connectionFlags, type Flags, startServer } from './server.js'
import { rest, toReply } from './surfaces.js'

const [ada, bob] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')]

async function serve(t: Test, flags: Flags, keys: Flags = { 'access-keys': `ada=${ada},bob=${bob}` }) {
  const server = await startServer({
    ...connectionFlags(await sandboxAs(19)),
    ...keys,
    'allow-connect': true,
    'requests-per-minute': '0',
    'log-level': 'warn',
    ...flags
  })
  t.teardown(() => server.close())
  return server.url
}

/** What one tenant can hold open; each opens one more and tells how the server took it. */
const rooms: Record<string, { flags: Flags; whole: Flags; open: (url: string, key: string) => Promise<Response> }> = {
  'sessions of Odoo': {
    flags: { 'max-sessions-per-principal': '3', 'max-sessions': '5' },
    whole: { 'max-sessions': '2' },
    open: (url, key) => post(`${url}/connect`, key, {})
  },
  'MCP sessions': {
    flags: { 'max-sessions-per-principal': '3', 'max-sessions': '5' },
    whole: { 'max-sessions': '2' },
    open: (url, key) => post(`${url}/mcp`, key, initialize)
  },
  'event streams': {
    flags: { 'max-streams-per-principal': '3' },
    whole: {},
    open: (url, key) => watchedFetch(`${url}/events`, { headers: headersOf(key) })
  }
}

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } }
}

const headersOf = (key: string) => ({
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  ...(key !== '' && { authorization: `Bearer ${key}` })
})

function post(url: string, key: string, body: object): Promise<Response> {
  return watchedFetch(url, { method: 'POST', headers: headersOf(key), body: JSON.stringify(body) })
}

/** Opens so many, which stay open, and gives their statuses. */
async function openMany(t: Test, count: number, open: () => Promise<Response>): Promise<number[]> {
  const statuses: number[] = []
  for (let n = 0; n < count; n++) {
    const answer = await open()
    t.teardown(() => answer.body?.cancel().catch(() => {}))
    statuses.push(answer.status)
  }
  return statuses
}

for (const [name, { flags, whole, open }] of Object.entries(rooms)) {
  t.test(`${name}: one tenant has its part and no more, and the other has its own`, async t => {
    const url = await serve(t, flags)
    t.same(await openMany(t, 5, () => open(url, ada)), [200, 200, 200, 503, 503])
    const full = await open(url, ada)
    t.match(full.headers.get('retry-after'), /^[1-9]\d*$/)
    const body = (await full.json()) as { code?: string; error?: { data: object } }
    t.match(body.error?.data ?? body, { code: 'busy', retry_after_s: Number, hint: String })
    t.same(await openMany(t, 2, () => open(url, bob)), [200, 200], 'the other tenant')
  })

  if (Object.keys(whole).length > 0) {
    t.test(`${name}: when all is full, nobody is sent away for who comes`, async t => {
      const url = await serve(t, whole)
      const first = (await toReply(await post(`${url}/connect`, ada, {}))).output?.session as string
      t.same(
        await openMany(t, 4, () => open(url, bob)),
        name === 'MCP sessions' ? [200, 200, 503, 503] : [200, 503, 503, 503]
      )
      t.ok((await rest(url, { bearer: first }).call('odoo_session')).output, 'the first one is still there')
    })
  }

  t.test(`${name}: a loopback without keys has the same limits`, async t => {
    const url = await serve(t, flags, {})
    t.same(await openMany(t, 5, () => open(url, '')), [200, 200, 200, 503, 503])
  })
}

t.test('control: without those limits one tenant takes all that it asks for', async t => {
  for (const [name, { open }] of Object.entries(rooms)) {
    const url = await serve(t, {})
    t.same(await openMany(t, 8, () => open(url, ada)), Array(8).fill(200), name)
  }
  const url = await serve(t, { 'max-sessions': '4' })
  const all = () => openMany(t, 4, () => post(`${url}/connect`, ada, {}))
  t.same(await all(), [200, 200, 200, 200])
  t.equal((await post(`${url}/connect`, bob, {})).status, 503, 'nothing is left for the other')
})

t.test('a session that has ended makes room', async t => {
  const url = await serve(t, { 'max-sessions': '1' })
  const open = async () => (await toReply(await post(`${url}/connect`, ada, {}))).output?.session as string | undefined
  const bearer = await open()
  t.equal(await open(), undefined)
  t.ok((await rest(url, { bearer: bearer as string }).call('odoo_disconnect')).output)
  t.ok(await open())
})
