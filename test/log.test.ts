import { spawnSync } from 'node:child_process'
import t from 'tap'
import { createLog, type LogOptions } from '../src/log.js'

function logInto(lines: string[], options: LogOptions = {}) {
  return createLog({ stream: { write: line => lines.push(line) }, ...options })
}

t.test('a line is JSON with its level, time, fields and message', async t => {
  const lines: string[] = []
  logInto(lines).info({ tool: 'odoo_search', ms: 12 }, 'done')
  t.equal(lines.length, 1)
  t.match(JSON.parse(lines[0] ?? ''), {
    level: 30,
    time: /^\d{4}-\d\d-\d\dT.*Z$/,
    tool: 'odoo_search',
    ms: 12,
    msg: 'done'
  })
  t.ok(lines[0]?.endsWith('\n'))
})

t.test('lines under the level are not written', async t => {
  const lines: string[] = []
  const log = logInto(lines, { level: 'warn' })
  log.info({}, 'quiet')
  log.warn({}, 'loud')
  t.equal(lines.length, 1)
})

for (const fields of [
  { password: 'hush' },
  { api_key: 'hush' },
  { credential: { password: 'hush' } },
  { request: { body: { secret: 'hush' } } },
  { a: { b: { c: { token: 'hush' } } } },
  { headers: { authorization: 'Basic hush' } },
  { headers: { 'odoo-session': 'hush' } },
  { upstream: { headers: { cookie: 'hush' } } },
  { list: [{ Password: 'hush' }] },
  { ticket: 'hush' },
  { err: Object.assign(new Error('refused'), { options: { headers: { Authorization: 'hush' } } }) }
]) {
  t.test(`the field ${JSON.stringify(fields)} of ${Object.keys(fields)} is kept out by its name`, async t => {
    const lines: string[] = []
    logInto(lines).info(fields, 'said')
    t.notMatch(lines[0], /hush/)
    t.match(lines[0], /\[redacted\]/)
  })
}

t.test('what is logged is not changed by it', async t => {
  const fields = { password: 'hush', deep: { token: 'hush' }, list: [1, { a: 2 }] }
  const lines: string[] = []
  const child = logInto(lines).child({ secret: 'hush' })
  child.info(fields, 'said')
  t.strictSame(fields, { password: 'hush', deep: { token: 'hush' }, list: [1, { a: 2 }] })
  t.match(JSON.parse(lines[0] ?? ''), { secret: '[redacted]', deep: { token: '[redacted]' }, list: [1, { a: 2 }] })
})

t.test('session secrets are kept out by their prefix, wherever they are', async t => {
  const lines: string[] = []
  const log = logInto(lines)
  const secret = 'oms_b_AbC-_123'
  log.info({ url: `/x?session=${secret}&y=1`, list: [{ deep: secret }], [secret]: 1 }, `opened ${secret}`)
  log.error({ err: new Error(`no ${secret}`, { cause: new Error(secret) }) }, 'failed')
  t.notMatch(lines.join(''), /AbC/)
  t.match(JSON.parse(lines[0] ?? ''), { url: '/x?session=[redacted]&y=1', msg: 'opened [redacted]' })
  t.match(JSON.parse(lines[1] ?? ''), { err: { message: /no \[redacted\]/, stack: String } })
})

for (const secret of [
  'correct horse',
  'with "quotes" in it',
  'back\\slash\\es',
  'line\nbreak',
  'a.*+?[(b',
  'ünïcödé!'
]) {
  t.test(`the known secret ${JSON.stringify(secret)} is kept out by its value`, async t => {
    const lines: string[] = []
    const log = logInto(lines, { secrets: [secret] })
    log.info({ deep: [{ text: `<${secret}>` }], [secret]: 1 }, `login with ${secret} failed`)
    log.error({ err: new Error(`bad: ${secret}`) }, encodeURIComponent(secret))
    const text = lines.join('')
    for (const written of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
      t.notOk(text.includes(written), written)
    }
    t.match(JSON.parse(lines[0] ?? ''), { deep: [{ text: '<[redacted]>' }], msg: 'login with [redacted] failed' })
    t.match(JSON.parse(lines[1] ?? ''), { err: { message: 'bad: [redacted]' }, msg: '[redacted]' })
  })
}

t.test('a secret that is learnt later is kept out from then on, also by children that exist already', async t => {
  const lines: string[] = []
  const log = logInto(lines)
  const child = log.child({ request_id: 'a' })
  child.info({}, 'learnt-later')
  log.addSecret('learnt-later')
  child.info({}, 'learnt-later')
  t.match(lines[0], /learnt-later/)
  t.notMatch(lines[1], /learnt-later/)
})

t.test('of a secret that begins with another nothing remains', async t => {
  const lines: string[] = []
  logInto(lines, { secrets: ['12345678', '12345678-and-more'] }).info({}, '12345678-and-more')
  t.equal(JSON.parse(lines[0] ?? '').msg, '[redacted]')
})

t.test('secrets under 8 characters are not looked for: they would be found everywhere', async t => {
  const lines: string[] = []
  logInto(lines, { secrets: ['admin', ''] }).info({}, 'admin logs in')
  t.equal(JSON.parse(lines[0] ?? '').msg, 'admin logs in')
})

t.test('a secret of digits does not break the lines that hold numbers', async t => {
  const lines: string[] = []
  logInto(lines, { secrets: ['12345678'] }).info({ ms: 1234567890, text: '12345678' }, 'x')
  t.match(JSON.parse(lines[0] ?? ''), { ms: 1234567890, text: '[redacted]' })
})

t.test('a request is logged by the pattern of its route, never by its url', async t => {
  const lines: string[] = []
  const req = { method: 'GET', url: '/events?ticket=hush', routeOptions: { url: '/events' } }
  logInto(lines).info({ req }, 'request')
  t.match(JSON.parse(lines[0] ?? ''), { req: { method: 'GET', route: '/events' } })
  t.notMatch(lines[0], /hush/)
})

t.test('lines for people are redacted too', async t => {
  const lines: string[] = []
  logInto(lines, { format: 'pretty', secrets: ['correct horse'] }).info({ password: 'hush' }, 'with correct horse')
  const text = lines.join('')
  t.match(text, /INFO.*with \[redacted\]/)
  t.notMatch(text, /hush|correct horse/)
})

t.test('a log without a stream goes to stderr: on stdio, stdout belongs to the protocol', async t => {
  const { stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, '--input-type=module', '-e', script], {
    encoding: 'utf8'
  })
  t.equal(stdout, '')
  t.match(stderr, /"msg":"json"/)
  t.match(stderr, /INFO.*pretty/)
})

const script = `
  const { createLog } = await import(${JSON.stringify(new URL('../src/log.ts', import.meta.url).href)})
  createLog().info({}, 'json')
  createLog({ format: 'pretty' }).info({}, 'pretty')
`
