import http from 'node:http'
import https from 'node:https'
import t from 'tap'
import { nearest } from '../../src/sandbox/nearest.js'
import { certificate } from '../odoo/servers.js'
import { countNamed, create, execute, executeKw, openWire, post, rawPost, sandboxFor } from './clients.js'

const reset = { code: 'ECONNRESET' }

t.test('without faults every request is answered and counted, and a write counts once it is committed', async t => {
  const sandbox = await sandboxFor(t)
  await create(sandbox, 'counted')
  await execute(sandbox, 'res.partner', 'create', [{ nope: 1 }])
  t.equal(await countNamed(sandbox, 'counted'), 1)
  const { counts } = sandbox
  t.match(counts, { requests: 3, writes: 1, faults: {} })
  t.equal(counts.calls({ model: 'res.partner', method: 'create' }), 2)
  t.equal(counts.calls({ wire: 'jsonrpc' }), 3)
  t.equal(counts.calls({ wire: 'xmlrpc' }), 0)
  counts.reset()
  t.match(counts, { requests: 0, writes: 0 })
})

t.test('a delayed answer comes after those of later requests', async t => {
  const sandbox = await sandboxFor(t)
  sandbox.faults.add({ kind: 'delay', ms: 200, times: 1 })
  const order: string[] = []
  const late = create(sandbox, 'late').then(() => order.push('late'))
  await sawRequests(sandbox, 1)
  await create(sandbox, 'soon').then(() => order.push('soon'))
  t.equal(await countNamed(sandbox, 'late'), 0)
  await late
  t.strictSame(order, ['soon', 'late'])
  t.equal(await countNamed(sandbox, 'late'), 1)
})

t.test('a delay may begin when the call was applied', async t => {
  const sandbox = await sandboxFor(t)
  sandbox.faults.add({ kind: 'delay', ms: 200, times: 1, applied: true })
  const late = create(sandbox, 'late')
  await sawRequests(sandbox, 1)
  t.equal(await countNamed(sandbox, 'late'), 1)
  t.equal((await late).status, 200)
})

for (const applied of [false, true]) {
  t.test(`a request that hangs is ${applied ? 'applied' : 'not applied'}, and ends with the sandbox`, async t => {
    const sandbox = await sandboxFor(t)
    sandbox.faults.add({ kind: 'hang', applied, times: 1 })
    const wire = openWire(t, sandbox, rawPost('/jsonrpc', createBody(sandbox, 'hanging')))
    await sawRequests(sandbox, 1)
    t.equal(await countNamed(sandbox, 'hanging'), applied ? 1 : 0)
    t.equal(sandbox.counts.writes, applied ? 1 : 0)
    t.equal(wire.text(), '')
    await sandbox.close()
    await wire.ended
  })

  t.test(`a connection that is reset ${applied ? 'after' : 'before'} the write`, async t => {
    const sandbox = await sandboxFor(t)
    sandbox.faults.add({ kind: 'reset', applied, when: { method: 'create' } })
    await t.rejects(create(sandbox, 'reset'), reset)
    t.equal(sandbox.counts.writes, applied ? 1 : 0)
    t.equal(await countNamed(sandbox, 'reset'), applied ? 1 : 0)
    t.strictSame(sandbox.counts.faults, { reset: 1 })
  })
}

t.test('a half-open connection looks alive until the next request on it, which is not applied', async t => {
  const sandbox = await sandboxFor(t)
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  sandbox.faults.add({ kind: 'half-open', times: 1 })
  t.equal((await create(sandbox, 'first', { agent })).status, 200)
  await t.rejects(create(sandbox, 'second', { agent }), reset)
  t.equal((await create(sandbox, 'third', { agent })).status, 200)
  t.equal(sandbox.counts.connections, 2)
  t.equal(await countNamed(sandbox, 'first'), 1)
  t.equal(await countNamed(sandbox, 'second'), 0)
})

t.test('a half-open connection may swallow requests in silence', async t => {
  const sandbox = await sandboxFor(t)
  sandbox.faults.add({ kind: 'half-open', next: 'silence', times: 1 })
  const wire = openWire(t, sandbox, rawPost('/jsonrpc', createBody(sandbox, 'first')))
  await wire.until('"result"')
  const before = wire.text()
  wire.socket.write(rawPost('/jsonrpc', createBody(sandbox, 'second')))
  await sawRequests(sandbox, 2)
  t.equal(await countNamed(sandbox, 'second'), 0)
  t.equal(wire.text(), before)
  t.notOk(wire.socket.destroyed)
})

