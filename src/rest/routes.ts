import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { liftConfirm } from '../core/confirmation.js'
import { GatewayError } from '../core/errors.js'
import type { JsonObject } from '../core/json.js'
import type { Access, Gateway, Tool } from '../core/ports/gateway.js'
import type { Caller } from '../core/ports/sessions.js'
import { toolOperation } from './openapi.js'
import './route-config.js'

export interface RestOptions {
  gateway: Gateway
  /** Who calls; throws when nobody may. */
  authenticate: (request: FastifyRequest) => Pick<Caller, 'principal' | 'bearer' | 'handle' | 'requestId' | 'address'>
}

/** One route per path and method of every tool, described if it is listed. All checks of the input are behind the gateway. */
export function restRoutes(app: FastifyInstance, { gateway, authenticate }: RestOptions): void {
  for (const tool of [...gateway.tools, ...gateway.unlisted]) {
    const isListed = gateway.tools.includes(tool)
    const writes = mayWrite(tool.access)
    for (const [url, method] of routesOf(tool)) {
      app.route({
        method,
        url,
        schema: isListed ? toolOperation(tool, url, method) : { hide: true },
        config: { writes },
        handler: async (request, reply) => {
          refuseQuery(request, writes)
          const caller: Caller = { ...authenticate(request), surface: 'rest', opens: 'bearer' }
          const given = liftConfirm(request.body === undefined ? {} : request.body, tool.access)
          const output = await gateway.call({ tool: tool.name, ...given, caller, signal: abortedWhenLeft(reply) })
          reply.header('cache-control', 'no-store')
          return { status: 'success', ...output } satisfies JsonObject
        }
      })
    }
  }
}

function routesOf(tool: Tool): [string, 'GET' | 'POST'][] {
  return tool.rest.paths.flatMap(path => tool.rest.methods.map((method): [string, 'GET' | 'POST'] => [path, method]))
}

function mayWrite(access: Access): boolean {
  return access === 'write' || access === 'destructive'
}

/** `?limit=5` would change nothing and look as if it had. */
export function refuseQuery(request: FastifyRequest, writes: boolean): void {
  const [name] = Object.keys(request.query as object)
  if (name === undefined) return
  throw new GatewayError('invalid_input', `${name.slice(0, 40)}: query parameters are not read here.`, {
    hint: 'Send the input as a JSON object in the body.',
    ...(writes && { outcome: 'not_applied' })
  })
}

/** A signal that is aborted when the client goes away before it has its answer. */
export function abortedWhenLeft(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  // Not the request's `close`: that comes as soon as its body has been read.
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
