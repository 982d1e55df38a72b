import t from 'tap'
import { createLog } from '../../src/log.js'
import { key, liveBearer, serverOf, withKeys } from './fake-gateway.js'

async function logged(
  t: Parameters<typeof serverOf>[0],
  request: { method: 'GET' | 'POST'; url: string; headers?: object }
) {
  const lines: string[] = []
  const log = createLog({ level: 'debug', secrets: [key], stream: { write: line => lines.push(line) } })
  const app = await serverOf(t, withKeys({ log }))
  const headers = { authorization: `Bearer ${key}`, 'x-request-id': 'fixed', ...request.headers }
  await app.inject({ method: request.method, url: request.url, headers })
  return lines.filter(line => line.includes('"fixed"')).map(line => JSON.parse(line))
}

t.test('a request is one line with the pattern of its route', async t => {
  const lines = await logged(t, { method: 'POST', url: '/search' })
  t.equal(lines.length, 1)
  t.match(lines[0], {
    level: 30,
    request_id: 'fixed',
    address: '127.0.0.1',
    method: 'POST',
    route: '/search',
    status: 200,
    msg: 'request'
  })
  t.type(lines[0].ms, 'number')
})

t.test('neither url nor query nor headers are ever logged', async t => {
  for (const url of ['/search?ticket=hush', '/hush?x=hush', '/%zz?hush', '/docs/static/hush.css', '/health?hush']) {
    const lines = await logged(t, { method: 'GET', url, headers: { referer: 'http://hush/', 'user-agent': 'hush' } })
    t.ok(lines.length > 0, url)
    t.notMatch(JSON.stringify(lines), /hush/, url)
  }
})

t.test('keys and sessions are never logged, also when they are refused', async t => {
  for (const token of [key, liveBearer, 'oms_b_unknown']) {
    const lines = await logged(t, { method: 'POST', url: `/${token}`, headers: { authorization: `Bearer ${token}` } })
    t.ok(lines.length > 0)
    t.notMatch(JSON.stringify(lines), new RegExp(token))
  }
})

t.test('health checks are logged at debug only: they come every few seconds', async t => {
  const lines = await logged(t, { method: 'GET', url: '/health' })
  t.match(lines, [{ level: 20, route: '/health' }])
})

t.test('the trace that a request is part of is named, and one that is malformed is not', async t => {
  const trace = '0af7651916cd43dd8448eb211c80319c'
  const asked = (traceparent: string) => logged(t, { method: 'POST', url: '/search', headers: { traceparent } })
  t.match(await asked(`00-${trace}-b7ad6b7169203331-01`), [{ trace_id: trace, msg: 'request' }])
  t.notMatch(JSON.stringify(await asked(`00-${trace}-hush-01`)), /trace_id|hush/)
})
