import t from 'tap'
import type { ErrorCode } from '../../src/core/errors.js'
import { faultToError, isInvalidField, OdooFault } from '../../src/odoo/faults/faults.js'

const subject = { database: 'lab', model: 'res.partner', method: 'write' }
const fault = (name: string, message: string, debug = '') => faultToError({ name, message, debug }, subject)

const rows: [string, string, ErrorCode, RegExp][] = [
  // What the recordings do not hold: other versions, other languages, other classes.
  ['odoo.exceptions.AccessDenied', 'Zugriff verweigert', 'auth_failed', /^Odoo refused the login\.$/],
  ['odoo.exceptions.AccessError', 'Vous ne pouvez pas', 'access_denied', /^Vous ne pouvez pas$/],
  [
    'odoo.exceptions.MissingError',
    'Record does not exist or has been deleted.\n(Record: res.users(7,), User: 2)',
    'not_found',
    /res\.users/
  ],
  ['odoo.exceptions.ConcurrencyError', 'try again', 'conflict', /try again/],
  ['odoo.exceptions.Warning', 'Currently, this database is not fully loaded', 'validation', /not fully loaded/],
  ['odoo.exceptions.RedirectWarning', "('Configure it\\nfirst', 42, 'Go')", 'validation', /^Configure it\nfirst$/],
  ['odoo.exceptions.RedirectWarning', 'Configure it first', 'validation', /^Configure it first$/],
  ['odoo.exceptions.UserError', "Object res.nope doesn't exist", 'not_found', /^The model res\.partner does not exist/],
  ['odoo.exceptions.UserError', 'Invalid "order" specified (x)', 'invalid_input', /Invalid "order"/],
  ['werkzeug.exceptions.RequestEntityTooLarge', '413', 'invalid_input', /larger than this Odoo accepts/],
  ['werkzeug.exceptions.UnprocessableEntity', '', 'invalid_input', /UnprocessableEntity/],
  ['binascii.Error', 'Incorrect padding', 'invalid_input', /base64: Incorrect padding/],
  ['some.other.Error', 'x', 'odoo_error', /^Error: x$/],
  ['builtins.KeyError', 'nope', 'invalid_input', /"nope"/],
  ['builtins.ZeroDivisionError', 'division by zero', 'odoo_error', /^ZeroDivisionError: division by zero$/],
  ['builtins.RecursionError', '', 'odoo_error', /^RecursionError$/],
  ['builtins.AttributeError', "'NoneType' object has no attribute 'write'", 'odoo_error', /NoneType/],
  ['builtins.AttributeError', "type object 'res.partner' has no attribute 'other'", 'odoo_error', /other/],
  [
    'builtins.AttributeError',
    "The method 'res.partner.write' does not exist",
    'not_found',
    /^The method write does not exist on res\.partner\.$/
  ],
  [
    'psycopg2.OperationalError',
    'FATAL: database "lab" does not exist',
    'not_found',
    /^The database "lab" does not exist on this Odoo\.$/
  ],
  [
    'psycopg2.OperationalError',
    'FATAL: sorry, too many clients already on /var/run/x',
    'odoo_error',
    /^Odoo could not use its database\.$/
  ],
  ['psycopg2.errors.InvalidCatalogName', '»lab«', 'not_found', /"lab"/],
  ['psycopg2.errors.SerializationFailure', 'could not serialize', 'conflict', /changed by somebody else/],
  ['psycopg2.errors.DeadlockDetected', 'x', 'conflict', /changed by somebody else/],
  ['psycopg2.extensions.TransactionRollbackError', 'x', 'conflict', /changed by somebody else/],
  ['psycopg2.errors.UniqueViolation', 'duplicate key (secret)', 'conflict', /exists already/],
  ['psycopg2.errors.ForeignKeyViolation', 'x', 'conflict', /linked/],
  ['psycopg2.errors.NotNullViolation', 'x', 'validation', /required/],
  ['psycopg2.errors.CheckViolation', 'x', 'validation', /rule/],
  ['psycopg2.errors.InvalidRowCountInResultOffsetClause', 'x', 'invalid_input', /offset/],
  [
    'psycopg2.errors.NumericValueOutOfRange',
    'integer out of range\nLINE 1: SELECT secret',
    'invalid_input',
    /^A value has the wrong type/
  ],
  [
    'psycopg2.errors.InvalidTextRepresentation',
    'invalid input syntax for type integer: "abc"\nLINE 1: SELECT',
    'invalid_input',
    /^"abc" is no integer\.$/
  ],
  [
    'psycopg2.errors.SyntaxError',
    'syntax error at or near "SELECT"',
    'odoo_error',
    /^Odoo's database refused the operation \(SyntaxError\)\.$/
  ],
  ['odoo.addons.acme.models.Boom', 'x', 'odoo_error', /^Boom: x$/]
]
for (const [name, message, code, detail] of rows) {
  t.test(`${name} (${message.slice(0, 40)}) is ${code}`, async t => {
    const error = fault(name, message)
    t.equal(error.code, code)
    t.match(error.detail, detail)
    t.equal(error.extra.outcome, 'not_applied')
    t.ok(error.cause instanceof OdooFault, 'the log finds the origin')
  })
}