t.test('a proxy says that Odoo is away, or that there are too many requests', async t => {
  const sandbox = await sandboxFor(t)
  for (const status of [502, 503, 504]) {
    sandbox.faults.add({ kind: 'status', status, times: 1 })
    t.match(await create(sandbox, 'proxy'), { status, headers: { 'content-type': 'text/html' } })
  }
  sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 7, times: 1 })
  t.match(await create(sandbox, 'proxy'), { status: 429, headers: { 'retry-after': '7' } })
  t.equal(sandbox.counts.writes, 0)
  sandbox.faults.add({ kind: 'status', status: 504, applied: true, times: 1 })
  t.match(await create(sandbox, 'proxy'), { status: 504 })
  t.equal(sandbox.counts.writes, 1)
})

t.test('a page of HTML comes with status 200 where JSON was expected', async t => {
  const sandbox = await sandboxFor(t)
  sandbox.faults.add({ kind: 'html', times: 1 })
  const { status, headers, text } = await create(sandbox, 'html')
  t.match({ status, type: headers['content-type'] }, { status: 200, type: /^text\/html/ })
  t.match(text, /^<!DOCTYPE html>/)
  t.equal(sandbox.counts.writes, 0)
})

t.test('a truncated answer ends in the middle; the call was applied', async t => {
  const sandbox = await sandboxFor(t)
  sandbox.faults.add({ kind: 'truncate', keep: 10, times: 1 })
  const wire = openWire(t, sandbox, rawPost('/jsonrpc', createBody(sandbox, 'truncated')))
  await wire.ended
  const [head, body] = wire.text().split('\r\n\r\n') as [string, string]
  t.ok(Number(/content-length: (\d+)/i.exec(head)?.[1]) > 10)
  t.equal(body.length, 10)
  sandbox.faults.add({ kind: 'truncate', times: 1 })
  await t.rejects(create(sandbox, 'truncated'), reset)
  t.equal(sandbox.counts.writes, 2)
})

t.test('a dripping answer comes in small pieces, and is whole in the end', async t => {
  const sandbox = await sandboxFor(t)
  sandbox.faults.add({ kind: 'drip', bytes: 8, ms: 5, times: 1 })
  const wire = openWire(t, sandbox, rawPost('/jsonrpc', createBody(sandbox, 'dripping')))
  await wire.until('}')
  t.ok(wire.pieces.length > 3, `${wire.pieces.length} pieces`)
  t.ok(JSON.parse(wire.text().split('\r\n\r\n')[1] as string).result > 0)
})

t.test('an answer comes in two packets', async t => {
  const sandbox = await sandboxFor(t)
  sandbox.faults.add({ kind: 'split', ms: 50, times: 1 })
  const wire = openWire(t, sandbox, rawPost('/jsonrpc', createBody(sandbox, 'split')))
  await wire.until('}')
  const first = wire.pieces.findIndex(piece => piece.includes('"jsonrpc"'))
  t.notOk(wire.pieces[first]?.includes('}'), 'the body is cut')
  t.ok(JSON.parse(wire.text().split('\r\n\r\n')[1] as string).result > 0)
})

t.test('a huge answer is as long as told, and still what it was', async t => {
  const sandbox = await sandboxFor(t)
  const bytes = 3_000_001
  sandbox.faults.add({ kind: 'huge', bytes, times: 2 })
  const { headers, text } = await create(sandbox, 'huge')
  t.match(headers, { 'content-length': String(bytes) })
  t.equal(text.length, bytes)
  t.ok(JSON.parse(text).result > 0)
  const xml = await post(`${sandbox.url}/xmlrpc/2/common`, '<methodCall><methodName>version</methodName></methodCall>')
  t.match(xml.text.trimEnd(), /<\/methodResponse>$/)
})

t.test('Content-Length may promise more than comes, or less', async t => {
  const sandbox = await sandboxFor(t)
  sandbox.faults.add({ kind: 'length', by: 5, times: 1 })
  const long = openWire(t, sandbox, rawPost('/jsonrpc', createBody(sandbox, 'length')))
  await long.until('}')
  t.equal(difference(long.text()), 5)
  sandbox.faults.add({ kind: 'length', by: -5, times: 1 })
  const short = openWire(t, sandbox, rawPost('/jsonrpc', createBody(sandbox, 'length')))
  await short.until('}')
  t.equal(difference(short.text()), -5)
  t.equal(sandbox.counts.writes, 2)
})

