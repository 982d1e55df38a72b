import type { IncomingHttpHeaders } from 'node:http'
import type { Json } from '../json.js'

/** The ways in: the three wires for programs, `web` for the web client's routes, `bus`, `http` for everything else. */
export const wires = ['jsonrpc', 'xmlrpc', 'json2', 'web', 'bus', 'http'] as const

export type WireName = (typeof wires)[number]

/** A request, its body complete. */
export interface Incoming {
  method: string
  /** Without the query. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Reply {
  status: number
  headers: { [name: string]: string }
  body: string | Buffer
}

/** What became of a method: `undefined` is Python's None. */
export type Outcome = Json | undefined

/** A request that was understood so far that it can be counted and tampered with before anything is done. */
export interface Call {
  wire: WireName
  /** `common`, `db` or `object` on the wires that have services. */
  service?: string
  model?: string
  method?: string
  /** Waits until there is something to answer, as the long poll of the bus does. The signal fires when nobody waits. */
  ready?(left: AbortSignal): Promise<void>
  /** Does what is asked. With `forget` the outcome is lost after it: the method seems to have returned None. */
  run(forget?: boolean): Reply
}

export function reply(
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: Reply['headers'] = {}
): Reply {
  return { status, headers: { 'content-type': contentType, ...headers }, body }
}

/** The media type of a request, without its parameters. */
export function mediaType(headers: IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** The id of the web session that a request names. */
export function sessionId(headers: IncomingHttpHeaders): string | undefined {
  return /(?:^|;\s*)session_id=([\w-]+)/.exec(headers.cookie ?? '')?.[1]
}
