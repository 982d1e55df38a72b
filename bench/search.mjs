// POST /search beside the same call made straight to Odoo over JSON-RPC, in turns, one at a time.
// Usage: node bench/search.mjs <odoo url> <database> <user> <password> [runs]. Build first.
import { compare } from './compare.mjs'
import { close, odoo, route, number as runs } from './server.mjs'

const fields = ['name', 'email', 'phone']
const domain = [['is_company', '=', true]]
const context = { lang: 'en_US', tz: 'Europe/Brussels' }

await compare('search', runs ?? 300, {
  'POST /search': async () => {
    await route('/search', { model: 'res.partner', domain, fields, limit: 80 })
    return performance.now()
  },
  'JSON-RPC to Odoo': async () => {
    await odoo('res.partner', 'search_read', [], { domain, fields, limit: 80, context })
    return performance.now()
  }
})
await close()
