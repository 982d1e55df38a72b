import { once } from 'node:events'
import http from 'node:http'
import t, { type Test } from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { FileStream } from '../../src/core/files.js'
import type { CallScope, Identity, OdooPort, SavedLogin } from '../../src/core/ports/odoo.js'
import { until } from '../contract/until.js'
import { adapter, identity } from './fake-odoo.js'
import { scope, serveHttp } from './servers.js'

/** The web server of an Odoo: who logs in, and what it gives to whom. */
interface FakeWeb {
  url: string
  /** Bodies of logins. */
  logins: { db: string; login: string; password: string }[]
  /** Requests of files: path, cookie and range. */
  asked: (string | undefined)[][]
  /** Sessions that are alive. */
  alive: Set<string>
  /** What a login answers in place of a session. */
  refuses?: { status?: number; result?: unknown }
  /** What answers a file, once the session is known. */
  give: http.RequestListener
  /** Responses that are under way. */
  open: number
}

async function fakeWeb(t: Test): Promise<FakeWeb> {
  const fake: FakeWeb = {
    url: '',
    logins: [],
    asked: [],
    alive: new Set(),
    give: (_request, response) => response.setHeader('content-type', 'image/png').end('bytes'),
    open: 0
  }
  fake.url = await serveHttp(t, async (request, response) => {
    const path = request.url as string
    let body = ''
    for await (const chunk of request) body += chunk
    if (path === '/web/session/authenticate') {
      fake.logins.push(JSON.parse(body).params)
      if (fake.refuses !== undefined) {
        response.statusCode = fake.refuses.status ?? 200
        return response.end(JSON.stringify({ jsonrpc: '2.0', id: null, ...fake.refuses }))
      }
      const session = `s${fake.logins.length}`
      fake.alive.add(session)
      // The first one belongs to an addon, and Odoo 19 sets its own twice.
      response.setHeader('set-cookie', [
        'frontend_lang=en_US',
        `session_id=${session}; Path=/`,
        `session_id=${session}`
      ])
      return response.end(JSON.stringify({ jsonrpc: '2.0', id: null, result: { uid: 2 } }))
    }
    const { cookie, range } = request.headers
    fake.asked.push([path, cookie, ...(range === undefined ? [] : [range])])
    fake.open++
    response.on('close', () => fake.open--)
    const isAlive = fake.alive.has(cookie?.replace('session_id=', '') ?? '')
    if (isAlive) return fake.give(request, response)
    response.statusCode = 404
    response.end('<html>not found</html>')
  })
  return fake
}

function portOf(
  t: Test,
  url: string,
  more: { saved?: Partial<SavedLogin>; scope?: Partial<CallScope> } = {}
): OdooPort {
  const saved = { identity: identity(url), secret: 'admin password', ...more.saved }
  return adapter(t, { maxConcurrency: 2 }).reopen(saved).port(scope(more.scope))
}

