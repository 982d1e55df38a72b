import { stdSerializers } from 'pino'
import { censor } from './redactor.js'

const secretNames = new Set([
  'password',
  'api_key',
  'apikey',
  'secret',
  'token',
  'ticket',
  'bearer',
  'handle',
  'authorization',
  'cookie',
  'set-cookie',
  'odoo-session',
  'mcp-session-id'
])

/** The same fields, without the values of those whose name says that they are secret, at any depth that is logged. */
export function censorNamed<T extends object>(fields: T, depth = 6): T {
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) {
    if (secretNames.has(key.toLowerCase()) && value !== undefined) copy[key] = censor
    else copy[key] = depth > 0 && isPlain(value) ? censorNamed(value, depth - 1) : value
  }
  return (Array.isArray(fields) ? Object.values(copy) : copy) as T
}

/** Whatever was thrown: an error with its stack and what else it carries, or the value itself. */
export function describeError(error: unknown): unknown {
  const described: unknown = stdSerializers.err(error as Error)
  return typeof described === 'object' && described !== null ? censorNamed(described) : described
}

/** Errors, requests and the like have serializers of their own. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}

/** A url or a query may hold a ticket or somebody's name: of a request only the pattern of its route is written. */
export function describeRequest(request: unknown): object {
  const { method, routeOptions } = (request ?? {}) as { method?: unknown; routeOptions?: { url?: unknown } }
  return { method, route: routeOptions?.url }
}
