import type { GatewayError } from '../../core/errors.js'
import type { Json, JsonObject } from '../../core/json.js'
import type { Protocol } from '../../core/ports/odoo.js'
import { json2 } from './json2.js'
import { jsonrpc } from './jsonrpc.js'
import { xmlrpc } from './xmlrpc.js'

/** What the adapter can ask of an Odoo, whatever the wire. */
export type WireCall =
  | { kind: 'version' }
  /** `username` is empty with an API key alone, which only JSON-2 takes; there the key says whose it is, always. */
  | { kind: 'authenticate'; database: string; username: string; secret: string }
  | {
      kind: 'execute'
      database: string
      uid: number
      secret: string
      model: string
      method: string
      args: Json[]
      kwargs: JsonObject
    }

/** One HTTP request; `path` is appended to the base URL. */
export interface WireRequest {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body: string
}

/** One HTTP reply. Header names are lower case. */
export interface WireReply {
  status: number
  headers: Readonly<Record<string, string | undefined>>
  /** UTF-8; invalid bytes have become U+FFFD. */
  text: string
  /** False when the reply broke off or was cut at the size limit. */
  complete: boolean
}

/** What Odoo answered. `warning` is set when the call certainly succeeded, but its result is lost. */
export interface WireAnswer {
  /** `null` when the method returned nothing. `version`: the version string. `authenticate`: the uid or false. */
  result: Json
  warning?: string
  /** What to throw where only the answer was wanted; without it, that the answer could not be read. */
  unreadable?: GatewayError
}

/** A way of speaking to Odoo: pure in both directions. */
export interface Wire {
  readonly protocol: Protocol
  encode(call: WireCall): WireRequest
  /**
   * Throws GatewayError for a fault; its `outcome` says what the fault means for a write. A wire whose replies take long
   * to read gives a promise, and others their turn meanwhile.
   */
  decode(call: WireCall, reply: WireReply, url: string): WireAnswer | Promise<WireAnswer>
}

/** Every wire, by its name in settings and answers. */
export const wires: Readonly<Record<Protocol, Wire>> = { jsonrpc, xmlrpc, json2 }
