import type { Call, Json, JsonObject } from './calls.js'

/** What a record of a model needs. */
const minimal: { [model: string]: JsonObject } = {
  'res.partner': { name: '§w', ref: '§w' },
  'crm.lead': { name: '§w', type: 'opportunity' },
  'product.product': { name: '§w', default_code: '§w' },
  'sale.order': { partner_id: '@res.partner:3', client_order_ref: '§w', date_order: '2024-05-06 07:08:09' }
}

/** A record of the test's, to be changed and looked at. */
export function fresh(model: string, name: string, more: JsonObject = {}, shape: Call['shape'] = 'ids'): Call {
  return { model, method: 'create', args: [{ ...minimal[model], ...more }], creates: name, shape }
}

/** Reads fields back. */
export function look(model: string, name: string, fields: string[]): Call {
  return { model, method: 'read', args: [[`@${model}:${name}`], fields], shape: 'rows' }
}

/** Changes records that a case has created, by their names. */
export const write = (model: string, names: string[], values: Json): Call => {
  return { model, method: 'write', args: [names.map(name => `@${model}:${name}`), values], shape: 'plain' }
}
