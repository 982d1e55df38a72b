import type { JsonObject } from '../core/json.js'
import type { Gateway, Tool } from '../core/ports/gateway.js'
import { createEventStreams } from '../events/streams.js'
import { buildApp } from './app.js'
import type { HttpMetrics } from './metrics.js'

/**
 * The OpenAPI document of a server with these tools, without a connection or a socket. It is what such a server answers
 * at `/openapi.json`, and it is the same text for the same tools: `openapi/openapi.json` is written from it.
 */
export async function openapiDocument(tools: readonly Tool[], version: string): Promise<JsonObject> {
  const gateway = describedOnly(tools)
  const events = createEventStreams({ gateway, hub: describedHub, queueMax: 1, maxPerPrincipal: 1 })
  const app = await buildApp({
    gateway,
    events,
    metrics: describedMetrics,
    version,
    accessKeys: [],
    principalOfBearer: () => undefined,
    ownHosts: [],
    loopback: true,
    allowedOrigins: [],
    allowedHosts: [],
    docs: true,
    trustProxyHops: 0,
    ready: () => false
  })
  await app.ready()
  // Through JSON, because schemas carry symbols and undefined, which the file cannot.
  const document = JSON.parse(JSON.stringify(app.swagger())) as JsonObject
  await app.close()
  return document
}

/** The text of `openapi/openapi.json`. */
export async function openapiText(tools: readonly Tool[], version: string): Promise<string> {
  return `${JSON.stringify(await openapiDocument(tools, version), null, 2)}\n`
}

const describedMetrics: HttpMetrics = { answered() {}, contentType: 'text/plain', text: async () => '' }

const describedHub = { subscribe: () => Promise.reject(new Error('this hub is only described')) }

function describedOnly(tools: readonly Tool[]): Gateway {
  return {
    tools,
    unlisted: [],
    connected: false,
    find: () => undefined,
    nearest: () => undefined,
    release: () => {},
    touch: () => {},
    hold: () => Promise.reject(new Error('this gateway only describes its tools')),
    call: () => Promise.reject(new Error('this gateway only describes its tools'))
  }
}
