// The ways of bench/hot-path.mjs to call a tool, over plain HTTP: what clients of the SDK would take is not looked at.
import { Agent, request } from 'node:http'

/** @typedef {{ url: string, database: string, username: string, password: string }} Login */

const model = 'res.partner'
const domain = [['is_company', '=', true]]
const fields = ['name', 'email', 'phone']
/** @type {Record<string, [route: string, input: object]>} */
const calls = {
  count: ['count', { model, domain }],
  search: ['search', { model, domain, fields, limit: 20 }],
  read: ['read', { model, ids: [1, 2, 3], fields }],
  write: ['write', { model, ids: [1], values: { phone: '+32 2 123 45 67' } }],
  attachments: ['search', { model: 'ir.attachment', domain: [], fields: ['name', 'mimetype'], limit: 20 }]
}

/**
 * One function for each way and call, which calls once and throws unless that worked.
 * @param {string} address of the server @param {Login} login
 * @returns {Promise<Record<string, () => Promise<void>>>}
 */
export async function openWays(address, { url, database, username, password }) {
  const agent = new Agent({ keepAlive: true })
  /** @param {string} path @param {object} body @param {Record<string, string>} [headers] */
  const post = (path, body, headers = {}) => send(agent, address + path, JSON.stringify(body), headers)
  const mcp = (/** @type {object} */ message, /** @type {Record<string, string>} */ headers) =>
    post('/mcp', { jsonrpc: '2.0', ...message }, { accept: 'application/json, text/event-stream', ...headers })

  const { session } = JSON.parse((await post('/connect', { url, database, username, password })).text)
  const clientInfo = { name: 'bench', version: '1' }
  const opening = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }
  const opened = await mcp({ id: 0, method: 'initialize', params: opening }, {})
  const inSession = { 'mcp-session-id': String(opened.headers['mcp-session-id']), 'mcp-protocol-version': '2025-11-25' }
  await mcp({ method: 'notifications/initialized' }, inSession)
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {}
  }
  const ofToday = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call' }

  let id = 0
  const ways = /** @type {[string, (route: string, input: object) => Promise<{ text: string }>][]} */ ([
    ['REST', (route, input) => post(`/${route}`, input)],
    ['REST, session', (route, input) => post(`/${route}`, input, { authorization: `Bearer ${session}` })],
    [
      'MCP 2025-11-25',
      (route, input) =>
        mcp({ id: ++id, method: 'tools/call', params: { name: `odoo_${route}`, arguments: input } }, inSession)
    ],
    [
      'MCP 2026-07-28',
      (route, input) => {
        const params = { name: `odoo_${route}`, arguments: input, _meta }
        return mcp({ id: ++id, method: 'tools/call', params }, { ...ofToday, 'mcp-name': `odoo_${route}` })
      }
    ]
  ])
  return Object.fromEntries(
    ways.flatMap(([way, call]) =>
      Object.entries(calls).map(([name, [route, input]]) => [
        `${way}: ${name}`,
        async () => {
          const { text } = await call(route, input)
          if (!/"(?:count|updated)":/.test(text)) throw new Error(`${way}, ${name}: ${text}`)
        }
      ])
    )
  )
}

/** @param {Agent} agent @param {string} to @param {string} body @param {Record<string, string>} headers */
function send(agent, to, body, headers) {
  const all = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers }
  return /** @type {Promise<{ text: string, headers: import('node:http').IncomingHttpHeaders }>} */ (
    new Promise((resolve, reject) => {
      request(to, { method: 'POST', agent, headers: all }, response => {
        const chunks = /** @type {Buffer[]} */ ([])
        response.on('data', chunk => chunks.push(chunk)).on('error', reject)
        response.on('end', () => resolve({ text: Buffer.concat(chunks).toString(), headers: response.headers }))
      })
        .on('error', reject)
        .end(body)
    })
  )
}
