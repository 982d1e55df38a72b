import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { HttpLimits } from '../../src/http/limits.js'
import { until } from '../contract/until.js'
import { deferred, fakeGateway, listening, options } from './fake-gateway.js'

const quick: Partial<HttpLimits> = { headersMs: 150, requestMs: 300, checkEveryMs: 50, unreadMs: 200, idleMs: 100 }

/** A connection on which bytes are sent as they are. */
function dial(t: Test, port: number) {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.setEncoding('latin1')
  const line = { socket, answer: '', isClosed: false }
  socket.on('data', chunk => {
    line.answer += chunk
  })
  socket.on('close', () => {
    line.isClosed = true
  })
  // A reset is how some of these end.
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  return line
}

/** Sends a little all the time, as somebody does who wants to be waited for. */
function drip(t: Test, socket: Socket, text: string): void {
  const timer = setInterval(() => socket.writable && socket.write(text), 20)
  t.teardown(() => clearInterval(timer))
}

const head = 'POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

const slow: [name: string, first: string, then: string][] = [
  ['headers that never end', head, 'X-Drip: 1\r\n'],
  ['a body that never ends', `${head}Content-Length: 100000\r\n\r\n{`, ' '],
  ['chunks that never end', `${head}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n']
]
for (const [name, first, then] of slow) {
  t.test(`${name} are waited for no longer than the limit, though a little of them comes all the time`, async t => {
    const { port } = await listening(t, options({ limits: quick }))
    const patient = await listening(t, options())
    const lines = [dial(t, port), dial(t, patient.port)] as const
    for (const { socket } of lines) {
      socket.write(first)
      drip(t, socket, then)
    }
    await until('it is hung up', () => lines[0].isClosed)
    t.match(lines[0].answer, /^HTTP\/1\.1 408 /)
    t.notOk(lines[1].isClosed, 'control: with longer limits it is still waited for')
  })
}

t.test('a hundred slow clients keep nobody out, and all of them are hung up on', async t => {
  const { port } = await listening(t, options({ limits: quick }))
  const lines = Array.from({ length: 100 }, () => dial(t, port))
  for (const { socket } of lines) {
    socket.write(head)
    drip(t, socket, 'X-Drip: 1\r\n')
  }
  t.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200)
  await until('all are hung up', () => lines.every(({ isClosed }) => isClosed))
  t.comment(`guard: slow clients, hung up on: ${lines.length} of 100`)
  t.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200)
})

t.test('who says nothing at all, and who is silent after an answer, is hung up on', async t => {
  const { port } = await listening(t, options({ limits: quick }))
  const patient = await listening(t, options())
  const silent = [dial(t, port), dial(t, patient.port)] as const
  const kept = [dial(t, port), dial(t, patient.port)] as const
  for (const { socket } of kept) socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await until('both are hung up', () => silent[0].isClosed && kept[0].isClosed)
  t.match(kept[0].answer, /^HTTP\/1\.1 200 /)
  t.notOk(silent[1].isClosed || kept[1].isClosed, 'control')
})

t.test('who never reads an answer does not keep it in memory', async t => {
  const note = 'x'.repeat(32 * 1024 * 1024)
  const serve = async (limits: Partial<HttpLimits>) => {
    const ended = deferred<void>()
    const state = { hasEnded: false, ended: ended.promise }
    const onRequest = () => () => {
      state.hasEnded = true
      ended.resolve()
    }
    const gateway = fakeGateway(async () => ({ count: 1, note }))
    const { port } = await listening(t, options({ gateway, limits, onRequest }))
    const { socket } = dial(t, port)
    socket.pause()
    socket.write(`${head}Content-Length: 2\r\n\r\n{}`)
    await until('it is asked', () => gateway.calls.length === 1)
    return state
  }
  const patient = await serve({})
  const impatient = await serve(quick)
  await impatient.ended
  t.notOk(patient.hasEnded, 'control: with a longer limit it waits in memory')
})

t.test('a slow reader who reads gets all of it', async t => {
  const note = 'x'.repeat(8 * 1024 * 1024)
  const { port } = await listening(
    t,
    options({ gateway: fakeGateway(async () => ({ count: 1, note })), limits: quick })
  )
  const line = dial(t, port)
  line.socket.write(`${head}Content-Length: 2\r\n\r\n{}`)
  line.socket.on('data', () => {
    line.socket.pause()
    setTimeout(() => line.socket.resume(), 2)
  })
  await until('all is there', () => line.answer.endsWith('}'))
  t.ok(line.answer.length > note.length)
})

t.test('more connections than there may be are hung up on, and there is room again when one has ended', async t => {
  const { port } = await listening(t, options({ limits: { connections: 3 } }))
  const health = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const lines = Array.from({ length: 3 }, () => dial(t, port))
  for (const { socket } of lines) socket.write(health)
  await until('all are answered', () => lines.every(({ answer }) => answer.includes('healthy')))
  const fourth = dial(t, port)
  fourth.socket.write(health)
  await until('the fourth is hung up', () => fourth.isClosed)
  t.equal(fourth.answer, '')
  lines[0]?.socket.destroy()
  await until('there is room', async () => {
    const next = dial(t, port)
    next.socket.write(health)
    await until('it has an answer or none', () => next.isClosed || next.answer.includes('healthy'))
    return next.answer.includes('healthy')
  })
})

t.test('too many headers are refused, and none is left out: the one that a proxy adds comes last', async t => {
  const { port } = await listening(t, options())
  const withHeaders = (count: number) =>
    `GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${'a:\r\n'.repeat(count)}`
  const answerTo = async (to: number, text: string) => {
    const line = dial(t, to)
    line.socket.write(text)
    await until('it has ended', () => line.isClosed)
    return line.answer
  }
  t.match(await answerTo(port, `${withHeaders(198)}\r\n`), /^HTTP\/1\.1 200 /, 'control')
  for (const count of [199, 2100]) {
    const answer = await answerTo(port, `${withHeaders(count)}X-Forwarded-For: 203.0.113.1\r\n\r\n`)
    t.match(answer, /^HTTP\/1\.1 431 [\s\S]*"code":"invalid_input"/)
  }
  const node = createServer((request, response) => response.end(`seen: ${request.headers['x-forwarded-for']}`))
  node.listen(0, '127.0.0.1')
  await once(node, 'listening')
  t.teardown(() => node.close())
  const seen = await answerTo(
    (node.address() as AddressInfo).port,
    `${withHeaders(2100)}X-Forwarded-For: 203.0.113.1\r\n\r\n`
  )
  t.match(seen, /seen: undefined/, 'control: Node by itself leaves it out')
})

t.test('a URL that is too long is refused', async t => {
  const { port } = await listening(t, options())
  for (const path of [`/search?${'x'.repeat(20_000)}`, `/${'x'.repeat(20_000)}`]) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    t.equal(answer.status, 431)
    t.match(await answer.json(), { code: 'invalid_input', status: 431 })
  }
  t.equal((await fetch(`http://127.0.0.1:${port}/${'x'.repeat(10_000)}`)).status, 404, 'control')
})
