import { once } from 'node:events'
import { request } from 'node:http'
import t from 'tap'
import { fakeGateway, listening, options, serverOf } from './fake-gateway.js'

const search = { method: 'POST', url: '/search', payload: {} } as const

for (const id of ['a', 'Req_1.2-3', 'x'.repeat(64)]) {
  t.test(`the request id ${id} is taken`, async t => {
    const gateway = fakeGateway()
    const app = await serverOf(t, options({ gateway }))
    const answer = await app.inject({ ...search, headers: { 'x-request-id': id } })
    t.equal(answer.headers['x-request-id'], id)
    t.equal(gateway.calls[0]?.caller.requestId, id)
  })
}

for (const id of ['', 'with space', 'x'.repeat(65), 'a/b', '{"a":1}', 'é']) {
  t.test(`the request id "${id}" is replaced by one of ours`, async t => {
    const app = await serverOf(t, options())
    const answer = await app.inject({ ...search, headers: { 'x-request-id': id } })
    t.equal(answer.statusCode, 200)
    t.match(answer.headers['x-request-id'], /^[\w-]{12}$/)
  })
}

t.test('every answer has a request id, and no two the same', async t => {
  const app = await serverOf(t, options())
  const ids = new Set<unknown>()
  for (const url of ['/health', '/ready', '/', '/docs', '/openapi.json', '/nope', '/%zz', '/search']) {
    const { headers } = await app.inject(url)
    t.type(headers['x-request-id'], 'string', url)
    ids.add(headers['x-request-id'])
  }
  t.equal(ids.size, 8)
})

t.test('a request that expects what nobody knows is refused with one, too', async t => {
  const { port } = await listening(t, options())
  const asking = request({ port, path: '/health', headers: { expect: 'something', connection: 'close' } }).end()
  const [answer] = await once(asking, 'response')
  answer.resume()
  t.equal(answer.statusCode, 417)
  t.match(answer.headers['x-request-id'], /^[\w-]{12}$/)
})
