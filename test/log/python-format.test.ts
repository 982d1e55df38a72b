import t from 'tap'
import { pythonFormat } from '../../src/log/python-format.js'
import { createLog, type LogOptions } from '../../src/log.js'

const record = { level: 30, time: new Date(2026, 10, 29, 22, 43, 27, 123).toISOString(), msg: 'call' }

function written(python: string, fields: object, message = 'call', more: LogOptions = {}): string {
  const lines: string[] = []
  const log = createLog({ format: { python }, stream: { write: line => lines.push(line) }, ...more })
  log.info(fields, message)
  return lines.join('')
}

for (const [format, line] of [
  ['%(asctime)s - %(name)s - %(levelname)s - %(message)s', '2026-11-29 22:43:27,123 - odoo-mcp - INFO - call'],
  ['[%(levelname)-8s] %(message)s', '[INFO    ] call'],
  ['[%(levelname)8s] %(message)s', '[    INFO] call'],
  ['%(levelname).1s %(message)s', 'I call'],
  ['100%% %(message)s', '100% call'],
  ['%(process)d %(message)s', '%(process)d call'],
  ['%(constructor)s %(message)s', '%(constructor)s call'],
  ['plain', 'plain']
] as const) {
  t.test(`a line in the format ${format} is ${line}`, async t => {
    t.equal(pythonFormat(format)(record), `${line}\n`)
  })
}

t.test("levels have Python's names", async t => {
  const names = [10, 20, 30, 40, 50, 60].map(level => pythonFormat('%(levelname)s')({ ...record, level }).trim())
  t.strictSame(names, ['DEBUG', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'])
})

t.test('the fields of a line follow its message', async t => {
  const audit = { model: 'res.partner', ids: [7, 8], fields: ['name'] }
  t.equal(
    written('%(message)s', { tool: 'odoo_search', ms: 12, note: 'two words', audit, gone: undefined }),
    'call tool=odoo_search ms=12 note="two words" audit.model=res.partner audit.ids=[7,8] audit.fields=["name"]\n'
  )
})

t.test('nobody can make one field look like two, or one line like two', async t => {
  const forged = 'x\n2026-11-29 22:43:27,123 - odoo-mcp - INFO - forged tool="y"'
  const lines = written('%(asctime)s - %(message)s', { model: forged, [forged]: 1, list: [forged] }, forged)
  t.equal(lines.trim().split('\n').length, 1)
  t.ok(lines.includes('model="x\\n2026'))
  const failed = written('%(message)s', { err: new Error(forged) }, 'failed')
  t.notMatch(failed, /^2026/m, 'nor by an error')
  t.match(failed, /^failed\n {2}Error: x\n {2}2026/)
})

t.test('an error without a stack, or what is no error, is a field', async t => {
  t.match(written('%(message)s', { err: 'thrown' }), 'call err=thrown\n')
  t.match(written('%(message)s', { err: { a: 1 } }), 'call err.a=1\n')
})

t.test('secrets are kept out of this format, too', async t => {
  const fields = {
    password: 'hush',
    err: new Error('with correct horse'),
    deep: { text: 'oms_b_AbC' },
    name: 'correct horse'
  }
  const text = written('%(message)s', fields, 'for correct horse', { secrets: ['correct horse'] })
  t.notMatch(text, /hush|correct horse|AbC/)
  t.match(text, /^for \[redacted\] password="\[redacted\]" deep\.text="\[redacted\]"/)
})
