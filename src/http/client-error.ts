import type { Socket } from 'node:net'
import { type Problem, toProblem } from '../core/errors.js'
import { HttpRefusal } from './refusal.js'
import { makeRequestId } from './request-id.js'

/** Answers what Node could not even read as a request; there is no request yet, so it is written by hand. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (socket.writable) socket.write(toMessage(refusalOf(error.code)))
  socket.destroySoon()
}

function refusalOf(code: string | undefined): [status: number, reason: string, detail: string] {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'Request Timeout', 'The request took too long to arrive.']
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'Request Header Fields Too Large', 'The headers are too large.']
    default:
      return [400, 'Bad Request', 'This is not a valid HTTP request.']
  }
}

function toMessage([status, reason, detail]: [number, string, string]): string {
  const id = makeRequestId()
  const problem: Problem = { ...toProblem(new HttpRefusal('invalid_input', detail), id), status }
  const body = JSON.stringify(problem)
  return [
    `HTTP/1.1 ${status} ${reason}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${id}`,
    'Connection: close',
    '',
    body
  ].join('\r\n')
}
