import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/** Seconds that a browser asks this name over https only; half a year. */
const httpsOnlyS = 15_552_000

/**
 * Answers are data for programs: no browser should run them, frame them, guess what they are, keep them, or tell others
 * where it was. Pages and files say what they need themselves.
 * @param trustProxyHops without a proxy that is trusted, nobody can say that a request came over https
 */
export async function sendSafetyHeaders(
  app: FastifyInstance,
  { trustProxyHops }: { trustProxyHops: number }
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"]
      }
    },
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // Below, where it is known how a request came.
    strictTransportSecurity: false,
    // For browsers that are long gone.
    dnsPrefetchControl: false,
    ieNoOpen: false,
    permittedCrossDomainPolicies: false,
    xssFilter: false
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const cameByHttps = trustProxyHops > 0 && request.protocol === 'https'
    if (cameByHttps) reply.header('strict-transport-security', `max-age=${httpsOnlyS}`)
  })
}
