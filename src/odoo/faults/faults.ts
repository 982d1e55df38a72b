import { GatewayError } from '../../core/errors.js'
import { classifyDatabase } from './database.js'
import { cleanMessage, firstLine, quote } from './messages.js'
import { unavailable } from './unavailable.js'
import { lockConflict, type Verdict } from './verdict.js'

/** An exception of Odoo as a wire carried it. `debug` is the traceback: it may be logged, never sent on. */
export interface OdooException {
  /** `error.code` of JSON-RPC: 200 (14 to 18), 0 (19), 100 = session expired, 404 = no such route. */
  code?: number
  /** The dotted class name, such as `odoo.exceptions.AccessError`. */
  name: string
  message: string
  debug: string
}

/** What was asked, to word the error with. */
export interface Subject {
  database: string
  model?: string
  method?: string
}

/** The cause of a GatewayError that came from an exception of Odoo, for the log and for the metadata cache. */
export class OdooFault extends Error {
  override readonly name = 'OdooFault'
  readonly exception: OdooException

  constructor(exception: OdooException) {
    super(`${exception.name}: ${exception.message}`)
    this.exception = exception
  }
}

/** Marks a detail that holds words of Odoo, in which text of records may stand. */
const fromOdoo = { source: 'odoo' } as const

/**
 * The error for an exception of Odoo, 14 to 19. By class first; by text only where the class says too little, because
 * texts are translated when `context.lang` is not English. `outcome` is `not_applied` throughout: Odoo has rolled back.
 */
export function faultToError(exception: OdooException, subject: Subject): GatewayError {
  // No such route: an Odoo that has no JSON-RPC, or something else.
  if (exception.code === 404) return unavailable('notOdoo', { outcome: 'not_applied' })
  const { code, detail, ...extra } = classify(exception, subject)
  return new GatewayError(code, detail, { outcome: 'not_applied', cause: new OdooFault(exception), ...extra })
}

/** Whether an error says that what we know of a model's fields may be out of date. */
export function isInvalidField(error: GatewayError): boolean {
  const fault = error.cause
  return (
    fault instanceof OdooFault && fault.exception.name.endsWith('ValueError') && /^Invalid field /.test(error.detail)
  )
}

function classify(exception: OdooException, subject: Subject): Verdict {
  const { name, message } = exception
  const className = name.split('.').at(-1) ?? name
  if (exception.code === 100) return authFailed(message)
  if (name.startsWith('psycopg2.')) return classifyDatabase(className, exception, subject)
  switch (className) {
    case 'AccessDenied':
    case 'SessionExpiredException':
      return authFailed(message)
    case 'AccessError':
      return accessError(message, subject)
    case 'MissingError':
      return missingError(message)
    case 'LockError':
    case 'ConcurrencyError':
      return { ...lockConflict(cleanMessage(message)), ...fromOdoo }
    case 'ValidationError':
    case 'UserError':
    case 'RedirectWarning':
    case 'Warning':
      return userError(exception, className, subject)
    case 'AttributeError':
      return attributeError(message, subject)
    case 'RequestEntityTooLarge':
      return { code: 'invalid_input', detail: 'The request is larger than this Odoo accepts.' }
    case 'KeyError':
      return {
        code: 'invalid_input',
        detail: `Odoo does not know ${quote(firstLine(message))} here.`,
        ...fromOdoo,
        ...fieldsHint(subject)
      }
    case 'ValueError':
    case 'TypeError':
    case 'IndexError':
    case 'AssertionError':
    case 'OverflowError':
    case 'NotImplementedError':
    case 'UnprocessableEntity':
    case 'BadRequest':
      return invalidInput(firstLine(message) || className, subject)
    case 'UnicodeEncodeError':
      return { code: 'invalid_input', detail: 'A text holds half of a surrogate pair, which Odoo cannot store.' }
    case 'Error':
      // binascii.Error: a binary field got something else than base64.
      return name === 'binascii.Error'
        ? { code: 'invalid_input', detail: `A binary value is not valid base64: ${firstLine(message)}`, ...fromOdoo }
        : odooError(className, message)
    default:
      return odooError(className, message)
  }
}

function authFailed(message: string): Verdict {
  // Odoo 14 counts failed RPC logins per client address: 10, then 60 s (ir.config_parameter base.login_cooldown_*).
  const cooldown = /^Too many login failures/.test(message)
  return {
    code: 'auth_failed',
    detail: cooldown ? 'Odoo refuses logins for a while after too many failures.' : 'Odoo refused the login.',
    ...(cooldown ? { retry_after_s: 60 } : { hint: loginHint })
  }
}

/** What to try after a refused login. With two-factor authentication on, Odoo takes no password over RPC. */
export const loginHint =
  'Check database, username and password or API key. A user with two-factor authentication needs an API key.'

