import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GatewayError } from '../core/errors.js'
import type { Gateway } from '../core/ports/gateway.js'
import { problems } from '../rest/problems.js'
import type { Authenticate } from './auth.js'
import { buildPage, pageSecurityPolicy } from './page.js'

export interface StatusOptions {
  gateway: Gateway
  authenticate: Authenticate
  version: string
  loopback: boolean
  docs: boolean
  /** Serves `GET /events`. */
  live: boolean
  /** Serves `GET /metrics`. */
  measured: boolean
  /** False while starting and draining. */
  ready: () => boolean
}

/** `/health`, `/ready` and `/`: for load balancers and for whoever wonders what listens here. None asks Odoo. */
export function statusRoutes(app: FastifyInstance, options: StatusOptions): void {
  const { gateway, authenticate, version, loopback, docs, live, measured, ready } = options

  app.get(
    '/health',
    { schema: healthOperation, config: { auth: 'none', host: 'any', rate: 'free' } },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return { status: 'healthy', connected: gateway.connected }
    }
  )

  app.get(
    '/ready',
    { schema: readyOperation, config: { auth: 'none', host: 'any', rate: 'free' } },
    async (_request, reply) => {
      if (!ready()) throw new GatewayError('busy', 'This server is starting or shutting down.', { retry_after_s: 1 })
      reply.header('cache-control', 'no-store')
      return { status: 'ready' }
    }
  )

  const page = buildPage({ version, docs, tools: gateway.tools })
  const endpoints = listEndpoints(gateway, { docs, live, measured })
  app.get('/', { schema: rootOperation, config: { auth: 'none' } }, async (request, reply) => {
    reply.header('vary', 'Origin, Accept')
    if (wantsHtml(request)) {
      reply.header('content-security-policy', pageSecurityPolicy)
      return reply.type('text/html; charset=utf-8').send(page)
    }
    // On loopback it is open to all; a token that is sent is looked at everywhere.
    if (!loopback || request.headers.authorization !== undefined) authenticate(request)
    reply.header('cache-control', 'no-store')
    return { status: 'ok', service: 'odoo-mcp', version, connected: gateway.connected, endpoints }
  })
}

function wantsHtml(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') ?? false
}

function listEndpoints(
  gateway: Gateway,
  { docs, live, measured }: Pick<StatusOptions, 'docs' | 'live' | 'measured'>
): string[] {
  const tools = gateway.tools.flatMap(tool => tool.rest.paths)
  return [
    ...tools,
    '/binary/{model}/{field}/{id}',
    ...(live ? ['/events', '/events/ticket', '/subscribe', '/unsubscribe'] : []),
    '/mcp',
    ...(docs ? ['/docs', '/openapi.json'] : []),
    ...(measured ? ['/metrics'] : []),
    '/health',
    '/ready'
  ]
}

const Connected = Type.Boolean({ description: 'Whether the last call of the default connection worked.' })

const healthOperation = {
  operationId: 'health',
  summary: 'Is the server alive?',
  description: 'Answers while the server runs; never asks Odoo. Needs no key.',
  tags: ['Server'],
  security: [],
  response: {
    200: Type.Object(
      { status: Type.Literal('healthy'), connected: Connected },
      { title: 'Health', description: 'Alive.', examples: [{ status: 'healthy', connected: true }] }
    ),
    ...problems(['policy_denied'])
  }
}

const readyOperation = {
  operationId: 'ready',
  summary: 'May requests be sent here?',
  description: 'Fails while the server starts and while it shuts down. Needs no key.',
  tags: ['Server'],
  security: [],
  response: {
    200: Type.Object(
      { status: Type.Literal('ready') },
      { title: 'Ready', description: 'Send requests.', examples: [{ status: 'ready' }] }
    ),
    ...problems(['policy_denied', 'busy'])
  }
}

const rootOperation = {
  operationId: 'root',
  summary: 'What listens here?',
  description: 'Name, version and routes of the server; a page for a browser. Beyond loopback the data needs a key.',
  tags: ['Server'],
  response: {
    200: Type.Object(
      {
        status: Type.Literal('ok'),
        service: Type.Literal('odoo-mcp'),
        version: Type.String(),
        connected: Connected,
        endpoints: Type.Array(Type.String())
      },
      {
        title: 'Server',
        description: 'This server.',
        examples: [
          { status: 'ok', service: 'odoo-mcp', version: '0.1.0', connected: true, endpoints: ['/search', '/mcp'] }
        ]
      }
    ),
    ...problems(['auth_required', 'policy_denied', 'rate_limited'])
  }
}
