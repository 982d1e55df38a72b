import { GatewayError } from '../core/errors.js'
import type { Json, JsonObject } from '../core/json.js'
import type { CallScope, Row } from '../core/ports/odoo.js'
import { expectIds, expectRows } from './expected.js'

type Read = (model: string, method: string, args: Json[], kwargs: JsonObject, as: CallScope) => Promise<Json>

/** More records than these are looked for before they are read. */
const mostAtOnce = 500
const fewAtOnce = 50

/** Reads records of which some may be gone, or not for this user. */
export function visibleReader(read: Read, scope: CallScope) {
  /** Which of the ids exist and may be seen, archived ones included. */
  async function visible(model: string, ids: number[]): Promise<number[]> {
    const context = { ...scope.context, active_test: false }
    return expectIds(await read(model, 'search', [[['id', 'in', ids]]], {}, { ...scope, context }))
  }

  /**
   * Odoo leaves missing records out of what it reads, mostly: computed fields may raise MissingError for them, and one
   * record that a rule hides raises AccessError for all. Then those that can be seen are read alone.
   */
  async function readVisible(model: string, ids: number[], fields: string[], as = scope): Promise<Row[]> {
    const attempt = async (some: number[]) =>
      expectRows(await read(model, 'read', [some], { fields: explicit(fields) }, as))
    try {
      return await attempt(ids)
    } catch (error) {
      if (!(error instanceof GatewayError) || !['not_found', 'access_denied'].includes(error.code)) throw error
      const left = await visible(model, ids)
      // Nothing to leave out: the fault has another reason.
      if (left.length >= ids.length) throw error
      return left.length === 0 ? [] : await attempt(left)
    }
  }

  /**
   * The same for any number of records. To leave out missing ones takes Odoo a time that grows with the square of their
   * number: 1,400 take it 30 s (14 and 19), also when nobody waits any more. Which exist it tells in milliseconds; the
   * others are read a few at a time, since some models do not find all that may be read.
   */
  async function readAll(model: string, ids: number[], fields: string[]): Promise<Row[]> {
    if (ids.length <= mostAtOnce) return readVisible(model, ids, fields)
    const there = new Set(await visible(model, ids))
    const rows = there.size === 0 ? [] : await readVisible(model, [...there], fields)
    const rest = ids.filter(id => !there.has(id))
    for (let at = 0; at < rest.length; at += fewAtOnce) {
      rows.push(...(await readVisible(model, rest.slice(at, at + fewAtOnce), fields)))
    }
    return rows
  }

  return { readVisible, readAll }
}

/** No fields would mean all fields to Odoo: megabytes, and an HTML error on ir.attachment (19). */
export function explicit(fields: string[]): string[] {
  return fields.length > 0 ? fields : ['id']
}
