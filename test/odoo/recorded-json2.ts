import { readdirSync, readFileSync } from 'node:fs'
import type { JsonObject } from '../../src/core/json.js'
import type { WireCall, WireReply } from '../../src/odoo/wires/wire.js'

/** One exchange over JSON-2 with a real Odoo 19, as it was recorded; tracebacks have lost their frames. */
export interface RecordedJson2 {
  name: string
  request: { method: string; path: string; headers: Record<string, string>; body?: JsonObject | string }
  /** The call that gets this reply, as far as decoding looks at it. */
  call: WireCall
  reply: WireReply
}

const folder = new URL('../fixtures/odoo/', import.meta.url)

/** All of them, sorted by name. */
export function json2Recordings(): RecordedJson2[] {
  return ['wires/19/json2/', 'json2/19/']
    .map(path => new URL(path, folder))
    .flatMap(of => readdirSync(of).map(file => toRecorded(readFileSync(new URL(file, of), 'utf8'))))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function toRecorded(json: string): RecordedJson2 {
  const { case: name, request, response } = JSON.parse(json)
  const { status, headers, body } = response
  // What was HTML was recorded as a text, and what was JSON as what it says.
  const isJson = String(headers['content-type']).startsWith('application/json')
  const text = isJson ? JSON.stringify(body) : String(body)
  return { name, request, call: callOf(request), reply: { status, headers, text, complete: true } }
}

function callOf({ path, headers, body }: RecordedJson2['request']): WireCall {
  const [, , , model, method] = path.split('/')
  if (model === undefined || method === undefined) return { kind: 'version' }
  const database = String(headers['X-Odoo-Database'])
  const login = { database, uid: 2, secret: 'key' }
  return { kind: 'execute', ...login, model, method, args: [], kwargs: typeof body === 'object' ? body : {} }
}
