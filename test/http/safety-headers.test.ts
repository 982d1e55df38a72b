import t from 'tap'
import { fakeGateway, options, serverOf } from './fake-gateway.js'

const strict = "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'"
const data: [method: 'GET' | 'POST', url: string][] = [
  ['POST', '/search'],
  ['POST', '/nope'],
  ['GET', '/'],
  ['GET', '/health'],
  ['GET', '/session'],
  ['GET', '/openapi.json']
]

for (const [method, url] of data) {
  t.test(`${method} ${url} is data: no browser runs, frames, guesses or keeps it`, async t => {
    const app = await serverOf(t, options())
    const { headers } = await app.inject({ method, url, ...(method === 'POST' && { payload: {} }) })
    t.match(headers, {
      'content-security-policy': strict,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store'
    })
    t.notOk('x-powered-by' in headers || 'server' in headers || 'strict-transport-security' in headers)
  })
}

t.test('pages say what they need themselves, and may be framed by nobody', async t => {
  const app = await serverOf(t, options())
  for (const url of ['/', '/docs']) {
    const { headers } = await app.inject({ url, headers: { accept: 'text/html' } })
    const policy = String(headers['content-security-policy'])
    t.match(policy, /^default-src 'none'; script-src /, url)
    t.match(policy, /frame-ancestors 'none'/)
    t.notMatch(policy, /script-src[^;]*unsafe/)
    t.equal(headers['x-frame-options'], 'DENY')
  }
})

t.test('a browser is told to come by https only where a trusted proxy says that it did', async t => {
  const told = async (trustProxyHops: number, headers: Record<string, string>) => {
    const app = await serverOf(t, options({ gateway: fakeGateway(), trustProxyHops }))
    return (await app.inject({ url: '/health', headers })).headers['strict-transport-security']
  }
  t.equal(await told(1, { 'x-forwarded-proto': 'https' }), 'max-age=15552000')
  t.equal(await told(1, { 'x-forwarded-proto': 'http' }), undefined)
  t.equal(await told(1, {}), undefined)
  t.equal(await told(0, { 'x-forwarded-proto': 'https' }), undefined, 'nobody is trusted')
})
