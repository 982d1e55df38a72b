import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import t from 'tap'
import { sandboxAs } from '../lab/witnesses.js'
import { watchedFetch } from './canary.js'
import { httpMessages } from './malformed-http.js'
import { drawn } from './malformed-messages.js'
import { rpcMessages } from './malformed-rpc.js'
import { connectionFlags, startServer } from './server.js'

// What is sent here no client should send.
const half = 250

/** Milliseconds after which an answer that has not come is a hang. */
const patience = 10_000

/** Sends bytes as they are and gives what came back when nothing more comes; fails when the server neither answers nor hangs up. */
function send(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.setEncoding('latin1')
    let answer = ''
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`no answer within ${patience} ms`))
    }, patience)
    socket.on('data', chunk => {
      answer += chunk
    })
    // What is still to come may be refused: a reset is a closed connection.
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(answer)
    })
    // No more is to come: who waits for the rest of a body is told so.
    socket.end(bytes)
  })
}

/** The statuses of all answers that came over one connection. */
function statusesOf(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(match => Number(match[1]))
}

t.test('control: a server that reads more than it should is talked into a second request', async t => {
  const lenient = createServer({ insecureHTTPParser: true }, (request, response) => response.end(request.url))
  lenient.listen(0, '127.0.0.1')
  await once(lenient, 'listening')
  t.teardown(() => lenient.close())
  const message = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  const answer = await send((lenient.address() as AddressInfo).port, Buffer.from(message + smuggled))
  t.equal(statusesOf(answer).length, 2)
  t.match(answer, /smuggled/)
})

t.test(`${2 * half} malformed messages and more: each is refused or hung up on, and the server goes on`, async t => {
  const odoo = await sandboxAs(19)
  const server = await startServer({ ...connectionFlags(odoo), 'log-level': 'warn' })
  t.teardown(() => server.close())
  const port = Number(new URL(server.url).port)
  const tally: Record<string, number> = {}
  const count = (what: string) => {
    tally[what] = (tally[what] ?? 0) + 1
  }
  const isWell = async () => (await fetch(`${server.url}/health`)).status === 200

  await t.test(`${half} that are not HTTP as it should be`, async t => {
    const wrong: object[] = []
    const messages = drawn(httpMessages(port), half)
    for (const { name, bytes } of messages) {
      const answer = await send(port, bytes).catch(error => String(error))
      const statuses = statusesOf(answer)
      for (const status of statuses.length > 0 ? statuses : ['hung up']) count(`HTTP ${status}`)
      const isRefused = statuses.every(status => status >= 400 && status < 500)
      // The one thing that must never come of a message that two servers could read in two ways.
      const isSmuggled = statuses.length > 1 || answer.includes('smuggled')
      if (!isRefused || isSmuggled || answer.startsWith('Error') || !(await isWell())) {
        wrong.push({ name, answer: answer.slice(0, 200), sent: bytes.toString('latin1').slice(0, 200) })
      }
    }
    t.same(wrong.slice(0, 5), [], `${wrong.length} of ${messages.length}`)
  })

  await t.test(`${half} that are not JSON-RPC as it should be`, async t => {
    const wrong: object[] = []
    const messages = drawn(rpcMessages(), half)
    for (const { name, body, headers } of messages) {
      const response = await watchedFetch(`${server.url}/mcp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
        body,
        signal: AbortSignal.timeout(patience)
      }).catch(error => new Response(String(error), { status: 599 }))
      const text = await response.text()
      count(`JSON-RPC ${response.status}`)
      const isRefused = response.status >= 400 && response.status < 500
      // The early dialect answers its errors with 200.
      const isError = response.status === 200 && /"error":\{"code":-?\d+/.test(text) && !/-32603/.test(text)
      if (!(isRefused || isError) || !(await isWell())) {
        wrong.push({ name, status: response.status, text: text.slice(0, 200), body: body.toString().slice(0, 200) })
      }
    }
    t.same(wrong.slice(0, 5), [], `${wrong.length} of ${messages.length}`)
  })
  t.comment(`guard: malformed messages by answer: ${JSON.stringify(tally)}`)

  const errors = server.log.filter(({ level }) => level === 50 || level === 'error')
  t.same(errors.slice(0, 3), [], 'nothing of it is a bug of ours')
  t.equal(({} as Record<string, unknown>).polluted, undefined)
  const answer = await watchedFetch(`${server.url}/count`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"model":"res.partner"}'
  })
  t.equal(answer.status, 200, 'control: what is in order is answered')
})
