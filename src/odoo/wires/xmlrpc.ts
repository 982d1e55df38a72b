import { GatewayError } from '../../core/errors.js'
import type { Json } from '../../core/json.js'
import { httpError } from '../faults/http-faults.js'
import { unavailable } from '../faults/unavailable.js'
import { isObject } from '../parse-json.js'
import type { Wire, WireAnswer, WireCall, WireReply, WireRequest } from './wire.js'
import { answerFault } from './xmlrpc-faults.js'
import { readMethodResponse } from './xmlrpc-read.js'
import { type Parameter, writeMethodCall } from './xmlrpc-write.js'

/**
 * `POST /xmlrpc/2/common` and `/xmlrpc/2/object`: Odoo 14 to 21, where 19 needs the module `rpc`, which is installed by
 * default. It carries no None, no exception classes, and answers four times as long as JSON: the last choice.
 */
export const xmlrpc = { protocol: 'xmlrpc', encode, decode } satisfies Wire

function encode(call: WireCall): WireRequest {
  const { service, method, parameters } = toMethodCall(call)
  return {
    method: 'POST',
    path: `/xmlrpc/2/${service}`,
    headers: { 'content-type': 'text/xml; charset=utf-8', accept: 'text/xml' },
    body: writeMethodCall(method, parameters)
  }
}

interface MethodCall {
  service: 'common' | 'object'
  method: string
  parameters: Parameter[]
}

function toMethodCall(call: WireCall): MethodCall {
  switch (call.kind) {
    case 'version':
      return { service: 'common', method: 'version', parameters: [] }
    case 'authenticate': {
      const { database, username, secret } = call
      const parameters = named({ database, username, password: secret, user_agent_env: {} })
      return { service: 'common', method: 'authenticate', parameters }
    }
    case 'execute': {
      const { database, uid, secret, model, method, args, kwargs } = call
      const list: Parameter = { name: 'args', value: args, items: argumentNames[method] }
      const members: Parameter = { name: '', value: kwargs }
      const parameters = [...named({ database, uid, password: secret, model, method }), list, members]
      return { service: 'object', method: 'execute_kw', parameters }
    }
  }
}

/** What our tools call the arguments that they send by position. */
const argumentNames: Partial<Record<string, string[]>> = {
  create: ['values'],
  write: ['ids', 'values'],
  search_count: ['domain']
}

function named(values: Record<string, Json>): Parameter[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }))
}

async function decode(call: WireCall, reply: WireReply, url: string): Promise<WireAnswer> {
  if (reply.status !== 200) throw httpError(reply, url)
  const response = reply.complete ? await readMethodResponse(reply.text) : undefined
  if (response === undefined) return unreadable(reply)
  if ('fault' in response) return answerFault(response.fault, call)
  return { result: call.kind === 'version' ? versionOf(response.value) : response.value }
}

/** Odoo writes `params` only after the commit, so a reply that begins with it says that the call succeeded. */
function unreadable({ text }: WireReply): WireAnswer {
  const [start, params] = /^\s*(?:<\?xml[^>]*\?>)?\s*<methodResponse>\s*(<params>)?/.exec(text) ?? []
  if (params !== undefined) {
    return { result: null, warning: 'Odoo did this, but its answer could not be read: the result is unknown.' }
  }
  if (start !== undefined) {
    throw new GatewayError('odoo_error', "Odoo's answer could not be read.", { outcome: 'unknown' })
  }
  throw unavailable('notOdoo', { outcome: 'unknown' })
}

function versionOf(result: Json): string {
  const version = isObject(result) ? result.server_version : undefined
  if (typeof version !== 'string') throw unavailable('notOdoo')
  return version
}
