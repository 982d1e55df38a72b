import type http from 'node:http'
import net from 'node:net'
import t from 'tap'
import type { WireReply } from '../../src/odoo/wires/wire.js'
import { until } from '../contract/until.js'
import { request, scope, serveHttp, serveHttps, serveSockets, signal, transportFor } from './servers.js'

const cannotConnect = { code: 'odoo_unavailable', detail: 'Odoo cannot be reached: the connection failed.' }
const tlsFailed = { code: 'odoo_unavailable', detail: 'Odoo cannot be reached: the TLS connection failed.' }
const notOdoo = { code: 'odoo_unavailable', detail: 'What answers at this address is not an Odoo.' }
const httpFailed = { code: 'odoo_unavailable', detail: /gave no proper answer/ }

const read = { request, write: false }
const write = { request, write: true }

/** Sends an answer's head and the beginning of its body, and never the rest. */
const beginAnswer = (socket: net.Socket, body: string) =>
  socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n${body}`))

t.test('a request arrives as it was encoded, and its reply comes back', async t => {
  const url = await serveHttp(t, async (incoming, outgoing) => {
    let body = ''
    for await (const chunk of incoming) body += chunk
    outgoing.setHeader('x-test', 'yes')
    outgoing.statusCode = 418
    outgoing.end(`${incoming.method} ${incoming.url} ${incoming.headers['content-type']} ${body}`)
  })
  const sent = { ...request, headers: { 'content-type': 'application/json' }, body: '{"a":"é"}' }
  let requests = 0
  const counting = scope({ onRequest: () => requests++ })
  const reply = await transportFor(t).send({ url: `${url}/odoo`, request: sent, write: false, scope: counting })
  t.match(reply, { status: 418, headers: { 'x-test': 'yes' }, complete: true })
  t.equal(reply.text, 'POST /odoo/jsonrpc application/json {"a":"é"}')
  t.equal(requests, 1)
})

t.test('bytes that are no UTF-8 do not break a reply', async t => {
  const url = await serveHttp(t, (_, outgoing) => outgoing.end(Buffer.from([0x22, 0xff, 0xfe, 0x22])))
  const { text } = await transportFor(t).send({ url, ...read, scope: scope() })
  t.equal(text, '"\ufffd\ufffd"')
})

t.test('a redirect is not followed', async t => {
  const paths: unknown[] = []
  const url = await serveHttp(t, (incoming, outgoing) => {
    paths.push(incoming.url)
    outgoing.writeHead(302, { location: '/elsewhere' }).end()
  })
  const reply = await transportFor(t).send({ url, ...read, scope: scope() })
  t.equal(reply.status, 302)
  t.strictSame(paths, ['/jsonrpc'])
})

t.test('reads keep their connection, writes take a new one each', async t => {
  const sockets = new Set<net.Socket>()
  const url = await serveHttp(t, (incoming, outgoing) => {
    sockets.add(incoming.socket)
    outgoing.end('{}')
  })
  const transport = transportFor(t)
  for (let i = 0; i < 6; i++) await transport.send({ url, ...read, scope: scope() })
  // undici frees a connection a moment after the answer, so a second one may come into play.
  t.ok(sockets.size <= 2, `${sockets.size} connections for 6 reads`)
  sockets.clear()
  for (let i = 0; i < 6; i++) await transport.send({ url, ...write, scope: scope() })
  t.equal(sockets.size, 6)
})

t.test('nobody listens: cannot connect, and a write was not applied', async t => {
  const url = await unusedUrl()
  const transport = transportFor(t)
  await t.rejects(transport.send({ url, ...read, scope: scope() }), { ...cannotConnect, extra: { retryable: true } })
  await t.rejects(transport.send({ url, ...write, scope: scope() }), {
    ...cannotConnect,
    extra: { outcome: 'not_applied' }
  })
})

t.test('a name that does not exist: cannot connect, and trying again is no use', async t => {
  const sending = { url: 'http://does-not-exist.invalid', ...read, scope: scope() }
  await t.rejects(transportFor(t).send(sending), { ...cannotConnect, extra: { retryable: false } })
})

t.test('a connection that is reset before the answer: an HTTP error, and a write is unknown', async t => {
  const url = await serveSockets(t, socket => socket.once('data', () => socket.resetAndDestroy()))
  const transport = transportFor(t)
  await t.rejects(transport.send({ url, ...read, scope: scope() }), { ...httpFailed, extra: { retryable: true } })
  const error = await transport.send({ url, ...write, scope: scope() }).catch(error => error)
  t.match(error, { ...httpFailed, extra: { outcome: 'unknown' } })
  t.notOk(error.extra.retryable, 'nobody is told to send such a write again')
})

t.test('a server that speaks no HTTP is not an Odoo', async t => {
  const url = await serveSockets(t, socket => socket.end('220 mail.inner.example ESMTP ready\r\n'))
  await t.rejects(transportFor(t).send({ url, ...read, scope: scope() }), notOdoo)
})

t.test('a read over the size limit is refused while it streams, and its connection closed', async t => {
  const closed = signal()
  const url = await serveHttp(t, (incoming, outgoing) => {
    incoming.socket.on('close', () => closed.happen())
    const more = () => {
      while (outgoing.write('x'.repeat(1000))) {}
    }
    outgoing.on('drain', more)
    more()
  })
  await t.rejects(transportFor(t).send({ url, ...read, scope: scope() }), {
    code: 'invalid_input',
    detail: 'The answer is larger than max_response_bytes (1000 bytes).'
  })
  await closed.happened
})

t.test('an answer of exactly the limit is read', async t => {
  const url = await serveHttp(t, (_, outgoing) => outgoing.end('x'.repeat(1000)))
  const reply = await transportFor(t).send({ url, ...read, scope: scope() })
  t.equal(reply.text.length, 1000)
})

t.test('a write over the size limit was done: the beginning of its reply is kept', async t => {
  const url = await serveHttp(t, (_, outgoing) => outgoing.end(`{"result":"${'x'.repeat(5000)}"}`))
  const reply = await transportFor(t).send({ url, ...write, scope: scope() })
  t.match(reply, { status: 200, complete: false })
  t.equal(reply.text.length, 1000)
})

t.test('the reply of a write that breaks off is kept as far as it came', async t => {
  const url = await serveSockets(t, socket => {
    beginAnswer(socket, '{"jsonrpc"')
    socket.once('data', () => setImmediate(() => socket.end()))
  })
  const reply = await transportFor(t).send({ url, ...write, scope: scope() })
  t.match(reply, { status: 200, text: '{"jsonrpc"', complete: false })
})

t.test('the reply of a read that breaks off is an HTTP error', async t => {
  const url = await serveSockets(t, socket => {
    beginAnswer(socket, '{"jsonrpc"')
    socket.once('data', () => setImmediate(() => socket.end()))
  })
  await t.rejects(transportFor(t).send({ url, ...read, scope: scope() }), httpFailed)
})

t.test('a caller who has left already is not served', async t => {
  const url = await serveHttp(t, () => t.fail('a request arrived'))
  const gone = scope({ signal: AbortSignal.abort() })
  await t.rejects(transportFor(t).send({ url, ...read, scope: gone }), { code: 'cancelled' })
  const late = scope({ deadline: Date.now() - 1 })
  const sending = transportFor(t).send({ url, ...write, scope: late })
  await t.rejects(sending, { code: 'timeout', extra: { outcome: 'not_applied' } })
})

for (const stage of ['before the answer', 'amid the answer']) {
  t.test(`a read that is aborted ${stage} closes its connection`, async t => {
    const arrived = signal()
    const closed = signal()
    const url = await serveSockets(t, socket => {
      socket.on('close', () => closed.happen())
      if (stage === 'amid the answer') beginAnswer(socket, '{')
      socket.once('data', () => arrived.happen())
    })
    const abort = new AbortController()
    const sending = transportFor(t).send({ url, ...read, scope: scope({ signal: abort.signal }) })
    await arrived.happened
    abort.abort()
    await t.rejects(sending, { code: 'cancelled' })
    await closed.happened
  })
}

t.test('a deadline ends a read that the server keeps alive by dripping', async t => {
  const arrived = signal()
  const closed = signal()
  const url = await serveHttp(t, (incoming, outgoing) => {
    const drip = setInterval(() => outgoing.write(' '), 5)
    incoming.socket.on('close', () => {
      clearInterval(drip)
      closed.happen()
    })
    arrived.happen()
  })
  const { clock, pass, deadline } = stoppedClock()
  const sending = transportFor(t, { clock }).send({ url, ...read, scope: scope({ deadline }) })
  await arrived.happened
  pass()
  await t.rejects(sending, { code: 'timeout', detail: 'Odoo did not answer in time.' })
  await closed.happened
})

t.test('a write that is aborted while it connects is never sent, even when the connection then succeeds', async t => {
  const { port, cert } = await serveHttps(t, () => t.fail('a request arrived'))
  const handshake = signal()
  const release = signal()
  const closed = signal()
  // Stands between the two and holds the first message of TLS back.
  const held = await serveSockets(t, socket => {
    socket.once('data', async hello => {
      socket.pause()
      handshake.happen()
      await release.happened
      const server = net.connect(port, '127.0.0.1')
      server.on('error', () => {})
      server.write(hello)
      socket.pipe(server).pipe(socket)
      socket.on('close', () => closed.happen())
    })
  })
  const abort = new AbortController()
  const transport = transportFor(t, { tls: { verify: true, ca: cert } })
  const url = held.replace('http://127.0.0.1', 'https://localhost')
  const sending = transport.send({ url, ...write, scope: scope({ signal: abort.signal }) })
  await handshake.happened
  abort.abort()
  await t.rejects(sending, { code: 'cancelled', extra: { outcome: 'not_applied' } })
  release.happen()
  await closed.happened
})

t.test('a write that is waiting for its turn can still be taken back', async t => {
  const arrived = signal<http.ServerResponse>()
  let requests = 0
  const url = await serveHttp(t, (_, outgoing) => {
    requests++
    arrived.happen(outgoing)
  })
  const transport = transportFor(t, { maxConcurrency: 1 })
  const first = transport.send({ url, ...read, scope: scope() })
  const outgoing = await arrived.happened
  const abort = new AbortController()
  const second = transport.send({ url, ...write, scope: scope({ signal: abort.signal }) })
  const third = transport.send({ url, ...write, scope: scope({ deadline: Date.now() + 20 }) })
  abort.abort()
  await t.rejects(second, { code: 'cancelled', extra: { outcome: 'not_applied' } })
  await t.rejects(third, { code: 'timeout', extra: { outcome: 'not_applied' } })
  outgoing.end('{}')
  await first
  t.equal(requests, 1)
})

t.test('requests to one Odoo queue in the order they came', async t => {
  const order: string[] = []
  const open: http.ServerResponse[] = []
  let arrived = signal()
  const url = await serveHttp(t, (incoming, outgoing) => {
    order.push(incoming.url ?? '')
    open.push(outgoing)
    arrived.happen()
  })
  const transport = transportFor(t, { maxConcurrency: 1 })
  const all = ['/a', '/b', '/c'].map(path =>
    transport.send({ url, request: { ...request, path }, write: path === '/b', scope: scope() })
  )
  for (const path of ['/a', '/b', '/c']) {
    await arrived.happened
    arrived = signal()
    t.equal(order.at(-1), path)
    t.equal(open.length, 1, 'one at a time')
    open.pop()?.end('{}')
  }
  await Promise.all(all)
})

t.test('a write that has been sent runs on when its caller leaves', async t => {
  const arrived = signal<http.ServerResponse>()
  const url = await serveHttp(t, (_, outgoing) => arrived.happen(outgoing))
  const transport = transportFor(t, { maxConcurrency: 1 })
  const abort = new AbortController()
  const late = signal<WireReply>()
  const leaving = scope({ signal: abort.signal })
  const onLate = (reply: Promise<WireReply>) => void reply.then(late.happen)
  const sending = transport.send({ url, ...write, scope: leaving, onLate })
  const outgoing = await arrived.happened
  let closedEarly = false
  outgoing.on('close', () => {
    closedEarly = !outgoing.writableEnded
  })
  abort.abort()
  await t.rejects(sending, { code: 'cancelled', extra: { outcome: 'unknown' } })

  // The one slot is still taken: Odoo is still at work.
  const queued = transport.send({ url, ...read, scope: scope({ deadline: Date.now() + 20 }) })
  await t.rejects(queued, { code: 'timeout' })
  outgoing.end('{"result":true}')
  t.match(await late.happened, { status: 200, text: '{"result":true}' })
  t.notOk(closedEarly, 'the connection stayed until the answer')
})

t.test('a write whose deadline passes after sending is unknown, and its reply is awaited only so long', async t => {
  const arrived = signal()
  const closed = signal()
  const url = await serveHttp(t, incoming => {
    incoming.socket.on('close', () => closed.happen())
    arrived.happen()
  })
  const { clock, pass, deadline } = stoppedClock()
  const transport = transportFor(t, { clock, lateReplyMs: 20 })
  const late = signal<unknown>()
  const onLate = (reply: Promise<WireReply>) => void reply.catch(late.happen)
  const sending = transport.send({ url, ...write, scope: scope({ deadline }), onLate })
  await arrived.happened
  pass()
  await t.rejects(sending, { code: 'timeout', extra: { outcome: 'unknown' } })
  t.match(await late.happened, { code: 'timeout', extra: { outcome: 'unknown' } })
  await closed.happened
})

t.test('a write that is never answered gives its place back when its time is over, and not before', async t => {
  const arrived = signal<void>()
  let requests = 0
  const url = await serveHttp(t, (_, outgoing) => {
    requests += 1
    if (requests > 1) outgoing.end('hello')
    else arrived.happen()
  })
  const { clock, pass, deadline } = stoppedClock()
  const transport = transportFor(t, { clock, maxConcurrency: 1 })
  const writing = transport.send({ url, ...write, scope: scope({ deadline }) })
  await arrived.happened
  t.equal(transport.stats().running, 1)
  pass()
  await t.rejects(writing, { code: 'timeout', extra: { outcome: 'unknown' } })
  await until('the place is free', () => transport.stats().running === 0)
  t.match(await transport.send({ url, ...read, scope: scope() }), { text: 'hello' })
})

t.test('a caller who leaves a write wins no place by it before the time of the write is over', async t => {
  const arrived = signal<void>()
  const url = await serveHttp(t, () => arrived.happen())
  const transport = transportFor(t, { maxConcurrency: 1 })
  const leaving = new AbortController()
  const deadline = Date.now() + 300
  const writing = transport.send({ url, ...write, scope: scope({ signal: leaving.signal, deadline }) })
  await arrived.happened
  leaving.abort()
  await t.rejects(writing, { code: 'cancelled', extra: { outcome: 'unknown' } })
  t.equal(transport.stats().running, 1)
  await until('the place is free', () => transport.stats().running === 0)
  t.ok(Date.now() >= deadline)
})

t.test('a self-signed certificate is refused before anything is sent', async t => {
  const { url } = await serveHttps(t, () => t.fail('a request arrived'))
  await t.rejects(transportFor(t).send({ url, ...read, scope: scope() }), tlsFailed)
  const writing = transportFor(t).send({ url, ...write, scope: scope() })
  await t.rejects(writing, { ...tlsFailed, extra: { outcome: 'not_applied' } })
})

t.test('a certificate is trusted by ca_file, and then only for its name', async t => {
  const { url, port, cert } = await serveHttps(t, (_, outgoing) => outgoing.end('hello'))
  const transport = transportFor(t, { tls: { verify: true, ca: cert } })
  t.match(await transport.send({ url, ...read, scope: scope() }), { text: 'hello' })
  await t.rejects(transport.send({ url: `https://127.0.0.1:${port}`, ...read, scope: scope() }), tlsFailed)
})

