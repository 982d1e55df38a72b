import { isId } from '../core/check/field-values.js'
import type { Json } from '../core/json.js'

/** Methods whose result is the records that they made or found: one id up to Odoo 17 or 18, a list of ids on 19. */
const recordMethods = new Set(['copy', 'create', 'find_or_create', 'message_post'])

/** How Python writes records: `mail.activity(28,)`, `res.partner(7, 8)`, `res.partner()`. */
const recordsAsText = /^[a-z]\w*(?:\.\w+)+\(((?:\d+(?:, ?\d+)*,?)?)\)$/

/**
 * The result of a method in one shape for every version and wire: records are a list of ids. `copy`, `message_post` and
 * `create` of one record give a number on 14, a list on 19 (over JSON-2 `create` always does). Records that a method
 * returns without saying so are text on 14, such as "mail.activity(28,)" of `activity_schedule`; on 19 they are a list.
 */
export function inOneShape(method: string, result: Json): Json {
  if (recordMethods.has(method) && isId(result)) return [result]
  const ids = typeof result === 'string' ? recordsAsText.exec(result)?.[1] : undefined
  return ids === undefined ? result : ids.split(',').map(Number).filter(isId)
}
