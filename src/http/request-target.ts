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

/** Node would answer an `Expect` that it does not know by itself: with a bare 417, and no request id. */
export function refuseExpectations(app: FastifyInstance): void {
  const unknown = new WeakSet<object>()
  app.server.on('checkExpectation', (request, response) => {
    unknown.add(request)
    app.server.emit('request', request, response)
  })
  app.addHook('onRequest', async ({ raw }) => {
    if (!unknown.has(raw)) return
    throw new HttpRefusal('invalid_input', 'The header Expect asks for something unknown; expected 100-continue.', {
      status: 417
    })
  })
}
