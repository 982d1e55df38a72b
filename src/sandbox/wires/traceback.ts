import { OdooException } from '../exceptions.js'
import { repr } from '../python.js'
import type { Major } from '../release.js'

const first = 'Traceback (most recent call last):\n'
const frames =
  '  File "odoo/http.py", line 1, in _dispatch\n    result = endpoint(**params)\n' +
  '  File "odoo/service/model.py", line 1, in execute_kw\n    return execute(db, uid, obj, method, *args, **kw)\n'
const because = '\nThe above exception was the direct cause of the following exception:\n\n'

/** A fault of the sandbox itself is shown as Odoo shows one of its own: as an exception with a traceback. */
export function asOdooException(error: unknown): OdooException {
  if (error instanceof OdooException) return error
  return new OdooException(
    'builtins.RuntimeError',
    `the sandbox failed: ${error instanceof Error ? error.stack : error}`
  )
}

/** The text of a traceback as Python prints it: its last line names the class and the message. */
export function traceback(error: OdooException): string {
  const cause = error.causedBy === undefined ? '' : `${first}${frames}${error.causedBy.trimEnd()}\n${because}`
  return `${cause}${first}${frames}${lastLine(error)}\n`
}

/** The traceback of an answer that could not be written: `nested` when the value at fault is within another. */
export function marshalTraceback(error: OdooException, nested: boolean): string {
  const at = (name: string) => `  File "xmlrpc/client.py", line 1, in ${name}\n`
  const array = nested ? at('dump_array') + at('__dump') : ''
  const nil = error.message.startsWith('cannot marshal None') ? at('dump_nil') : ''
  const written = `  File "odoo/http.py", line 1, in _xmlrpc\n${at('dumps')}${at('__dump')}${array}${nil}`
  return `${first}${written}${lastLine(error)}\n`
}

/** `debug` of the JSON wires: 14 raises everything a second time, later releases hide where access was denied. */
export function debugText(error: OdooException, major: Major): string {
  if (major === 14) return `${first}${frames}Exception\n${because}${traceback(error)}`
  if (error.className === 'odoo.exceptions.AccessDenied') return `${lastLine(error)}\n`
  return traceback(error)
}

/** Python leaves `builtins` out, and shows a KeyError's message as it shows a key. */
function lastLine({ className, message }: OdooException): string {
  const name = className.replace(/^builtins\./, '')
  const status = httpStatusOf(className)
  if (status !== undefined) return `${className}: ${status[0]} ${status[1]}: ${message}`
  return `${name}: ${name === 'KeyError' ? repr(message) : message}`
}

/** The status and its name of werkzeug's exceptions that Odoo raises. */
export function httpStatusOf(className: string): readonly [status: number, name: string] | undefined {
  return httpExceptions[className.replace(/^werkzeug\.exceptions\./, '')]
}

const httpExceptions: { [name: string]: readonly [number, string] } = {
  BadRequest: [400, 'Bad Request'],
  Unauthorized: [401, 'Unauthorized'],
  Forbidden: [403, 'Forbidden'],
  NotFound: [404, 'Not Found'],
  RequestEntityTooLarge: [413, 'Request Entity Too Large'],
  UnprocessableEntity: [422, 'Unprocessable Entity']
}
