import { createHash } from 'node:crypto'
import type { Json, JsonObject } from '../core/json.js'
import type { Identity } from '../core/ports/odoo.js'

/** What a subscriber is told of a record that is gone or no longer theirs. */
export const deleted: JsonObject = { deleted: true }

/** Stands where the hash of a content would. */
export const gone = 'gone'

/** SHA-256 of a content, the same whatever the order of its keys. */
export function hashOf(content: JsonObject): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(content)))
    .digest('base64')
}

function canonical(value: Json): Json {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const pairs = Object.keys(value)
    .sort()
    .map((key): [string, Json] => [key, canonical(value[key] as Json)])
  return Object.fromEntries(pairs)
}

/** One Odoo database, whoever asks it. */
export function placeOf({ url, database }: Pick<Identity, 'url' | 'database'>): string {
  return JSON.stringify([url, database])
}

/** Those to whom Odoo shows the same: one user of one database, in one language and time zone. */
export function identityKey({ url, database, uid, lang, tz }: Identity): string {
  return JSON.stringify([url, database, uid, lang, tz])
}
