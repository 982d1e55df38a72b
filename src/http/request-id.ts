import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

const acceptable = /^[\w.-]{1,64}$/

/** The caller's own `X-Request-Id` when it is harmless, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && acceptable.test(given) ? given : makeRequestId()
}

/** Short and unlikely to repeat; it is not a secret. */
export function makeRequestId(): string {
  return randomBytes(9).toString('base64url')
}

/** Puts the request id into every answer. */
export function sendRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
}
