import t, { type Test } from 'tap'
import type { CallScope } from '../../src/core/ports/odoo.js'
import { Breakers } from '../../src/odoo/breaker.js'
import { createRpc, execute, type RpcOptions } from '../../src/odoo/rpc.js'
import { jsonrpc } from '../../src/odoo/wires/jsonrpc.js'
import { WriteQueue } from '../../src/odoo/write-queue.js'
import { asOdoo, scope, serveHttp, signal, silentLog, transportFor } from './servers.js'

const login = { database: 'lab', uid: 2, secret: 'secret' }

/** Calls to the Odoo at a URL, as its only user. */
function calling(t: Test, url: string, more: Partial<RpcOptions> = {}) {
  const breakers = new Breakers({ clock: Date.now, log: silentLog })
  const rpc = createRpc({
    transport: transportFor(t),
    wire: jsonrpc,
    url,
    queue: new WriteQueue({ clock: Date.now }),
    breaker: () => breakers.of(url, 'lab'),
    retries: 0,
    clock: Date.now,
    log: silentLog,
    ...more
  })
  return {
    read: (method: string) => rpc.read(execute(login, 'res.partner', method, [], {}), scope()),
    write: (id: number, as: CallScope) => {
      const prepare = () => execute(login, 'res.partner', 'write', [[id], {}], {})
      return rpc.write({ database: 'lab', model: 'res.partner', ids: [id], prepare }, as)
    }
  }
}

t.test(
  'a write that is never answered holds up the next one of its record only a little over its own time',
  async t => {
    const arrived = signal()
    let writes = 0
    const url = await serveHttp(t, (incoming, outgoing) => {
      writes += 1
      if (writes > 1) return asOdoo(() => ({ result: true }))(incoming, outgoing)
      arrived.happen()
    })
    const { write } = calling(t, url, { heldMs: 100 })
    const deadline = Date.now() + 100
    const hung = write(1, scope({ deadline }))
    await arrived.happened
    const next = write(1, scope())
    t.match(await write(2, scope()), { result: true }, 'control: other records are free')
    await t.rejects(hung, { code: 'timeout', extra: { outcome: 'unknown' } })
    t.match(await next, { result: true })
    t.ok(Date.now() >= deadline + 100)
  }
)

t.test('a method that breaks the HTTP server of Odoo each time shuts nobody out of its database', async t => {
  const url = await serveHttp(t, async (incoming, outgoing) => {
    let body = ''
    for await (const chunk of incoming) body += chunk
    if (body.includes('"broken"')) outgoing.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Oops</h1>')
    else outgoing.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { server_version: '19.0' } }))
  })
  const { read } = calling(t, url)
  for (let n = 0; n < 12; n++) await t.rejects(read('broken'), { code: 'odoo_error' })
  await t.resolves(read('search_count'))
})
