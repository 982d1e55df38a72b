import t from 'tap'
import { key, options, serverOf, withKeys } from './fake-gateway.js'

const page = { host: 'localhost:8000', origin: 'https://app.example.com' }
const preflight = {
  method: 'OPTIONS',
  url: '/search',
  headers: { ...page, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
} as const

t.test('the preflight of an allowed page is answered, with keys even before one is sent', async t => {
  for (const settings of [options(), withKeys()]) {
    const app = await serverOf(t, settings)
    const answer = await app.inject(preflight)
    t.equal(answer.statusCode, 204)
    t.equal(answer.headers['access-control-allow-origin'], page.origin)
    t.match(answer.headers['access-control-allow-headers'], /Authorization, Content-Type/)
    t.match(answer.headers['access-control-allow-methods'], /POST/)
    t.match(answer.headers.vary, /Origin/)
    t.equal(answer.headers['access-control-allow-credentials'], undefined)
  }
})

t.test('all headers that clients send and read are named', async t => {
  const app = await serverOf(t, options())
  const { headers } = await app.inject(preflight)
  t.equal(
    headers['access-control-allow-headers'],
    'Authorization, Content-Type, Accept, Last-Event-ID, Odoo-Session, Mcp-Session-Id, MCP-Protocol-Version, ' +
      'Mcp-Method, Mcp-Name, X-Request-Id'
  )
  t.equal(headers['access-control-expose-headers'], 'Mcp-Session-Id, X-Request-Id, Retry-After, WWW-Authenticate')
})

t.test('the preflight of another page is refused', async t => {
  const app = await serverOf(t, options())
  const headers = { ...preflight.headers, origin: 'https://evil.example.com' }
  const answer = await app.inject({ ...preflight, headers })
  t.equal(answer.statusCode, 403)
  t.equal(answer.headers['access-control-allow-origin'], undefined)
})

t.test('an allowed page can read answers and problems alike, never with credentials', async t => {
  const app = await serverOf(t, withKeys())
  const good = await app.inject({
    method: 'POST',
    url: '/search',
    payload: {},
    headers: { ...page, authorization: `Bearer ${key}` }
  })
  t.equal(good.statusCode, 200)
  const refused = await app.inject({ method: 'POST', url: '/search', payload: {}, headers: page })
  t.equal(refused.statusCode, 401)
  for (const { headers } of [good, refused]) {
    t.equal(headers['access-control-allow-origin'], page.origin)
    t.match(headers['access-control-expose-headers'], /X-Request-Id/)
    t.equal(headers['access-control-allow-credentials'], undefined)
  }
})

t.test('an OPTIONS request that is no preflight needs a key', async t => {
  const app = await serverOf(t, withKeys())
  t.equal((await app.inject({ method: 'OPTIONS', url: '/search' })).statusCode, 401)
})
