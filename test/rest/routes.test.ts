import t from 'tap'
import { fakeGateway, fakeTools, options, serverOf } from '../http/fake-gateway.js'

t.test('every path and method of every tool leads to that tool', async t => {
  const gateway = fakeGateway()
  const app = await serverOf(t, options({ gateway }))
  const expected: string[] = []
  for (const tool of fakeTools) {
    for (const url of tool.rest.paths) {
      for (const method of tool.rest.methods) {
        const answer = await app.inject({ method, url, ...(method === 'POST' && { payload: tool.example }) })
        t.equal(answer.statusCode, 200, `${method} ${url}`)
        expected.push(tool.name)
      }
    }
  }
  t.strictSame(
    gateway.calls.map(call => call.tool),
    expected
  )
})

t.test('a tool receives the body as it was sent, with nothing added, removed or converted', async t => {
  const gateway = fakeGateway()
  const app = await serverOf(t, options({ gateway }))
  const payload = { model: 42, unknown: [1, '2', null, { a: false }], limit: '5' }
  await app.inject({ method: 'POST', url: '/search', payload })
  t.strictSame(gateway.calls[0]?.input, payload)
})

t.test('an answer is all that the tool returned, with its status', async t => {
  const output = { count: 1, records: [{ id: 7, name: 'é', extra: { deep: [null] } }], note: null, more: 1.5 }
  const app = await serverOf(t, options({ gateway: fakeGateway(async () => output) }))
  const answer = await app.inject({ method: 'POST', url: '/search', payload: {} })
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
  t.equal(answer.headers['cache-control'], 'no-store')
  t.strictSame(answer.json(), { status: 'success', ...output })
})

t.test('a route that is read with GET takes an empty input', async t => {
  const gateway = fakeGateway()
  const app = await serverOf(t, options({ gateway }))
  t.equal((await app.inject('/session')).statusCode, 200)
  t.strictSame(gateway.calls[0]?.input, {})
})

for (const [method, url] of [
  ['POST', '/search?limit=5'],
  ['GET', '/session?limit=5&x=1'],
  ['POST', '/search?limit']
] as const) {
  t.test(`${method} ${url} is refused, because the parameter would change nothing`, async t => {
    const gateway = fakeGateway()
    const app = await serverOf(t, options({ gateway }))
    const answer = await app.inject({ method, url })
    t.equal(answer.statusCode, 400)
    t.match(answer.json(), { code: 'invalid_input', detail: /^limit: / })
    t.equal(gateway.calls.length, 0)
  })
}

t.test('a question mark without parameters is fine', async t => {
  const app = await serverOf(t, options())
  t.equal((await app.inject({ method: 'POST', url: '/search?', payload: {} })).statusCode, 200)
})
