import t, { type Test } from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js'
import { type Flags, startServer, type TestServer } from './server.js'
import { mcpHttp, type Reply, rest, toReply } from './surfaces.js'
import { until } from './until.js'

t.test('an Odoo that hangs with all its places taken holds up no other, nor health, nor pings', async t => {
  const { server, sandbox } = await open(t)
  const other = await sandboxFor(t)
  const ping = await mcpHttp(server.url, 'legacy')
  t.teardown(() => ping.close())
  const bearers = await Promise.all([connect(server, sandbox), connect(server, sandbox), connect(server, other)])
  const [one, two, elsewhere] = bearers
  // What is learnt of a model is asked for once, whoever needs it.
  await read(server, one)
  const hanging = sandbox.faults.add({ kind: 'hang' })
  const leave = new AbortController()
  const hung = [one, two].flatMap(bearer =>
    Array.from({ length: 12 }, () => read(server, bearer, leave.signal).catch(() => undefined))
  )
  await until('every place is taken', () => hanging.fired >= 8)

  t.match(await rest(server.url, { bearer: elsewhere }).call('odoo_count', { model: 'res.partner' }), { output: {} })
  t.equal((await fetch(`${server.url}/health`)).status, 200)
  t.strictSame(await ping.client.ping(), {})
  t.equal(hanging.fired, 8, 'more never arrive')

  // Who leaves gives back the places of the reads, and those in the queue.
  sandbox.faults.clear()
  leave.abort()
  await Promise.all(hung)
  t.match(await read(server, one), { output: { count: 1 } })
  t.equal(hanging.fired, 8, 'what was in the queue was never sent')
})

t.test('reads of one caller do not starve another at the same Odoo', async t => {
  const { server, sandbox } = await open(t)
  const [many, few] = await Promise.all([connect(server, sandbox), connect(server, sandbox)])
  await Promise.all([read(server, many), read(server, few)])
  const slow = sandbox.faults.add({ kind: 'delay', ms: 50 })
  let ended = 0
  const flood = Array.from({ length: 100 }, () => read(server, many).then(() => ended++))
  await until('the places are taken', () => slow.fired >= 7)
  t.match(await read(server, few), { output: { count: 1 } })
  t.ok(ended < 50, `${ended} of 100 went first`)
  await Promise.all(flood)
})

t.test('a queue that is full refuses as busy, with when to come again, and a write was not applied', async t => {
  const { server, sandbox } = await open(t, { 'max-queue': '2', 'max-concurrency': '1' })
  const bearer = await connect(server, sandbox)
  // What is learnt of models beforehand has a turn of its own.
  await Promise.all([read(server, bearer), write(server, bearer)])
  sandbox.counts.reset()
  const hanging = sandbox.faults.add({ kind: 'hang' })
  const leave = new AbortController()
  const replies: Reply[] = []
  const six = Array.from({ length: 6 }, () => read(server, bearer, leave.signal).then(reply => replies.push(reply)))
  await until('one is on its way, two wait, and three are refused', () => replies.length === 3)
  const busy = { code: 'busy', retry_after_s: 5 }
  for (const { problem } of replies) t.match(problem, busy)
  t.equal(hanging.fired, 1)
  t.match((await read(server, bearer)).problem, busy)
  t.match((await write(server, bearer)).problem, { ...busy, outcome: 'not_applied' })
  t.equal(sandbox.counts.calls({ method: 'write' }), 0)
  sandbox.faults.clear()
  leave.abort()
  await Promise.allSettled(six)
  await until('those who left have given back their places', async () => (await write(server, bearer)).output)
  t.equal(sandbox.counts.calls({ method: 'write' }), 1)
})

t.test('an Odoo that restarts is left alone while it is down, and asked again when it is back', async t => {
  const { server, sandbox } = await open(t, { retries: '1' })
  const other = await sandboxFor(t)
  const [bearer, elsewhere] = await Promise.all([connect(server, sandbox), connect(server, other)])
  await sandbox.close()
  const codes = new Set<string | undefined>()
  await until('it is left alone', async () => {
    const { problem } = await read(server, bearer)
    codes.add(problem?.code)
    return problem?.code === 'busy'
  })
  t.strictSame([...codes], ['odoo_unavailable', 'busy'])
  t.match((await write(server, bearer)).problem, { code: 'busy', outcome: 'not_applied', retry_after_s: Number })
  t.match(await read(server, elsewhere), { output: { count: 1 } }, 'others are not touched')

  const again = await startSandbox({ port: Number(new URL(sandbox.url).port) })
  t.teardown(() => again.close())
  await until('a write works again', async () => (await write(server, bearer)).output !== undefined, 15_000)
  t.equal(again.counts.calls({ method: 'write' }), 1, 'no write has been what tried whether it is back')
  t.equal(again.counts.calls({ method: 'version' }), 1, 'a call without a secret has')
  t.match(await read(server, bearer), { output: { count: 1 } })
})

t.test('the late reply of a write is awaited, audited, and frees its place', async t => {
  const { server, sandbox } = await open(t, { 'write-timeout': '1', 'max-concurrency': '1' })
  const bearer = await connect(server, sandbox)
  await read(server, bearer)
  sandbox.faults.add({ kind: 'delay', ms: 1500, when: { method: 'write' }, times: 1 })
  const writing = write(server, bearer)
  t.match((await writing).problem, { code: 'timeout', outcome: 'unknown' })
  const audits = () => server.log.flatMap(({ audit }) => (audit === undefined ? [] : [audit as JsonObject]))
  await until('it is audited', () => audits().some(({ outcome }) => outcome === 'applied_late'))
  t.match(await read(server, bearer), { output: { count: 1 } })
  t.equal(sandbox.counts.writes, 1)
})

async function open(t: Test, flags: Flags = {}): Promise<{ server: TestServer; sandbox: Sandbox }> {
  const server = await startServer(flags)
  t.teardown(() => server.close())
  return { server, sandbox: await sandboxFor(t) }
}

async function sandboxFor(t: Test): Promise<Sandbox> {
  const sandbox = await startSandbox()
  t.teardown(() => sandbox.close())
  return sandbox
}

async function connect(server: TestServer, { url, database, users }: Sandbox): Promise<string> {
  const { username, password } = users.admin
  const { output } = await rest(server.url).call('odoo_connect', { url, database, username, password })
  return output?.session as string
}

const admin = 2

function read(server: TestServer, bearer: string, signal = new AbortController().signal): Promise<Reply> {
  return post(server, '/read', bearer, { model: 'res.users', ids: [admin], fields: ['login'] }, signal)
}

function write(server: TestServer, bearer: string): Promise<Reply> {
  const body = { model: 'res.partner', ids: [1], values: { city: 'written' } }
  return post(server, '/write', bearer, body, new AbortController().signal)
}

async function post(server: TestServer, path: string, bearer: string, body: JsonObject, signal: AbortSignal) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
  const init = { method: 'POST', headers, body: JSON.stringify(body), signal }
  return toReply(await fetch(server.url + path, init))
}
