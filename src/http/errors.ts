import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GatewayError, type Problem, toProblem } from '../core/errors.js'
import type { Json } from '../core/json.js'
import { idOf, isDialect, toError } from '../dialect/envelope.js'
import { RateLimited } from './rate-limit.js'
import { HttpRefusal, UnreadableBody } from './refusal.js'

/** The one place where errors become answers: `application/problem+json`, whatever was thrown and by whom. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply))
}

/** Answers one request with the problem its caller may see. Also for the errors that Fastify meets before any hook. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const seen = translate(error, request)
  logError(seen, request)
  if (seen instanceof UnreadableBody && request.routeOptions.url === '/mcp') return answerParseError(seen, reply)

  const problem: Problem = toProblem(seen, request.id)
  if (seen instanceof HttpRefusal) {
    reply.headers(seen.headers)
    if (seen.status !== undefined) problem.status = seen.status
    if (request.routeOptions.config.writes) problem.outcome ??= 'not_applied'
  }
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  if (problem.retry_after_s !== undefined) reply.header('retry-after', String(Math.ceil(problem.retry_after_s)))
  reply.header('x-request-id', request.id).header('cache-control', 'no-store')
  if (seen instanceof RateLimited && request.routeOptions.url === '/mcp') return answerRpc(seen, request, reply)
  // A string, because Fastify would add a charset to the media type of an object.
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer((text: string) => text)
    .send(JSON.stringify(problem))
}

/** JSON-RPC clients look for -32700, not for a problem. */
function answerParseError(error: UnreadableBody, reply: FastifyReply): FastifyReply {
  const body = { jsonrpc: '2.0', id: null, error: { code: -32700, message: `Parse error: ${error.detail}` } }
  return reply.code(400).send(body)
}

/** JSON-RPC clients show what they find there. Those of the dialect look nowhere else, so not at the status either. */
function answerRpc(error: RateLimited, { headers, body, id }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const ofDialect = isDialect(headers, body)
  const message = body as { id?: unknown } | null | undefined
  const requestId = typeof message === 'object' && message !== null ? idOf({ id: (message.id ?? null) as Json }) : null
  return reply.code(ofDialect ? 200 : 429).send(toError(requestId, error, id))
}

/** Fastify's own refusals in our words; everything else as it is. */
function translate(error: unknown, request: FastifyRequest): unknown {
  if (error instanceof GatewayError) return error
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown }
  if (code === 'ECONNRESET') return new GatewayError('cancelled', 'The client left before its request was complete.')
  if (typeof code !== 'string' || !code.startsWith('FST_') || typeof statusCode !== 'number') return error
  if (statusCode < 400 || statusCode >= 500) return error
  return new HttpRefusal('invalid_input', detailOf(code, request), { status: statusCode, cause: error })
}

function detailOf(code: string, request: FastifyRequest): string {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return `The body is larger than this server takes, which is ${request.routeOptions.bodyLimit} bytes.`
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'Only JSON bodies are read; send "Content-Type: application/json".'
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return 'The body is not as long as its Content-Length says.'
    case 'FST_ERR_BAD_URL':
      return 'The path of the URL is not encoded correctly.'
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return 'A part of the path is too long.'
    default:
      return 'The request could not be read.'
  }
}

function logError(error: unknown, request: FastifyRequest): void {
  if (!(error instanceof GatewayError) || error.code === 'internal') {
    request.log.error({ err: error }, 'internal error')
  } else if (['odoo_unavailable', 'odoo_error'].includes(error.code)) {
    request.log.warn({ code: error.code, detail: error.detail, err: error.cause }, 'Odoo failed')
  } else {
    request.log.debug({ code: error.code, detail: error.detail }, 'request refused')
  }
}