function accessError(message: string, { method }: Subject): Verdict {
  // 19 refuses methods marked as private in the same words as those with an underscore.
  if (method?.startsWith('_') || /^Private methods /.test(message)) {
    return {
      code: 'policy_denied',
      detail: cleanMessage(message),
      ...fromOdoo,
      hint: 'Only public methods can be called.'
    }
  }
  return { code: 'access_denied', detail: cleanMessage(message), ...fromOdoo }
}

function missingError(message: string): Verdict {
  // A login whose user is gone: Odoo misses the very user that asks. Seen on 14 and 19.
  const [, record, user] = /res\.users\((\d+),\).*?(\d+)\)?\s*$/s.exec(message) ?? []
  if (record !== undefined && record === user) return authFailed('')
  return { code: 'not_found', detail: cleanMessage(message), ...fromOdoo }
}

function userError({ message, debug }: OdooException, className: string, subject: Subject): Verdict {
  const { model } = subject
  // 14 translates the sentence; the source line in the traceback stays English.
  if (/^Object .* doesn't exist$/.test(message) || debug.includes(`raise UserError(_("Object %s doesn't exist"`)) {
    return {
      code: 'not_found',
      detail: `The model ${model ?? ''} does not exist in this Odoo.`.replace('  ', ' '),
      hint: 'odoo_get_models lists the models.'
    }
  }
  const detail = cleanMessage(redirectText(message, className))
  if (/^Invalid ("order"|language) /.test(message)) return invalidInput(detail, subject)
  if (isUniqueOrForeignKey(message, debug)) return { code: 'conflict', detail, ...fromOdoo }
  return { code: 'validation', detail, ...fromOdoo }
}

/**
 * A unique or foreign key constraint behind a ValidationError. 19 chains the database's exception in the traceback.
 * 14 drops it, but names the foreign key's constraint at the end, and gives the bare name of a unique constraint when
 * no language is sent; with a language it gives only the constraint's sentence, which stays `validation`. Over XML-RPC,
 * which has no tracebacks for these, 19 says as much in its own two sentences, if in English.
 */
function isUniqueOrForeignKey(message: string, debug: string): boolean {
  return (
    /psycopg2\.errors\.(Unique|ForeignKey|Exclusion)Violation\b/.test(debug) ||
    /^[a-z0-9_]+$|: \w+_fkey$/.test(message) ||
    /^The operation cannot be completed: (?:Another model is using the record|The value for .* already exists\.)/.test(
      message
    )
  )
}

/**
 * The text of a RedirectWarning, without the action that its button opens. What Odoo prints has both: over XML-RPC a
 * Python tuple, `('text', 42, 'Go there', None)`, over the JSON wires the same, one a line.
 */
function redirectText(message: string, className: string): string {
  if (className !== 'RedirectWarning') return message
  const [, , text] = redirectTuple.exec(message) ?? []
  if (text !== undefined) return text.replaceAll('\\n', '\n').replaceAll(/\\(['"\\])/g, '$1')
  return message.replace(/\n(?:\d+|None|\{.*\})\n[^\n]*(?:\n(?:None|\{.*\}))?$/s, '')
}

/** How Python prints a RedirectWarning: a text, an action or its id, the text of a button, and maybe a context. */
export const redirectTuple = /^\((['"])(.*?)\1, (?:\d+|None|\{.*\}), (?:'.*'|".*")(?:, (?:None|\{.*\}))?\)$/s

function attributeError(message: string, { model, method }: Subject): Verdict {
  // 19: "The method 'm.x' does not exist"; before: "type object 'm' has no attribute 'x'".
  const [, missing] = /^type object '.*' has no attribute '(.*)'$/.exec(message) ?? []
  if (/^The method '.*' does not exist$/.test(message) || (missing !== undefined && missing === method)) {
    return { code: 'not_found', detail: `The method ${method ?? missing} does not exist on ${model ?? 'this model'}.` }
  }
  return odooError('AttributeError', message)
}

function invalidInput(detail: string, subject: Subject): Verdict {
  // A method of one record was called on several; on 14 some fields of crm.lead do so when several leads are read.
  if (/^Expected singleton: /.test(detail)) {
    return {
      code: 'invalid_input',
      detail,
      ...fromOdoo,
      hint: 'Odoo can do this with one record at a time, or with other fields.'
    }
  }
  return { code: 'invalid_input', detail, ...fromOdoo, ...(/^Invalid field /.test(detail) && fieldsHint(subject)) }
}

function fieldsHint({ model }: Subject): { hint?: string } {
  return model === undefined ? {} : { hint: `odoo_get_fields lists the fields of ${model}.` }
}

function odooError(className: string, message: string): Verdict {
  return { code: 'odoo_error', detail: `${className}: ${firstLine(message)}`.replace(/: $/, ''), ...fromOdoo }
}
