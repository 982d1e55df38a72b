import type { FastifyInstance } from 'fastify'
import { HttpRefusal } from './refusal.js'

/** What one client may take of the server's time and memory. Times in milliseconds, sizes in bytes. */
export interface HttpLimits {
  bodyBytes: number
  /** The request line and all headers together. */
  headerBytes: number
  headers: number
  /** In which the headers must have come, and the whole request. */
  headersMs: number
  requestMs: number
  /** How often is looked for those who are late. */
  checkEveryMs: number
  /** A connection on which nothing is asked. */
  idleMs: number
  /** A client that takes nothing of its answer. Streams have their own care. */
  unreadMs: number
  /** Open at a time, from whomever; more are hung up on. */
  connections: number
}

export const defaultLimits: HttpLimits = {
  bodyBytes: 10 * 1024 * 1024,
  headerBytes: 16 * 1024,
  headers: 200,
  headersMs: 15_000,
  requestMs: 60_000,
  checkEveryMs: 5000,
  // Longer than the 60 s of common proxies: who of the two hangs up must not be the one that is asked.
  idleMs: 72_000,
  unreadMs: 60_000,
  connections: 10_000
}

/** Those that the listener itself keeps. */
export function listenerOptions(limits: HttpLimits) {
  return {
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.checkEveryMs
    }
  }
}

/** The others. To be called before the routes are there. */
export function keepLimits(app: FastifyInstance, limits: HttpLimits): void {
  app.server.maxConnections = limits.connections
  // Node would leave out what is too much, the line of a proxy for example: it comes last. The size is limited anyway.
  app.server.maxHeadersCount = 0
  app.addHook('onRequest', async ({ raw }) => {
    if (raw.rawHeaders.length / 2 <= limits.headers) return
    throw new HttpRefusal('invalid_input', `There are more than ${limits.headers} headers.`, { status: 431 })
  })
  app.addHook('onSend', async (_request, { raw }, payload) => {
    // Streams pause, and some who read them are slow: those look after themselves.
    if (typeof payload === 'string' || Buffer.isBuffer(payload)) {
      raw.setTimeout(limits.unreadMs, () => raw.destroy())
    }
    return payload
  })
}
