// POST /search beside the same call made straight to Odoo over JSON-RPC, in turns, one at a time.
// Usage: node bench/search.mjs <odoo url> <database> <user> <password> [runs]. Build first.
import { composeCore, composeHttp } from '../dist/compose.js'
import { loadConfig } from '../dist/config/config.js'
import { compare } from './compare.mjs'

const [url, database, username, password, runs = '300'] = process.argv.slice(2)
if (!url || !database || !username || !password) {
  throw new Error('Usage: node bench/search.mjs <odoo url> <database> <user> <password> [runs]')
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
  return /** @type {Record<string, unknown>} */ (await response.json())
}

const fields = ['name', 'email', 'phone']
const domain = [['is_company', '=', true]]
const rpc = (/** @type {string} */ service, /** @type {string} */ method, /** @type {unknown[]} */ args) =>
  post(`${url}/jsonrpc`, { jsonrpc: '2.0', id: 1, method: 'call', params: { service, method, args } })
const { result: uid } = await rpc('common', 'authenticate', [database, username, password, {}])
const context = { lang: 'en_US', tz: 'Europe/Brussels' }

await compare('search', Number(runs), {
  'POST /search': async () => {
    await post(`${address}/search`, { model: 'res.partner', domain, fields, limit: 80 })
    return performance.now()
  },
  'JSON-RPC to Odoo': async () => {
    const query = { domain, fields, limit: 80, context }
    await rpc('object', 'execute_kw', [database, uid, password, 'res.partner', 'search_read', [], query])
    return performance.now()
  }
})
await server.close(100)
