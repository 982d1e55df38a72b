import { userError } from '../exceptions.js'
import type { JsonObject } from '../json.js'
import type { Env } from '../orm/env.js'
import type { Field, Rec, Row } from '../orm/types.js'
import { displayNameOf, valueAt as valueIn } from '../orm/values.js'
import { brokenConstraint } from '../orm/write/integrity.js'
import { commercialOf, textOf } from './res-partner-computed.js'

const names = (env: Env) =>
  env.major < 19 ? { unit: 'product_uom', taxes: 'tax_id' } : { unit: 'product_uom_id', taxes: 'tax_ids' }

/** A line with a product takes its description, price, unit and taxes from it, unless it says otherwise. */
export function readyLine(env: Env, values: JsonObject): JsonObject {
  const ready: JsonObject = { price_unit: 0, discount: 0, customer_lead: 0, ...values }
  if (ready.display_type) return { ...ready, ...(env.major <= 14 && nothingSold(env)), product_uom_qty: 0 }
  if (!ready.product_id) return ready
  const product = env.models.need('product.product')
  const id = Number(ready.product_id)
  if (env.tables.row('product.product', id) === undefined) return ready
  const get = (field: string) => valueIn(env.sudo(), product, id, field)
  const { unit, taxes } = names(env)
  const description = get('description_sale')
  const name = displayNameOf(env, product, id)
  ready.name ??= description ? `${name}\n${description}` : name
  if (!ready.price_unit) ready.price_unit = Number(get('lst_price') ?? 0)
  ready[unit] ??= Number(get('uom_id'))
  if (ready[taxes] === undefined) {
    const company = env.tables.row('sale.order', Number(ready.order_id))?.company_id
    const own = (get('taxes_id') as number[]).filter(tax => env.tables.row('account.tax', tax)?.company_id === company)
    ready[taxes] = [[6, 0, own]]
  }
  return ready
}

/** 14 takes from a heading what does not belong to it; later ones refuse it. */
function nothingSold(env: Env): JsonObject {
  return { product_id: false, price_unit: 0, [names(env).unit]: false, customer_lead: 0 }
}

/** A line sells a product or is a heading; it cannot be neither, nor both. */
export function checkLines(env: Env, ids: number[]): void {
  const { unit } = names(env)
  for (const id of ids) {
    const row = env.tables.row('sale.order.line', id)
    if (row?.display_type && [row.product_id, row.price_unit, row[unit], row.customer_lead].some(Boolean)) {
      const name = 'sale_order_line_non_accountable_null_fields'
      throw brokenConstraint(env, { name, message: 'Forbidden values on non-accountable sale order line' }, 'Check')
    }
    // From 16 an empty is_downpayment makes the whole CHECK unknown, and PostgreSQL lets that pass.
    if (row === undefined || row.display_type || (env.major >= 16 && row.is_downpayment !== false)) continue
    if (typeof row.product_id === 'number' && typeof row[unit] === 'number') continue
    const name = 'sale_order_line_accountable_required_fields'
    throw brokenConstraint(env, { name, message: 'Missing required fields on accountable sale order line.' }, 'Check')
  }
}

const orderOf = (env: Env, line: number): Row | undefined =>
  env.tables.row('sale.order', Number(env.tables.row('sale.order.line', line)?.order_id))

/** Lines of confirmed orders stay. */
export function refuseLineRemoval(env: Env, ids: number[]): void {
  for (const id of ids) {
    if (!['sale', 'done'].includes(String(orderOf(env, id)?.state))) continue
    if (env.major >= 15 && env.tables.row('sale.order.line', id)?.display_type) continue
    throw userError(
      env.major < 15
        ? 'You can not remove an order line once the sales order is confirmed.\nYou should rather set the quantity to 0.'
        : "Once a sales order is confirmed, you can't remove one of its lines (we need to track if something gets invoiced or delivered).\n                Set the quantity to 0 instead."
    )
  }
}

/** What a locked order sells cannot be changed. */
export function refuseLockedChange(env: Env, ids: number[], values: JsonObject): JsonObject {
  const { unit, taxes } = names(env)
  const guarded = ['product_id', 'name', 'price_unit', unit, 'product_uom_qty', taxes].filter(name => name in values)
  const locked = ids.some(id => orderOf(env, id)?.state === 'done' || orderOf(env, id)?.locked === true)
  if (guarded.length === 0 || !locked) return values
  const { fields } = env.models.need('sale.order.line')
  const labels = guarded.map(name => (fields.get(name) as Field).string)
  throw userError(`It is forbidden to modify the following fields in a locked order:\n${labels.join('\n')}`)
}

/**
 * The order, what is sold, and the customer by the reference if there is one. Until 17 what is sold is the first line of
 * the description; then it is the product, or the second line where somebody changed the description.
 */
export function lineName({ env, get }: Rec): string {
  const partner = Number(get('order_id.partner_id'))
  const customer = env.tables.row('res.partner', env.major < 17 ? partner : commercialOf(env, partner))
  const reference = textOf(customer?.ref) || (env.major < 17 ? null : textOf(customer?.name))
  const name = `${get('order_id.name')} - ${env.major < 18 ? firstLine({ get }) : soldBy({ env, get })}`
  return reference ? `${name} (${reference})` : name
}

function firstLine({ get }: Pick<Rec, 'get'>): string {
  return String(get('name') ?? '').split('\n')[0] || String(get('product_id.name') ?? 'False')
}

function soldBy({ env, get }: Pick<Rec, 'env' | 'get'>): string {
  const product = get('product_id')
  if (typeof product !== 'number') return String(get('name') ?? '').split('\n')[0] as string
  const lines = String(get('name') ?? '').split('\n')
  const shown = displayNameOf(env.sudo(), env.models.need('product.product'), product)
  const description = get('product_id.description_sale')
  const usual = description ? `${shown}\n${description}` : shown
  return lines.join('\n') === usual ? shown : lines[1] || shown
}
