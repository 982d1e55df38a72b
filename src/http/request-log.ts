import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { traceIdOf } from '../core/trace.js'
import { callerAddress } from './caller-address.js'

/**
 * One line per request, with the route's pattern: a url or a query may hold a ticket or a name. Fastify's own lines,
 * which carry the url, are replaced.
 */
export class RequestLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'request_id' })
  }

  override incomingRequest(): void {}

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const { url: route } = request.routeOptions
    const trace_id = traceIdOf(request.headers.traceparent)
    const address = callerAddress(request)
    const answer = {
      address,
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime)
    }
    const line = trace_id === undefined ? answer : { trace_id, ...answer }
    if (error) reply.log.warn({ ...line, err: error }, 'answer was cut off')
    else if (asked.has(String(route))) reply.log.debug(line, 'request')
    else reply.log.info(line, 'request')
  }

  override defaultErrorLog(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
    reply.log.error({ err: error }, 'error outside the error handler')
  }

  override routeNotFound(): void {}

  override writeHeadError(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
    reply.log.warn({ err: error }, 'head of the answer could not be written')
  }
}

/** What monitors ask every few seconds. */
const asked: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics'])