t.test('a method seems to have returned None after the commit, on every wire', async t => {
  const sandbox = await sandboxFor(t)
  const { admin } = sandbox.users
  sandbox.faults.add({ kind: 'none', when: { method: 'create' } })
  t.strictSame(JSON.parse((await create(sandbox, 'none')).text), { jsonrpc: '2.0', id: 1 })
  const xml = await post(`${sandbox.url}/xmlrpc/2/object`, xmlCreate(sandbox.database, admin.password, 'none'))
  t.match(xml.text, 'TypeError: cannot marshal None unless allow_none is enabled')
  const json2 = await post(`${sandbox.url}/json/2/res.partner/create`, '{"vals_list": [{"name": "none"}]}', {
    headers: { 'content-type': 'application/json', authorization: `bearer ${admin.apiKey}` }
  })
  t.match(json2, { status: 200, text: 'null' })
  t.equal(sandbox.counts.writes, 3)
  t.equal(await countNamed(sandbox, 'none'), 3)
})

t.test('a fault is for the requests that it names, as often as it says, until it is removed', async t => {
  const sandbox = await sandboxFor(t)
  const { faults, counts } = sandbox
  faults.add({ kind: 'status', status: 503, when: { wire: 'xmlrpc' } })
  faults.add({ kind: 'status', status: 503, when: { path: '/json/2' } })
  faults.add({ kind: 'status', status: 503, when: { service: 'common' } })
  faults.add({ kind: 'status', status: 503, when: { model: 'res.users', method: 'create' } })
  const first = faults.add({ kind: 'status', status: 502, times: 1 })
  const then = faults.add({ kind: 'status', status: 504, when: { model: 'res.partner', method: 'create' } })
  const statuses = async () => [(await create(sandbox, 'x')).status, (await create(sandbox, 'x')).status]
  t.strictSame(await statuses(), [502, 504])
  t.strictSame([first.fired, then.fired], [1, 1])
  then.remove()
  t.strictSame(await statuses(), [200, 200])
  t.strictSame(counts.faults, { status: 2 })
  faults.add({ kind: 'html' })
  faults.clear()
  t.strictSame(await statuses(), [200, 200])
})

const refused: [fault: object, message: string][] = [
  [{}, 'kind: undefined is no kind of fault'],
  [{ kind: 'dealy', ms: 1 }, 'kind: "dealy" is no kind of fault; did you mean "delay"?'],
  [{ kind: 'delay' }, 'ms: missing; a fault of kind "delay" needs milliseconds, at most an hour'],
  [{ kind: 'delay', ms: '5' }, 'ms: "5" is not milliseconds, at most an hour'],
  [{ kind: 'delay', ms: 5, tims: 1 }, 'tims: unknown key; did you mean "times"?'],
  [{ kind: 'hang', times: 0 }, 'times: 0 is not a whole number from 1'],
  [{ kind: 'hang', when: { modle: 'a' } }, 'when.modle: unknown key; did you mean "model"?'],
  [{ kind: 'hang', when: { wire: 'json' } }, 'when.wire: "json" is not one of jsonrpc, xmlrpc, json2, web, bus, http'],
  [{ kind: 'hang', when: [] }, 'when must be an object'],
  [{ kind: 'status', status: 200 }, 'status: 200 is not a status from 400 to 599'],
  [{ kind: 'length', by: 0 }, 'by: 0 is not a whole number, not 0'],
  [{ kind: 'half-open', next: 'x' }, 'next: "x" is not one of reset, silence']
]

t.test('a fault that is none is refused, with the key, what was expected and the nearest that exists', async t => {
  const sandbox = await sandboxFor(t)
  for (const [fault, message] of refused) {
    t.throws(() => sandbox.faults.add(fault as never), { message: new RegExp(escaped(message)) })
  }
  t.equal((await create(sandbox, 'unharmed')).status, 200)
})

t.test('programs in other languages script the sandbox over HTTP, if it was started so', async t => {
  const sandbox = await sandboxFor(t, { control: true })
  const faults = `${sandbox.url}/sandbox/faults`
  const fault = { kind: 'status', status: 502, when: { model: 'res.partner' }, times: 1 }
  t.match(await post(faults, JSON.stringify(fault)), { status: 201 })
  t.equal((await create(sandbox, 'x')).status, 502)
  t.equal((await create(sandbox, 'x')).status, 200)
  const counts = JSON.parse((await post(`${sandbox.url}/sandbox/counts`, '', { method: 'GET' })).text)
  t.match(counts, { requests: 2, writes: 1, faults: { status: 1 } })
  t.strictSame(counts.calls, [{ wire: 'jsonrpc', service: 'object', model: 'res.partner', method: 'create', count: 2 }])
  for (const [wrong, message] of refused) {
    const { status, text } = await post(faults, JSON.stringify(wrong))
    t.equal(status, 400)
    t.match(JSON.parse(text).error, message)
  }
  t.match(await post(faults, '{bad'), { status: 400, text: /not JSON/ })
  t.match(await post(faults, '{}', { headers: { 'content-type': 'text/plain' } }), {
    status: 400,
    text: /Content-Type/
  })
  t.match(await post(`${sandbox.url}/sandbox/fault`, '{}'), {
    status: 404,
    text: /Did you mean POST \/sandbox\/faults\?/
  })
  await post(faults, '{"kind": "hang"}')
  t.equal((await post(faults, '', { method: 'DELETE' })).status, 200)
  t.equal((await create(sandbox, 'x')).status, 200)
  await post(`${sandbox.url}/sandbox/counts`, '', { method: 'DELETE' })
  t.equal(sandbox.counts.requests, 0)
})

