import type { Json, JsonObject } from '../core/json.js'

/**
 * Parses JSON of Odoo; undefined when it is none. A key `__proto__` in it (a JSON field can hold any) is dropped:
 * it would replace a prototype as soon as somebody copies the object by assignment.
 */
export function parseJson(text: string): Json | undefined {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  // The walk costs as much as the parse, and the key can be spelt with escapes (\u005f is _).
  if (/__proto__|\\u00[5-7]/i.test(text)) dropProto(value)
  return value
}

/** With a stack of its own: whoever can nest a million lists must not overflow ours. */
function dropProto(root: Json): void {
  const open: Json[] = [root]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue
    if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
    for (const inner of Object.values(value)) open.push(inner)
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
