import t from 'tap'
import { type Given, load, problemsOf } from './loading.js'

const levels: [text: string, level: string][] = [
  ['debug', 'debug'],
  ['DEBUG', 'debug'],
  ['INFO', 'info'],
  ['WARNING', 'warn'],
  ['ERROR', 'error'],
  ['CRITICAL', 'error'],
  ['silent', 'silent']
]
for (const [text, level] of levels) {
  t.test(`the log level ${text}, as Python may call it, is ${level}`, async t => {
    t.equal(load({ env: { LOG_LEVEL: text } }).log.level, level)
  })
}

t.test("an early server's logging is understood as it stands", async t => {
  const yaml = `
logging:
  level: INFO
  format: "%(asctime)s - %(name)s - %(levelname)-8s - %(message)s"
  handlers:
    - type: StreamHandler
      level: WARNING
    - type: FileHandler
      filename: logs/odoo-mcp.log
      level: DEBUG
`
  t.strictSame(load({ files: { 'config.yaml': yaml } }).log, {
    level: 'info',
    format: { python: '%(asctime)s - %(name)s - %(levelname)-8s - %(message)s' },
    handlers: [
      { to: 'stderr', level: 'warn' },
      { to: 'file', filename: 'logs/odoo-mcp.log', level: 'debug' }
    ]
  })
})

const two = [{ to: 'stderr' }, { to: 'file', filename: 'a.log', level: 'error' }]
const spellings: string[] = [
  '[{type: StreamHandler}, {type: FileHandler, filename: a.log, level: ERROR}]',
  '[StreamHandler, {FileHandler: {filename: a.log, level: error}}]',
  '{StreamHandler: , FileHandler: {filename: a.log, level: CRITICAL}}'
]
for (const text of spellings) {
  t.test(`the handlers ${text} are understood`, async t => {
    t.strictSame(load({ files: { 'config.yaml': `logging: {handlers: ${text}}` } }).log.handlers, two)
  })
}

t.test('flag and variable take the handlers as JSON', async t => {
  const text = '["StreamHandler", {"type": "FileHandler", "filename": "a.log", "level": "error"}]'
  t.strictSame(load({ env: { LOG_HANDLERS: text } }).log.handlers, two)
  t.strictSame(load({ flags: { 'log-handlers': text } }).log.handlers, two)
})

for (const format of ['json', 'pretty'] as const) {
  t.test(`the log is ${format} where that is said`, async t => {
    t.strictSame(load({ env: { LOG_FORMAT: format } }).log, { level: 'info', format, handlers: [] })
  })
}

const formats = ['%(message)s', '100%% %(message)s', '%(levelname)-8s|%(name)10.3s %(message)s']
for (const python of formats) {
  t.test(`${python} is a format of Python`, async t => {
    t.strictSame(load({ env: { LOG_FORMAT: python } }).log.format, { python })
  })
}

const handlers = (text: string): Given => ({ env: { LOG_HANDLERS: text } })
const mistakes: [given: Given, problem: RegExp][] = [
  [{ env: { LOG_LEVEL: 'loud' } }, /^LOG_LEVEL: expected one of debug, info, warn, warning, error, critical, silent/],
  [
    { env: { LOG_FORMAT: 'jsno' } },
    /^LOG_FORMAT: expected json, pretty, or a format of Python .*; did you mean json\?/
  ],
  [{ env: { LOG_FORMAT: '{message}' } }, /^LOG_FORMAT: expected json, pretty, or a format of Python/],
  [{ env: { LOG_FORMAT: '%(mesage)s' } }, /^LOG_FORMAT: unknown field "mesage"; .*did you mean message\?/],
  [
    { env: { LOG_FORMAT: '%(lineno)d %(message)s' } },
    /^LOG_FORMAT: unknown field "lineno"; expected asctime, name, lev/
  ],
  [{ env: { LOG_FORMAT: '%(message)d' } }, /^LOG_FORMAT: has a "%" that begins no field/],
  [{ env: { LOG_FORMAT: '5% %(message)s' } }, /^LOG_FORMAT: has a "%" that begins no field/],
  [handlers('x'), /^LOG_HANDLERS: expected a list of StreamHandler and FileHandler/],
  [handlers('[1]'), /^LOG_HANDLERS: item 1: expected a handler/],
  [handlers('["FileHandlr"]'), /^LOG_HANDLERS: item 1: unknown type "FileHandlr", did you mean FileHandler\?/],
  [handlers('[{"filename": "a"}]'), /^LOG_HANDLERS: item 1: type: expected StreamHandler or FileHandler/],
  [handlers('["StreamHandler", "FileHandler"]'), /^LOG_HANDLERS: item 2: filename: expected the path of a file/],
  [
    handlers('[{"type": "FileHandler", "filname": "a"}]'),
    /item 1: unknown key "filname" of FileHandler, did you mean fi/
  ],
  [
    handlers('[{"type": "StreamHandler", "stream": "ext://sys.stdout"}]'),
    /item 1: unknown key "stream" of StreamHandler/
  ],
  [handlers('[{"type": "StreamHandler", "filename": "a"}]'), /item 1: unknown key "filename" of StreamHandler/],
  [handlers('[{"type": "StreamHandler", "level": "constructor"}]'), /item 1: level: expected one of debug/],
  [handlers('[{"type": "StreamHandler", "level": 10}]'), /item 1: level: expected one of debug/]
]
for (const [given, problem] of mistakes) {
  t.test(`${JSON.stringify(given.env)} is a problem`, async t => {
    const problems = problemsOf(given)
    t.equal(problems.length, 1)
    t.match(problems[0], problem)
  })
}

t.test('a log file that cannot be written is a problem', async t => {
  const env = { LOG_HANDLERS: '[{"type": "FileHandler", "filename": "/var/x.log"}]' }
  const asked: string[] = []
  const logFileProblem = (path: string) => {
    asked.push(path)
    return 'cannot be written by uid 1000, it lacks the permission'
  }
  t.strictSame(problemsOf({ env, logFileProblem }), [
    'LOG_HANDLERS: "/var/x.log" cannot be written by uid 1000, it lacks the permission'
  ])
  t.strictSame(asked, ['/var/x.log'])
  t.strictSame(problemsOf({ env, logFileProblem: () => undefined }), [])
})

t.test('on stdio no log is written to stdout, which is the protocol’s', async t => {
  for (const filename of ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']) {
    const env = { LOG_HANDLERS: JSON.stringify([{ type: 'FileHandler', filename }]) }
    t.match(problemsOf({ env }, 'stdio'), [/belongs to the protocol on stdio; expected StreamHandler/])
    t.strictSame(problemsOf({ env }, 'http'), [], 'control: over HTTP it is free')
  }
})
