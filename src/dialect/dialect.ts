import type { FastifyRequest } from 'fastify'
import { GatewayError } from '../core/errors.js'
import { didYouMean } from '../core/nearest.js'
import type { Log } from '../core/ports/log.js'
import type { Caller } from '../core/ports/sessions.js'
import { DialectRefusal, idOf, isDialect, parseRequest, toError, toResult } from './envelope.js'
import { type DialectMethod, type DialectParts, dialectMethods } from './methods.js'

export interface DialectOptions extends DialectParts {
  log: Log
}

/** A caller as the HTTP shell has authenticated it. */
export type DialectCaller = Pick<Caller, 'principal' | 'bearer' | 'handle' | 'requestId' | 'address'>

/**
 * Answers a request to /mcp that is the dialect's: JSON, always with HTTP 200, because early clients look into the body
 * alone. Undefined: it is not one of the dialect. Never rejects. `signal` is aborted when the client leaves.
 */
export type Dialect = (
  request: FastifyRequest,
  caller: DialectCaller,
  signal: () => AbortSignal
) => Promise<object> | undefined

/** The small JSON-RPC dialect that the clients of early Odoo MCP servers speak, without a handshake. */
export function createDialect({ log, ...parts }: DialectOptions): Dialect {
  const methods = dialectMethods(parts)

  return ({ method: httpMethod, headers, body }, authenticated, signal) => {
    if (httpMethod !== 'POST' || !isDialect(headers, body)) return undefined
    // Like a REST caller: no state of its own here, and what it opens comes back as the bearer of later requests.
    const caller: Caller = { ...authenticated, surface: 'rest', opens: 'bearer' }

    const answer = async () => {
      try {
        const { id, method, params } = parseRequest(body)
        return toResult(id, await find(method, methods)({ params, caller, signal: signal() }))
      } catch (error) {
        if (!(error instanceof GatewayError)) {
          log.error({ err: error, request_id: caller.requestId, method: body.method }, 'call failed')
        }
        return toError(idOf(body), error, caller.requestId)
      }
    }
    return answer()
  }
}

function find(name: string, methods: ReadonlyMap<string, DialectMethod>): DialectMethod {
  const method = methods.get(name)
  if (method !== undefined) return method
  throw new DialectRefusal(
    'unknownMethod',
    `method: "${name.slice(0, 80)}" is not known.${didYouMean(name, methods.keys())}`,
    { hint: `Known are ${[...methods.keys()].join(', ')}; MCP's own methods have a "/" in their names.` }
  )
}