t.test('without control there are no such routes', async t => {
  const sandbox = await sandboxFor(t)
  t.equal((await post(`${sandbox.url}/sandbox/faults`, '{"kind": "hang"}')).status, 404)
  t.equal((await create(sandbox, 'x')).status, 200)
})

t.test('over TLS the certificate is the one given: a stranger does not trust it', async t => {
  const { key, cert } = certificate(t)
  const sandbox = await sandboxFor(t, { tls: { key, cert } })
  t.match(sandbox.url, /^https:/)
  const url = `${sandbox.url.replace('127.0.0.1', 'localhost')}/web/version`
  await t.rejects(getStatus(url), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  t.equal(await getStatus(url, cert), 200)
  sandbox.faults.add({ kind: 'reset' })
  await t.rejects(getStatus(url, cert), reset)
})

t.test('closing the sandbox ends every connection, idle ones and waiting ones', async t => {
  const sandbox = await sandboxFor(t)
  const idle = openWire(t, sandbox, rawPost('/jsonrpc', createBody(sandbox, 'idle')))
  await idle.until('"result"')
  sandbox.faults.add({ kind: 'delay', ms: 3_600_000 })
  const waiting = openWire(t, sandbox, rawPost('/jsonrpc', createBody(sandbox, 'waiting')))
  await sawRequests(sandbox, 2)
  await sandbox.close()
  await Promise.all([idle.ended, waiting.ended])
  t.equal(sandbox.counts.writes, 1)
})

t.test('connections end with the answer, as with a bare Odoo, if told so', async t => {
  const sandbox = await sandboxFor(t, { keepAlive: false })
  const wire = openWire(t, sandbox, rawPost('/jsonrpc', createBody(sandbox, 'once')))
  await wire.ended
  t.match(wire.text(), /connection: close/i)
})

t.test('a body of more than 128 MiB is refused before it is read', async t => {
  const sandbox = await sandboxFor(t)
  const head =
    'POST /jsonrpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 134217729\r\n\r\n'
  const wire = openWire(t, sandbox, head)
  await wire.ended
  t.match(wire.text(), /^HTTP\/1\.1 413 /)
})

t.test('the nearest name is near, or there is none', async t => {
  t.equal(nearest('metod', ['model', 'method']), 'method')
  t.equal(nearest('entirely', ['model', 'method']), undefined)
})

type Sandbox = Awaited<ReturnType<typeof sandboxFor>>

function createBody(sandbox: Sandbox, name: string): string {
  return executeKw(sandbox, 'res.partner', 'create', [{ name }])
}

/** Until the sandbox has seen so many requests: it asks on, as there is nothing to wait for on this side. */
async function sawRequests(sandbox: Sandbox, requests: number): Promise<void> {
  while (sandbox.counts.requests < requests) await new Promise(resolve => setImmediate(resolve))
}

/** How much more a response promises than it has. */
function difference(response: string): number {
  const [head, body] = response.split('\r\n\r\n') as [string, string]
  return Number(/content-length: (\d+)/i.exec(head)?.[1]) - body.length
}

function xmlCreate(database: string, password: string, name: string): string {
  const strings = (...values: string[]) => values.map(value => `<param><value>${value}</value></param>`).join('')
  const values = `<struct><member><name>name</name><value>${name}</value></member></struct>`
  const args = `<array><data><value>${values}</value></data></array>`
  const params = `${strings(database, '2', password, 'res.partner', 'create')}<param><value>${args}</value></param>`
  return `<methodCall><methodName>execute_kw</methodName><params>${params}</params></methodCall>`
}

function getStatus(url: string, ca?: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { ...(ca !== undefined && { ca }), agent: false }, response => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on('error', reject)
  })
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
