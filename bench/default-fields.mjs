// The size of a search answer with the fields that are chosen by default, beside all fields (["*"]).
// Usage: node bench/default-fields.mjs <odoo url> <database> <user> <password> [rows]. Build first.
import { composeCore, composeHttp } from '../dist/compose.js'
import { loadConfig } from '../dist/config/config.js'

const [url, database, username, password, rows = '80'] = process.argv.slice(2)
if (!url || !database || !username || !password) {
  throw new Error('Usage: node bench/default-fields.mjs <odoo url> <database> <user> <password> [rows]')
}
const models = [
  'res.partner',
  'sale.order',
  'sale.order.line',
  'crm.lead',
  'product.template',
  'account.move',
  'res.users',
  'ir.attachment'
]
const flags = { 'odoo-url': url, database, username, password, port: '0', 'log-level': 'silent' }
const server = await composeHttp(composeCore(loadConfig('http', { flags, env: {}, readFile: () => '' })))
const address = await server.listen()

/** @param {string} model @param {string[]} fields */
async function search(model, fields) {
  const response = await fetch(`${address}/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, fields, limit: Number(rows) })
  })
  const text = await response.text()
  const { records, detail } = /** @type {{ records?: object[], detail?: string }} */ (JSON.parse(text))
  // Odoo 14 cannot compute every field of several leads at once.
  if (records === undefined) return { rows: 0, fields: 0, bytes: 0, failed: detail }
  return { rows: records.length, fields: Object.keys(records[0] ?? {}).length, bytes: Buffer.byteLength(text) }
}

const results = []
for (const model of models) {
  const chosen = await search(model, [])
  const all = await search(model, ['*'])
  results.push({ model, rows: chosen.rows, chosen, all, ratio: Math.round(all.bytes / chosen.bytes) })
}
await server.close(100)

console.log('| model | rows | default: fields, bytes | all: fields, bytes | ratio |')
console.log('|---|---|---|---|---|')
for (const { model, rows, chosen, all, ratio } of results) {
  const shown = [chosen, all].map(({ fields, bytes, failed }) => failed ?? `${fields}, ${bytes}`)
  console.log(`| ${[model, rows, ...shown, ratio || ''].join(' | ')} |`)
}
console.log(JSON.stringify(results))
