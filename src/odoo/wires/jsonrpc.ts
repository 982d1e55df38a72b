import { GatewayError } from '../../core/errors.js'
import type { Json, JsonObject } from '../../core/json.js'
import { faultToError, type OdooException, type Subject } from '../faults/faults.js'
import { httpError } from '../faults/http-faults.js'
import { unavailable } from '../faults/unavailable.js'
import { isObject, parseJson } from '../parse-json.js'
import type { Wire, WireAnswer, WireCall, WireReply, WireRequest } from './wire.js'

/** `POST /jsonrpc`: Odoo 14 to 21, where 19 needs the module `rpc`, which is installed by default. */
export const jsonrpc = { protocol: 'jsonrpc', encode, decode } satisfies Wire

// One request per HTTP exchange, so the id needs to tell nothing apart.
const requestId = 1

function encode(call: WireCall): WireRequest {
  const params = toParams(call)
  return {
    method: 'POST',
    path: '/jsonrpc',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', method: 'call', id: requestId, params })
  }
}

function toParams(call: WireCall): JsonObject {
  switch (call.kind) {
    case 'version':
      return { service: 'common', method: 'version', args: [] }
    case 'authenticate':
      return { service: 'common', method: 'authenticate', args: [call.database, call.username, call.secret, {}] }
    case 'execute': {
      const { database, uid, secret, model, method, args, kwargs } = call
      return { service: 'object', method: 'execute_kw', args: [database, uid, secret, model, method, args, kwargs] }
    }
  }
}

function decode(call: WireCall, reply: WireReply, url: string): WireAnswer {
  if (reply.status !== 200) throw httpError(reply, url)
  const body = reply.complete ? parseJson(reply.text) : undefined
  if (body === undefined) return unreadable(reply)
  if (!isReply(body)) throw unavailable('notOdoo', { outcome: 'unknown' })
  if (body.error !== undefined) throw toError(body.error, call)
  // A method that returned None gives a reply without `result` (14 to 19).
  const result = body.result ?? null
  return { result: call.kind === 'version' ? versionOf(result) : result }
}

/** Odoo writes `result` only after the commit, so a reply that begins with it says that the call succeeded. */
function unreadable({ text }: WireReply): WireAnswer {
  if (/^\s*\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*(?:\d+|null)\s*,\s*"result"\s*:/.test(text)) {
    return { result: null, warning: 'Odoo did this, but its answer could not be read: the result is unknown.' }
  }
  if (/^\s*\{\s*"jsonrpc"/.test(text)) {
    throw new GatewayError('odoo_error', "Odoo's answer could not be read.", { outcome: 'unknown' })
  }
  throw unavailable('notOdoo', { outcome: 'unknown' })
}

/** `id` is null in errors that Odoo raises before it has read the request (19: session expired). */
function isReply(body: Json): body is JsonObject {
  return isObject(body) && body.jsonrpc === '2.0' && (body.id === requestId || body.id === null)
}

function toError(error: Json, call: WireCall): GatewayError {
  const { code, data } = isObject(error) ? error : {}
  const { name, message, debug } = isObject(data) ? data : {}
  // Others speak JSON-RPC, too; what they say is none of our caller's business.
  if (typeof name !== 'string') return unavailable('notOdoo', { outcome: 'unknown' })
  const exception: OdooException = { name, message: text(message), debug: text(debug) }
  return faultToError(typeof code === 'number' ? { ...exception, code } : exception, subjectOf(call))
}

function subjectOf(call: WireCall): Subject {
  switch (call.kind) {
    case 'version':
      return { database: '' }
    case 'authenticate':
      return { database: call.database }
    case 'execute':
      return { database: call.database, model: call.model, method: call.method }
  }
}

function versionOf(result: Json): string {
  const version = isObject(result) ? result.server_version : undefined
  if (typeof version !== 'string') throw unavailable('notOdoo')
  return version
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
