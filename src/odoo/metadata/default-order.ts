import { GatewayError } from '../../core/errors.js'
import type { Json, JsonObject } from '../../core/json.js'
import { isObject } from '../parse-json.js'

/**
 * The order that a model's records come in unless told otherwise, made total. Many a model is sorted by name alone (14
 * and 19), and then PostgreSQL deals out rows of equal rank anew for every page: of 60 products of one name, pages of
 * one held 32. `ir.model` knows the order; from Odoo 15 on plain users may not read it and get the newest first.
 */
export async function fetchDefaultOrder(
  model: string,
  read: (model: string, method: string, args: Json[], kwargs: JsonObject) => Promise<Json>
): Promise<string> {
  try {
    const found = await read('ir.model', 'search_read', [[['model', '=', model]]], { fields: ['order'] })
    const [row] = Array.isArray(found) ? found : []
    return isObject(row) && typeof row.order === 'string' ? total(row.order) : newestFirst
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'access_denied') return newestFirst
    throw error
  }
}

const newestFirst = 'id desc'

function total(order: string): string {
  return /(^|,)\s*id\b/i.test(order) ? order : `${order}, id`
}
