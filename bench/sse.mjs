// The memory that an idle client of GET /events takes in the server, without a subscription, with one of its own, and
// with one that all share; beside a server of Node alone that keeps as many answers open, in turns.
// Usage: node --expose-gc bench/sse.mjs [clients]. Build first. Clients are a process of their own.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { composeCore, composeHttp } from '../dist/compose.js'
import { loadConfig } from '../dist/config/config.js'
import { startSandbox } from '../dist/sandbox/sandbox.js'

if (process.send) await beClients()
else await measure(Number(process.argv[2] ?? 1000))

/** @param {number} clients */
async function measure(clients) {
  if (globalThis.gc === undefined) throw new Error('Usage: node --expose-gc bench/sse.mjs [clients]')
  const sandbox = await startSandbox({ version: 19 })
  const { username, password } = sandbox.users.admin
  const flags = {
    ...{ 'odoo-url': sandbox.url, database: sandbox.database, username, password, port: '0', 'log-level': 'silent' },
    'max-streams-per-principal': String(clients),
    'poll-interval': '10'
  }
  const start = async () => {
    const server = await composeHttp(composeCore(loadConfig('http', { flags, env: {}, readFile: () => '' })))
    return { address: await server.listen(), close: () => server.close(100) }
  }
  const bare = createServer((_request, response) => response.writeHead(200).write(': open\n\n'))
  await once(bare.listen(0, '127.0.0.1'), 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (bare.address())

  /** @type {[string, (address: string, partners: number[], index: number) => string][]} */
  const kinds = [
    ['warm-up', address => `${address}/events`],
    ['Node alone', () => `http://127.0.0.1:${port}/`],
    ['no subscription', address => `${address}/events`],
    ['one record, the same', (address, [first]) => recordOf(address, first)],
    ['one record each', (address, partners, index) => recordOf(address, partners[index % partners.length])]
  ]
  const rows = []
  for (const [kind, urlOf] of kinds) {
    // A server of its own for each: streams are kept for a minute after their clients have gone.
    const { address, close } = await start()
    const partners = await found(address, clients)
    const urls = Array.from({ length: clients }, (_, index) => urlOf(address, partners, index))
    const row = await weigh(kind, urls)
    if (kind !== 'warm-up') rows.push(row)
    await close()
  }
  console.table(rows)
  mkdirSync('bench/results', { recursive: true })
  writeFileSync('bench/results/sse.json', `${JSON.stringify({ name: 'sse', clients, rows }, null, 2)}\n`)
  bare.closeAllConnections()
  bare.close()
  await sandbox.close()
}

/** @param {string} address @param {number | undefined} id */
function recordOf(address, id) {
  return `${address}/events?uri=odoo://res.partner/${id}?fields=name`
}

/** Opens all, and says what that adds. @param {string} kind @param {string[]} urls */
async function weigh(kind, urls) {
  const before = await memory()
  const clients = fork(new URL(import.meta.url).pathname, { execArgv: [] })
  clients.send(urls)
  const [opened] = await once(clients, 'message')
  if (opened !== urls.length) throw new Error(`${opened} of ${urls.length} streams opened`)
  const after = await memory()
  clients.kill()
  await once(clients, 'exit')
  const per = (/** @type {'heapUsed' | 'external' | 'rss'} */ part) =>
    Math.round(((after[part] - before[part]) / urls.length / 1024) * 10) / 10
  return { kind, clients: urls.length, heap_kB: per('heapUsed'), external_kB: per('external'), rss_kB: per('rss') }
}

async function memory() {
  for (let round = 0; round < 3; round++) {
    await wait(500)
    globalThis.gc?.()
  }
  return process.memoryUsage()
}

/** Ids of partners, as many as there are up to a number. @param {string} address @param {number} limit */
async function found(address, limit) {
  const answer = await fetch(`${address}/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'res.partner', fields: ['id'], limit: Math.min(limit, 1000) })
  })
  const { records } = /** @type {{ records: { id: number }[] }} */ (await answer.json())
  return records.map(({ id }) => id)
}

/** Opens what it is told to, a hundred at a time, and reads until it is ended. */
async function beClients() {
  const [urls] = /** @type {[string[]]} */ (await once(process, 'message'))
  let opened = 0
  for (let at = 0; at < urls.length; at += 100) {
    await Promise.all(
      urls.slice(at, at + 100).map(async url => {
        const [response] = await once(get(url, { agent: false }), 'response')
        response.on('error', () => {}).resume()
        if (response.statusCode === 200) opened += 1
      })
    )
  }
  process.send?.(opened)
  await new Promise(() => {})
}
