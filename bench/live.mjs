// What live updates take: how long after a write has returned its event is there, by each source; and how many requests
// a minute Odoo gets for 1, 100 and 500 subscribed records, and for lists.
// Usage: node bench/live.mjs <odoo url> <database> <user> <password> [changes]. Build first. Creates partners and rules of
// the bus, and removes them again.
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { EventSource } from 'eventsource'
import { composeCore, composeHttp } from '../dist/compose.js'
import { loadConfig } from '../dist/config/config.js'
import { installBus } from './live-bus.mjs'

const [url = '', database = '', username = '', password = '', last = '200'] = process.argv.slice(2)
if (password === '') throw new Error('Usage: node bench/live.mjs <odoo url> <database> <user> <password> [changes]')
const changes = Number(last)

const uid = await rpc('common', 'authenticate', [database, username, password, {}])
/** @param {string} model @param {string} method @param {unknown[]} args @param {object} kwargs */
const odoo = (model, method, args, kwargs = {}) =>
  rpc('object', 'execute_kw', [database, uid, password, model, method, args, kwargs])
/** @param {string} method @param {unknown[]} args */
const partners = (method, ...args) => odoo('res.partner', method, args)
const version = await rpc('common', 'version', [])
const major = Number(String(version.server_version).split('.')[0])

const ids = await partners(
  'create',
  Array.from({ length: 500 }, (_, index) => ({ name: `bench live ${index}` }))
)
const bus = await installBus(odoo, major, 'res.partner')
try {
  console.log(`${changes} changes of one record each; milliseconds from the return of the write to the event`)
  await delays('own writes', {}, 300, (id, city, server) =>
    post(`${server}/write`, { model: 'res.partner', ids: [id], values: { city } })
  )
  await delays('polling, 2 s', {}, 2000, (id, city) => partners('write', [id], { city }))
  await delays('bus', bus.flags, 300, (id, city) => partners('write', [id], { city }))

  console.log('\nrequests to Odoo in one minute, while one record changes every 5 s, by polling alone')
  for (const count of [1, 100, 500]) await requests(`${count} records`, ids.slice(0, count).map(recordUri))
  await requests('500 records and 3 lists', [...ids.map(recordUri), ...[1, 2, 3].map(listUri)])
} finally {
  await bus.uninstall()
  await partners('unlink', ids)
}

/** @param {number} id */
function recordUri(id) {
  return `odoo://res.partner/${id}`
}

/** @param {number} limit */
function listUri(limit) {
  return `odoo://res.partner/list?limit=${limit}`
}

/**
 * @param {string} source @param {object} flags
 * @param {number} within milliseconds of each other the changes are made, so that they fall anywhere between two looks
 * @param {(id: number, city: string, server: string) => Promise<unknown>} write
 */
async function delays(source, flags, within, write) {
  const server = await start(url, flags)
  const [id] = ids
  const stream = await listen(server.address, [recordUri(id)])
  const took = []
  for (let change = 0; change < changes; change++) {
    await wait(Math.random() * within)
    const city = `${source} ${change}`
    const heard = stream.next(city)
    await write(id, city, server.address)
    const returned = performance.now()
    took.push((await heard) - returned)
  }
  stream.close()
  await server.close()
  const sorted = took.sort((a, b) => a - b)
  const at = (/** @type {number} */ share) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN)
  console.log(`  ${source.padEnd(14)} p50 ${at(0.5)}  p99 ${at(0.99)}`)
}

/** @param {string} what @param {string[]} uris */
async function requests(what, uris) {
  let count = 0
  const counting = await forward(() => count++)
  const server = await start(counting.address, {})
  const stream = await listen(server.address, uris)
  await wait(5000)
  count = 0
  for (let second = 0; second < 60; second += 5) {
    await partners('write', [ids[0]], { city: `minute ${second}` })
    await wait(5000)
  }
  console.log(`  ${what.padEnd(24)} ${count}`)
  stream.close()
  await server.close()
  await counting.close()
}

/** Our server in front of an Odoo. @param {string} odooUrl @param {object} flags */
async function start(odooUrl, flags) {
  const all = { 'odoo-url': odooUrl, database, username, password, port: '0', 'log-level': 'silent', ...flags }
  const server = await composeHttp(composeCore(loadConfig('http', { flags: all, env: {}, readFile: () => '' })))
  return { address: await server.listen(), close: () => server.close(100) }
}

/** A stream of events with these subscriptions. @param {string} address @param {string[]} uris */
async function listen(address, uris) {
  /** @type {Map<string, (at: number) => void>} */
  const waiting = new Map()
  const source = new EventSource(`${address}/events`)
  /** @type {string} */
  const client_id = await new Promise(resolve => {
    source.addEventListener('notifications/connection/established', event =>
      resolve(JSON.parse(event.data).params.client_id)
    )
  })
  source.addEventListener('notifications/resources/updated', event => {
    const { city } = JSON.parse(event.data).params.data
    waiting.get(city)?.(performance.now())
    waiting.delete(city)
  })
  for (const uri of uris) await post(`${address}/subscribe`, { client_id, uri })
  return {
    /** @param {string} city @returns {Promise<number>} when it came */
    next: city => new Promise(resolve => waiting.set(city, resolve)),
    close: () => source.close()
  }
}

/** An address that hands everything on to Odoo and counts. @param {() => void} counted */
async function forward(counted) {
  const server = createServer(async (request, response) => {
    counted()
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const { host, connection, 'content-length': _, ...headers } = request.headers
    const answer = await fetch(url + request.url, {
      method: request.method ?? 'GET',
      headers: /** @type {Record<string, string>} */ (headers),
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) })
    })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    address: `http://127.0.0.1:${port}`,
    close: () => new Promise(resolve => server.close(resolve).closeAllConnections())
  }
}

/** @param {string} service @param {string} method @param {unknown[]} args */
async function rpc(service, method, args) {
  const body = { jsonrpc: '2.0', id: 1, method: 'call', params: { service, method, args } }
  return (await post(`${url}/jsonrpc`, body)).result
}

/** @param {string} to @param {object} body */
async function post(to, body) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(to, { method: 'POST', headers, body: JSON.stringify(body) })
  const answer = /** @type {Record<string, any>} */ (await response.json())
  if (!response.ok) throw new Error(`${to}: ${JSON.stringify(answer)}`)
  return answer
}
