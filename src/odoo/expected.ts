import { GatewayError } from '../core/errors.js'
import type { Json, JsonObject } from '../core/json.js'
import type { Row } from '../core/ports/odoo.js'
import { isObject } from './parse-json.js'

// What Odoo's own methods return, an addon may replace; and what cannot be used is no bug of ours.

export function expectRows(value: Json): Row[] {
  if (Array.isArray(value) && value.every(row => isObject(row) && typeof row.id === 'number')) return value as Row[]
  throw unexpected()
}

export function expectCount(value: Json): number {
  if (typeof value === 'number') return value
  throw unexpected()
}

export function expectIds(value: Json): number[] {
  if (Array.isArray(value) && value.every(id => typeof id === 'number')) return value
  throw unexpected()
}

/** Pairs of id and name, as `name_search` gives them. */
export function expectPairs(value: Json): [id: number, name: string | false][] {
  if (Array.isArray(value) && value.every(pair => Array.isArray(pair) && typeof pair[0] === 'number')) {
    return value as [number, string | false][]
  }
  throw unexpected()
}

/** Objects by name, as `fields_get` gives them. */
export function expectDescriptions(value: Json): Record<string, JsonObject> {
  if (isObject(value) && Object.values(value).every(isObject)) return value as Record<string, JsonObject>
  throw unexpected()
}

function unexpected(): GatewayError {
  return new GatewayError('odoo_error', 'Odoo answered something else than was asked for.', {
    hint: 'A module may have replaced this method of the model.'
  })
}
