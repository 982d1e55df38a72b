import type { Json, JsonObject } from '../../src/core/json.js'
import type { LabOdoo } from '../lab/odoos.js'
import { people } from '../lab/people.js'
import { createLabels, type Labels } from './labels.js'

/** An exception as JSON-RPC carries it. */
export interface Fault {
  code: number
  name: string
  message: string
  debug: string
}

/** What one call of Odoo gave. Python's None comes without `result`: here it is the text `None`. */
export type Answer = { result: Json; error?: undefined } | { result?: undefined; error: Fault }

export type Who = 'admin' | 'sales' | 'portal'

interface Login {
  uid: Json
  password: Json
}

/** One of the two Odoos that are compared: the real one or the sandbox. */
export interface Side extends LabOdoo {
  /** Stands where the cases say `§`: unlike everything else in the database. */
  mark: string
  labels: Labels
  logins: { [who in Who]: Login & { uid: number; password: string } }
  /** Ids of what the calls have created, by model, to be deleted at the end. */
  created: { [model: string]: number[] }
  call(who: Who | Login, model: Json, method: Json, args: Json, kwargs?: Json): Promise<Answer>
  /** One call of a service, with nothing added. */
  send(service: Json, method: Json, args: Json): Promise<Answer>
}

interface Reply {
  result?: Json
  error?: { code: number; message: string; data?: { name: string; message: string; debug: string } }
}

/** Logs in everybody, creating the users that are not there yet. */
export async function openSide(odoo: LabOdoo, mark: string): Promise<Side> {
  const { admin, sales, portal, secondCompany } = await people(odoo)
  await admin.call('res.users', 'write', [[admin.uid], { company_ids: [[4, secondCompany]] }])
  const logins = { admin: { uid: admin.uid, password: odoo.password }, sales, portal }
  const send = async (service: Json, method: Json, args: Json) => post(odoo.url, { service, method, args })
  const side: Side = {
    ...odoo,
    mark,
    labels: createLabels(),
    created: {},
    logins,
    send,
    call(who, model, method, args, kwargs = {}) {
      const { uid, password } = typeof who === 'string' ? logins[who] : who
      return send('object', 'execute_kw', [odoo.database, uid, password, model, method, args, kwargs])
    }
  }
  return side
}

/** A call that must succeed, for what the test itself needs. */
export async function must<T = Json>(side: Side, model: string, method: string, args: Json[], kwargs: JsonObject = {}) {
  const { result, error } = await side.call('admin', model, method, args, kwargs)
  if (error !== undefined) {
    throw new Error(`${side.url} ${model}.${method} ${JSON.stringify(args)}: ${error.name}: ${error.message}`)
  }
  return result as T
}

async function post(url: string, params: JsonObject): Promise<Answer> {
  const response = await fetch(`${url}/jsonrpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params })
  })
  const text = await response.text()
  if (!/^\s*\{/.test(text)) return { error: { code: response.status, name: 'HTML', message: '', debug: '' } }
  const { result, error } = JSON.parse(text) as Reply
  if (error === undefined) return { result: result === undefined ? 'None' : result }
  const { name = '', message = error.message, debug = '' } = error.data ?? {}
  return { error: { code: error.code, name, message, debug } }
}
