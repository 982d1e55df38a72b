import { type AddressInfo, connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { FileStream } from '../../src/core/files.js'
import type { JsonObject } from '../../src/core/json.js'
import type { CallRequest } from '../../src/core/ports/gateway.js'
import { binaryRoutes } from '../../src/http/binary.js'
import { until } from '../contract/until.js'
import { type FakeGateway, fakeGateway, key, options, serverOf, withKeys } from './fake-gateway.js'

const path = '/binary/res.partner/image_1920/7'

/** A gateway whose file is a stream of these chunks. */
function streaming(chunks: () => AsyncGenerator<Uint8Array>, more: Partial<FileStream> = {}): FakeGateway {
  const stream = (): FileStream => ({ status: 200, bytes: chunks(), ...more })
  return fakeGateway(async () => ({ name: 'a.bin', mime_type: 'application/zip', stream: stream() }) as never)
}

/** The routes alone, so that the client may be slow and soon be too slow. */
async function serve(t: Test, gateway: FakeGateway, stalledMs?: number): Promise<number> {
  const app = Fastify()
  t.teardown(() => app.close())
  const authenticate = () => ({ principal: 'local', requestId: 'r' })
  binaryRoutes(app, { gateway, authenticate, ...(stalledMs !== undefined && { stalledMs }) })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

/** A client that asks for a file and reads nothing of it. */
function stubborn(port: number) {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.pause()
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
  return socket
}

/** An endless file, and how much of it was taken. */
function endless() {
  const file = { taken: 0, ended: false }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        file.taken += 65_536
        yield Buffer.alloc(65_536)
        // As bytes from a socket come: others have their turn.
        await new Promise(setImmediate)
      }
    } finally {
      file.ended = true
    }
  }
  return { file, chunks }
}

t.test('a client who reads nothing is not sent more than fits on the way', async t => {
  const { file, chunks } = endless()
  const port = await serve(t, streaming(chunks))
  const socket = stubborn(port)
  let before = -1
  await until('the file stands still', async () => {
    const stood = file.taken > 0 && file.taken === before
    before = file.taken
    await wait(200)
    return stood
  })
  t.ok(file.taken < 32 * 1024 * 1024, `${file.taken} bytes`)
  t.notOk(file.ended)
  socket.destroy()
  await until('the file is let go', () => file.ended)
})

t.test('a client who stands still for too long is cut off', async t => {
  const { file, chunks } = endless()
  const gateway = streaming(chunks)
  const socket = stubborn(await serve(t, gateway, 300))
  await until('the file is let go', () => file.ended)
  t.ok(gateway.calls[0]?.signal.aborted)
  socket.destroy()
})

for (const length of [undefined, 1000]) {
  t.test(`a file that breaks off ${length ? 'before its length' : 'without a length'} is no whole file`, async t => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('the beginning')
      await wait(50)
      throw new GatewayError('odoo_unavailable', 'gone')
    }
    const port = await serve(t, streaming(broken, length === undefined ? {} : { length }))
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    t.equal(response.status, 200)
    await t.rejects(response.text())
  })
}

t.test('a failure before the first byte is a problem', async t => {
  const gateway = fakeGateway(() => Promise.reject(new GatewayError('not_found', 'is empty')))
  const app = await serverOf(t, options({ gateway }))
  const answer = await app.inject(path)
  t.match(answer.json(), { code: 'not_found', detail: 'is empty' })
  t.match(answer.headers, { 'content-type': 'application/problem+json' })
  t.equal((await app.inject({ method: 'HEAD', url: path })).statusCode, 404)
})

t.test('files need a key where there are keys', async t => {
  const gateway = fakeGateway(async () => ({ name: 'a.txt', mime_type: 'text/plain', data: 'aGVsbG8=' }))
  const app = await serverOf(t, withKeys({ gateway }))
  for (const method of ['GET', 'HEAD'] as const) t.equal((await app.inject({ method, url: path })).statusCode, 401)
  t.equal(gateway.calls.length, 0)
  const answer = await app.inject({ url: path, headers: { authorization: `Bearer ${key}` } })
  t.equal(answer.body, 'hello')
  t.match(gateway.calls[0], {
    tool: 'odoo_binary',
    input: { model: 'res.partner', field: 'image_1920', id: 7, form: 'stream', unless: [] },
    caller: { principal: 'key:ci', surface: 'rest', opens: 'bearer' }
  })
})

