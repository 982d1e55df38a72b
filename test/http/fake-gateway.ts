import { type TObject, Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { GatewayError } from '../../src/core/errors.js'
import type { JsonObject } from '../../src/core/json.js'
import type { CallRequest, Gateway, Tool } from '../../src/core/ports/gateway.js'
import { defineTool } from '../../src/core/tool.js'
import { createEventStreams } from '../../src/events/streams.js'
import { buildApp, type HttpOptions } from '../../src/http/app.js'

const Shared = Type.Object({ model: Type.String() }, { additionalProperties: false })

function fakeTool(
  tool: Pick<Tool, 'name' | 'access'> & { rest: { paths: [string, ...string[]]; methods?: ('GET' | 'POST')[] } },
  input: TObject = Shared
): Tool {
  return defineTool({
    ...tool,
    title: `Title of ${tool.name}`,
    description: `Description of ${tool.name}.`,
    input,
    output: Type.Object({ count: Type.Integer(), note: Type.Union([Type.String(), Type.Null()]) }),
    example: { model: 'res.partner' },
    run: async () => ({ count: 0, note: null })
  })
}

export const fakeTools: Tool[] = [
  fakeTool({ name: 'odoo_connect', access: 'session', rest: { paths: ['/connect'] } }),
  fakeTool({ name: 'odoo_session', access: 'read', rest: { paths: ['/session'], methods: ['POST', 'GET'] } }),
  fakeTool({ name: 'odoo_search', access: 'read', rest: { paths: ['/search', '/search_read'] } }),
  fakeTool({ name: 'odoo_create', access: 'write', rest: { paths: ['/create'] } }),
  fakeTool({ name: 'odoo_call', access: 'destructive', rest: { paths: ['/call'] } })
]

export interface FakeGateway extends Gateway {
  /** What reached the gateway, in order. */
  calls: CallRequest[]
  connected: boolean
}

/** A gateway that answers what it is told to and remembers what reached it. */
export function fakeGateway(
  answer: (request: CallRequest) => Promise<JsonObject> = async () => ({ count: 0 })
): FakeGateway {
  const calls: CallRequest[] = []
  return {
    tools: fakeTools,
    calls,
    unlisted: [],
    connected: true,
    find: name => fakeTools.find(tool => tool.name === name),
    nearest: () => undefined,
    release: () => {},
    touch: () => {},
    hold: () => Promise.reject(new GatewayError('auth_required', 'there is no session')),
    call: async request => {
      calls.push(request)
      if (Array.isArray(request.input)) throw new GatewayError('invalid_input', 'input: expected an object')
      return answer(request)
    }
  }
}

export const key = 'k'.repeat(40)
export const otherKey = 'o'.repeat(40)
export const liveBearer = `oms_b_${'b'.repeat(43)}`

/** The options of a server on loopback without keys. */
export function options(more: Partial<HttpOptions> = {}): HttpOptions {
  const gateway = more.gateway ?? fakeGateway()
  const hub = { subscribe: () => Promise.reject(new GatewayError('not_found', 'there is nothing to subscribe')) }
  return {
    gateway,
    events: createEventStreams({ gateway, hub, queueMax: 10, maxPerPrincipal: 10 }),
    version: '1.2.3',
    accessKeys: [],
    principalOfBearer: secret => (secret === liveBearer ? 'local' : undefined),
    ownHosts: ['localhost', '127.0.0.1', '::1'],
    loopback: true,
    allowedOrigins: ['https://app.example.com'],
    allowedHosts: [],
    docs: true,
    trustProxyHops: 0,
    ready: () => true,
    ...more
  }
}

/** What a server beyond loopback has, with two keys. */
export function withKeys(more: Partial<HttpOptions> = {}): HttpOptions {
  return options({
    accessKeys: [
      { name: 'ci', secret: key },
      { name: 'desk', secret: otherKey }
    ],
    principalOfBearer: secret => (secret === liveBearer ? 'key:desk' : undefined),
    loopback: false,
    ...more
  })
}

interface Closing {
  teardown(fn: () => unknown): void
}

/** A server that is closed with the test. */
export async function serverOf(t: Closing, settings: HttpOptions): Promise<FastifyInstance> {
  const app = await buildApp(settings)
  t.teardown(() => app.close())
  return app
}

/** The same, listening; its port on 127.0.0.1. */
export async function listening(t: Closing, settings: HttpOptions): Promise<{ app: FastifyInstance; port: number }> {
  const app = await serverOf(t, settings)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  return { app, port: address.port }
}

/** A promise that the test settles. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>(done => {
    resolve = done
  })
  return { promise, resolve }
}