const action = "{'type': 'ir.actions.act_window', 'context': {'create': False}, 'views': [[167, 'form']], 'res_id': 2}"
const redirects: [printed: string, text: string][] = [
  // As 19 answers over JSON-RPC and over XML-RPC.
  [`You cannot.\nArchive it.\n\nLinked: Ann\n${action}\nGo to users\nNone`, 'You cannot.\nArchive it.\n\nLinked: Ann'],
  [`('You cannot.\\nArchive it.', ${action}, 'Go to users', None)`, 'You cannot.\nArchive it.'],
  [`("Ann's is \\"last\\", or not", 42, "Ann's", {'a': 1})`, `Ann's is "last", or not`],
  ["('Only this', 42, 'Go')", 'Only this'],
  ['Only this\n42\nGo', 'Only this'],
  ['{one}\nand\ntwo', '{one}\nand\ntwo']
]
for (const [printed, text] of redirects) {
  t.test(
    `of a RedirectWarning that prints as ${JSON.stringify(printed.slice(0, 30))} only its text is passed on`,
    async t => {
      t.equal(fault('odoo.exceptions.RedirectWarning', printed).detail, text)
    }
  )
}

t.test('after too many failed logins Odoo 14 wants a minute of rest', async t => {
  const error = fault('odoo.exceptions.AccessDenied', 'Too many login failures, please wait a bit before trying again.')
  t.match(error, { code: 'auth_failed', extra: { retry_after_s: 60 } })
})

t.test('a private method is known by its name, too, since 14 translates the sentence', async t => {
  const exception = { name: 'odoo.exceptions.AccessError', message: 'Les méthodes privées …', debug: '' }
  t.equal(faultToError(exception, { ...subject, method: '_write' }).code, 'policy_denied')
  t.equal(faultToError(exception, subject).code, 'access_denied')
})

t.test('an unknown model is known by the line of source, too, since 14 translates the sentence', async t => {
  const debug = `File "model.py", line 158\n    raise UserError(_("Object %s doesn't exist", obj))\n`
  t.equal(fault('odoo.exceptions.UserError', "L'objet n'existe pas", debug).code, 'not_found')
})

t.test('Odoo 19 shows in its traceback that a constraint was behind a ValidationError', async t => {
  for (const violation of ['UniqueViolation', 'ForeignKeyViolation', 'ExclusionViolation']) {
    const error = fault('odoo.exceptions.ValidationError', 'Existe déjà', `psycopg2.errors.${violation}: …`)
    t.match(error, { code: 'conflict', detail: 'Existe déjà' })
  }
  const required = fault('odoo.exceptions.ValidationError', 'Obligatoire', 'psycopg2.errors.NotNullViolation: …')
  t.equal(required.code, 'validation')
})

t.test('what works with one record alone says so', async t => {
  const error = fault('builtins.ValueError', 'Expected singleton: res.country(20, 75)')
  t.match(error, { code: 'invalid_input', extra: { hint: /one record at a time/ } })
})

t.test('an Odoo without JSON-RPC is as good as none', async t => {
  const error = faultToError({ code: 404, name: 'werkzeug.exceptions.NotFound', message: '404', debug: '' }, subject)
  t.match(error, { code: 'odoo_unavailable', extra: { outcome: 'not_applied', hint: /address of the Odoo server/ } })
})

t.test('only lock conflicts may simply be sent again', async t => {
  t.equal(fault('odoo.exceptions.LockError', 'x').extra.retryable, true)
  t.equal(fault('psycopg2.errors.UniqueViolation', 'x').extra.retryable, undefined)
})

t.test('a wrong field name tells where the right ones are', async t => {
  const error = fault('builtins.ValueError', "Invalid field 'nope' on model 'res.partner'")
  t.match(error, { code: 'invalid_input', extra: { hint: 'odoo_get_fields lists the fields of res.partner.' } })
  t.ok(isInvalidField(error))
  t.notOk(isInvalidField(fault('builtins.ValueError', 'Wrong value for res.partner.type')))
  t.notOk(isInvalidField(fault('odoo.exceptions.ValidationError', 'Invalid field value')))
  const nowhere = faultToError({ name: 'builtins.KeyError', message: 'x', debug: '' }, { database: 'lab' })
  t.notOk(nowhere.extra.hint)
})

t.test('no message carries a traceback, SQL or a path of the server, nor goes on for ever', async t => {
  const trace = 'Traceback (most recent call last):\n  File "/usr/lib/python3/x.py", line 1\nValueError: x'
  t.equal(fault('odoo.exceptions.UserError', `It failed.\n${trace}`).detail, 'It failed.')
  t.equal(fault('odoo.exceptions.UserError', 'It failed.\nLINE 1: SELECT secret\n   ^').detail, 'It failed.')
  const path = fault(
    'builtins.FileNotFoundError',
    "[Errno 2] No such file: '/var/lib/odoo/filestore/lab/ab/abc'"
  ).detail
  t.equal(path, "FileNotFoundError: [Errno 2] No such file: '…'")
  const docs = 'See https://www.odoo.com/documentation/var/x or Settings/Users.'
  t.equal(fault('odoo.exceptions.UserError', docs).detail, docs, 'a link is not a path of the server')
  const long = fault('odoo.exceptions.UserError', 'x'.repeat(5000)).detail
  t.equal(long.length, 2000)
  t.equal(fault('builtins.RuntimeError', 'first\nsecond').detail, 'RuntimeError: first')
  const database = faultToError(
    { name: 'psycopg2.errors.InvalidCatalogName', message: '', debug: '' },
    { database: 'x'.repeat(500) }
  )
  t.ok(database.detail.length < 200)
})
