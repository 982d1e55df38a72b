// The embedded Odoo: its start beside `node -e 0`, and its requests per second beside a real Odoo, in turns.
// Usage: node bench/sandbox.mjs [<odoo url> <database> <user> <password>]. Build first.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { compare } from './compare.mjs'

/** Starts `odoo-mcp sandbox` and gives its address once it says it. */
async function start() {
  const child = spawn(process.execPath, ['dist/cli.js', 'sandbox', '--port=0'], { stdio: ['ignore', 'ignore', 'pipe'] })
  let text = ''
  for await (const chunk of child.stderr) {
    text += chunk
    const url = /listens on (\S+), /.exec(text)?.[1]
    if (url !== undefined) return { child, url }
  }
  throw new Error(`the sandbox did not start: ${text}`)
}

async function stop(/** @type {import('node:child_process').ChildProcess} */ child) {
  child.kill()
  await once(child, 'exit')
}

await compare('sandbox-start', 15, {
  'sandbox until it listens': async () => {
    const { child } = await start()
    const listening = performance.now()
    await stop(child)
    return listening
  },
  'node -e 0': async () => {
    await once(spawn(process.execPath, ['-e', '0']), 'exit')
    return performance.now()
  }
})

const callers = 8
const callsEach = 50

/** @param {string} url @param {string} service @param {string} method @param {unknown[]} args */
async function rpc(url, service, method, args) {
  const response = await fetch(`${url}/jsonrpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params: { service, method, args } })
  })
  const reply = /** @type {{ result?: any, error?: unknown }} */ (await response.json())
  if (reply.error !== undefined) throw new Error(JSON.stringify(reply.error))
  return reply.result
}

/** Some callers at once, each with one call after the other: a page of 20 rows, as lists are read. */
async function load(
  /** @type {string} */ url,
  /** @type {string} */ database,
  /** @type {number} */ uid,
  /** @type {string} */ password
) {
  const query = { fields: ['name', 'email', 'country_id'], limit: 20, context: { lang: 'en_US' } }
  const args = [database, uid, password, 'res.partner', 'search_read', [[]], query]
  const one = async () => {
    for (let call = 0; call < callsEach; call++) await rpc(url, 'object', 'execute_kw', args)
  }
  await Promise.all(Array.from({ length: callers }, one))
  return performance.now()
}

const [url, database, user, password] = process.argv.slice(2)
const { child, url: sandbox } = await start()
/** @type {Record<string, () => Promise<number>>} */
const ways = {}
if (url && database && user && password) {
  const uid = await rpc(url, 'common', 'authenticate', [database, user, password, {}])
  ways['real Odoo'] = () => load(url, database, uid, password)
}
ways.sandbox = () => load(sandbox, 'sandbox', 2, 'admin')
process.stdout.write(`${callers} callers, ${callsEach} calls each:\n`)
await compare('sandbox-load', 5, ways)
await stop(child)
