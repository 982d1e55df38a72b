// An Odoo that costs little and is always the same: it answers as the embedded Odoo answered the first time it was asked
// just that. For benchmarks of our own work; forked, it tells its address and its login, and ends with its parent.
import { createServer } from 'node:http'
import { startSandbox } from '../dist/sandbox/sandbox.js'

const { url, database, users } = await startSandbox({ version: 19 })
/** @type {Map<string, Promise<{ status: number, type: string, body: Buffer }>>} */
const known = new Map()

const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const asked = Buffer.concat(chunks)
  const key = `${request.method} ${request.url} ${asked}`
  if (!known.has(key)) known.set(key, ask(request, asked))
  const { status, type, body } = await /** @type {NonNullable<ReturnType<typeof known.get>>} */ (known.get(key))
  response.writeHead(status, { 'content-type': type, 'content-length': body.length }).end(body)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const { username, password, apiKey } = users.admin
  process.send?.({ url: `http://127.0.0.1:${port}`, database, username, password, apiKey })
})
process.on('disconnect', () => process.exit())

/** @param {import('node:http').IncomingMessage} request @param {Buffer} body */
async function ask({ method = 'GET', url: path, headers }, body) {
  const answer = await fetch(url + path, {
    method,
    headers: { 'content-type': headers['content-type'] ?? 'text/plain' },
    ...(body.length > 0 && { body })
  })
  const type = answer.headers.get('content-type') ?? ''
  return { status: answer.status, type, body: Buffer.from(await answer.arrayBuffer()) }
}
