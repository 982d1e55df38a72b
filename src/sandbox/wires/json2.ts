import type { Database } from '../database.js'
import { OdooException } from '../exceptions.js'
import { isObject, type Json, type JsonObject } from '../json.js'
import { noDatabasePage, unsupportedMediaType } from './pages.js'
import { asOdooException, debugText, httpStatusOf } from './traceback.js'
import { type Call, type Incoming, mediaType, type Outcome, type Reply, reply } from './wire.js'

const wire = 'json2'
const callRoute = '/json/2/<__model__>/<__method__>'

/** `/json/2/…`, which 19 brought. */
export function json2Call(database: Database, incoming: Incoming): Call {
  const [model, method, ...more] = incoming.path.split('/').slice(3).map(decode)
  const called = incoming.method === 'POST' && model && method && more.length === 0
  const wrong = refusal(database, incoming, called ? callRoute : '/json/2')
  if (wrong !== undefined) return { wire, run: () => wrong }
  if (!called) {
    const error = werkzeug('NotFound', 'Did you mean POST /json/2/<model>/<method>?')
    return { wire, run: () => failure(error) }
  }
  return {
    wire,
    model,
    method,
    run(forget) {
      try {
        const outcome = run(database, incoming, model, method)
        return json(200, forget ? undefined : outcome)
      } catch (error) {
        return failure(asOdooException(error))
      }
    }
  }
}

/** What is looked at before anything of the call: the database, then the content type. */
function refusal(database: Database, { headers, body }: Incoming, route: string): Reply | undefined {
  const named = headers['x-odoo-database']
  if (named !== undefined && named !== database.name) return noDatabasePage()
  if (body.length > 0 && mediaType(headers) !== 'application/json') {
    return unsupportedMediaType(route, 'json2', true)
  }
  return undefined
}

function run(database: Database, incoming: Incoming, model: string, method: string): Outcome {
  const uid = authenticated(database, incoming.headers.authorization)
  const message = parsed(incoming.body)
  // Anything but an object counts as nothing: lists of arguments are ignored.
  const { ids, context, ...kwargs } = isObject(message) ? message : ({} as JsonObject)
  return database.callNamed(uid, model, method, ids, context, kwargs)
}

function authenticated(database: Database, authorization: string | undefined): number {
  const key = /^bearer\s+(.+)$/i.exec(authorization ?? '')?.[1]
  if (key === undefined) {
    throw werkzeug('Unauthorized', 'User not authenticated, use an API Key with a Bearer Authorization header.')
  }
  const uid = database.userOfKey(key)
  if (uid === undefined) throw werkzeug('Unauthorized', 'Invalid apikey')
  return uid
}

function parsed(body: Buffer): Json {
  if (body.length === 0) return null
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    // Python's parser says more of what it expected; clients cannot lean on it.
    const what = 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'
    throw werkzeug('BadRequest', `could not parse the body as json: ${what}`)
  }
}

const userErrors: { [className: string]: number } = {
  'odoo.exceptions.UserError': 422,
  'odoo.exceptions.ValidationError': 422,
  'odoo.exceptions.RedirectWarning': 422,
  'odoo.exceptions.AccessDenied': 403,
  'odoo.exceptions.AccessError': 403,
  'odoo.exceptions.MissingError': 404,
  'odoo.exceptions.LockError': 409
}

function failure(error: OdooException): Reply {
  const { className, message } = error
  const http = className.startsWith('werkzeug.') ? httpStatusOf(className)?.[0] : undefined
  const status = http ?? userErrors[className] ?? 500
  const args = http === undefined ? [message] : [message, http]
  const body = { name: className, message, arguments: args, context: {}, debug: debugText(error, 19) }
  return json(status, body, status === 401 ? { 'www-authenticate': 'Bearer ' } : {})
}

function json(status: number, content: Outcome, headers: Reply['headers'] = {}): Reply {
  return reply(status, 'application/json; charset=utf-8', JSON.stringify(content ?? null), headers)
}

function werkzeug(name: string, message: string): OdooException {
  return new OdooException(`werkzeug.exceptions.${name}`, message)
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
