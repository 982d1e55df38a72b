import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Fault } from './faults.js'
import { type Call, type Reply, reply } from './wires/wire.js'

/** Sends an answer as it should be. */
export function send(response: ServerResponse, { status, headers, body }: Reply): void {
  // 304 has no body, and no length of one.
  const length = status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...headers, ...length })
  response.end(body)
}

/** Connections that look alive: what becomes of the next request on each. */
export type HalfOpen = WeakMap<Socket, 'reset' | 'silence'>

/** A connection that is dead to the one who answers, though the asker does not know it yet. */
export function playDead(response: ServerResponse, manner: 'reset' | 'silence'): void {
  if (manner === 'reset') reset(response)
}

/** Answers a call, with something going wrong. `ended` fires when the sandbox closes. */
export async function sabotage(
  fault: Fault,
  call: Call,
  response: ServerResponse,
  halfOpen: HalfOpen,
  ended: AbortSignal
): Promise<void> {
  switch (fault.kind) {
    case 'delay': {
      const early = fault.applied ? call.run() : undefined
      await pause(fault.ms, undefined, { signal: ended })
      return send(response, early ?? call.run())
    }
    case 'hang':
      if (fault.applied) call.run()
      return
    case 'reset':
      if (fault.applied) call.run()
      return reset(response)
    case 'half-open':
      if (response.socket !== null) halfOpen.set(response.socket, fault.next ?? 'reset')
      return send(response, call.run())
    case 'status':
      if (fault.applied) call.run()
      return send(response, proxyPage(fault.status, fault.retryAfter))
    case 'html':
      if (fault.applied) call.run()
      return send(response, signInPage())
    case 'none':
      return send(response, call.run(true))
    default:
      return spoil(fault, call.run(), response, ended)
  }
}

/** Whether a call is answered by what it has to say, at last. */
export function answersWell(fault: Fault): boolean {
  if (fault.kind === 'hang' || fault.kind === 'reset' || fault.kind === 'status' || fault.kind === 'html') {
    return fault.applied === true
  }
  return true
}

/** Sends a good answer in a bad way. */
async function spoil(fault: Fault, answer: Reply, response: ServerResponse, ended: AbortSignal): Promise<void> {
  const body = Buffer.from(answer.body)
  const head = (length: number) => {
    response.socket?.setNoDelay(true)
    response.writeHead(answer.status, { ...answer.headers, 'content-length': length })
  }
  if (fault.kind === 'truncate') {
    head(body.length)
    const part = body.subarray(0, fault.keep ?? Math.floor(body.length / 2))
    response.flushHeaders()
    response.write(part, () => response.destroy())
  } else if (fault.kind === 'drip') {
    head(body.length)
    await inParts(response, body, fault.bytes ?? 1, fault.ms ?? 10, ended)
  } else if (fault.kind === 'huge') {
    head(Math.max(fault.bytes, body.length))
    await padded(response, body, fault.bytes)
  } else if (fault.kind === 'length') {
    head(Math.max(0, body.length + fault.by))
    response.write(body)
    // Too long a length leaves the asker waiting; with too short a one the rest is there to trip over.
    if (fault.by < 0) response.end()
  } else if (fault.kind === 'split') {
    head(body.length)
    await inParts(response, body, Math.ceil(body.length / 2), fault.ms ?? 10, ended)
  }
}

async function inParts(response: ServerResponse, body: Buffer, bytes: number, ms: number, ended: AbortSignal) {
  response.flushHeaders()
  for (let at = 0; at < body.length && !response.destroyed; at += bytes) {
    if (at > 0) await pause(ms, undefined, { signal: ended })
    response.write(body.subarray(at, at + bytes))
  }
  response.end()
}

/** White space behind it changes neither JSON nor XML. */
async function padded(response: ServerResponse, body: Buffer, bytes: number): Promise<void> {
  response.write(body)
  const spaces = Buffer.alloc(64 * 1024, ' ')
  for (let left = bytes - body.length; left > 0 && !response.destroyed; left -= spaces.length) {
    const flowing = response.write(spaces.subarray(0, Math.min(left, spaces.length)))
    if (!flowing) await writable(response)
  }
  response.end()
}

/** Waits until more can be written, or until nobody reads any more. */
async function writable(response: ServerResponse): Promise<void> {
  // The one that does not come must not go on listening: a huge body waits a hundred times.
  const over = new AbortController()
  try {
    await Promise.race(['drain', 'close'].map(event => once(response, event, { signal: over.signal })))
  } finally {
    over.abort()
  }
}

function reset({ socket }: ServerResponse): void {
  if (socket !== null) resetSocket(socket)
}

/** Ends a connection with RST. TLS sockets have no such thing in Node 20: they end without goodbye. */
export function resetSocket(socket: Duplex): void {
  if ('encrypted' in socket || !('resetAndDestroy' in socket)) socket.destroy()
  else (socket as Socket).resetAndDestroy()
}

/** The login page of a proxy. */
export function signInPage(): Reply {
  return reply(200, 'text/html; charset=utf-8', '<!DOCTYPE html>\n<title>Sign in</title>\n')
}

export function proxyPage(status: number, retryAfter: number | string | undefined): Reply {
  const page = `<html>\r\n<head><title>${status}</title></head>\r\n<body>\r\n<center><h1>${status}</h1></center>\r\n</body>\r\n</html>\r\n`
  return reply(status, 'text/html', page, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) })
}
