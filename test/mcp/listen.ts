import type { AddressInfo } from 'node:net'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { localhostAllowedHostnames, validateHostHeader, validateOriginHeader } from '@modelcontextprotocol/server'
import Fastify, { type FastifyRequest } from 'fastify'
import type { Gateway } from '../../src/core/ports/gateway.js'
import type { Log } from '../../src/core/ports/log.js'
import { type HttpCaller, type McpRoutesOptions, mcpRoutes } from '../../src/mcp/http.js'
import { FakeGateway } from './fake-gateway.js'

export const limits = { maxSessions: 100, maxSessionsPerPrincipal: 100, idleMs: 60_000 }

/** Keeps what was logged, for tests to look at. */
export function memoryLog(): Log & { lines: { level: string; fields: object; message: string }[] } {
  const lines: { level: string; fields: object; message: string }[] = []
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message })
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

type Cleanup = { teardown(fn: () => Promise<unknown>): void }

/** A real listener with as much of the HTTP shell as /mcp needs; the principal is the bearer token. */
export async function listen<G extends Gateway = FakeGateway>(
  t: Cleanup,
  options: Partial<Omit<McpRoutesOptions, 'gateway'>> & { gateway?: G } = {}
) {
  // A client that left may have connected again without asking anything, and closing would wait for its first request.
  const app = Fastify({ forceCloseConnections: true })
  const gateway = options.gateway ?? new FakeGateway()
  const log = memoryLog()
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') return done(null, undefined)
    try {
      done(null, JSON.parse(String(body)))
    } catch {
      done(Object.assign(new Error('not JSON'), { statusCode: 400 }))
    }
  })
  app.addHook('onRequest', async (request, reply) => {
    const { host, origin } = request.raw.headers
    const own = localhostAllowedHostnames()
    if (!checksHost) return
    if (!validateHostHeader(host, own).ok || !validateOriginHeader(origin, own).ok) {
      return reply.code(403).send({ error: 'foreign Host or Origin' })
    }
  })
  app.addHook('onSend', async (_request, reply) => void reply.header('x-shell', 'was here'))
  const requests: { lastEventId: unknown; status: number }[] = []
  app.addHook('onResponse', async ({ headers }, { raw }) => {
    requests.push({ lastEventId: headers['last-event-id'], status: raw.statusCode })
  })
  // A hostile Host header must be harmless to /mcp itself, so one test switches the shell's check off.
  let checksHost = true
  const mcp = mcpRoutes(app, {
    authenticate,
    log,
    version: '0.0.0',
    limits,
    maxResultBytes: 100_000,
    ...options,
    gateway
  })
  app.addHook('preClose', () => mcp.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const { port } = app.server.address() as AddressInfo
  return {
    app,
    mcp,
    log,
    port,
    /** Every request that was answered to the end. */
    requests,
    gateway: gateway as G extends FakeGateway ? FakeGateway : G,
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    trustAnyHost: () => {
      checksHost = false
    }
  }
}

let requests = 0
function authenticate(request: FastifyRequest): HttpCaller {
  requests += 1
  const token = request.headers.authorization?.replace(/^Bearer /, '')
  return { principal: token === undefined ? 'local' : `key:${token}`, requestId: `request-${requests}` }
}

const modes = { modern: { pin: '2026-07-28' }, legacy: 'legacy' } as const

/** The SDK's current client, held to one era. */
export async function connect(t: Cleanup, url: URL, era: keyof typeof modes, key?: string) {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: modes[era] } })
  const transport = new StreamableHTTPClientTransport(url, withKey(key))
  await client.connect(transport)
  t.teardown(() => client.close())
  return { client, transport }
}

/** The v1 client, which hosts still ship. */
export async function connectOld(t: Cleanup, url: URL, key?: string) {
  const client = new OldClient({ name: 'old', version: '1' })
  const transport = new OldTransport(url, withKey(key))
  // The v1 types do not know exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<OldClient['connect']>[0])
  t.teardown(() => client.close())
  return { client, transport }
}

function withKey(key: string | undefined) {
  return key === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${key}` } } }
}

/** A request as no client library would send it. */
export async function post(url: URL, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body)
  })
  return response
}

export function initialize(protocolVersion = '2025-11-25', id: number | string = 1) {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } }
  return { jsonrpc: '2.0', id, method: 'initialize', params }
}

/** Opens a session by hand and returns its id. */
export async function openSession(url: URL, protocolVersion?: string, headers: Record<string, string> = {}) {
  const response = await post(url, initialize(protocolVersion), headers)
  await response.text()
  const id = response.headers.get('mcp-session-id')
  if (id === null) throw new Error(`no session: ${response.status}`)
  return id
}

/** The messages of an SSE answer that has ended. */
export async function messages(response: Response) {
  const text = await response.text()
  return text
    .split('\n')
    .filter(line => line.startsWith('data: ') && line.length > 6)
    .map(line => JSON.parse(line.slice(6)))
}

/** A clock on which five seconds pass whenever somebody looks, so that a test need not wait. */
export function fastProgress() {
  let now = 0
  const clock = () => {
    now += 5000
    return now
  }
  return { everyMs: 5, clock }
}
