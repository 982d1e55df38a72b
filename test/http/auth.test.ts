import t from 'tap'
import { fakeGateway, key, liveBearer, options, otherKey, serverOf, withKeys } from './fake-gateway.js'

const search = { method: 'POST', url: '/search', payload: { model: 'res.partner' } } as const

const wrong: Record<string, Record<string, string>> = {
  'no key': {},
  'a wrong key': { authorization: `Bearer ${'x'.repeat(40)}` },
  'the beginning of a key': { authorization: `Bearer ${key.slice(0, -1)}` },
  'a key and more': { authorization: `Bearer ${key}k` },
  'two tokens': { authorization: `Bearer ${key} ${key}` },
  'Bearer alone': { authorization: 'Bearer' },
  'an empty Authorization': { authorization: '' },
  'a key under another scheme': { authorization: `Basic ${key}` },
  'a key without a scheme': { authorization: key },
  'a session that does not exist': { authorization: `Bearer oms_b_${'x'.repeat(43)}` },
  'a handle sent as a bearer': { authorization: `Bearer oms_h_${'h'.repeat(43)}` },
  'a key in the session header': { 'odoo-session': key }
}

for (const [name, headers] of Object.entries(wrong)) {
  t.test(`with keys, ${name} is 401 in the same words, before any tool`, async t => {
    const gateway = fakeGateway()
    const app = await serverOf(t, withKeys({ gateway }))
    const answer = await app.inject({ ...search, headers: { ...headers, 'x-request-id': 'fixed' } })
    t.equal(answer.statusCode, 401)
    t.equal(answer.headers['www-authenticate'], 'Bearer')
    t.equal(answer.headers['content-type'], 'application/problem+json')
    t.strictSame(answer.json(), {
      type: 'urn:odoo-mcp:problem:auth_required',
      title: 'Authentication required',
      status: 401,
      detail: 'The access key or session is missing or not valid.',
      code: 'auth_required',
      request_id: 'fixed',
      hint: 'Send "Authorization: Bearer" with an access key of this server, or with the session that /connect answered.'
    })
    t.equal(gateway.calls.length, 0)
  })
}

const right: Record<string, { headers: Record<string, string>; caller: Record<string, unknown> }> = {
  'a key': { headers: { authorization: `Bearer ${key}` }, caller: { principal: 'key:ci' } },
  'another key': { headers: { authorization: `Bearer ${otherKey}` }, caller: { principal: 'key:desk' } },
  'a key after "bearer" in small letters': {
    headers: { authorization: `bearer  ${key}` },
    caller: { principal: 'key:ci' }
  },
  'a live session': {
    headers: { authorization: `Bearer ${liveBearer}` },
    caller: { principal: 'key:desk', bearer: liveBearer }
  },
  'a key with a handle': {
    headers: { authorization: `Bearer ${key}`, 'odoo-session': 'oms_h_x' },
    caller: { principal: 'key:ci', handle: 'oms_h_x' }
  }
}

for (const [name, { headers, caller }] of Object.entries(right)) {
  t.test(`with keys, ${name} is let in and the tools learn who it is`, async t => {
    const gateway = fakeGateway()
    const app = await serverOf(t, withKeys({ gateway }))
    const answer = await app.inject({ ...search, headers: { ...headers, 'x-request-id': 'fixed' } })
    t.equal(answer.statusCode, 200)
    const known = { requestId: 'fixed', address: '127.0.0.1' }
    t.strictSame(gateway.calls[0]?.caller, { ...caller, ...known, surface: 'rest', opens: 'bearer' })
  })
}

t.test('a session ends with the key of the one who opened it', async t => {
  const app = await serverOf(t, withKeys({ principalOfBearer: () => 'key:removed' }))
  const answer = await app.inject({ ...search, headers: { authorization: `Bearer ${liveBearer}` } })
  t.equal(answer.statusCode, 401)
})

t.test('only what looks like a bearer session is looked up as one', async t => {
  const app = await serverOf(t, withKeys({ principalOfBearer: () => 'key:ci' }))
  const ask = async (token: string) =>
    (await app.inject({ ...search, headers: { authorization: `Bearer ${token}` } })).statusCode
  t.equal(await ask(liveBearer), 200)
  t.equal(await ask(liveBearer.replace('oms_b_', 'oms_h_')), 401)
})

t.test('with keys, routes that do not exist are 401 too', async t => {
  const app = await serverOf(t, withKeys())
  t.equal((await app.inject('/nope')).statusCode, 401)
  t.equal((await app.inject({ url: '/nope', headers: { authorization: `Bearer ${key}` } })).statusCode, 404)
})

t.test('mounted surfaces are behind the keys and learn the same caller', async t => {
  const seen: unknown[] = []
  const app = await serverOf(
    t,
    withKeys({
      mount: (app, authenticate) => {
        app.post('/mcp', async request => {
          seen.push(authenticate(request))
          return {}
        })
      }
    })
  )
  t.equal((await app.inject({ method: 'POST', url: '/mcp', payload: {} })).statusCode, 401)
  const headers = { authorization: `Bearer ${key}`, 'x-request-id': 'fixed' }
  t.equal((await app.inject({ method: 'POST', url: '/mcp', payload: {}, headers })).statusCode, 200)
  t.strictSame(seen, [{ principal: 'key:ci', requestId: 'fixed', address: '127.0.0.1' }])
})

t.test('health, readiness and the docs need no key', async t => {
  const app = await serverOf(t, withKeys())
  for (const url of ['/health', '/ready', '/docs', '/docs/static/swagger-ui.css', '/docs/json', '/openapi.json']) {
    t.equal((await app.inject(url)).statusCode, 200, url)
  }
})

t.test('without keys everybody is local', async t => {
  const gateway = fakeGateway()
  const app = await serverOf(t, options({ gateway }))
  t.equal((await app.inject(search)).statusCode, 200)
  t.match(gateway.calls[0]?.caller, { principal: 'local' })
})

t.test('without keys a live session is recognised', async t => {
  const gateway = fakeGateway()
  const app = await serverOf(t, options({ gateway }))
  t.equal((await app.inject({ ...search, headers: { authorization: `Bearer ${liveBearer}` } })).statusCode, 200)
  t.match(gateway.calls[0]?.caller, { principal: 'local', bearer: liveBearer })
})

for (const token of ['anything', `${liveBearer}x`, '']) {
  t.test(`without keys the token "${token}" is refused, not ignored: it was meant to name a session`, async t => {
    const gateway = fakeGateway()
    const app = await serverOf(t, options({ gateway }))
    const answer = await app.inject({ ...search, headers: { authorization: `Bearer ${token}` } })
    t.equal(answer.statusCode, 401)
    t.equal(answer.headers['www-authenticate'], 'Bearer')
    t.equal(gateway.calls.length, 0)
  })
}

t.test('without keys other schemes are ignored', async t => {
  const app = await serverOf(t, options())
  t.equal((await app.inject({ ...search, headers: { authorization: 'Basic dTpw' } })).statusCode, 200)
})
