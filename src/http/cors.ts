import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

/**
 * Answers preflights and lets admitted pages read answers. Comes after `guardOrigins`: an origin that gets here is own
 * or allowed. No credentials, ever: nothing here authenticates by cookie.
 */
export async function allowOrigins(app: FastifyInstance): Promise<void> {
  await app.register(cors, {
    origin: (origin, done) => done(null, origin !== undefined),
    credentials: false,
    strictPreflight: false,
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'Content-Type',
      'Accept',
      'Last-Event-ID',
      'Odoo-Session',
      'Mcp-Session-Id',
      'MCP-Protocol-Version',
      'Mcp-Method',
      'Mcp-Name',
      'X-Request-Id'
    ],
    exposedHeaders: ['Mcp-Session-Id', 'X-Request-Id', 'Retry-After', 'WWW-Authenticate'],
    maxAge: 600
  })
}
