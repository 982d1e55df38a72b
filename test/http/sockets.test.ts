import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import t from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { deferred, fakeGateway, listening, options } from './fake-gateway.js'

/** Sends bytes as they are and returns all that comes back until the server hangs up. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.setEncoding('latin1')
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk
  })
  socket.write(text, 'latin1')
  await once(socket, 'close')
  return answer
}

function post(headers: string): string {
  return `POST /search HTTP/1.1\r\n${headers}Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`
}

t.test('a plain request over a socket is answered', async t => {
  const { port } = await listening(t, options())
  t.match(await raw(port, post('Host: localhost\r\n')), /^HTTP\/1\.1 200 /)
})

for (const [header, values] of Object.entries({
  Host: ['localhost', 'evil.example.com'],
  Origin: ['https://app.example.com', 'https://evil.example.com'],
  Authorization: ['Basic dTpw', 'Bearer x'],
  'Content-Type': ['text/plain'],
  'Odoo-Session': ['oms_h_a', 'oms_h_b']
})) {
  t.test(`two ${header} headers are refused: who is in front may have judged by the other one`, async t => {
    const gateway = fakeGateway()
    const { port } = await listening(t, options({ gateway }))
    const lines = values.map(value => `${header}: ${value}\r\n`).join('')
    const answer = await raw(port, post(header === 'Host' ? lines : `Host: localhost\r\n${lines}`))
    t.match(answer, /^HTTP\/1\.1 400 /)
    t.match(answer, /"code":"invalid_input"/)
    t.equal(gateway.calls.length, 0)
  })
}

t.test('two Content-Length headers are refused', async t => {
  const { port } = await listening(t, options())
  const answer = await raw(port, post('Host: localhost\r\nContent-Length: 3\r\n'))
  t.match(answer, /^HTTP\/1\.1 400 /)
})

t.test('no Host header and an empty one are refused', async t => {
  const gateway = fakeGateway()
  const { port } = await listening(t, options({ gateway }))
  t.match(await raw(port, post('')), /^HTTP\/1\.1 400 /)
  t.match(await raw(port, post('Host: \r\n')), /^HTTP\/1\.1 403 /)
  t.match(await raw(port, post('').replace('HTTP/1.1', 'HTTP/1.0')), /^HTTP\/1\.1 403 /)
  t.equal(gateway.calls.length, 0)
})

t.test('an absolute target does not stand in for the Host header', async t => {
  const { port } = await listening(t, options())
  const target = (host: string) => post(`Host: ${host}\r\n`).replace('POST /search', 'POST http://localhost/search')
  t.match(await raw(port, target('localhost')), /^HTTP\/1\.1 200 /)
  t.match(await raw(port, target('evil.example.com')), /^HTTP\/1\.1 403 /)
})

for (const [name, text, status] of [
  ['what is not HTTP', 'hello\r\n\r\n', 400],
  ['a header that is too large', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
  ['a header with a line break in its name', 'GET / HTTP/1.1\r\nHost: localhost\r\nX Y: 1\r\n\r\n', 400]
] as const) {
  t.test(`${name} is a problem with a request id`, async t => {
    const { port } = await listening(t, options())
    const answer = await raw(port, text)
    t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `))
    t.match(answer, /Content-Type: application\/problem\+json/)
    t.match(answer, /X-Request-Id: [\w-]{12}\r\n/)
    t.match(JSON.parse(answer.slice(answer.indexOf('{'))), { code: 'invalid_input', status })
  })
}

t.test('the signal of a call is aborted when its client leaves', async t => {
  const started = deferred<AbortSignal>()
  const gateway = fakeGateway(({ signal }) => {
    started.resolve(signal)
    return new Promise<JsonObject>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  })
  const { port } = await listening(t, options({ gateway }))
  const socket = connect({ port, host: '127.0.0.1' })
  socket.write(post('Host: localhost\r\n'))
  const signal = await started.promise
  t.equal(signal.aborted, false, 'not by the end of its body')
  socket.destroy()
  await once(signal, 'abort')
  t.equal(signal.aborted, true)
})

t.test('the signal of a call is not aborted when its client has its answer', async t => {
  const gateway = fakeGateway()
  const { port } = await listening(t, options({ gateway }))
  t.match(await raw(port, post('Host: localhost\r\n')), /^HTTP\/1\.1 200 /)
  t.equal(gateway.calls[0]?.signal.aborted, false)
})

t.test('while the server closes, calls in flight finish and new ones are told to go elsewhere', async t => {
  const started = deferred<void>()
  const release = deferred<JsonObject>()
  const gateway = fakeGateway(() => {
    started.resolve()
    return release.promise
  })
  const { app, port } = await listening(t, options({ gateway }))
  const socket = connect({ port, host: '127.0.0.1' })
  socket.setEncoding('utf8')
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk
  })
  const keepAlive = post('Host: localhost\r\n').replace('Connection: close\r\n', '')
  socket.write(keepAlive)
  await started.promise
  const closed = app.close()
  // On the same connection, as a client with a pool would do.
  const second = once(app.server, 'request')
  socket.write(keepAlive)
  await second
  release.resolve({ count: 7 })
  await once(socket, 'close')
  await closed
  t.match(answer, /^HTTP\/1\.1 200 [\s\S]*"count":7[\s\S]*HTTP\/1\.1 503 [\s\S]*"code":"busy"/)
  t.equal(gateway.calls.length, 1)
})

t.test('addresses are believed as far as there are proxies', async t => {
  const ips: string[] = []
  const mount = (app: { get: (url: string, handler: (request: { ip: string }) => Promise<object>) => unknown }) => {
    app.get('/ip', async request => {
      ips.push(request.ip)
      return {}
    })
  }
  const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9' }
  for (const trustProxyHops of [0, 1, 2]) {
    const { port } = await listening(t, options({ trustProxyHops, mount }))
    const outgoing = request({ port, path: '/ip', headers, agent: new Agent({ keepAlive: false }) })
    outgoing.end()
    const [incoming] = await once(outgoing, 'response')
    incoming.resume()
    await once(incoming, 'end')
  }
  t.strictSame(ips, ['127.0.0.1', '203.0.113.9', '6.6.6.6'])
})
