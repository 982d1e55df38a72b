import { GatewayError } from '../../core/errors.js'
import type { Credential, Json, JsonObject, Protocol } from '../../core/ports.js'
import { jsonrpc } from './jsonrpc.js'

/** What the adapter can ask of an Odoo, whatever the wire. */
export type WireCall =
  | { kind: 'version' }
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
}

/** A way of speaking to Odoo: pure in both directions. */
export interface Wire {
  readonly protocol: Protocol
  encode(call: WireCall): WireRequest
  /** Throws GatewayError for a fault; its `outcome` says what the fault means for a write. */
  decode(call: WireCall, reply: WireReply, url: string): WireAnswer
}

const wires: Partial<Record<Protocol, Wire>> = { jsonrpc }

/** The wire for a login. `auto` is JSON-RPC for now: the only one that is built. */
export function chooseWire(protocol: Credential['protocol']): Wire {
  const wire = wires[protocol === 'auto' ? 'jsonrpc' : protocol]
  if (wire) return wire
  throw new GatewayError('invalid_input', `protocol: only "jsonrpc" is available in this version, not "${protocol}".`, {
    hint: 'Leave protocol out, or set it to "auto" or "jsonrpc".'
  })
}
