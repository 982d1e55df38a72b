import t from 'tap'
import { fakeGateway, options, serverOf } from './fake-gateway.js'

t.test('an unknown route is a problem that names the nearest one', async t => {
  const app = await serverOf(t, options())
  const answer = await app.inject({ method: 'POST', url: '/serch', payload: {} })
  t.equal(answer.statusCode, 404)
  t.equal(answer.headers['content-type'], 'application/problem+json')
  t.match(answer.json(), { code: 'not_found', detail: 'There is no such route. Did you mean "/search"?' })
})

t.test('a slash too many is a near miss', async t => {
  const app = await serverOf(t, options())
  t.match((await app.inject('/search/')).json(), { detail: /"\/search"/ })
})

t.test('a route that is near to none is told without a guess, and without its path or query', async t => {
  const app = await serverOf(t, options())
  const answer = await app.inject('/wp-login.php?ticket=hush')
  t.equal(answer.statusCode, 404)
  t.equal(answer.json().detail, 'There is no such route.')
  t.notMatch(answer.body, /hush|wp-login/)
})

t.test('a wrong method is 405 and says which are right', async t => {
  const app = await serverOf(t, options())
  for (const [method, url, allow] of [
    ['GET', '/search', 'POST'],
    ['DELETE', '/session', 'POST, GET, HEAD'],
    ['POST', '/health', 'GET, HEAD'],
    ['OPTIONS', '/search', 'POST'],
    ['POST', '/docs/static/swagger-ui.css', 'GET, HEAD']
  ] as const) {
    const answer = await app.inject({ method, url: `${url}?x=1` })
    t.equal(answer.statusCode, 405, `${method} ${url}`)
    t.strictSame(answer.headers.allow?.toString().split(', ').sort(), allow.split(', ').sort())
    t.match(answer.json(), { code: 'invalid_input', status: 405 })
  }
})

t.test('routes with parameters know their methods', async t => {
  const gateway = fakeGateway(async () => ({ name: 'one.png', mime_type: 'image/png', size: 1, data: 'AA==' }))
  const app = await serverOf(t, options({ gateway }))
  t.equal((await app.inject('/binary/res.partner/image/1')).statusCode, 200)
  t.equal((await app.inject({ method: 'POST', url: '/binary/res.partner/image/1' })).statusCode, 405)
  t.equal((await app.inject({ method: 'POST', url: '/binary/res.partner' })).statusCode, 404)
})
