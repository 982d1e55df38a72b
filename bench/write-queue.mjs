// 16 writes of one record at a time, through us (where they queue) beside straight to Odoo over JSON-RPC (where they get
// in each other's way), in turns; then single writes, to see what the queue costs whoever need not wait.
// Usage: node bench/write-queue.mjs <odoo url> <database> <user> <password> [runs]. Build first. Creates one partner and
// deletes it again.
import { compare } from './compare.mjs'
import { close, odoo, route, rpc, number as runs } from './server.mjs'

const version = await rpc('common', 'version', [])
const call = (/** @type {string} */ method, /** @type {unknown[]} */ args) =>
  odoo('res.partner', method, args, { context: { lang: 'en_US' } })

const id = await call('create', [{ name: 'bench write queue' }])
let count = 0
const values = () => ({ function: `write ${count++}` })
const throughUs = async () => {
  const { updated } = await route('/write', { model: 'res.partner', ids: [id], values: values() })
  if (updated !== 1) throw new Error('a write through us failed')
}
const straight = async () => {
  if ((await call('write', [[id], values()])) !== true) throw new Error('a write to Odoo failed')
}
/** @param {() => Promise<void>} write @param {number} times */
const together = (write, times) => async () => {
  await Promise.all(Array.from({ length: times }, write))
  return performance.now()
}

const major = String(version.server_version).split('.')[0]
await compare(`write-queue-${major}`, runs ?? 15, {
  '16 at once, JSON-RPC to Odoo': together(straight, 16),
  '16 at once, POST /write': together(throughUs, 16)
})
await compare(`write-one-${major}`, (runs ?? 15) * 10, {
  'one, POST /write': together(throughUs, 1),
  'one, JSON-RPC to Odoo': together(straight, 1)
})
await call('unlink', [[id]])
await close()
