import type { Json } from '../../core/json.js'
import { isObject, parseJson } from '../parse-json.js'

/** The type of our messages on the bus: others travel there, too. */
export const hintType = 'odoo-mcp/changed'

/** One message of the bus, of whatever type. */
export interface BusMessage {
  /** Grows with every message of the database; given out when it is written, not when it is committed. */
  id: number
  type: string
  payload: Json | undefined
}

/** Where a look may be worthwhile. */
export interface Hint {
  model: string
  ids: number[]
}

/** Reads a list of messages; what is no message is left out. 14 and 15 wrap them in the same way as 16 and later. */
export function toMessages(list: Json | undefined): BusMessage[] {
  if (!Array.isArray(list)) return []
  return list.flatMap(one => {
    if (!isObject(one) || !Number.isSafeInteger(one.id) || !isObject(one.message)) return []
    const { type, payload } = one.message
    return typeof type === 'string' ? [{ id: one.id as number, type, payload }] : []
  })
}

/** The same from text; none in what is no JSON. */
export function parseMessages(text: string): BusMessage[] {
  return toMessages(parseJson(text))
}

/** One hint per model. One write fires a rule many times over, once for each record and inner write. */
export function hintsIn(messages: readonly BusMessage[]): Hint[] {
  const byModel = new Map<string, Set<number>>()
  for (const { type, payload } of messages) {
    if (type !== hintType || !isObject(payload)) continue
    const { model, ids } = payload
    if (typeof model !== 'string' || !Array.isArray(ids)) continue
    const known = byModel.get(model) ?? new Set()
    byModel.set(model, known)
    for (const id of ids) if (typeof id === 'number') known.add(id)
  }
  return [...byModel].map(([model, ids]) => ({ model, ids: [...ids] }))
}
