import type { Gateway, JsonObject, Tool } from '../core/ports.js'
import { buildApp } from './app.js'

/**
 * The OpenAPI document of a server with these tools, without a connection or a socket. It is what such a server answers
 * at `/openapi.json`, and it is the same text for the same tools: `openapi/openapi.json` is written from it.
 */
export async function openapiDocument(tools: readonly Tool[], version: string): Promise<JsonObject> {
  const app = await buildApp({
    gateway: describedOnly(tools),
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

function describedOnly(tools: readonly Tool[]): Gateway {
  return {
    tools,
    unlisted: [],
    connected: false,
    find: () => undefined,
    nearest: () => undefined,
    release: () => {},
    touch: () => {},
    call: () => Promise.reject(new Error('this gateway only describes its tools'))
  }
}
