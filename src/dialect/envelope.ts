import { errorCodes, GatewayError, toProblem } from '../core/errors.js'
import type { Json, JsonObject } from '../core/json.js'

/** A request of the dialect: JSON-RPC, but for the `id`, which early clients leave out and still await an answer. */
export interface DialectRequest {
  /** Null when there is none. */
  id: number | string | null
  method: string
  params: JsonObject
}

export type DialectAnswer = JsonObject & { jsonrpc: '2.0'; id: Json }

/** Numbers of their own for what goes wrong before a tool is reached; every other code has its number in `errorCodes`. */
const rpc = { notARequest: -32002, unknownMethod: -32003 }

/** A refusal that has another number than its code. */
export class DialectRefusal extends GatewayError {
  readonly rpc: number

  constructor(kind: keyof typeof rpc, detail: string, extra: { hint?: string } = {}) {
    super('invalid_input', detail, extra)
    this.rpc = rpc[kind]
  }
}

/** What every client of MCP's HTTP transport sends at least one of, but for its first request. */
const mcpHeaders = ['mcp-session-id', 'mcp-protocol-version', 'mcp-method', 'mcp-name']

/**
 * Whether a body is meant for the dialect: it names a method as the early clients do, without the `/` that all methods
 * of MCP have but two, and nothing about it is MCP's.
 */
export function isDialect(headers: Readonly<Record<string, unknown>>, body: unknown): body is JsonObject {
  if (!isObject(body) || mcpHeaders.some(name => headers[name] !== undefined)) return false
  const { method, params } = body
  if (typeof method !== 'string' || method.includes('/') || method === 'initialize' || method === 'ping') return false
  return !(isObject(params) && '_meta' in params)
}

/** The id to answer with, whatever else is wrong with a request. */
export function idOf({ id }: JsonObject): DialectRequest['id'] {
  return typeof id === 'string' || typeof id === 'number' ? id : null
}

/** Throws what is answered as -32002 for what is not a request. */
export function parseRequest(body: JsonObject): DialectRequest {
  const { jsonrpc, id = null, method, params = {} } = body
  if (jsonrpc !== '2.0') throw notARequest('jsonrpc', jsonrpc, '"2.0"')
  if (id !== null && typeof id !== 'string' && typeof id !== 'number') throw notARequest('id', id, 'a string or number')
  if (!isObject(params ?? {})) throw notARequest('params', params, 'an object')
  return { id, method: method as string, params: (params ?? {}) as JsonObject }
}

function notARequest(path: string, value: Json | undefined, expected: string): DialectRefusal {
  const wrong = value === undefined ? 'is missing' : `is ${kindOf(value)}`
  return new DialectRefusal('notARequest', `${path}: ${wrong}; expected ${expected}`, {
    hint: 'Send {"jsonrpc": "2.0", "id": 1, "method": "call_tool", "params": {"name": …, "arguments": {…}}}.'
  })
}

function kindOf(value: Json): string {
  if (Array.isArray(value)) return 'a list'
  return isObject(value) ? 'an object' : JSON.stringify(value).slice(0, 80)
}

export function toResult(id: DialectRequest['id'], result: JsonObject): DialectAnswer {
  return { jsonrpc: '2.0', id, result }
}

/** The message is for people, `data` is the problem as REST answers it. */
export function toError(id: DialectRequest['id'], error: unknown, requestId: string): DialectAnswer {
  const problem = toProblem(error, requestId)
  const code = error instanceof DialectRefusal ? error.rpc : errorCodes[problem.code].rpc
  return { jsonrpc: '2.0', id, error: { code, message: problem.detail, data: { ...problem } as unknown as JsonObject } }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
