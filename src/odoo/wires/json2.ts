import { GatewayError } from '../../core/errors.js'
import type { Json, JsonObject } from '../../core/json.js'
import { faultToError, type Subject } from '../faults/faults.js'
import { httpError } from '../faults/http-faults.js'
import { quote } from '../faults/messages.js'
import { unavailable } from '../faults/unavailable.js'
import { isObject, parseJson } from '../parse-json.js'
import { toNamed } from './json2-arguments.js'
import type { Wire, WireAnswer, WireCall, WireReply, WireRequest } from './wire.js'

/**
 * `POST /json/2/<model>/<method>`: Odoo 19 and later. Takes API keys only, and says who a key belongs to, so that a
 * login needs no user name. Errors come with their real HTTP status.
 */
export const json2 = { protocol: 'json2', encode, decode } satisfies Wire

function encode(call: WireCall): WireRequest {
  switch (call.kind) {
    case 'version':
      return { method: 'GET', path: '/web/version', headers: { accept: 'application/json' }, body: '' }
    case 'authenticate':
      return post(call, 'res.users', 'context_get', {})
    case 'execute': {
      const { model, method, args, kwargs } = call
      return post(call, model, method, toNamed(method, args, kwargs))
    }
  }
}

function post(
  login: { database: string; secret: string },
  model: string,
  method: string,
  body: JsonObject
): WireRequest {
  const { database, secret } = login
  // Both travel in headers, which hold nothing but visible ASCII on every server and proxy.
  if (!/^[\x21-\x7e]+$/.test(secret)) throw loginRefused()
  if (!/^[\x21-\x7e]+$/.test(database)) {
    throw new GatewayError(
      'invalid_input',
      `database: ${quote(database)} cannot be named over JSON-2; expected ASCII`,
      {
        outcome: 'not_applied',
        hint: 'The other wires (protocol jsonrpc or xmlrpc) take any name.'
      }
    )
  }
  return {
    method: 'POST',
    path: `/json/2/${encodeURIComponent(model)}/${encodeURIComponent(method)}`,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `bearer ${secret}`,
      'x-odoo-database': database
    },
    body: JSON.stringify(body)
  }
}

function decode(call: WireCall, reply: WireReply, url: string): WireAnswer {
  if (reply.status !== 200) throw failure(call, reply, url)
  if (!/^application\/json\b/i.test(reply.headers['content-type'] ?? '')) {
    throw unavailable('notOdoo', { outcome: 'unknown' })
  }
  const result = reply.complete ? parseJson(reply.text) : undefined
  switch (call.kind) {
    case 'version':
      return { result: versionOf(result) }
    case 'authenticate':
      return { result: uidOf(result) }
    case 'execute':
      // The status comes after the commit, so whatever follows a 200 belongs to a call that succeeded.
      return result === undefined ? { result: null, warning: unreadable } : { result: asOthers(call, result) }
  }
}

const unreadable = 'Odoo did this, but its answer could not be read: the result is unknown.'

/** Only JSON-2 answers `create` with a list when it was given one object (19): one shape on every wire. */
function asOthers({ method, args, kwargs }: WireCall & { kind: 'execute' }, result: Json): Json {
  const isOne = method === 'create' && isObject(args[0] ?? kwargs.vals_list)
  return isOne && Array.isArray(result) && result.length === 1 ? (result[0] as Json) : result
}

function versionOf(result: Json | undefined): string {
  const { version, version_info } = isObject(result) ? result : {}
  if (typeof version !== 'string' || !Array.isArray(version_info)) throw unavailable('notOdoo')
  return version
}

function uidOf(result: Json | undefined): number {
  const uid = isObject(result) ? result.uid : undefined
  if (typeof uid !== 'number') throw unavailable('notOdoo')
  return uid
}

/** What Odoo says in JSON comes first, by the exception's class; then the status, which may be a proxy's. */
function failure(call: WireCall, reply: WireReply, url: string): GatewayError {
  const body = parseJson(reply.text)
  const { name, message, debug } = isObject(body) ? body : {}
  if (typeof name === 'string' && typeof message === 'string' && typeof debug === 'string') {
    return named({ name, message, debug }, subjectOf(call))
  }
  // The page of a server that has several databases, or none of this name (19). It is English whatever the language.
  if (call.kind !== 'version' && reply.status === 404 && /No database is selected/.test(reply.text)) {
    return new GatewayError('not_found', `The database ${quote(call.database)} does not exist on this Odoo.`, {
      outcome: 'not_applied'
    })
  }
  return httpError(reply, url)
}

/** Werkzeug's exceptions say what is wrong with the request itself; all others are those of every wire. */
function named(exception: { name: string; message: string; debug: string }, subject: Subject): GatewayError {
  const { name, message } = exception
  const { model = '', method = '' } = subject
  const notFound = (detail: string, hint?: string) =>
    new GatewayError('not_found', detail, { outcome: 'not_applied', ...(hint && { hint }) })
  if (name === 'werkzeug.exceptions.Unauthorized') return loginRefused()
  if (name === 'werkzeug.exceptions.NotFound' && /^the model '.*' does not exist$/.test(message)) {
    return notFound(`The model ${model} does not exist in this Odoo.`, 'odoo_get_models lists the models.')
  }
  if (name === 'werkzeug.exceptions.NotFound' && /^The method '.*' does not exist$/.test(message)) {
    return notFound(`The method ${method} does not exist on ${model}.`)
  }
  return faultToError(exception, subject)
}

function loginRefused(): GatewayError {
  return new GatewayError('auth_failed', 'Odoo refused the login.', { outcome: 'not_applied', hint: keysOnly })
}

const keysOnly =
  'JSON-2 takes API keys only, no passwords: check the key, when it expires and which database it is of. With a password, set protocol to jsonrpc and give the username.'

function subjectOf(call: WireCall): Subject {
  switch (call.kind) {
    case 'version':
      return { database: '' }
    case 'authenticate':
      return { database: call.database, model: 'res.users', method: 'context_get' }
    case 'execute':
      return { database: call.database, model: call.model, method: call.method }
  }
}
