import t from 'tap'
import { fakeGateway, key, options, serverOf, withKeys } from './fake-gateway.js'

const search = { method: 'POST', url: '/search', payload: { model: 'res.partner' } } as const
const bearer = { authorization: `Bearer ${key}` }

const welcome: Record<string, Record<string, string>> = {
  'a program without any browser header': { host: 'localhost:8000' },
  'the loopback address': { host: '127.0.0.1:8000' },
  'the loopback address of IPv6': { host: '[::1]:8000' },
  'a host name in capitals': { host: 'LOCALHOST:8000' },
  'a page of this very server': { host: 'localhost:8000', origin: 'http://localhost:8000' },
  'a page of this server under its other name': { host: 'localhost:8000', origin: 'http://127.0.0.1:8000' },
  'a page of this server on the default port': { host: 'localhost', origin: 'http://localhost' },
  'a page of this server with the default port spelled out': { host: 'localhost:80', origin: 'http://localhost' },
  'a page of a listed origin': { host: 'localhost:8000', origin: 'https://app.example.com' },
  'a page of a listed origin that the browser calls cross-site': {
    host: 'localhost:8000',
    origin: 'https://app.example.com',
    'sec-fetch-site': 'cross-site'
  },
  'a fetch of the same origin': {
    host: 'localhost:8000',
    origin: 'http://localhost:8000',
    'sec-fetch-site': 'same-origin'
  },
  'an address typed by the user': { host: 'localhost:8000', 'sec-fetch-site': 'none' }
}

for (const [name, headers] of Object.entries(welcome)) {
  t.test(`without keys, ${name} is let in`, async t => {
    const app = await serverOf(t, options())
    const answer = await app.inject({ ...search, headers })
    t.equal(answer.statusCode, 200)
  })
}

const refused: Record<string, Record<string, string>> = {
  'a foreign host name': { host: 'evil.example.com' },
  'a host name that a rebinding page would use': { host: 'localhost.evil.example.com:8000' },
  'a host name that begins like ours': { host: '127.0.0.1.nip.io:8000' },
  'a host name with a user in it': { host: 'localhost@evil.example.com' },
  'a rebound page, whose host and origin agree': {
    host: 'evil.example.com:8000',
    origin: 'http://evil.example.com:8000'
  },
  'a foreign page': { host: 'localhost:8000', origin: 'https://evil.example.com' },
  'a page on another port of this machine': { host: 'localhost:8000', origin: 'http://localhost:3000' },
  'a page of a listed host under another scheme': { host: 'localhost:8000', origin: 'http://app.example.com' },
  'a page whose origin begins like a listed one': {
    host: 'localhost:8000',
    origin: 'https://app.example.com.evil.example'
  },
  'a sandboxed page': { host: 'localhost:8000', origin: 'null' },
  'a page with an empty origin': { host: 'localhost:8000', origin: '' },
  'a cross-site request that hides its origin': { host: 'localhost:8000', 'sec-fetch-site': 'cross-site' },
  'a cross-site link to a route that is no page': {
    host: 'localhost:8000',
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document'
  },
  'a foreign host name with X-Forwarded-Host of ours': { host: 'evil.example.com', 'x-forwarded-host': 'localhost' }
}

for (const [name, headers] of Object.entries(refused)) {
  t.test(`without keys, ${name} is refused before any tool`, async t => {
    const gateway = fakeGateway()
    const app = await serverOf(t, options({ gateway, trustProxyHops: 1 }))
    const answer = await app.inject({ ...search, headers })
    t.equal(answer.statusCode, 403)
    t.match(answer.json(), { code: 'policy_denied', hint: String })
    t.equal(answer.headers['access-control-allow-origin'], undefined)
    t.notMatch(answer.body, /evil/, 'nothing of the headers is echoed')
    t.equal(gateway.calls.length, 0)
  })
}

t.test('a link on another site may lead to the public pages, but a frame or a script may not', async t => {
  const app = await serverOf(t, options())
  const link = { host: 'localhost:8000', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
  for (const url of ['/', '/docs', '/openapi.json', '/health']) {
    const followed = await app.inject({ url, headers: { ...link, 'sec-fetch-dest': 'document' } })
    t.equal(followed.statusCode, 200, `link to ${url}`)
    const framed = await app.inject({ url, headers: { ...link, 'sec-fetch-dest': 'iframe' } })
    t.equal(framed.statusCode, 403, `frame of ${url}`)
  }
})

t.test('health and readiness answer under any host name, because load balancers ask by address', async t => {
  const app = await serverOf(t, options())
  for (const url of ['/health', '/ready']) {
    t.equal((await app.inject({ url, headers: { host: '10.1.2.3:10000' } })).statusCode, 200)
    t.equal(
      (await app.inject({ url, headers: { host: 'localhost', origin: 'https://evil.example.com' } })).statusCode,
      403
    )
  }
})

t.test('with keys any host name is answered', async t => {
  const app = await serverOf(t, withKeys())
  const answer = await app.inject({ ...search, headers: { ...bearer, host: 'erp.example.com' } })
  t.equal(answer.statusCode, 200)
})

t.test('with keys and allowed_hosts only those and the own host names are answered', async t => {
  const app = await serverOf(t, withKeys({ allowedHosts: ['erp.example.com', 'other.example.com:8443'] }))
  const ask = async (host: string) => (await app.inject({ ...search, headers: { ...bearer, host } })).statusCode
  t.equal(await ask('erp.example.com'), 200)
  t.equal(await ask('erp.example.com:9000'), 200)
  t.equal(await ask('other.example.com:8443'), 200)
  t.equal(await ask('localhost:8000'), 200)
  t.equal(await ask('other.example.com'), 403)
  t.equal(await ask('evil.example.com'), 403)
})

t.test('with keys a foreign origin is refused all the same', async t => {
  const app = await serverOf(t, withKeys())
  const headers = { ...bearer, host: 'erp.example.com', origin: 'https://evil.example.com' }
  t.equal((await app.inject({ ...search, headers })).statusCode, 403)
})

t.test('with keys a host name that is allowed is an own origin too', async t => {
  const app = await serverOf(t, withKeys({ allowedHosts: ['erp.example.com'] }))
  const headers = { ...bearer, host: 'erp.example.com', origin: 'https://erp.example.com' }
  t.equal((await app.inject({ ...search, headers })).statusCode, 200)
})

t.test('any origin means any with keys, and nothing without', async t => {
  const headers = { ...bearer, host: 'localhost', origin: 'https://anybody.example.com' }
  const guarded = await serverOf(t, withKeys({ allowedOrigins: ['*'] }))
  t.equal((await guarded.inject({ ...search, headers })).statusCode, 200)
  t.equal((await guarded.inject({ ...search, headers: { ...headers, origin: 'null' } })).statusCode, 403)

  const keyless = await serverOf(t, options({ allowedOrigins: ['*'], allowedHosts: ['*'] }))
  t.equal((await keyless.inject({ ...search, headers: { host: 'localhost', origin: headers.origin } })).statusCode, 403)
  t.equal((await keyless.inject({ ...search, headers: { host: 'anybody.example.com' } })).statusCode, 403)
})