t.test('without verification any certificate will do', async t => {
  const { url } = await serveHttps(t, (_, outgoing) => outgoing.end('hello'))
  const transport = transportFor(t, { tls: { verify: false } })
  t.match(await transport.send({ url, ...read, scope: scope() }), { text: 'hello' })
})

t.test('https to a server that speaks http is a TLS failure', async t => {
  const url = await serveHttp(t, (_, outgoing) => outgoing.end())
  await t.rejects(transportFor(t).send({ url: url.replace('http:', 'https:'), ...read, scope: scope() }), tlsFailed)
})

t.test('a server that never ends the TLS handshake is given up after the connect timeout', async t => {
  const url = (await serveSockets(t, () => {})).replace('http:', 'https:')
  const transport = transportFor(t, { connectTimeoutMs: 20 })
  await t.rejects(transport.send({ url, ...read, scope: scope() }), tlsFailed)
})

t.test('a closed transport sends nothing', async t => {
  const url = await serveHttp(t, (_, outgoing) => outgoing.end('{}'))
  const transport = transportFor(t)
  await transport.send({ url, ...read, scope: scope() })
  await transport.close()
  await t.rejects(transport.send({ url, ...write, scope: scope() }), {
    code: 'odoo_unavailable',
    extra: { outcome: 'not_applied' }
  })
})

t.test('pools of many different hosts do not pile up, and those in use stay', async t => {
  const arrived = signal<http.ServerResponse>()
  const busy = await serveHttp(t, (_, outgoing) => arrived.happen(outgoing))
  const transport = transportFor(t)
  const running = transport.send({ url: busy, ...read, scope: scope() })
  const outgoing = await arrived.happened
  for (let i = 0; i < 250; i++) {
    const sending = { url: `http://[::]:${i + 1}`, ...read, scope: scope() }
    await transport.send(sending).catch(() => {})
  }
  outgoing.end('still here')
  t.match(await running, { text: 'still here' })
})

/** A clock that stands still until the test lets the deadline pass. */
function stoppedClock() {
  let now = 0
  const pass = () => {
    now = 5
  }
  return { clock: () => now, pass, deadline: 5 }
}

/** A port that nobody listens on. */
async function unusedUrl(): Promise<string> {
  const server = net.createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise(resolve => server.close(resolve))
  return `http://127.0.0.1:${port}`
}
