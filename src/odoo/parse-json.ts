import type { Json, JsonObject } from '../core/json.js'

/**
 * Levels of lists and objects in an answer. Python writes no deeper JSON, and what is written again later, by
 * `JSON.stringify`, must not overflow the stack there.
 */
export const maxAnswerDepth = 1000

/**
 * Parses JSON of Odoo; undefined when it is none, or is nested deeper than `maxAnswerDepth`. A key `__proto__` in it
 * (a JSON field can hold any) is dropped: it would replace a prototype as soon as somebody copies the object by
 * assignment.
 */
export function parseJson(text: string): Json | undefined {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  // Every level takes two characters: most answers are too short to be looked at.
  if (text.length > 2 * maxAnswerDepth && isDeeper(value, maxAnswerDepth)) return undefined
  // The walk costs as much as the parse, and the key can be spelt with escapes (\u005f is _).
  if (/__proto__|\\u00[5-7]/i.test(text)) dropProto(value)
  return value
}

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  const inside = Array.isArray(value) ? value : Object.values(value)
  return inside.some(inner => isDeeper(inner, levels - 1))
}

function dropProto(value: Json): void {
  if (typeof value !== 'object' || value === null) return
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
  for (const inner of Object.values(value)) dropProto(inner)
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
