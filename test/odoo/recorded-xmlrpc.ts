import { readdirSync, readFileSync } from 'node:fs'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { WireCall, WireReply } from '../../src/odoo/wires/wire.js'
import { readMethodCall } from '../../src/sandbox/wires/xmlrpc-read.js'

/** One exchange over XML-RPC with a real Odoo, as it was recorded; tracebacks have lost their frames. */
export interface RecordedXmlrpc {
  version: string
  name: string
  path: string
  /** Absent where it is nothing that we ever send. */
  call: WireCall | undefined
  reply: WireReply
}

const folder = new URL('../fixtures/odoo/', import.meta.url)

/** All exchanges over version 2 of the wire. */
export function xmlrpcRecordings(version: string): RecordedXmlrpc[] {
  const folders = [`wires/${version}/xmlrpc/`, `xmlrpc/${version}/`].map(path => new URL(path, folder))
  return folders
    .flatMap(of => readdirSync(of).map(file => toRecorded(version, readFileSync(new URL(file, of), 'utf8'))))
    .filter(({ path }) => path.startsWith('/xmlrpc/2/'))
}

function toRecorded(version: string, json: string): RecordedXmlrpc {
  const { case: name, request, response } = JSON.parse(json)
  const { status, headers, body } = response
  const { path } = request
  // The recorder put these in place of keys, as text that is no XML.
  const sent = request.body.replace(/<(api-key[\w-]*)>/g, '&lt;$1&gt;')
  return {
    version,
    name,
    path,
    call: callOf(path, sent),
    reply: { status, headers, text: body, complete: true }
  }
}

function callOf(path: string, request: string): WireCall | undefined {
  const { method, params } = readMethodCall(request)
  if (path.endsWith('/common') && method === 'version') return { kind: 'version' }
  if (path.endsWith('/common') && method === 'authenticate') {
    return {
      kind: 'authenticate',
      database: String(params[0]),
      username: String(params[1]),
      secret: String(params[2])
    }
  }
  if (!path.endsWith('/object') || method !== 'execute_kw' || params.length < 6) return undefined
  const [database, uid, secret, model, name, args, kwargs = {}] = params
  return {
    kind: 'execute',
    database: String(database),
    uid: Number(uid),
    secret: String(secret),
    model: String(model),
    method: String(name),
    args: args as Json[],
    kwargs: kwargs as JsonObject
  }
}
