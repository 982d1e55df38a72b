import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
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
import { defaultLimits, type HttpLimits, keepLimits, listenerOptions } from './limits.js'
import { countAnswers, type HttpMetrics, metricsRoute } from './metrics.js'
import { answerUnknownRoutes } from './not-found.js'
import { guardOrigins } from './origin.js'
import { createRateLimit, limitRequests, type RateOptions } from './rate-limit.js'
import { HttpRefusal } from './refusal.js'
import { requestIdOf, sendRequestIds } from './request-id.js'
import { RequestLog } from './request-log.js'
import { refuseAsterisk, refuseExpectations } from './request-target.js'
import { sendSafetyHeaders } from './safety-headers.js'
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
  /** How many requests a caller may send; without it there is no limit. */
  rate?: RateOptions
  /** Those that differ from the defaults. */
  limits?: Partial<HttpLimits>
  /** Adds the routes of other surfaces, such as /mcp. They are behind all guards. */
  mount?: (app: FastifyInstance, authenticate: Authenticate) => void | Promise<void>
  /** False while starting and while draining. */
  ready: () => boolean
  /** True once the server takes no more calls, though it still listens. */
  draining?: () => boolean
  /** Told of every request; the function that it gives is called when the answer is out or the client has gone. */
  onRequest?: () => () => void
}

/** Builds the server with all its guards and routes. It has not started: inject into it, or listen. */
export async function buildApp(options: HttpOptions): Promise<FastifyInstance> {
  const { gateway, events, metrics, version, docs, loopback, mount } = options
  const limits = { ...defaultLimits, ...options.limits }
  const app = createServer(options, limits)
  const connects = gateway.tools.some(({ name }) => name === 'odoo_connect')
  const rateLimit = options.rate && createRateLimit(options.rate)
  const authenticate = createAuthenticate(options, connects, rateLimit)

  handleErrors(app)
  readJsonOnly(app)
  // Inputs are checked once, behind the gateway, and answers are sent as they are: schemas here only describe.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => data => JSON.stringify(data))

  // The order of these is the order in which a request meets them.
  if (options.onRequest !== undefined) countRequests(app, options.onRequest)
  if (metrics !== undefined) countAnswers(app, metrics)
  sendRequestIds(app)
  await sendSafetyHeaders(app, options)
  keepLimits(app, limits)
  refuseAsterisk(app)
  refuseExpectations(app)
  guardOrigins(app, { ...options, keyless: options.accessKeys.length === 0 })
  await allowOrigins(app)
  limitRequests(app, rateLimit)
  requireAuthentication(app, authenticate)
  refuseWhileClosing(app, options.draining)

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

function createServer({ log, trustProxyHops }: HttpOptions, limits: HttpLimits): FastifyInstance {
  return Fastify({
    ...(log && { loggerInstance: log }),
    logController: new RequestLog(),
    genReqId: requestIdOf,
    ...listenerOptions(limits),
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

/**
 * Connections that are kept alive may bring requests after the doors have closed. Probes are answered as long as the
 * server listens.
 */
function refuseWhileClosing(app: FastifyInstance, draining = () => false): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onRequest', async ({ routeOptions }, reply) => {
    if (!closing && !draining()) return
    reply.header('connection', 'close')
    if (!closing && routeOptions.config.host === 'any') return
    throw new HttpRefusal('busy', 'This server is shutting down.', { retry_after_s: 1 })
  })
}