async function textOf(stream: FileStream | undefined): Promise<string> {
  if (stream === undefined) throw new Error('no stream')
  const chunks: Uint8Array[] = []
  for await (const chunk of stream.bytes) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

t.test('a file comes from the web server, in one session for all', async t => {
  const fake = await fakeWeb(t)
  const odoo = portOf(t, fake.url)
  const streams = await Promise.all([1, 2].map(id => odoo.openFile('res.partner', id, 'image_1920')))
  t.strictSame(await Promise.all(streams.map(textOf)), ['bytes', 'bytes'])
  t.match(streams[0], { status: 200, mimeType: 'image/png', length: 5 })
  t.strictSame(fake.logins, [{ db: 'lab', login: 'admin', password: 'admin password' }])
  t.strictSame(fake.asked.sort(), [
    ['/web/content/res.partner/1/image_1920', 'session_id=s1'],
    ['/web/content/res.partner/2/image_1920', 'session_id=s1']
  ])
})

t.test('the content of an attachment is asked for by the name that every version knows', async t => {
  const fake = await fakeWeb(t)
  await textOf(await portOf(t, fake.url).openFile('ir.attachment', 7, 'raw'))
  t.strictSame(fake.asked, [['/web/content/ir.attachment/7/datas', 'session_id=s1']])
})

t.test('a session that Odoo has ended is opened anew, once', async t => {
  const fake = await fakeWeb(t)
  const odoo = portOf(t, fake.url)
  await textOf(await odoo.openFile('res.partner', 1, 'image_1920'))
  fake.alive.clear()
  t.equal(await textOf(await odoo.openFile('res.partner', 1, 'image_1920')), 'bytes')
  t.equal(fake.logins.length, 2)
  fake.give = (_request, response) => {
    response.statusCode = 404
    response.end()
  }
  t.equal(await odoo.openFile('res.partner', 9, 'image_1920'), undefined, 'what is not there stays so')
  t.equal(fake.logins.length, 3)
  await until('nothing is under way', () => fake.open === 0)
})

const noWay: [title: string, saved: Partial<SavedLogin>, identity?: Partial<Identity>][] = [
  ['an API key', { isKey: true }],
  ['a password that looks like an API key', { secret: '0123456789abcdef0123456789abcdef01234567' }],
  ['JSON-2', {}, { protocol: 'json2' }]
]
for (const [title, saved, more] of noWay) {
  t.test(`with ${title}, Odoo's web login is not tried`, async t => {
    const fake = await fakeWeb(t)
    const odoo = portOf(t, fake.url, { saved: { ...saved, identity: { ...identity(fake.url), ...more } } })
    t.equal(await odoo.openFile('res.partner', 1, 'image_1920'), undefined)
    t.strictSame(fake.logins, [])
  })
}

const refusals: [title: string, answer: NonNullable<FakeWeb['refuses']>][] = [
  ['a second factor to come', { result: { uid: null } }],
  ['somebody else', { result: { uid: 3 } }],
  ['a refusal', { result: undefined }],
  ['no such page', { status: 404, result: { uid: 2 } }]
]
for (const [title, answer] of refusals) {
  t.test(`a web login that ends with ${title} is not tried again for each file`, async t => {
    const fake = await fakeWeb(t)
    fake.refuses = answer
    const odoo = portOf(t, fake.url)
    for (let n = 0; n < 12; n++) t.equal(await odoo.openFile('res.partner', 1, 'image_1920'), undefined)
    t.equal(fake.logins.length, 1, 'Odoo 14 blocks an address after ten')
    t.strictSame(fake.asked, [])
  })
}

t.test('a web login that fails on the way is tried again', async t => {
  let isUp = false
  const fake = await fakeWeb(t)
  const proxy = await serveHttp(t, (request, response) => {
    if (!isUp) return request.socket.destroy()
    request.pipe(
      http.request(`${fake.url}${request.url}`, { method: request.method, headers: request.headers }, answer => {
        response.writeHead(answer.statusCode as number, answer.headers)
        answer.pipe(response)
      })
    )
  })
  const odoo = portOf(t, proxy)
  t.equal(await odoo.openFile('res.partner', 1, 'image_1920'), undefined)
  isUp = true
  t.equal(await textOf(await odoo.openFile('res.partner', 1, 'image_1920')), 'bytes')
})

t.test('a part is what Odoo gives as one', async t => {
  const fake = await fakeWeb(t)
  fake.give = ({ headers }, response) => {
    if (headers.range === 'bytes=9-') {
      response.writeHead(416, { 'content-range': 'bytes */5' }).end('<html>')
    } else response.writeHead(206, { 'content-range': 'bytes 1-2/5', 'content-length': 2 }).end('yt')
  }
  const odoo = portOf(t, fake.url)
  const part = await odoo.openFile('res.partner', 1, 'image_1920', 'bytes=1-2')
  t.match(part, { status: 206, length: 2, range: 'bytes 1-2/5' })
  t.equal(await textOf(part), 'yt')
  t.strictSame(fake.asked, [['/web/content/res.partner/1/image_1920', 'session_id=s1', 'bytes=1-2']])
  const beyond = await odoo.openFile('res.partner', 1, 'image_1920', 'bytes=9-')
  t.match(beyond, { status: 416, range: 'bytes */5' })
  t.equal(await textOf(beyond), '')
  await until('nothing is under way', () => fake.open === 0)
})

t.test('a redirect is not followed', async t => {
  const fake = await fakeWeb(t)
  let reached = false
  const elsewhere = await serveHttp(t, (_request, response) => {
    reached = true
    response.end()
  })
  fake.give = (_request, response) => response.writeHead(302, { location: elsewhere }).end()
  t.equal(await portOf(t, fake.url).openFile('res.partner', 1, 'image_1920'), undefined)
  t.notOk(reached)
})

t.test('a stream that is cut off fails in the middle, and does not just end', async t => {
  const fake = await fakeWeb(t)
  fake.give = (_request, response) => {
    response.writeHead(200, { 'content-length': 1000 })
    response.write('the beginning', () => response.destroy())
  }
  const stream = await portOf(t, fake.url).openFile('res.partner', 1, 'image_1920')
  await t.rejects(textOf(stream), { name: 'GatewayError', code: 'odoo_unavailable' })
})

t.test('a caller who leaves ends the stream, down to the socket', async t => {
  const fake = await fakeWeb(t)
  fake.give = (_request, response) => {
    response.write('the beginning')
  }
  const caller = new AbortController()
  const stream = await portOf(t, fake.url, { scope: { signal: caller.signal } }).openFile(
    'res.partner',
    1,
    'image_1920'
  )
  const reading = textOf(stream)
  caller.abort()
  await t.rejects(reading, { code: 'cancelled' })
  await until('Odoo has seen it', () => fake.open === 0)
})

t.test('streams that nobody reads keep their places, and not those of calls', async t => {
  const fake = await fakeWeb(t)
  fake.give = (_request, response) => {
    response.write('the beginning')
  }
  const odoo = adapter(t, { maxConcurrency: 2 })
  const login = odoo.reopen({ identity: identity(fake.url), secret: 'admin password' })
  const callers = [new AbortController(), new AbortController(), new AbortController()]
  const open = (n: number, more: Partial<CallScope> = {}) =>
    login
      .port(scope({ signal: (callers[n] as AbortController).signal, ...more }))
      .openFile('res.partner', n, 'image_1920')
  await open(0)
  await open(1)
  await t.rejects(open(2, { deadline: Date.now() + 200 }), { code: 'timeout' })
  // The control: calls have places of their own. This Odoo does not speak JSON-RPC, which is an answer.
  await t.rejects(login.port(scope()).count('res.partner', []), { code: 'odoo_unavailable' })
  callers[0]?.abort()
  t.ok(await open(2))
  for (const caller of callers) caller.abort()
  await until('nothing is under way', () => fake.open === 0)
})

t.test('a caller who leaves while somebody logs in does not end the login', async t => {
  const fake = await fakeWeb(t)
  const odoo = adapter(t)
  const login = odoo.reopen({ identity: identity(fake.url), secret: 'admin password' })
  const caller = new AbortController()
  const first = login.port(scope({ signal: caller.signal })).openFile('res.partner', 1, 'image_1920')
  const second = login.port(scope()).openFile('res.partner', 1, 'image_1920')
  caller.abort()
  await t.rejects(first, { code: 'cancelled' })
  t.equal(await textOf(await second), 'bytes')
  t.equal(fake.logins.length, 1)
})

t.test('an answer that is no HTTP is none', async t => {
  const fake = await fakeWeb(t)
  fake.give = (_request, response) =>
    response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab')
  t.equal(await portOf(t, fake.url).openFile('res.partner', 1, 'image_1920'), undefined)
})

t.test('an Odoo that fails is left alone', async t => {
  const fake = await fakeWeb(t)
  const odoo = portOf(t, fake.url)
  await textOf(await odoo.openFile('res.partner', 1, 'image_1920'))
  fake.give = (_request, response) => response.writeHead(503).end()
  t.equal(await odoo.openFile('res.partner', 1, 'image_1920'), undefined)
  t.equal(fake.logins.length, 1)
})

t.test('an endless answer to the login is given up', async t => {
  const url = await serveHttp(t, async (_request, response) => {
    const chunk = ' '.repeat(64 * 1024)
    while (!response.destroyed)
      if (!response.write(chunk)) await Promise.race([once(response, 'drain'), once(response, 'close')])
  })
  t.equal(await portOf(t, url).openFile('res.partner', 1, 'image_1920'), undefined)
})

t.test('the address guard looks at these requests, too', async t => {
  const fake = await fakeWeb(t)
  const odoo = adapter(t, { guard: { allowedHosts: ['erp.example.com'] } })
  t.throws(() => odoo.reopen({ identity: identity(fake.url), secret: 'pw' }), GatewayError)
  t.strictSame(fake.logins, [])
})
