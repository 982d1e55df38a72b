import { connect as openSocket, type Socket } from 'node:net'
import t from 'tap'
import { PacedStream } from '../../src/mcp/paced.js'
import { Teller } from '../../src/mcp/teller.js'
import { until } from '../contract/until.js'
import { FakeHub, watchedBy } from './fake-hub.js'
import { connect, listen, openSession, post } from './listen.js'

/** Long, so that few of them fill every buffer on the way. */
const uris = Array.from({ length: 300 }, (_, n) => `odoo://res.partner/list?domain=${'x'.repeat(2000)}${n + 1000}`)
const rounds = 60

/** A client on a socket of its own, which reads only when it wants to. */
async function rawClient(t: { teardown(fn: () => unknown): void }, port: number, head: string[], body = '') {
  const socket = openSocket(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  const lines = [...head, 'host: 127.0.0.1', 'accept: application/json, text/event-stream']
  socket.write(`${lines.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  return socket
}

/** Reads on and gives what has been read so far. */
function reading(socket: Socket) {
  let text = ''
  socket.on('data', chunk => {
    text += chunk
  })
  return () => text
}

async function changeAll(hub: FakeHub) {
  for (let n = 0; n < rounds; n += 1) {
    for (const uri of uris) hub.change(uri)
    await new Promise(setImmediate)
  }
}

const timesTold = (text: string) => text.split('notifications/resources/updated').length - 1

function listenBody() {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {}
  }
  const params = { notifications: { resourceSubscriptions: uris }, _meta }
  return JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'subscriptions/listen', params })
}

t.test(
  'a listener that does not read is told of each change once, when it reads; one that reads is not held up',
  async t => {
    const hub = new FakeHub()
    const { url, port } = await listen(t, { providers: [watchedBy(hub)] })
    const { client } = await connect(t, url, 'modern')
    let heard = 0
    client.setNotificationHandler('notifications/resources/updated', () => {
      heard += 1
    })
    await client.listen({ resourceSubscriptions: uris.slice(0, 1) })
    const head = ['POST /mcp HTTP/1.1', 'content-type: application/json', 'mcp-method: subscriptions/listen']
    const slow = await rawClient(t, port, [...head, 'mcp-protocol-version: 2026-07-28'], listenBody())
    slow.pause()
    await until('both watch', () => hub.open.size === uris.length + 1)
    await changeAll(hub)
    await until('the fast one has heard the last change', () => heard >= 1)
    const before = heard
    hub.change(uris[0] ?? '')
    await until('and hears on', () => heard > before)
    const text = reading(slow)
    slow.resume()
    await until('the slow one has heard all', () => uris.every(uri => text().includes(`"uri":"${uri}"`)))
    t.ok(timesTold(text()) < (uris.length * rounds) / 2, `${timesTold(text())} of ${uris.length * rounds} changes told`)
  }
)

t.test('a reader of GET that does not read is told of each change once, when it reads', async t => {
  const hub = new FakeHub()
  const { url, port } = await listen(t, { providers: [watchedBy(hub)] })
  const session = await openSession(url)
  for (const uri of uris) {
    const body = { jsonrpc: '2.0', id: uri, method: 'resources/subscribe', params: { uri } }
    await (await post(url, body, { 'mcp-session-id': session })).text()
  }
  const head = ['GET /mcp HTTP/1.1', `mcp-session-id: ${session}`, 'mcp-protocol-version: 2025-11-25']
  const slow = await rawClient(t, port, head)
  await new Promise(resolve => slow.once('readable', resolve))
  await changeAll(hub)
  const text = reading(slow)
  await until('it has heard all', () => uris.every(uri => text().includes(`"uri":"${uri}"`)))
  t.ok(timesTold(text()) < (uris.length * rounds) / 2, `${timesTold(text())} of ${uris.length * rounds} changes told`)
})

t.test('a paced stream has room until its reader is behind, and again when it reads or leaves', async t => {
  let write = (_text: string) => {}
  const source = new Response(
    new ReadableStream({
      start: controller => {
        write = text => controller.enqueue(new TextEncoder().encode(text))
      }
    }),
    { status: 200, headers: { 'content-type': 'text/event-stream' } }
  )
  const stream = new PacedStream(source, ': open\n\n')
  t.equal(stream.response.headers.get('content-type'), 'text/event-stream')
  await stream.room()
  for (let n = 0; n < 20; n += 1) write(`${n}`)
  await new Promise(setImmediate)
  let hasRoom = false
  const waiting = stream.room().then(() => {
    hasRoom = true
  })
  await new Promise(setImmediate)
  t.notOk(hasRoom)
  const reader = stream.response.body?.getReader()
  t.equal(new TextDecoder().decode((await reader?.read())?.value), ': open\n\n')
  while (!hasRoom) await reader?.read()
  await waiting
  for (let n = 0; n < 40; n += 1) write(`${n}`)
  await new Promise(setImmediate)
  const left = stream.room()
  await reader?.cancel()
  await left
  await stream.room()
})

t.test('a paced stream ends and fails as its source does', async t => {
  t.equal(await new PacedStream(new Response('all')).response.text(), 'all')
  t.equal(await new PacedStream(new Response(null)).response.text(), '')
  const failing = new ReadableStream({ pull: controller => controller.error(new Error('cut')) })
  await t.rejects(new PacedStream(new Response(failing)).response.text(), { message: 'cut' })
})

t.test('while one change is told, others wait once each, in the order in which they came', async t => {
  const told: string[] = []
  let go = () => {}
  const teller = new Teller(async uri => {
    told.push(uri)
    await new Promise<void>(resolve => {
      go = resolve
    })
    if (uri === 'b') throw new Error('the client has gone')
  })
  for (const uri of ['a', 'b', 'c', 'b', 'd', 'a']) teller.updated(uri)
  teller.forget('d')
  t.strictSame(told, ['a'])
  for (let n = 0; n < 5; n += 1) {
    go()
    await new Promise(setImmediate)
  }
  t.strictSame(told, ['a', 'b', 'c', 'a'])
  teller.updated('e')
  t.equal(told.at(-1), 'e')
})
