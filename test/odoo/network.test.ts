import dns from 'node:dns'
import http from 'node:http'
import t from 'tap'
import { adapter, credential, fakeOdoo, identity } from './fake-odoo.js'
import { request, scope, serveHttp, transportFor } from './servers.js'

for (const protocol of ['jsonrpc', 'json2', 'xmlrpc'] as const) {
  for (const status of [301, 302, 303, 307, 308]) {
    t.test(`${protocol}: a redirect with ${status} takes no secret anywhere`, async t => {
      const thief: string[] = []
      const away = await serveHttp(t, (incoming, outgoing) => {
        thief.push(JSON.stringify(incoming.headers))
        outgoing.end('{}')
      })
      const seen: string[] = []
      const url = await serveHttp(t, async (incoming, outgoing) => {
        let body = JSON.stringify(incoming.headers)
        for await (const chunk of incoming) body += chunk
        seen.push(body)
        outgoing.writeHead(status, { location: away + incoming.url }).end()
      })
      const { saved } = { saved: { identity: identity(url, { protocol }), secret: 'canary-of-this-odoo' } }
      const port = adapter(t, { retries: 2 }).reopen(saved).port(scope())
      await t.rejects(port.count('res.partner', []), { code: 'odoo_unavailable', extra: { hint: /redirects/ } })
      await t.rejects(port.write('res.partner', [1], { city: 'x' }), {
        code: 'odoo_unavailable',
        extra: { outcome: 'unknown' }
      })
      await port.openFile('res.partner', 1, 'image_1920').catch(() => undefined)
      t.match(seen.join(), 'canary-of-this-odoo', 'control: it went where it was to go')
      t.strictSame(thief, [])
    })
  }
}

t.test('a file that is redirected to elsewhere is not fetched from there, nor is a cookie sent', async t => {
  const thief: string[] = []
  const away = await serveHttp(t, (incoming, outgoing) => {
    thief.push(JSON.stringify(incoming.headers))
    outgoing.end('a file')
  })
  const paths: (string | undefined)[] = []
  const url = await serveHttp(t, (incoming, outgoing) => {
    paths.push(incoming.url)
    if (incoming.url === '/web/session/authenticate') {
      outgoing.setHeader('set-cookie', 'session_id=canary-cookie; Path=/')
      outgoing.end(JSON.stringify({ jsonrpc: '2.0', result: { uid: 2 } }))
    } else outgoing.writeHead(302, { location: `${away}/file` }).end()
  })
  const login = { identity: identity(url), secret: 'a password' }
  const file = await adapter(t).reopen(login).port(scope()).openFile('res.partner', 1, 'image_1920')
  t.equal(file, undefined)
  t.ok(
    paths.some(path => path?.startsWith('/web/content/')),
    'control: it was asked for'
  )
  t.strictSame(thief, [])
})

/** Lets names lead to these addresses, each time they are asked for, in turn. */
function resolving(t: { intercept: typeof import('tap').default.intercept }, ...answers: string[]) {
  let asked = 0
  const lookup = (_host: string, _options: object, callback: (error: null, all: object[]) => void) => {
    const address = answers[Math.min(asked++, answers.length - 1)] as string
    callback(null, [{ address, family: address.includes(':') ? 6 : 4 }])
  }
  t.intercept(dns, 'lookup', { value: lookup, configurable: true, writable: true })
}

t.test('a name that leads elsewhere the second time is checked at every connection', async t => {
  let arrived = 0
  const url = await serveHttp(t, (_, outgoing) => {
    arrived++
    outgoing.end('{}')
  })
  const port = Number(new URL(url).port)
  resolving(t, '127.0.0.1', '169.254.169.254', '::ffff:169.254.169.254', '0.0.0.0')
  const transport = transportFor(t)
  // A write, so that each has its own connection.
  const send = () => transport.send({ url: `http://rebinding.example:${port}`, request, write: true, scope: scope() })
  await send()
  t.equal(arrived, 1, 'control: it works while it leads to an Odoo')
  for (let turn = 0; turn < 3; turn++) {
    await t.rejects(send(), { code: 'policy_denied', extra: { outcome: 'not_applied' } })
  }
  t.equal(arrived, 1)
})

for (const name of ['metadata.google.internal', 'metadata', 'instance-data.ec2.internal']) {
  t.test(`the metadata service is refused by its name, too: ${name}`, async t => {
    resolving(t, '169.254.169.254')
    const sending = { url: `http://${name}/computeMetadata/v1`, request, write: false, scope: scope() }
    await t.rejects(transportFor(t).send(sending), { code: 'policy_denied' })
  })
}

t.test('a port that is our own is refused when a name comes to lead to it', async t => {
  let arrived = 0
  const url = await serveHttp(t, (_, outgoing) => {
    arrived++
    outgoing.end('{}')
  })
  const port = Number(new URL(url).port)
  resolving(t, '127.0.0.1')
  const guarded = transportFor(t, { guard: { allowedHosts: ['inside.example'], ownPorts: () => [port] } })
  const sending = { url: `http://inside.example:${port}`, request, write: false, scope: scope() }
  await t.rejects(guarded.send(sending), { code: 'policy_denied' })
  t.equal(arrived, 0)
})

t.test('stats say what is on its way, and every request is told of when it has ended', async t => {
  const fake = await fakeOdoo(t, { 'res.partner.search_count': () => ({ result: 3 }) })
  const exchanges: object[] = []
  const odoo = adapter(t, { onExchange: exchange => exchanges.push(exchange) })
  const login = await odoo.login(credential(fake), scope())
  exchanges.length = 0
  const counting = login.port(scope()).count('res.partner', [])
  await new Promise(resolve => setImmediate(resolve))
  t.match(odoo.stats(), { running: 1, queued: 0, open_breakers: 0 })
  t.equal(await counting, 3)
  await t.rejects(login.port(scope()).unlink('res.partner', [1]), { code: 'not_found' })
  t.match(exchanges, [
    { wire: 'jsonrpc', access: 'read', outcome: 'ok', ms: Number },
    { wire: 'jsonrpc', access: 'write', outcome: 'not_found', ms: Number }
  ])
  t.match(odoo.stats(), { running: 0, queued: 0, open_breakers: 0 })
  t.notMatch(JSON.stringify([exchanges, odoo.stats()]), /127\.0\.0\.1|lab|res\.partner/, 'nothing tells whose it was')
})

t.test('what was never sent is no exchange, and an Odoo that cannot be reached is left alone', async t => {
  const server = http.createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  const exchanges: object[] = []
  const odoo = adapter(t, { onExchange: exchange => exchanges.push(exchange) })
  const login = { identity: identity(`http://127.0.0.1:${port}`), secret: 'a password' }
  const count = () => odoo.reopen(login).port(scope()).count('res.partner', [])
  for (let n = 0; n < 5; n++) await t.rejects(count(), { code: 'odoo_unavailable' })
  await t.rejects(count(), { code: 'busy' })
  await t.rejects(odoo.reopen(login).port(scope()).openFile('res.partner', 1, 'image_1920'), { code: 'busy' })
  await t.rejects(odoo.reopen(login).port(scope()).write('res.partner', [1], { city: 'x' }), {
    code: 'busy',
    extra: { outcome: 'not_applied' }
  })
  t.equal(odoo.stats().open_breakers, 1)
  t.strictSame(exchanges, [])
})
