// The server in front of a real Odoo, and that Odoo itself, for benchmarks that compare them. Build first.
import { composeCore, composeHttp } from '../dist/compose.js'
import { loadConfig } from '../dist/config/config.js'

const [url, database, username, password, last] = process.argv.slice(2)
if (!url || !database || !username || !password) {
  throw new Error(`Usage: node ${process.argv[1]} <odoo url> <database> <user> <password> [number]`)
}

/** The last argument of the command line, if it was given. */
export const number = last === undefined ? undefined : Number(last)

const flags = { 'odoo-url': url, database, username, password, port: '0', 'log-level': 'silent' }
const server = await composeHttp(composeCore(loadConfig('http', { flags, env: {}, readFile: () => '' })))
const address = await server.listen()

/** A route of ours. @param {string} path @param {object} body */
export const route = (path, body) => post(address + path, body)

/** A service of Odoo. @param {string} service @param {string} method @param {unknown[]} args */
export async function rpc(service, method, args) {
  const { result } = await post(`${url}/jsonrpc`, {
    jsonrpc: '2.0',
    id: 1,
    method: 'call',
    params: { service, method, args }
  })
  return result
}

const uid = await rpc('common', 'authenticate', [database, username, password, {}])

/** A method of a model, asked of Odoo. @param {string} model @param {string} method @param {unknown[]} args @param {object} kwargs */
export const odoo = (model, method, args, kwargs) =>
  rpc('object', 'execute_kw', [database, uid, password, model, method, args, kwargs])

export const close = () => server.close(100)

/** @param {string} to @param {object} body */
async function post(to, body) {
  const response = await fetch(to, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body)
  })
  return /** @type {Record<string, any>} */ (await response.json())
}
