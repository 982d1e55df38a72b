import { createHash } from 'node:crypto'
import t from 'tap'
import { fakeGateway, key, options, serverOf, withKeys } from './fake-gateway.js'

t.test('health tells whether the default connection works, and asks nobody', async t => {
  const gateway = fakeGateway()
  const app = await serverOf(t, options({ gateway }))
  t.strictSame((await app.inject('/health')).json(), { status: 'healthy', connected: true })
  gateway.connected = false
  t.strictSame((await app.inject('/health')).json(), { status: 'healthy', connected: false })
  t.equal(gateway.calls.length, 0)
})

t.test('health stays well while the server starts or drains, readiness does not', async t => {
  let ready = false
  const app = await serverOf(t, options({ ready: () => ready }))
  const before = await app.inject('/ready')
  t.equal(before.statusCode, 503)
  t.equal(before.headers['retry-after'], '1')
  t.match(before.json(), { code: 'busy' })
  t.equal((await app.inject('/health')).statusCode, 200)
  ready = true
  t.strictSame((await app.inject('/ready')).json(), { status: 'ready' })
})

t.test('the root tells programs what listens here', async t => {
  const app = await serverOf(t, options())
  const answer = await app.inject({ url: '/', headers: { accept: '*/*' } })
  t.match(answer.json(), { status: 'ok', service: 'odoo-mcp', version: '1.2.3', connected: true })
  const { endpoints } = answer.json()
  for (const endpoint of ['/connect', '/search', '/search_read', '/mcp', '/docs', '/health']) {
    t.ok(endpoints.includes(endpoint), endpoint)
  }
})

t.test('the root is a page for a browser, which may run its own script and no other', async t => {
  const app = await serverOf(t, options())
  const answer = await app.inject({ url: '/', headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
  t.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
  t.match(answer.body, /href="\/docs"/)
  const policy = String(answer.headers['content-security-policy'])
  t.match(policy, /default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+';/)
  for (const [part] of answer.body.matchAll(/(?<=<(?:script type="module"|style)>).*?(?=<\/(?:script|style)>)/gs)) {
    t.ok(policy.includes(`'sha256-${createHash('sha256').update(part).digest('base64')}'`), part.slice(0, 40))
  }
  t.equal(answer.body.match(/<\/?script|<!--/g)?.length, 2, 'nothing in the script ends it early')
})

t.test('beyond loopback the data of the root needs a key, its page does not', async t => {
  const app = await serverOf(t, withKeys())
  const data = await app.inject('/')
  t.equal(data.statusCode, 401)
  t.equal(data.headers['www-authenticate'], 'Bearer')
  t.equal((await app.inject({ url: '/', headers: { authorization: `Bearer ${key}` } })).statusCode, 200)
  // What it says of a connection its script has asked for, with a key: the page itself is always the same.
  const gateway = fakeGateway()
  const other = await serverOf(t, withKeys({ gateway }))
  gateway.connected = false
  const page = await app.inject({ url: '/', headers: { accept: 'text/html' } })
  t.equal(page.statusCode, 200)
  t.equal(page.body, (await other.inject({ url: '/', headers: { accept: 'text/html' } })).body)
})

t.test('on loopback the data of the root is open, but a wrong key is still told', async t => {
  const app = await serverOf(t, withKeys({ loopback: true }))
  t.equal((await app.inject('/')).statusCode, 200)
  t.equal((await app.inject({ url: '/', headers: { authorization: 'Bearer wrong' } })).statusCode, 401)
})

t.test('without docs there are none, and nothing links to them', async t => {
  const app = await serverOf(t, options({ docs: false }))
  t.equal((await app.inject('/docs')).statusCode, 404)
  t.equal((await app.inject('/openapi.json')).statusCode, 404)
  t.notMatch((await app.inject({ url: '/', headers: { accept: 'text/html' } })).body, /\/docs/)
  t.notOk((await app.inject('/')).json().endpoints.includes('/docs'))
})
