/** Whatever JSON can say. */
export type Json = null | boolean | number | string | Json[] | JsonObject

export interface JsonObject {
  [key: string]: Json
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object without a prototype, so that no key of a caller means more than itself. */
export function emptyObject<T = Json>(): { [key: string]: T } {
  return Object.create(null)
}
