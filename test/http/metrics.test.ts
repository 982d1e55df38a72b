import t from 'tap'
import type { HttpMetrics } from '../../src/http/metrics.js'
import { key, listening, liveBearer, options, serverOf, withKeys } from './fake-gateway.js'

type Answered = Parameters<HttpMetrics['answered']>[0]

function fakeMetrics(): HttpMetrics & { told: Answered[] } {
  const told: Answered[] = []
  return {
    told,
    answered: request => told.push(request),
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    text: async () => 'odoo_mcp_sessions 3\n'
  }
}

t.test('on loopback the numbers are open', async t => {
  const app = await serverOf(t, options({ metrics: fakeMetrics() }))
  const answer = await app.inject('/metrics')
  t.equal(answer.statusCode, 200)
  t.equal(answer.body, 'odoo_mcp_sessions 3\n')
  t.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  t.equal(answer.headers['cache-control'], 'no-store')
  const wrong = await app.inject({ url: '/metrics', headers: { authorization: 'Bearer nobody' } })
  t.equal(wrong.statusCode, 401, 'but a token that is sent is looked at')
})

t.test('beyond loopback they need a key', async t => {
  const app = await serverOf(t, withKeys({ metrics: fakeMetrics() }))
  const stranger = await app.inject('/metrics')
  t.equal(stranger.statusCode, 401)
  t.equal(stranger.headers['www-authenticate'], 'Bearer')
  t.notMatch(stranger.body, 'odoo_mcp')
  for (const secret of [key, liveBearer]) {
    const answer = await app.inject({ url: '/metrics', headers: { authorization: `Bearer ${secret}` } })
    t.equal(answer.body, 'odoo_mcp_sessions 3\n')
  }
})

t.test('they can be turned off', async t => {
  const on = await serverOf(t, options({ metrics: fakeMetrics() }))
  t.ok((await on.inject('/')).json().endpoints.includes('/metrics'))
  const off = await serverOf(t, options())
  t.equal((await off.inject('/metrics')).statusCode, 404)
  t.notOk((await off.inject('/')).json().endpoints.includes('/metrics'))
})

t.test('each request is told by the pattern of its route, whatever became of it', async t => {
  const metrics = fakeMetrics()
  const { port } = await listening(t, options({ metrics }))
  const at = `http://127.0.0.1:${port}`
  const requests: [path: string, init: RequestInit, told: Partial<Answered>][] = [
    ['/health?secret=1', {}, { method: 'GET', route: '/health', status: 200 }],
    ['/nothing/here', {}, { method: 'GET', route: undefined, status: 404 }],
    ['/binary/res.partner/image_1920/7?x=1', {}, { method: 'GET', route: '/binary/:model/:field/:id', status: 400 }],
    ['/health', { method: 'DELETE' }, { method: 'DELETE', route: undefined, status: 405 }],
    ['/metrics', { headers: { host: 'evil.example.com' } }, { method: 'GET', route: '/metrics', status: 403 }]
  ]
  for (const [path, init, told] of requests) {
    const before = metrics.told.length
    const headers = init.headers as Record<string, string> | undefined
    if (headers?.host !== undefined) {
      const { request } = await import('node:http')
      await new Promise<void>(resolve => {
        request(at + path, { headers }, answer => answer.resume().once('close', () => resolve())).end()
      })
    } else await (await fetch(at + path, init)).text()
    while (metrics.told.length === before) await new Promise(setImmediate)
    t.match(metrics.told.at(-1), { ...told, seconds: Number })
  }
})
