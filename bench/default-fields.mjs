// The size of a search answer with the fields that are chosen by default, beside all fields (["*"]).
// Usage: node bench/default-fields.mjs <odoo url> <database> <user> <password> [rows]. Build first.
import { close, route, number as rows } from './server.mjs'

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
/** @param {string} model @param {string[]} fields */
async function search(model, fields) {
  const answer = await route('/search', { model, fields, limit: rows ?? 80 })
  const { records, detail } = answer
  // Odoo 14 cannot compute every field of several leads at once.
  if (records === undefined) return { rows: 0, fields: 0, bytes: 0, failed: detail }
  return {
    rows: records.length,
    fields: Object.keys(records[0] ?? {}).length,
    bytes: Buffer.byteLength(JSON.stringify(answer))
  }
}

const results = []
for (const model of models) {
  const chosen = await search(model, [])
  const all = await search(model, ['*'])
  results.push({ model, rows: chosen.rows, chosen, all, ratio: Math.round(all.bytes / chosen.bytes) })
}
await close()

console.log('| model | rows | default: fields, bytes | all: fields, bytes | ratio |')
console.log('|---|---|---|---|---|')
for (const { model, rows, chosen, all, ratio } of results) {
  const shown = [chosen, all].map(({ fields, bytes, failed }) => failed ?? `${fields}, ${bytes}`)
  console.log(`| ${[model, rows, ...shown, ratio || ''].join(' | ')} |`)
}
console.log(JSON.stringify(results))
