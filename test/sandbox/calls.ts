import type { Json, JsonObject } from '../../src/core/json.js'
import type { Who } from './sides.js'

/** How ids stand in a result. */
export type Shape =
  /** Ids of the model, as `search` gives them; also the one id or the list of `create`. */
  | 'ids'
  /** Rows by field: `read`, `search_read`, `read_group`, `default_get`. */
  | 'rows'
  /** Pairs of id and name. */
  | 'pairs'
  | 'plain'
  /** Only the type of the result counts, for calls that reach records which are not of the test. */
  | 'type'

export interface Call {
  model: Json
  method: Json
  args: Json
  kwargs?: Json
  shape: Shape
  as?: Who
  /** The name to know the record by that this call creates. Several records: `name`, `name.1` … */
  creates?: string
}

export type Kind = 'data' | 'domain' | 'read' | 'name' | 'group' | 'meta' | 'fault' | 'state' | 'rights'

/** Kinds of cases that are about one wire. */
export type WireKind = 'xmlrpc' | 'json2' | 'http'

/** Calls one after the other; what they answer is compared. In `state`, the last ones read back what was committed. */
export interface Case {
  kind: Kind
  calls: Call[]
}

/** One call, and a case of its own. */
export function single(kind: Kind, call: Call): Case {
  return { kind, calls: [call] }
}

/** A call in a line, as the list of differences shows it and known differences name it. */
export function describe({ as, model, method, args, kwargs }: Call): string {
  const who = as === undefined || as === 'admin' ? '' : `${as}: `
  const more = kwargs === undefined ? '' : ` ${JSON.stringify(kwargs)}`
  return `${who}${text(model)}.${text(method)} ${JSON.stringify(args)}${more}`
}

const text = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value))

export type { Json, JsonObject }
