import type { FastifyInstance } from 'fastify'
import { HttpRefusal } from './refusal.js'

/**
 * Refuses `*` as a target: only OPTIONS may ask for the server as a whole (RFC 9112, section 3.2.4). The router would
 * take it for `/`.
 */
export function refuseAsterisk(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw: { method, url } }) => {
    if (url !== '*' || method === 'OPTIONS') return
    throw new HttpRefusal('invalid_input', 'The request target is "*", not a path such as /search.')
  })
}
