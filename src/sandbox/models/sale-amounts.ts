import type { Env } from '../orm/env.js'
import type { Rec } from '../orm/types.js'

interface Amounts {
  untaxed: number
  tax: number
}

/** Rounded to two digits. */
export const cents = (amount: number) => Math.round((amount + Number.EPSILON) * 100) / 100

/** The table of the taxes of lines of orders, the same on all releases. */
export const lineTaxes = 'account_tax_sale_order_line_rel'

/** What a line costs, and the taxes on it. */
export function lineAmounts(env: Env, line: number): Amounts {
  const row = env.tables.row('sale.order.line', line)
  if (row === undefined || row.display_type) return { untaxed: 0, tax: 0 }
  const quantity = Number(row.product_uom_qty ?? 0)
  const untaxed = cents(quantity * reducedPrice(env, line))
  let tax = 0
  for (const id of env.tables.links(lineTaxes, line, false)) {
    const row = env.tables.row('account.tax', id)
    const amount = Number(row?.amount ?? 0)
    tax += row?.amount_type === 'fixed' ? quantity * amount : (untaxed * amount) / 100
  }
  return { untaxed, tax: cents(tax) }
}

/** The price of one, less the discount. */
export function reducedPrice(env: Env, line: number): number {
  const row = env.tables.row('sale.order.line', line)
  return Number(row?.price_unit ?? 0) * (1 - Number(row?.discount ?? 0) / 100)
}

/** The sums of the lines of an order. */
export function orderAmounts(env: Env, order: number): Amounts {
  const sum = { untaxed: 0, tax: 0 }
  for (const line of env.tables.referring('sale.order.line', 'order_id', order)) {
    const { untaxed, tax } = lineAmounts(env, line)
    sum.untaxed += untaxed
    sum.tax += tax
  }
  return { untaxed: cents(sum.untaxed), tax: cents(sum.tax) }
}

type Triple = [number, number, number]

/** What an order would cost without its discounts. */
export function undiscounted(env: Env, order: number): number {
  let sum = 0
  for (const line of env.tables.referring('sale.order.line', 'order_id', order)) {
    const row = env.tables.row('sale.order.line', line)
    const { untaxed } = lineAmounts(env, line)
    const [price, quantity, discount] = [row?.price_unit, row?.product_uom_qty, row?.discount].map(Number) as Triple
    if (env.major < 16) sum += untaxed + price * (discount / 100) * quantity
    else sum += discount === 100 ? price * quantity : (untaxed * 100) / (100 - discount)
  }
  return sum
}

const confirmed = (state: unknown) => state === 'sale' || state === 'done'

/** How much of a line is still to be invoiced. */
export function quantityToInvoice(env: Env, line: number): number {
  const row = env.tables.row('sale.order.line', line)
  if (!confirmed(env.tables.row('sale.order', Number(row?.order_id))?.state) || row?.display_type) return 0
  const wanted = policyOf(env, line) === 'delivery' ? row?.qty_delivered : row?.product_uom_qty
  return Number(wanted ?? 0) - Number(row?.qty_invoiced ?? 0)
}

function policyOf(env: Env, line: number): unknown {
  const product = env.tables.row('product.product', Number(env.tables.row('sale.order.line', line)?.product_id))
  return env.tables.row('product.template', Number(product?.product_tmpl_id))?.invoice_policy ?? 'order'
}

/** Whether a line is invoiced. */
export function lineInvoiceStatus(env: Env, line: number): string {
  const row = env.tables.row('sale.order.line', line)
  if (!confirmed(env.tables.row('sale.order', Number(row?.order_id))?.state)) return 'no'
  if (quantityToInvoice(env, line) !== 0) return 'to invoice'
  const quantity = Number(row?.product_uom_qty ?? 0)
  return Number(row?.qty_invoiced ?? 0) >= quantity ? 'invoiced' : 'no'
}

/** Whether an order is invoiced, which its lines tell. */
export function orderInvoiceStatus({ env, id }: Rec): string {
  if (!confirmed(env.tables.row('sale.order', id)?.state)) return 'no'
  const lines = [...env.tables.referring('sale.order.line', 'order_id', id)]
  const statuses = lines
    .filter(line => !env.tables.row('sale.order.line', line)?.display_type)
    .map(line => lineInvoiceStatus(env, line))
  if (statuses.includes('to invoice')) return 'to invoice'
  return statuses.length > 0 && statuses.every(status => status === 'invoiced') ? 'invoiced' : 'no'
}
