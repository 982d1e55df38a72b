import { checkArguments } from '../arguments.js'
import type { Database } from '../database.js'
import { OdooException, typeError } from '../exceptions.js'
import { isObject, type Json, type JsonObject } from '../json.js'
import { repr, typeName } from '../python.js'
import type { Major } from '../release.js'
import { dispatch } from '../service.js'
import { errorPage, escapeHtml, serverErrorPage, unsupportedMediaType } from './pages.js'
import { asOdooException, debugText } from './traceback.js'
import { type Call, type Incoming, mediaType, type Outcome, type Reply, reply, type WireName } from './wire.js'

/** `/jsonrpc`: the services in an envelope of JSON-RPC. */
export function jsonrpcCall(database: Database, incoming: Incoming): Call {
  const route = { path: '/jsonrpc', controller: 'JSONRPC.jsonrpc', wire: 'jsonrpc' as const }
  return envelope(database, incoming, route, ({ service, method, args }) => ({
    ...describe(service, method, args),
    run(params) {
      checkParameters(database, route.controller, ['service', 'method', 'args'], params)
      return dispatch(database, params.service as Json, params.method as Json, params.args as Json, 'list')
    }
  }))
}

/** What a JSON-RPC request asks for: who it is counted for, and what answers it. */
export interface Inside extends Omit<Call, 'run' | 'wire'> {
  run(params: JsonObject): Outcome
  /** Headers of the answer, known when it has run. */
  headers?: Reply['headers']
}

export interface Route {
  path: string
  /** The function of Odoo, as 19 names it in errors; earlier releases leave out the class. */
  controller: string
  wire: WireName
}

/** Opens the envelope and wraps the answer into one. Every route of type `json` does it this way. */
export function envelope(
  database: Database,
  incoming: Incoming,
  { path, wire }: Route,
  inside: (params: JsonObject) => Inside
): Call {
  const { major } = database.release
  const opened = open(major, incoming, path)
  if ('status' in opened) return { wire, run: () => opened }
  const { id, params } = opened
  if (!isObject(params)) return { wire, run: () => failure(major, id, notMapping(params)) }
  const { run, ...described } = inside(params)
  return {
    wire,
    ...described,
    run(forget) {
      try {
        const outcome = run(params)
        return answer(major, id, forget ? {} : success(outcome), described.headers)
      } catch (error) {
        return failure(major, id, asOdooException(error), described.headers)
      }
    }
  }
}

/** Who a service call is counted for. */
export function describe(service: Json | undefined, method: Json | undefined, args: Json | undefined) {
  const named = (value: Json | undefined) => (typeof value === 'string' ? value : undefined)
  const executes = service === 'object' && Array.isArray(args)
  const model = executes ? named(args[3]) : undefined
  const called = executes ? (named(args[4]) ?? named(method)) : named(method)
  return {
    ...(named(service) !== undefined && { service: named(service) as string }),
    ...(model !== undefined && { model }),
    ...(called !== undefined && { method: called })
  }
}

/** Throws Python's TypeError for parameters of a route that are not there; more than it has are ignored. */
export function checkParameters(database: Database, name: string, names: readonly string[], params: JsonObject): void {
  const required = names.filter(parameter => !Object.hasOwn(params, parameter))
  const short = database.release.major === 19 ? name : name.replace(/^.*\./, '')
  checkArguments({ name: short, required }, 0)
}

function open(major: Major, { headers, body }: Incoming, path: string): Reply | { id: Json; params: Json } {
  if (!['application/json', 'application/json-rpc'].includes(mediaType(headers))) {
    // 14 takes it for a form, and asks for its token.
    if (major === 14) return errorPage(14, 400, 'Bad Request', 'Session expired (invalid CSRF token)')
    return unsupportedMediaType(path, 'jsonrpc', body.length > 0)
  }
  const text = body.toString('utf8')
  let message: Json
  try {
    message = JSON.parse(text)
  } catch {
    return invalid(major, text)
  }
  if (!isObject(message)) {
    return major === 14 ? serverErrorPage(14) : reply(400, 'text/html; charset=utf-8', 'Invalid JSON-RPC data')
  }
  const given = Object.hasOwn(message, 'params') ? (message.params as Json) : {}
  // To Python an empty list is an empty mapping, too.
  const params = Array.isArray(given) && given.length === 0 ? {} : given
  if (major === 14 && !isObject(params)) return serverErrorPage(14)
  return { id: message.id ?? null, params }
}

function invalid(major: Major, text: string): Reply {
  if (major !== 14) return reply(400, 'text/html; charset=utf-8', 'Invalid JSON data')
  const quoted = escapeHtml(`Invalid JSON data: ${repr(text)}`)
    .replaceAll('&#39;', "'")
    .replaceAll('&#34;', '&quot;')
  return errorPage(14, 400, 'Bad Request', quoted)
}

/** Where nothing is, 14 answers a request in JSON in an envelope; undefined for other requests. */
export function jsonNotFound({ headers, body }: Incoming): Reply | undefined {
  const opened = open(14, { method: 'POST', path: '', query: new URLSearchParams(), headers, body }, '')
  if ('status' in opened) return undefined
  const error = { ...errorOf(14, notFound()), http_status: 404 }
  return { ...answer(14, opened.id, { error }), status: 404 }
}

/** The exception of a path that leads nowhere. */
export function notFound(): OdooException {
  const message =
    'The requested URL was not found on the server. ' +
    'If you entered the URL manually please check your spelling and try again.'
  return new OdooException('werkzeug.exceptions.NotFound', message)
}

function notMapping(params: Json): OdooException {
  if (!Array.isArray(params)) return typeError(`'${typeName(params)}' object is not iterable`)
  return typeError('cannot convert dictionary update sequence element #0 to a sequence')
}

/** None leaves the answer without a `result`. */
function success(outcome: Outcome): JsonObject {
  return outcome === undefined || outcome === null ? {} : { result: outcome }
}

function failure(major: Major, id: Json, error: OdooException, headers: Reply['headers'] = {}): Reply {
  // Sessions and routes are looked at before the request's id from 15 on, but for a route that looks again, and says nothing.
  const classes = ['odoo.http.SessionExpiredException', 'werkzeug.exceptions.NotFound']
  const early = classes.includes(error.className) && error.message !== ''
  return answer(major, early && major !== 14 ? null : id, { error: errorOf(major, error) }, headers)
}

function errorOf(major: Major, error: OdooException): JsonObject {
  const { className, message } = error
  const expired = className === 'odoo.http.SessionExpiredException'
  const missing = className === 'werkzeug.exceptions.NotFound'
  const code = expired ? 100 : missing ? 404 : major === 19 ? 0 : 200
  const title = expired ? 'Odoo Session Expired' : missing ? '404: Not Found' : 'Odoo Server Error'
  const debug = debugText(error, major)
  const rest = {
    message: missing ? `404 Not Found: ${message}` : message,
    arguments: missing || (expired && message === '') ? [] : [message],
    context: {}
  }
  const data = major === 19 ? { name: className, ...rest, debug } : { name: className, debug, ...rest }
  return { code, message: title, data }
}

function answer(major: Major, id: Json, content: JsonObject, headers: Reply['headers'] = {}): Reply {
  const type = major === 14 ? 'application/json' : 'application/json; charset=utf-8'
  return reply(200, type, JSON.stringify({ jsonrpc: '2.0', id, ...content }), headers)
}
