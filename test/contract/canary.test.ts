import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { addCanary, assertNoCanary, watchedFetch } from './canary.js'
import { startServer } from './server.js'
import { mcpHttp, modern, rest } from './surfaces.js'

// The other tests believe in the watch: here it is seen to bark.

const secret = randomBytes(24).toString('hex')
addCanary(secret, { isLeaked: true })
const caught = { message: /^a secret of the tests shows in / }

/** A server that leaks: it answers every request with these headers and chunks. */
async function startLeak(t: Tap, chunks: string[], headers: Record<string, string> = {}): Promise<string> {
  const server = createServer(async (request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json', ...headers })
    for (const chunk of chunks) {
      // Each as a chunk of its own on the wire, and a read of its own for the client.
      await new Promise<void>(resolve => response.write(chunk, () => resolve()))
      await new Promise(resolve => setImmediate(resolve))
    }
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
type Tap = { teardown(fn: () => unknown): void }

const half = secret.length / 2
const leaks: [string, string[], Record<string, string>][] = [
  ['a header', ['{}'], { 'x-leak': `it is ${secret}` }],
  ['a body', [`{"detail":"it is ${secret}"}`], {}],
  ['a body, across two chunks', [`{"detail":"${secret.slice(0, half)}`, `${secret.slice(half)}"}`], {}],
  ['a body, across many chunks', [...`{"detail":"${secret}"}`], {}],
  ['a stream of events', ['data: {}\n\n', `data: {"detail":"${secret}"}\n\n`], { 'content-type': 'text/event-stream' }]
]
for (const [where, chunks, headers] of leaks) {
  t.test(`a secret in ${where} is caught before a test sees it`, async t => {
    const url = await startLeak(t, chunks, headers)
    await t.rejects(
      watchedFetch(url).then(response => response.text()),
      caught
    )
    await t.rejects(rest(url).call('odoo_session'), caught, 'also by whoever calls over REST')
    t.match(await (await fetch(url)).text(), /./, 'control: without the watch it gets through')
  })
}

t.test('a secret in the answer to an MCP client is caught, and one in a frame', async t => {
  const url = await startLeak(t, [`{"jsonrpc":"2.0","id":0,"result":{"leak":"${secret}"}}`])
  await t.rejects(mcpHttp(url, modern), 'no connection comes about')
  await t.rejects(mcpHttp(url, 'legacy'), 'nor in the other era')
  const frame = { content: [{ type: 'text', text: `it is ${secret}` }] }
  t.throws(() => assertNoCanary('an MCP frame', JSON.stringify(frame)), caught)
  t.doesNotThrow(() => assertNoCanary('an MCP frame', '{"content":[]}'))
})

t.test('a secret in the log is caught when the server closes', async t => {
  const leaking = await startServer({})
  // What a caller chooses and the log writes down: the request id.
  await fetch(`${leaking.url}/session`, { method: 'POST', headers: { 'x-request-id': secret } })
  t.match(JSON.stringify(leaking.log), secret, 'it is in the log')
  await t.rejects(leaking.close(), { message: /^a secret of the tests shows in the log/ })

  const tight = await startServer({})
  await fetch(`${tight.url}/session`, { method: 'POST', headers: { 'x-request-id': 'harmless' } })
  await t.resolves(tight.close(), 'control')
})

t.test('what is too short to be a secret cannot be watched for', async t => {
  t.throws(() => addCanary('short'), /long enough/)
})
