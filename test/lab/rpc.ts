import type { Json, JsonObject } from '../../src/core/json.js'
import type { LabOdoo } from './odoos.js'

/** A login of its own to a real Odoo, past everything of ours: what tests compare with, and set up with. */
export interface DirectOdoo {
  uid: number
  call<T = Json>(model: string, method: string, args: Json[], kwargs?: JsonObject): Promise<T>
}

interface Reply {
  result?: Json
  error?: { data: { name: string; message: string } }
}

/** Speaks JSON-RPC with nothing but fetch. */
export async function logInDirectly({
  url,
  database,
  username,
  password
}: Pick<LabOdoo, 'url' | 'database' | 'username' | 'password'>): Promise<DirectOdoo> {
  const send = async (service: string, method: string, args: Json[]): Promise<Json> => {
    const response = await fetch(`${url}/jsonrpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params: { service, method, args } })
    })
    const { result = null, error } = (await response.json()) as Reply
    if (error !== undefined) throw new Error(`${error.data.name}: ${error.data.message}`)
    return result
  }
  const uid = await send('common', 'authenticate', [database, username, password, {}])
  if (typeof uid !== 'number') throw new Error(`${username} cannot log in to ${database}`)
  return {
    uid,
    call: <T>(model: string, method: string, args: Json[], kwargs: JsonObject = {}) =>
      send('object', 'execute_kw', [database, uid, password, model, method, args, kwargs]) as Promise<T>
  }
}
