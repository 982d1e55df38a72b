import type { Json, JsonObject } from '../core/json.js'
import type { NamedId, NameQuery } from '../core/ports/odoo.js'
import { expectPairs } from './expected.js'
import { capabilitiesOf } from './versions.js'

/** The arguments of `name_search`. By name: JSON-2 knows no others. */
export function nameSearchArguments({ name, domain, operator, limit }: NameQuery, major: number): JsonObject {
  return { name, [capabilitiesOf(major).nameSearchDomain]: domain, operator, limit }
}

/**
 * Pairs of id and name as objects. A record without a name has `false` for one on 19, and on 14 the text "False", which
 * is left as Odoo's. At most `limit`: the countries of 14 give more when two letters are a code and part of other names.
 */
export function toNamedIds(pairs: Json, limit: number): NamedId[] {
  return expectPairs(pairs)
    .slice(0, limit)
    .map(([id, name]) => ({ id, name: name || '' }))
}
