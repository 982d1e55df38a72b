import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { problems } from '../rest/problems.js'
import type { Authenticate } from './auth.js'

/** What the shell tells of its requests, and where the numbers come from. */
export interface HttpMetrics {
  answered(request: { method: string; route: string | undefined; status: number; seconds: number }): void
  readonly contentType: string
  /** All of it, in the text format of Prometheus. */
  text(): Promise<string>
}

export interface MetricsRouteOptions {
  metrics: HttpMetrics
  authenticate: Authenticate
  loopback: boolean
}

/** Counts every request. To be called before the routes are there. */
export function countAnswers(app: FastifyInstance, metrics: HttpMetrics): void {
  app.addHook('onRequest', async (request, reply) => {
    // Not `onResponse`: that comes never where a stream is cut.
    reply.raw.once('close', () => {
      const { method, routeOptions } = request
      const route = request.is404 ? undefined : routeOptions.url
      metrics.answered({ method, route, status: reply.raw.statusCode, seconds: reply.elapsedTime / 1000 })
    })
  })
}

/** `GET /metrics`, for Prometheus. Beyond loopback it needs a key. */
export function metricsRoute(app: FastifyInstance, { metrics, authenticate, loopback }: MetricsRouteOptions): void {
  app.get('/metrics', { schema: metricsOperation, config: { auth: 'none', rate: 'free' } }, async (request, reply) => {
    // A token that is sent is looked at everywhere.
    if (!loopback || request.headers.authorization !== undefined) authenticate(request)
    reply.headers({ 'cache-control': 'no-store', 'content-type': metrics.contentType })
    return reply.serializer((text: string) => text).send(await metrics.text())
  })
}

const metricsOperation = {
  operationId: 'metrics',
  summary: 'What is the server busy with?',
  description:
    'Numbers for Prometheus: calls, requests, sessions, streams, subscriptions, and the process itself. Beyond loopback it needs a key.',
  tags: ['Server'],
  response: {
    200: {
      description: 'The numbers.',
      content: { 'text/plain': { schema: Type.String({ examples: ['odoo_mcp_sessions 3'] }) } }
    },
    ...problems(['auth_required', 'policy_denied'])
  }
}
