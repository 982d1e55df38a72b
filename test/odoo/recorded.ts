import { readFileSync } from 'node:fs'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { WireCall, WireReply } from '../../src/odoo/wires/wire.js'

/** One exchange with a real Odoo, as it was recorded. */
export interface Recorded {
  version: string
  name: string
  /** What kind of answer it is, by ODOO's error taxonomy of the recording, such as `access_denied` or `ok`. */
  category: string
  exception: string
  request: { path: string; body: JsonObject | string }
  reply: WireReply
}

const folder = new URL('../fixtures/odoo/', import.meta.url)

/** All recorded exchanges over JSON-RPC, of every version. */
export function recordings(): Recorded[] {
  const [, ...lines] = readFileSync(new URL('index.tsv', folder), 'utf8').trimEnd().split('\n')
  return lines.map(line => {
    const [version = '', , name = '', , category = '', exception = ''] = line.split('\t')
    return { ...recording(version, name), category, exception }
  })
}

export function recording(version: string, name: string): Recorded {
  const { request, response } = JSON.parse(readFileSync(new URL(`${version}/${name}.json`, folder), 'utf8'))
  const { status, headers, body } = response
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { version, name, category: '', exception: '', request, reply: { status, headers, text, complete: true } }
}

/** Our call that sends what was recorded, as far as we ever send such a thing. */
export function callOf({ request }: Recorded): WireCall {
  const params = (typeof request.body === 'object' ? request.body.params : {}) as {
    service?: string
    method?: string
    args?: Json[]
  }
  const args = params.args ?? []
  if (params.service === 'common' && params.method === 'version') return { kind: 'version' }
  if (params.service === 'common')
    return { kind: 'authenticate', database: String(args[0]), username: 'x', secret: 'x' }
  const [database, , , model, method] = args
  return {
    kind: 'execute',
    database: String(database),
    uid: Number(args[1]),
    secret: String(args[2]),
    model: String(model),
    method: String(method),
    args: (args[5] as Json[]) ?? [],
    kwargs: (args[6] as JsonObject) ?? {}
  }
}
