import { connect as connectSocket } from 'node:net'
import t from 'tap'
import { initialize, limits, listen, openSession, post } from './listen.js'

const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }

/** Status, body and the headers that could tell one refusal from another. */
async function seen(response: Response) {
  return { status: response.status, body: await response.json(), retry: response.headers.get('retry-after') }
}

t.test('the session of another principal answers exactly like one that never was', async t => {
  const { url } = await listen(t)
  const session = await openSession(url, undefined, { authorization: 'Bearer ann' })
  const as = (name: string, id: string) => ({ authorization: `Bearer ${name}`, 'mcp-session-id': id })
  const random = crypto.randomUUID()
  for (const method of ['POST', 'GET', 'DELETE']) {
    const ask = async (headers: Record<string, string>) => {
      if (method === 'POST') return seen(await post(url, ping, headers))
      return seen(await fetch(url, { method, headers: { accept: 'text/event-stream', ...headers } }))
    }
    const foreign = await ask(as('bob', session))
    t.strictSame(foreign, await ask(as('bob', random)), method)
    t.equal(foreign.status, 404)
  }
  const own = await post(url, ping, as('ann', session))
  t.equal(own.status, 200, 'and the session is still there for its owner')
})

t.test('without a session, POST is 400 and GET and DELETE are 405', async t => {
  const { url } = await listen(t)
  t.equal((await post(url, ping)).status, 400)
  t.equal((await fetch(url, { headers: { accept: 'text/event-stream' } })).status, 405)
  t.equal((await fetch(url, { method: 'DELETE' })).status, 405)
  t.equal((await fetch(url, { method: 'HEAD' })).status, 404)
})

t.test('DELETE ends the session and releases its slot, even with a JSON content type and no body', async t => {
  const { url, gateway, mcp } = await listen(t)
  const session = await openSession(url)
  const headers = { 'mcp-session-id': session, 'content-type': 'application/json' }
  t.equal((await fetch(url, { method: 'DELETE', headers })).status, 200)
  t.equal(gateway.released.length, 1)
  t.equal(mcp.sessionCount, 0)
  t.equal((await post(url, ping, headers)).status, 404)
})

t.test('an idle session ends and its slot is released', async t => {
  const { url, gateway, mcp } = await listen(t, { limits: { ...limits, idleMs: 40 } })
  const session = await openSession(url)
  await gateway.until(({ released }) => released.length === 1)
  t.equal(mcp.sessionCount, 0)
  t.equal((await post(url, ping, { 'mcp-session-id': session })).status, 404)
})

t.test('a session with an open stream or a running call is not idle, and is afterwards', async t => {
  let now = 0
  const idleMs = 40
  const { url, gateway, mcp } = await listen(t, { limits: { ...limits, idleMs }, clock: () => now })
  const session = await openSession(url)
  const headers = { accept: 'text/event-stream', 'mcp-session-id': session }
  // Every sweep touches what is held: two touches after a moment mean that a whole sweep has seen it.
  const sweeps = async () => {
    const before = gateway.touched.length
    await gateway.until(({ touched }) => touched.length >= before + 2)
  }

  const stream = await fetch(url, { headers })
  now += 1000
  await sweeps()
  t.equal(mcp.sessionCount, 1, 'a stream is open')

  const params = { name: 'odoo_wait', arguments: {} }
  const left = new AbortController()
  const body = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params })
  const jsonHeaders = { ...headers, accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
  fetch(url, { method: 'POST', headers: jsonHeaders, body, signal: left.signal }).catch(() => {})
  await gateway.until(({ calls }) => calls.length === 1)
  // Leaving a legacy stream is not a cancellation: the call runs on.
  left.abort()
  await stream.body?.cancel()
  now += 1000
  await sweeps()
  t.equal(mcp.sessionCount, 1, 'a call is running')

  gateway.finish()
  const advance = setInterval(() => {
    now += 1000
  }, idleMs)
  t.teardown(() => clearInterval(advance))
  await gateway.until(({ released }) => released.length === 1)
  t.equal(mcp.sessionCount, 0)
})

t.test('closing ends sessions and their streams, releases their slots, and lets nobody in', async t => {
  const { url, gateway, mcp } = await listen(t)
  const session = await openSession(url)
  await openSession(url)
  const stream = await fetch(url, { headers: { accept: 'text/event-stream', 'mcp-session-id': session } })
  await mcp.close()
  t.equal(await stream.text(), ': open\n\n')
  t.equal(gateway.released.length, 2)
  t.match(await seen(await post(url, initialize())), { status: 503, body: { error: { code: -32001 } }, retry: '5' })
})

