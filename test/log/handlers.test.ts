import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createLog } from '../../src/log.js'

const file = (t: { testdir(): string }) => join(t.testdir(), 'odoo-mcp.log')
const messages = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line).msg)

t.test('a file gets its lines at once, after those that it has', async t => {
  const filename = file(t)
  createLog({ handlers: [{ to: 'file', filename }] }).info({}, 'first')
  t.strictSame(messages(filename), ['first'])
  createLog({ handlers: [{ to: 'file', filename }] }).info({}, 'second')
  t.strictSame(messages(filename), ['first', 'second'])
})

t.test('each handler has its own level, children included', async t => {
  const [all, some, none] = ['all', 'some', 'none'].map(name => `${file(t)}.${name}`) as [string, string, string]
  const log = createLog({
    level: 'debug',
    handlers: [
      { to: 'file', filename: all },
      { to: 'file', filename: some, level: 'warn' },
      { to: 'file', filename: none, level: 'silent' }
    ]
  })
  log.debug({}, 'detail')
  log.child({ request_id: 'a' }).warn({}, 'warning')
  log.error({}, 'error')
  t.strictSame(messages(all), ['detail', 'warning', 'error'])
  t.strictSame(messages(some), ['warning', 'error'])
  t.strictSame(messages(none), [])
})

t.test('the level of the log is the least that any handler gets', async t => {
  const filename = file(t)
  const log = createLog({ level: 'error', handlers: [{ to: 'file', filename, level: 'debug' }] })
  log.info({}, 'quiet')
  log.error({}, 'loud')
  t.strictSame(messages(filename), ['loud'])
})

t.test('secrets are kept out of files, in every format', async t => {
  for (const format of ['json', 'pretty', { python: '%(asctime)s %(message)s' }] as const) {
    const filename = file(t)
    const log = createLog({ format, secrets: ['correct horse'], handlers: [{ to: 'file', filename }] })
    log.info({ password: 'hush', url: '/x?ticket=omt_AbC' }, 'with correct horse')
    const text = readFileSync(filename, 'utf8')
    t.match(text, 'with [redacted]')
    t.notMatch(text, /hush|correct horse|AbC/, JSON.stringify(format))
    rmSync(filename)
  }
})

t.test('a file that somebody has moved away is opened anew', async t => {
  const filename = file(t)
  const log = createLog({ handlers: [{ to: 'file', filename }] })
  log.info({}, 'before')
  renameSync(filename, `${filename}.1`)
  log.info({}, 'meanwhile')
  log.reopen()
  log.info({}, 'after')
  t.strictSame(messages(`${filename}.1`), ['before', 'meanwhile'])
  t.strictSame(messages(filename), ['after'])
})

t.test('a file that cannot be opened at the start is an error that names it', async t => {
  const filename = join(t.testdir(), 'not', 'there.log')
  t.throws(() => createLog({ handlers: [{ to: 'file', filename }] }), { code: 'ENOENT', path: filename })
})

/** Runs lines of a program that has a log, as a process of its own. */
function program(lines: string) {
  const script = `const { createLog } = await import(${JSON.stringify(new URL('../../src/log.ts', import.meta.url).href)})\n${lines}`
  const child = spawn(process.execPath, [...process.execArgv, '--input-type=module', '-e', script])
  let stderr = ''
  let stdout = ''
  child.stderr.on('data', chunk => (stderr += String(chunk)))
  child.stdout.on('data', chunk => (stdout += String(chunk)))
  return { child, stderr: () => stderr, stdout: () => stdout, ended: once(child, 'close').then(([code]) => code) }
}

t.test('a disk that is full ends nothing, and is told once', { skip: !existsSync('/dev/full') }, async t => {
  const { ended, stderr, stdout } = program(`
    const log = createLog({ handlers: [{ to: 'file', filename: '/dev/full' }, { to: 'stderr' }] })
    for (let n = 0; n < 3000; n++) log.info({ text: 'x'.repeat(1000) }, 'line')
    log.reopen()
    log.info({}, 'goes on')
  `)
  t.equal(await ended, 0)
  const lines = stderr()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.equal(lines.filter(({ msg }) => msg === 'line').length, 3000, 'the other handler has them all')
  t.match(lines.at(-1), { msg: 'goes on' })
  t.match(
    lines.filter(({ code }) => code !== undefined),
    [{ level: 50, filename: '/dev/full', code: 'ENOSPC' }]
  )
  t.equal(stdout(), '')
})

t.test('stderr on a disk that is full ends nothing either', { skip: !existsSync('/dev/full') }, async t => {
  const child = spawn('sh', [
    '-c',
    '"$0" "$@" 2>/dev/full',
    process.execPath,
    ...process.execArgv,
    '--input-type=module',
    '-e',
    `const { createLog } = await import(${JSON.stringify(new URL('../../src/log.ts', import.meta.url).href)})
     const log = createLog()
     for (let n = 0; n < 10; n++) log.info({}, 'line')
     await new Promise(setImmediate)
     process.stdout.write('goes on')`
  ])
  let stdout = ''
  child.stdout.on('data', chunk => (stdout += String(chunk)))
  const [code] = await once(child, 'close')
  t.equal(code, 0)
  t.equal(stdout, 'goes on')
})

t.test('a folder that has gone when the file is opened anew ends nothing', async t => {
  const folder = t.testdir({ logs: {} })
  const filename = join(folder, 'logs', 'x.log')
  const { ended, stderr } = program(`
    const { renameSync, readFileSync } = await import('node:fs')
    const log = createLog({ handlers: [{ to: 'file', filename: ${JSON.stringify(filename)} }] })
    log.info({}, 'before')
    renameSync(${JSON.stringify(join(folder, 'logs'))}, ${JSON.stringify(join(folder, 'moved'))})
    log.reopen()
    log.info({}, 'meanwhile')
    await new Promise(setImmediate)
    renameSync(${JSON.stringify(join(folder, 'moved'))}, ${JSON.stringify(join(folder, 'logs'))})
    log.reopen()
    log.info({}, 'after')
  `)
  t.equal(await ended, 0)
  t.strictSame(messages(filename), ['before', 'meanwhile', 'after'])
  t.match(JSON.parse(stderr()), { filename, code: 'ENOENT' })
})
