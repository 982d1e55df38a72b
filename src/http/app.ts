import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { GatewayError } from '../core/errors.js'
import type { Gateway } from '../core/ports/gateway.js'
import { eventRoutes } from '../events/routes.js'
import type { EventStreamRegistry } from '../events/streams.js'
import { describeRoutes, serveDocs } from '../rest/openapi.js'
import { restRoutes } from '../rest/routes.js'
import { type Authenticate, type AuthOptions, createAuthenticate, requireAuthentication } from './auth.js'
import { binaryRoutes } from './binary.js'
import { readJsonOnly } from './body.js'
import { answerClientError } from './client-error.js'
import { allowOrigins } from './cors.js'
import { answerError, handleErrors } from './errors.js'
import { countAnswers, type HttpMetrics, metricsRoute } from './metrics.js'
import { answerUnknownRoutes } from './not-found.js'
import { guardOrigins } from './origin.js'
import { requestIdOf, sendRequestIds } from './request-id.js'
import { RequestLog } from './request-log.js'
import { statusRoutes } from './status.js'

export interface HttpOptions extends AuthOptions {
  gateway: Gateway
  /** The streams of `GET /events`, which end when the server begins to close; without them there is no such route. */
  events?: EventStreamRegistry
  /** Serves `/metrics`, and is told of every request; without it there is no such route. */
  metrics?: HttpMetrics
  /** A pino logger; without one nothing is logged. */
  log?: FastifyBaseLogger
  /** Of this server, as `/` and the OpenAPI document say it. */
  version: string
  /** Names of this server: loopback names, HOST, the name the platform gives. With or without a port. */
  ownHosts: readonly string[]
  /** Listens on loopback only. */
  loopback: boolean
  allowedOrigins: readonly string[]
  allowedHosts: readonly string[]
  /** Serve `/docs` and `/openapi.json`. */
  docs: boolean
  /** How many proxies in front write X-Forwarded-For. */
  trustProxyHops: number
  /** 10 MiB when not given. */
  bodyLimitBytes?: number
  /** Adds the routes of other surfaces, such as /mcp. They are behind all guards. */
  mount?: (app: FastifyInstance, authenticate: Authenticate) => void | Promise<void>
  /** False while starting and while draining. */
  ready: () => boolean
  /** Told of every request; the function that it gives is called when the answer is out or the client has gone. */
  onRequest?: () => () => void
}

/** Builds the server with all its guards and routes. It has not started: inject into it, or listen. */
export async function buildApp(options: HttpOptions): Promise<FastifyInstance> {
  const { gateway, events, metrics, version, docs, loopback, mount } = options
  const app = createServer(options)
  const connects = gateway.tools.some(({ name }) => name === 'odoo_connect')
  const authenticate = createAuthenticate(options, connects)

  handleErrors(app)
  readJsonOnly(app)
  // Inputs are checked once, behind the gateway, and answers are sent as they are: schemas here only describe.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => data => JSON.stringify(data))

  // The order of these is the order in which a request meets them.
  if (options.onRequest !== undefined) countRequests(app, options.onRequest)
  if (metrics !== undefined) countAnswers(app, metrics)
  sendRequestIds(app)
  sendSafetyHeaders(app)
  guardOrigins(app, { ...options, keyless: options.accessKeys.length === 0 })
  await allowOrigins(app)
  requireAuthentication(app, authenticate)
  refuseWhileClosing(app)

  answerUnknownRoutes(app)
  await describeRoutes(app, version, connects)
  statusRoutes(app, { ...options, live: events !== undefined, measured: metrics !== undefined, authenticate })
  restRoutes(app, { gateway, authenticate })
  if (events !== undefined) await eventRoutes(app, { streams: events, authenticate })
  binaryRoutes(app, { gateway, authenticate })
  if (metrics !== undefined) metricsRoute(app, { metrics, authenticate, loopback })
  if (docs) await serveDocs(app)
  await mount?.(app, authenticate)
  return app
}

function createServer({ log, trustProxyHops, bodyLimitBytes = 10 * 1024 * 1024 }: HttpOptions): FastifyInstance {
  return Fastify({
    ...(log && { loggerInstance: log }),
    logController: new RequestLog(),
    genReqId: requestIdOf,
    bodyLimit: bodyLimitBytes,
    // Whoever sends a byte a minute does not keep a socket; 0 would wait forever.
    requestTimeout: 60_000,
    // A number would trust nothing, `true` would believe the end that the client wrote.
    trustProxy: trustProxyHops > 0 && ((_address: string, hop: number) => hop < trustProxyHops),
    // `refuseWhileClosing` answers with a problem instead.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply)
    },
    clientErrorHandler: answerClientError
  })
}

function countRequests(app: FastifyInstance, begin: () => () => void): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.raw.once('close', begin())
  })
}

/** Answers are data for programs: no browser should guess what they are or tell others where it was. */
function sendSafetyHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  })
}

/** Connections that are kept alive may bring requests after the doors have closed. */
function refuseWhileClosing(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onRequest', async () => {
    if (closing) throw new GatewayError('busy', 'This server is shutting down.', { retry_after_s: 1 })
  })
}
