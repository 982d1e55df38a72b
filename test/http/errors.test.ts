import t from 'tap'
import { type ErrorCode, type ErrorExtra, errorCodes, GatewayError } from '../../src/core/errors.js'
import { createLog } from '../../src/log.js'
import { fakeGateway, options, serverOf } from './fake-gateway.js'

const search = { method: 'POST', url: '/search', payload: { model: 'res.partner' } } as const

function failing(error: unknown) {
  return fakeGateway(() => Promise.reject(error))
}

for (const [code, { status, title }] of Object.entries(errorCodes)) {
  t.test(`${code} is a problem with status ${status}, its title and the request id`, async t => {
    const app = await serverOf(t, options({ gateway: failing(new GatewayError(code as ErrorCode, 'why')) }))
    const answer = await app.inject({ ...search, headers: { 'x-request-id': 'fixed' } })
    t.equal(answer.statusCode, status)
    t.equal(answer.headers['content-type'], 'application/problem+json')
    t.equal(answer.headers['x-request-id'], 'fixed')
    t.equal(answer.headers['www-authenticate'], status === 401 ? 'Bearer' : undefined)
    t.strictSame(answer.json(), {
      type: `urn:odoo-mcp:problem:${code}`,
      title,
      status,
      detail: 'why',
      code,
      request_id: 'fixed'
    })
  })
}

t.test('what more is known of an error is in the problem, but its cause is not', async t => {
  const extra = {
    hint: 'Wait.',
    errors: [{ path: 'ids[0]', detail: 'expected an integer' }],
    outcome: 'unknown',
    retry_after_s: 1.2,
    retryable: true
  } satisfies ErrorExtra
  const error = new GatewayError('rate_limited', 'why', { ...extra, cause: new Error('Traceback /opt/odoo') })
  const app = await serverOf(t, options({ gateway: failing(error) }))
  const answer = await app.inject(search)
  t.match(answer.json(), extra)
  t.equal(answer.headers['retry-after'], '2', 'whole seconds, rounded up')
  t.notMatch(answer.body, /Traceback|cause/)
})

const ours = [
  new Error('secret detail in /srv/app/x.ts'),
  new TypeError('secret detail'),
  Object.assign(new Error('secret detail'), { statusCode: 400 }),
  Object.assign(new Error('secret detail'), { statusCode: 302, code: 'FST_ERR_ODD' }),
  'secret detail',
  undefined,
  { detail: 'secret detail', code: 'auth_required' }
]
for (const error of ours) {
  t.test(
    `an error that is not ours to show (${typeof error}, ${String(error)}) is internal and in the log`,
    async t => {
      const lines: string[] = []
      const log = createLog({ level: 'error', stream: { write: line => lines.push(line) } })
      const app = await serverOf(t, options({ log, gateway: failing(error) }))
      const answer = await app.inject({ ...search, headers: { 'x-request-id': 'fixed' } })
      t.equal(answer.statusCode, 500)
      t.match(answer.json(), { code: 'internal', request_id: 'fixed' })
      t.notMatch(answer.body, /secret detail|srv/)
      t.equal(lines.length, 1)
      t.match(JSON.parse(lines[0] ?? ''), { request_id: 'fixed', msg: 'internal error' })
      if (error !== undefined) t.match(lines[0], /secret detail/)
    }
  )
}

t.test('an internal GatewayError is logged in full too', async t => {
  const lines: string[] = []
  const log = createLog({ level: 'error', stream: { write: line => lines.push(line) } })
  const error = new GatewayError('internal', 'neutral', { cause: new Error('the true reason') })
  const app = await serverOf(t, options({ log, gateway: failing(error) }))
  t.notMatch((await app.inject(search)).body, /true reason/)
  t.match(lines.join(''), /true reason/)
})

t.test('a write that the shell refuses was not applied, and its problem says so', async t => {
  const app = await serverOf(t, options())
  const write = { method: 'POST', url: '/create' } as const
  const text = { 'content-type': 'text/plain' }
  t.match((await app.inject({ ...write, headers: text, payload: 'x' })).json(), { outcome: 'not_applied' })
  t.match((await app.inject({ ...write, headers: { authorization: 'Bearer x' } })).json(), { outcome: 'not_applied' })
  t.match((await app.inject({ ...write, url: '/create?x=1' })).json(), { outcome: 'not_applied' })
  const read = await app.inject({ method: 'POST', url: '/search', headers: text, payload: 'x' })
  t.equal(read.json().outcome, undefined)
})

t.test('a path that is not encoded correctly is a problem too', async t => {
  const app = await serverOf(t, options())
  const answer = await app.inject({ url: '/%zz', headers: { 'x-request-id': 'fixed' } })
  t.equal(answer.statusCode, 400)
  t.equal(answer.headers['content-type'], 'application/problem+json')
  t.equal(answer.headers['x-request-id'], 'fixed')
  t.match(answer.json(), { code: 'invalid_input', request_id: 'fixed' })
  t.notMatch(answer.body, /zz/)
})