const ranges: [title: string, headers: Record<string, string>, asked: JsonObject][] = [
  ['a range', { range: 'bytes=1-2' }, { range: 'bytes=1-2' }],
  ['the end', { range: 'bytes=-5' }, { range: 'bytes=-5' }],
  ['two ranges', { range: 'bytes=1-2,4-5' }, {}],
  ['other units', { range: 'lines=1-2' }, {}],
  ['a range with a line in it', { range: 'bytes=1-2 x' }, {}],
  ['a range of this content', { range: 'bytes=1-2', 'if-range': '"mine"' }, { range: 'bytes=1-2' }],
  ['a range of another content', { range: 'bytes=1-2', 'if-range': '"other"' }, {}],
  ['a range since a date', { range: 'bytes=1-2', 'if-range': 'Tue, 24 Nov 2026 22:18:13 GMT' }, {}]
]
for (const [title, headers, asked] of ranges) {
  t.test(`${title} is ${asked.range ? 'passed on' : 'answered with the whole'}`, async t => {
    const gateway = fakeGateway(async () => ({ name: 'a', mime_type: 'text/plain', etag: '"mine"', data: '' }))
    const app = await serverOf(t, options({ gateway }))
    t.equal((await app.inject({ url: path, headers })).statusCode, 200)
    const { form, range } = (gateway.calls.at(-1) as CallRequest).input as JsonObject
    t.strictSame({ form, ...(range !== undefined && { range }) }, { form: 'stream', ...asked })
  })
}

t.test('a part says which it is; none is 416', async t => {
  async function* part(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('yt')
  }
  const app = await serverOf(t, options({ gateway: streaming(part, { status: 206, length: 2, range: 'bytes 1-2/5' }) }))
  const answer = await app.inject({ url: path, headers: { range: 'bytes=1-2' } })
  t.equal(answer.statusCode, 206)
  t.equal(answer.body, 'yt')
  t.match(answer.headers, { 'content-range': 'bytes 1-2/5', 'content-length': '2' })
  const none = await serverOf(t, options({ gateway: streaming(part, { status: 416, range: 'bytes */5' }) }))
  const refused = await none.inject({ url: path, headers: { range: 'bytes=9-' } })
  t.equal(refused.statusCode, 416)
  t.equal(refused.headers['content-range'], 'bytes */5')
  t.match(refused.json(), { status: 416, code: 'invalid_input' })
})

t.test('of HEAD a stream is closed unread', async t => {
  const { file, chunks } = endless()
  const facts = { name: 'a.zip', size: 5 }
  const gateway = fakeGateway(async ({ input }: CallRequest) => {
    if ((input as JsonObject).form === 'facts') return facts
    return { ...facts, mime_type: 'application/zip', stream: { status: 200, bytes: chunks(), length: 5 } } as never
  })
  const port = await serve(t, gateway)
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'HEAD' })
  t.equal(answer.headers.get('content-type'), 'application/zip')
  t.equal(answer.headers.get('content-length'), '5')
  t.equal(file.taken, 0)
  await until('the call is over', () => gateway.calls.every(({ signal }) => signal.aborted))
})

const types: [type: string, served: string, disposition: 'inline' | 'attachment'][] = [
  ['image/png', 'image/png', 'inline'],
  ['image/webp', 'image/webp', 'inline'],
  ['image/tiff', 'image/tiff', 'attachment'],
  ['application/pdf', 'application/pdf', 'attachment'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', '', 'attachment'],
  ['application/vnd.oasis.opendocument.text', '', 'attachment'],
  ['text/csv', 'text/csv', 'attachment'],
  ...[
    'image/svg+xml',
    'text/html',
    'application/xhtml+xml',
    'text/xml',
    'application/xml',
    'application/rss+xml',
    'text/xsl',
    'application/xslt+xml',
    'text/javascript',
    'application/x-javascript',
    'application/ecmascript'
  ].map((type): [string, string, 'attachment'] => [type, 'application/octet-stream', 'attachment'])
]
for (const [type, served, disposition] of types) {
  t.test(`${type} is served as ${served || 'itself'}, ${disposition}`, async t => {
    const gateway = fakeGateway(async () => ({ name: 'a b', mime_type: type, data: 'aGVsbG8=' }))
    const app = await serverOf(t, options({ gateway }))
    const { headers } = await app.inject(path)
    t.equal(headers['content-type'], served || type)
    t.equal(headers['content-disposition'], `${disposition}; filename="a b"`)
  })
}

const names: [name: string, disposition: string | RegExp][] = [
  ['../../etc/passwd', 'attachment; filename=.._.._etc_passwd'],
  ['a\r\nSet-Cookie: x', 'attachment; filename="aSet-Cookie: x"'],
  ['photo\u202Egnp.exe', 'attachment; filename=photognp.exe'],
  ['half \uD83D', 'attachment; filename="half "'],
  ['100% "done"', /^attachment; filename="100% \\"done\\""/],
  ['发票.pdf', 'attachment; filename="??.pdf"; filename*=UTF-8\'\'%E5%8F%91%E7%A5%A8.pdf'],
  ['n'.repeat(5000), `attachment; filename=${'n'.repeat(200)}`]
]
for (const [name, disposition] of names) {
  t.test(`the name ${JSON.stringify(name.slice(0, 20))} does no harm`, async t => {
    const gateway = fakeGateway(async () => ({ name, mime_type: 'application/zip', data: '' }))
    const app = await serverOf(t, options({ gateway }))
    const { headers } = await app.inject(path)
    t.match(headers, { 'content-disposition': disposition })
    t.notOk(headers['set-cookie'])
  })
}
