import type { Rec } from '../orm/types.js'

/** Kinds of entries that are invoices to customers. */
export const sales = ['out_invoice', 'out_refund']
/** Kinds of entries that are invoices. */
export const invoices = [...sales, 'in_invoice', 'in_refund']
/** Rounds to cents. */
export const cents = (amount: number) => Math.round(amount * 100) / 100

/** What the lines of an invoice come to. */
export function sums({ env, id }: Pick<Rec, 'env' | 'id'>): { untaxed: number; tax: number } {
  const sum = { untaxed: 0, tax: 0 }
  for (const line of env.tables.referring('account.move.line', 'move_id', id)) {
    const { untaxed, tax } = lineSums(env, line)
    sum.untaxed += untaxed
    sum.tax += tax
  }
  return { untaxed: cents(sum.untaxed), tax: cents(sum.tax) }
}

/** What a line of an invoice comes to. */
export function lineSums(env: Rec['env'], line: number): { untaxed: number; tax: number } {
  const row = env.tables.row('account.move.line', line)
  const price = Number(row?.price_unit ?? 0) * (1 - Number(row?.discount ?? 0) / 100)
  const untaxed = cents(Number(row?.quantity ?? 0) * price)
  let tax = 0
  for (const id of env.tables.links('account_move_line_account_tax_rel', line, false)) {
    tax += (untaxed * Number(env.tables.row('account.tax', id)?.amount ?? 0)) / 100
  }
  return { untaxed, tax: cents(tax) }
}

/** What an invoice asks for. */
export const total = (record: Pick<Rec, 'env' | 'id'>) => cents(sums(record).untaxed + sums(record).tax)
/** Whether money comes in or goes out. */
export const sign = ({ get }: Rec) => (['out_refund', 'in_invoice'].includes(String(get('move_type'))) ? -1 : 1)
