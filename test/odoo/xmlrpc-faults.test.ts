import t from 'tap'
import type { OdooFault } from '../../src/odoo/faults/faults.js'
import type { WireCall } from '../../src/odoo/wires/wire.js'
import { answerFault } from '../../src/odoo/wires/xmlrpc-faults.js'

const call: WireCall = {
  kind: 'execute',
  database: 'lab',
  uid: 2,
  secret: 'secret',
  model: 'res.partner',
  method: 'write',
  args: [],
  kwargs: {}
}
const answer = (code: number, text: string) => answerFault({ code, text }, call)

const first = 'Traceback (most recent call last):\n'
const frame = (name: string) =>
  `  File "/usr/lib/python3/dist-packages/odoo/x.py", line 1, in ${name}\n    do(it)\n    ~~^^^^\n`
const within = frame('xmlrpc_2') + frame('_xmlrpc') + frame('dispatch_rpc')
const writing = frame('xmlrpc_2') + frame('_xmlrpc') + frame('dumps') + frame('__dump')
const none = 'TypeError: cannot marshal None unless allow_none is enabled\n'

const tracebacks: [title: string, text: string, expected: { code: string; detail: string | RegExp }][] = [
  [
    'one line',
    `${first}${within}ValueError: Invalid field 'x' on model 'y'\n`,
    { code: 'invalid_input', detail: "Invalid field 'x' on model 'y'" }
  ],
  ['a class alone', `${first}${within}AssertionError\n`, { code: 'invalid_input', detail: 'AssertionError' }],
  [
    'a key',
    `${first}${within}KeyError: 'nope'\n`,
    { code: 'invalid_input', detail: 'Odoo does not know "nope" here.' }
  ],
  [
    'a message of many lines, which look like others',
    `${first}${within}psycopg2.errors.UniqueViolation: duplicate key\nDETAIL:  Key (name)=(secret)\nValueError: no\n`,
    { code: 'conflict', detail: 'A record with these values exists already.' }
  ],
  [
    'a cause before it',
    `${first}${within}KeyError: 'a'\n\nThe above exception was the direct cause of the following exception:\n\n${first}${within}odoo.addons.acme.Boom: bang\n`,
    { code: 'odoo_error', detail: 'Boom: bang' }
  ],
  [
    'another exception before it',
    `${first}${within}KeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\n${first}${within}ZeroDivisionError: division by zero\n`,
    { code: 'odoo_error', detail: 'ZeroDivisionError: division by zero' }
  ],
  [
    'a traceback within the message',
    `${first}${within}ValueError: it said\n${first}${within}KeyError: 'a'\n`,
    { code: 'invalid_input', detail: 'it said' }
  ],
  [
    'a path of the server',
    `${first}${within}FileNotFoundError: No such file: '/var/lib/odoo/x'\n`,
    { code: 'odoo_error', detail: "FileNotFoundError: No such file: '…'" }
  ],
  ['no traceback at all', 'something /usr/lib/x', { code: 'odoo_error', detail: 'Exception' }],
  ['nothing', '', { code: 'odoo_error', detail: 'Exception' }],
  [
    'a method that fails to speak XML-RPC itself',
    `${first}${within}${writing}${none}`,
    { code: 'invalid_input', detail: /^cannot marshal None/ }
  ]
]
for (const [title, text, expected] of tracebacks) {
  t.test(`fault 1 with ${title} is ${expected.code}`, async t => {
    try {
      answer(1, text)
      t.fail('no error')
    } catch (error) {
      t.match(error, { ...expected, extra: { outcome: 'not_applied' } })
      t.notMatch((error as Error).message, /Traceback|\.py/)
      t.equal(((error as Error).cause as OdooFault).exception.debug, text, 'the log has all of it')
    }
  })
}

t.test('a RedirectWarning prints as a Python tuple, of which only the text is passed on', async t => {
  const text = `('Archive the user first.\\nThen this.', {'type': 'ir.actions.act_window', 'res_id': 2}, 'Go to users', None)`
  t.throws(() => answer(2, text), { code: 'validation', detail: 'Archive the user first.\nThen this.' })
})

t.test('None alone is the answer null', async t => {
  t.strictSame(answer(1, `${first}${writing}${frame('dump_nil')}${none}`), { result: null })
})

const lost: [title: string, text: string][] = [
  ['None in a list', `${first}${writing}${frame('dump_array')}${frame('__dump')}${frame('dump_nil')}${none}`],
  ['None in an object', `${first}${writing}${frame('dump_struct')}${frame('__dump')}${frame('dump_nil')}${none}`],
  ['None, with the frames left out', `${first}  ... (trimmed)\n${none}`],
  [
    'an object',
    `${first}${frame('__dump')}KeyError: <class 'x'>\n\nDuring handling of the above exception, another exception occurred:\n\n${first}${writing}TypeError: cannot marshal <class 'x'> objects\n`
  ],
  ['an integer beyond 32 bits', `${first}${writing}${frame('dump_long')}OverflowError: int exceeds XML-RPC limits\n`],
  [
    'bytes that are no text',
    `${first}${writing}${frame('dump_bytes')}UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff\n`
  ]
]
for (const [title, text] of lost) {
  t.test(`an answer with ${title} is lost, but what was asked for is done`, async t => {
    const { result, warning, unreadable } = answer(1, text)
    t.equal(result, null)
    t.match(warning, /^Odoo did this, but XML-RPC cannot carry its answer/)
    t.match(unreadable, { code: 'odoo_error', extra: { hint: /jsonrpc/ } })
  })
}

t.test('faults of others are no faults of Odoo', async t => {
  for (const fault of [
    { code: 5, text: 'x' },
    { code: 'AccessDenied', text: 'Access Denied' },
    { code: 1, text: 7 }
  ]) {
    t.throws(() => answerFault(fault, call), { code: 'odoo_unavailable', extra: { outcome: 'unknown' } })
  }
})

t.test('a login or a version may fail, too', async t => {
  const missing = `${first}${within}psycopg2.OperationalError: FATAL:  database "nodb" does not exist\n`
  t.throws(
    () =>
      answerFault({ code: 1, text: missing }, { kind: 'authenticate', database: 'nodb', username: 'x', secret: 'y' }),
    {
      code: 'not_found',
      detail: 'The database "nodb" does not exist on this Odoo.'
    }
  )
  t.throws(() => answerFault({ code: 1, text: `${first}${within}RuntimeError: x\n` }, { kind: 'version' }), {
    code: 'odoo_error'
  })
})