t.test('a connection made by a call that outlives its session is released too', async t => {
  const { url, gateway } = await listen(t)
  const session = await openSession(url)
  const params = { name: 'odoo_wait', arguments: {} }
  post(url, { jsonrpc: '2.0', id: 2, method: 'tools/call', params }, { 'mcp-session-id': session })
  await gateway.until(({ calls }) => calls.length === 1)
  const slot = gateway.lastCaller?.slot
  // As odoo_connect does when Odoo answers just after the session has ended.
  gateway.until(({ released }) => released.length === 1).then(() => Object.assign(slot ?? {}, { secret: 'late' }))
  await fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': session } })
  await gateway.until(({ released }) => released.length === 2)
  t.equal(slot?.secret, null)
})

t.test('when sessions are full the next is told to come back, and nobody is evicted', async t => {
  const { url, mcp } = await listen(t, { limits: { ...limits, maxSessions: 2, maxSessionsPerPrincipal: 2 } })
  const first = await openSession(url, undefined, { authorization: 'Bearer ann' })
  await openSession(url, undefined, { authorization: 'Bearer bob' })
  t.match(await seen(await post(url, initialize(undefined, 'one more'))), {
    status: 503,
    body: { id: 'one more', error: { code: -32001, message: /^busy: /, data: { code: 'busy', retryable: true } } },
    retry: '30'
  })
  t.equal((await post(url, ping, { authorization: 'Bearer ann', 'mcp-session-id': first })).status, 200)
  await fetch(url, { method: 'DELETE', headers: { authorization: 'Bearer ann', 'mcp-session-id': first } })
  await openSession(url)
  t.equal(mcp.sessionCount, 2)
})

t.test('a principal cannot take the room of all', async t => {
  const { url } = await listen(t, { limits: { ...limits, maxSessionsPerPrincipal: 1 } })
  await openSession(url, undefined, { authorization: 'Bearer ann' })
  t.equal((await post(url, initialize(), { authorization: 'Bearer ann' })).status, 503)
  await openSession(url, undefined, { authorization: 'Bearer bob' })
})

t.test('a refused initialize takes no room', async t => {
  const { url, mcp } = await listen(t)
  t.equal((await post(url, initialize(), { accept: 'text/html' })).status, 406)
  t.equal(mcp.sessionCount, 0)
})

t.test('the stream of a session answers at once, and can be opened again after it broke', async t => {
  const { url } = await listen(t)
  const session = await openSession(url)
  const headers = { accept: 'text/event-stream', 'mcp-session-id': session }
  const began = performance.now()
  const stream = await fetch(url, { headers })
  t.equal(stream.status, 200)
  t.ok(performance.now() - began < 5000, 'long before the first keep-alive')
  t.equal((await fetch(url, { headers })).status, 409, 'one at a time')
  await stream.body?.cancel()
  let again = await fetch(url, { headers })
  while (again.status === 409) again = await fetch(url, { headers })
  t.equal(again.status, 200)
  await again.body?.cancel()
})

for (const host of ['evil"<>.example', '[', 'a/../b?c#d', '']) {
  t.test(`a Host header of ${JSON.stringify(host)} breaks nothing`, async t => {
    const { url, port, trustAnyHost } = await listen(t)
    trustAnyHost()
    const body = JSON.stringify(initialize())
    const head = [
      'POST /mcp HTTP/1.1',
      `Host: ${host}`,
      'Accept: application/json, text/event-stream',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Connection: close'
    ]
    const answer = await raw(port, `${head.join('\r\n')}\r\n\r\n${body}`)
    t.match(answer, /^HTTP\/1\.1 200 /)
    t.equal((await post(url, initialize())).status, 200)
  })
}

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connectSocket(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', chunk => {
      answer += chunk
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}

t.test('headers that the shell sets reach the client, on JSON and on streams', async t => {
  const { url } = await listen(t)
  const answers = [await post(url, initialize()), await post(url, ping), await post(url, [])]
  t.strictSame(
    answers.map(({ headers }) => [headers.get('content-type')?.split(';')[0], headers.get('x-shell')]),
    [
      ['text/event-stream', 'was here'],
      ['application/json', 'was here'],
      ['application/json', 'was here']
    ]
  )
})

t.test('a body that is no JSON-RPC message is refused as such', async t => {
  const { url } = await listen(t)
  for (const body of [{ hello: 'world' }, 7, [], 'null']) {
    const { status, body: answer } = await seen(await post(url, body))
    t.equal(status, 400)
    t.match(answer, { jsonrpc: '2.0', error: { code: -32600 } })
  }
  t.match(await seen(await post(url, '')), { status: 400, body: { error: { code: -32700 } } }, 'nothing is no JSON')
})
