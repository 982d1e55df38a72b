import type { Database } from '../database.js'
import { type OdooException, typeError } from '../exceptions.js'
import type { Json } from '../json.js'
import type { Major } from '../release.js'
import { dispatch } from '../service.js'
import { describe } from './jsonrpc.js'
import { methodNotAllowed } from './pages.js'
import { asOdooException, marshalTraceback, traceback } from './traceback.js'
import { type Call, type Incoming, type Outcome, reply } from './wire.js'
import { type MethodCall, readMethodCall } from './xmlrpc-read.js'
import { writeFault, writeResponse } from './xmlrpc-write.js'

const wire = 'xmlrpc'

/** `/xmlrpc/2/<service>`, and `/xmlrpc/<service>` of old, whose fault codes are texts. */
export function xmlrpcCall(database: Database, incoming: Incoming, service: string, version: 1 | 2): Call {
  const { major } = database.release
  if (incoming.method !== 'POST') return { wire, run: () => methodNotAllowed(major) }
  const xml = (text: string) => reply(200, 'text/xml; charset=utf-8', text)
  const fault = (error: unknown) => xml(writeError(major, asOdooException(error), version))
  let call: MethodCall
  try {
    call = readMethodCall(incoming.body.toString('utf8'))
  } catch (error) {
    return { wire, service, run: () => fault(error) }
  }
  const { method, params } = call
  return {
    wire,
    ...describe(service, method ?? undefined, params),
    run(forget) {
      let outcome: Outcome
      try {
        const result = dispatch(database, service, method, params, 'tuple')
        outcome = forget ? undefined : result
      } catch (error) {
        return fault(error)
      }
      try {
        // Written only now, when everything is committed: None faults after the fact.
        checkMarshals(major, params)
        return xml(writeResponse(major, outcome, floatsOf(database, params[3])))
      } catch (error) {
        const nested = typeof outcome === 'object' && outcome !== null
        const unwritten = asOdooException(error)
        return xml(writeFault(major, version === 1 ? unwritten.message : 1, marshalTraceback(unwritten, nested)))
      }
    }
  }
}

/** The names of the fields of a model that hold floats. */
function floatsOf({ models }: Database, model: Json | undefined): Set<string> {
  const fields = typeof model === 'string' ? models.get(model)?.fields : undefined
  const floats = [...(fields?.values() ?? [])].filter(({ type }) => type === 'float' || type === 'monetary')
  return new Set(floats.map(({ name }) => name))
}

/** The writer of 14 does not know the frozendict that `context_get` gives, nor the records that `activity_schedule` does. */
function checkMarshals(major: Major, params: MethodCall['params']): void {
  if (major === 14 && params[3] === 'res.users' && params[4] === 'context_get') {
    throw typeError("cannot marshal <class 'odoo.tools.misc.frozendict'> objects")
  }
  if (major === 14 && params[4] === 'activity_schedule') {
    throw typeError("cannot marshal <class 'odoo.api.mail.activity'> objects")
  }
}

const userErrors = ['UserError', 'ValidationError', 'MissingError', 'LockError', 'RedirectWarning', 'CacheMiss']

function writeError(major: Major, error: OdooException, version: 1 | 2): string {
  const { className, message } = error
  const kind = className.startsWith('odoo.exceptions.') ? className.slice('odoo.exceptions.'.length) : ''
  if (version === 1) return writeOldError(major, error, kind)
  if (kind === 'AccessError') return writeFault(major, 4, message)
  if (kind === 'AccessDenied') return writeFault(major, 3, message)
  if (userErrors.includes(kind)) return writeFault(major, 2, message)
  return writeFault(major, 1, traceback(error))
}

function writeOldError(major: Major, error: OdooException, kind: string): string {
  const { message } = error
  if (kind === 'AccessDenied') return writeFault(major, kind, message)
  if (kind === 'AccessError' || kind === 'MissingError')
    return writeFault(major, `warning -- ${kind}\n\n${message}`, '')
  if (userErrors.includes(kind)) return writeFault(major, `warning -- UserError\n\n${message}`, '')
  return writeFault(major, message, traceback(error))
}
