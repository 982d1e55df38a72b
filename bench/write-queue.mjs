// 16 writes of one record at a time, through us (where they queue) beside straight to Odoo over JSON-RPC (where they get
// in each other's way), in turns; then single writes, to see what the queue costs whoever need not wait.
// Usage: node bench/write-queue.mjs <odoo url> <database> <user> <password> [runs]. Build first. Creates one partner and
// deletes it again.
import { composeCore, composeHttp } from '../dist/compose.js'
import { loadConfig } from '../dist/config/config.js'
import { compare } from './compare.mjs'

const [url, database, username, password, runs = '15'] = process.argv.slice(2)
if (!url || !database || !username || !password) {
  throw new Error('Usage: node bench/write-queue.mjs <odoo url> <database> <user> <password> [runs]')
}
const flags = { 'odoo-url': url, database, username, password, port: '0', 'log-level': 'silent' }
const server = await composeHttp(composeCore(loadConfig('http', { flags, env: {}, readFile: () => '' })))
const address = await server.listen()

/** @param {string} to @param {object} body */
async function post(to, body) {
  const response = await fetch(to, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body)
  })
  return /** @type {Record<string, any>} */ (await response.json())
}

const rpc = (/** @type {string} */ service, /** @type {string} */ method, /** @type {unknown[]} */ args) =>
  post(`${url}/jsonrpc`, { jsonrpc: '2.0', id: 1, method: 'call', params: { service, method, args } })
const { result: version } = await rpc('common', 'version', [])
const { result: uid } = await rpc('common', 'authenticate', [database, username, password, {}])
const call = (/** @type {string} */ method, /** @type {unknown[]} */ args) =>
  rpc('object', 'execute_kw', [database, uid, password, 'res.partner', method, args, { context: { lang: 'en_US' } }])

const { result: id } = await call('create', [{ name: 'bench write queue' }])
let number = 0
const values = () => ({ function: `write ${number++}` })
const throughUs = async () => {
  const { updated } = await post(`${address}/write`, { model: 'res.partner', ids: [id], values: values() })
  if (updated !== 1) throw new Error('a write through us failed')
}
const straight = async () => {
  const { result } = await call('write', [[id], values()])
  if (result !== true) throw new Error('a write to Odoo failed')
}
/** @param {() => Promise<void>} write @param {number} count */
const together = (write, count) => async () => {
  await Promise.all(Array.from({ length: count }, write))
  return performance.now()
}

const major = String(version.server_version).split('.')[0]
await compare(`write-queue-${major}`, Number(runs), {
  '16 at once, JSON-RPC to Odoo': together(straight, 16),
  '16 at once, POST /write': together(throughUs, 16)
})
await compare(`write-one-${major}`, Number(runs) * 10, {
  'one, POST /write': together(throughUs, 1),
  'one, JSON-RPC to Odoo': together(straight, 1)
})
await call('unlink', [[id]])
await server.close(100)
