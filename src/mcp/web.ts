import type { FastifyReply, FastifyRequest } from 'fastify'

// Between Fastify and the Request and Response of the web, which the SDK speaks.

/** All that the SDK reads of a request. Anything else, the access key above all, stays out of its sight. */
const readHeaders = [
  'accept',
  'content-type',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id'
]

/** On a host of its own: a request line or Host header made to break a URL has nothing to break. */
export function toWebRequest({ method, headers }: FastifyRequest, signal?: AbortSignal): Request {
  const read = new Headers()
  for (const name of readHeaders) {
    const value = one(headers[name])
    if (value !== undefined) read.set(name, value)
  }
  return new Request('http://mcp.invalid/mcp', { method, headers: read, ...(signal && { signal }) })
}

/** Aborts when the client leaves before it has the whole answer. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  whenClosed(reply, () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}

/** Calls back when the client has the whole answer or has left, also when it left before we came to ask. */
export function whenClosed({ raw }: FastifyReply, then: () => void) {
  if (raw.closed) then()
  else raw.once('close', then)
}

/** A header that should come once; Node joins most that do not, and keeps a few as lists. */
export function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}
