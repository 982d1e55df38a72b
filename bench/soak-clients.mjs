// The clients of bench/soak.mjs: what each asks, and what it was told.
import { randomUUID } from 'node:crypto'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { EventSource } from 'eventsource'

/**
 * @typedef {object} Result
 * @property {string} way
 * @property {string} tool
 * @property {string} code `ok`, or that of the problem
 * @property {string} [outcome]
 * @property {string} [detail]
 * @property {string} [ref] of the record that a write makes
 *
 * @typedef {{ code: string, outcome?: string, detail?: string }} Answer
 *
 * @typedef {object} SoakClient
 * @property {Result[]} results
 * @property {() => number} updates how many changes it has heard of
 * @property {(end: number) => Promise<void>} work
 * @property {() => Promise<void>} close
 */

const record = 'odoo://res.partner/1'

/**
 * Four callers over REST with sessions of their own, two of MCP in each era, and two streams of events.
 * @param {string} address @param {import('../dist/sandbox/sandbox.js').Sandbox} sandbox @returns {Promise<SoakClient[]>}
 */
export async function openClients(address, { url, database, users }) {
  const login = { url, database, username: 'admin', api_key: users.admin.apiKey }
  const rests = [1, 2, 3, 4].map(() => rest(address, login))
  const mcps = [mcp(address, 'legacy'), mcp(address, 'legacy'), mcp(address), mcp(address)]
  return Promise.all([...rests, ...mcps, events(address), events(address)])
}

/** @param {string} address @param {object} login */
async function rest(address, login) {
  /** @param {string} path @param {object} body @param {string} [session] @returns {Promise<any>} */
  const post = async (path, body, session) => {
    const headers = { 'content-type': 'application/json', ...(session && { authorization: `Bearer ${session}` }) }
    return (await fetch(address + path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
  }
  const { session } = await post('/connect', login)
  return worker('REST', async (tool, input) => {
    const answer = await post(tool.replace('odoo_', '/'), input, session)
    return answer.status === 'success' ? { code: 'ok' } : answer
  })
}

/** @param {string} address @param {'legacy'} [era] */
async function mcp(address, era) {
  const mode = era ?? { pin: /** @type {const} */ ('2026-07-28') }
  const client = new Client({ name: 'soak', version: '1' }, { versionNegotiation: { mode } })
  let updates = 0
  client.setNotificationHandler('notifications/resources/updated', () => {
    updates += 1
  })
  await client.connect(new StreamableHTTPClientTransport(new URL(`${address}/mcp`)))
  if (era === 'legacy') await client.subscribeResource({ uri: record })
  const ask = async (/** @type {string} */ tool, /** @type {Record<string, unknown>} */ input) => {
    const { isError, _meta } = await client.callTool({ name: tool, arguments: input })
    return isError ? /** @type {Answer} */ (_meta?.['odoo-mcp/error']) : { code: 'ok' }
  }
  const name = `MCP ${era === 'legacy' ? '2025-11-25' : '2026-07-28'}`
  return { ...worker(name, ask), updates: () => updates, close: () => client.close() }
}

/** @param {string} address @returns {Promise<SoakClient>} */
async function events(address) {
  const source = new EventSource(`${address}/events?uri=${encodeURIComponent(record)}`)
  let updates = 0
  await new Promise(resolve => source.addEventListener('notifications/connection/established', resolve))
  source.addEventListener('notifications/resources/updated', () => {
    updates += 1
  })
  return { results: [], updates: () => updates, work: async () => {}, close: async () => source.close() }
}

/**
 * @param {string} way @param {(tool: string, input: Record<string, unknown>) => Promise<Answer>} ask
 * @returns {SoakClient}
 */
function worker(way, ask) {
  const results = /** @type {Result[]} */ ([])
  const once = async (/** @type {string} */ tool, /** @type {object} */ input, /** @type {string} */ ref = '') => {
    const answer = await ask(tool, { model: 'res.partner', ...input }).catch(error => ({
      code: 'no answer',
      detail: String(error.cause ?? error)
    }))
    const { code, outcome, detail } = /** @type {Answer} */ (answer)
    results.push({ way, tool, code, ...(outcome && { outcome }), ...(detail && { detail }), ...(ref && { ref }) })
  }
  return {
    results,
    updates: () => 0,
    async work(end) {
      while (Date.now() < end) {
        await once('odoo_search', { limit: 5, fields: ['name', 'city'], domain: [['ref', '=', false]] })
        await once('odoo_count', {})
        await once('odoo_read', { ids: [1, 2, 3], fields: ['name'] })
        const ref = `soak-${randomUUID()}`
        await once('odoo_create', { values: { name: 'soak', ref } }, ref)
        await once('odoo_write', { ids: [1], values: { city: `city ${results.length % 7}` } })
      }
    },
    close: async () => {}
  }
}
