import { notImplementedError } from '../exceptions.js'
import type { Json } from '../json.js'
import { literal } from '../orm/domain/sql-literals.js'
import type { FieldSpec } from '../orm/types.js'
import { truthy } from '../python.js'
import { balanceOf } from './res-partner-computed.js'

type Search = NonNullable<FieldSpec['search']>

/** What a partner owes or is owed: only numbers are compared, all else is no condition at all. */
export function searchBalance(type: string): Search {
  return (env, operator, value) => {
    // 14 does not take False for a number.
    const isNumber = typeof value === 'number' || (env.major >= 17 && typeof value === 'boolean')
    if (!/^([<>]=?|=)$/.test(operator) || !isNumber) return []
    const bound = Number(literal('numeric', operator, value))
    const partners = new Set<number>()
    for (const move of env.tables.rows('account.move').values()) {
      if (move.move_type === type && move.state === 'posted') partners.add(Number(move.partner_id))
    }
    const found = [...partners].filter(id => holds(balanceOf(env, id, type), operator, bound))
    return [['id', 'in', found]]
  }
}

function holds(left: number, operator: string, right: number): boolean {
  if (operator === '=') return left === right
  if (operator === '<') return left < right
  if (operator === '<=') return left <= right
  return operator === '>' ? left > right : left >= right
}

/** Nobody is on the blacklist of the sandbox. */
export const searchBlacklisted: Search = ({ major }, operator, value) => {
  if (major < 17) return searchBlacklisted14(operator, value)
  if (operator !== 'in' && operator !== 'not in') return undefined
  return operator === 'in' ? [[0, '=', 1]] : [[1, '=', 1]]
}

function searchBlacklisted14(operator: string, value: Json): Json[] {
  if (operator !== '=' && (operator !== '!=' || typeof value !== 'boolean')) throw notImplementedError('')
  return truthy(value) === (operator === '=') ? [[0, '=', 1]] : [[1, '=', 1]]
}

const types = ['out_invoice', 'out_refund']
const customer = ['move_id.move_type', 'in', types]

/** Orders by their invoices, which their lines know. */
export const searchInvoices: Search = ({ major }, operator, value) => {
  if (major < 17) return searchInvoices14(operator, value)
  if (operator.startsWith('not')) return undefined
  const invoiced = ['move_id', operator, value]
  const given: Json[] = [['order_line.invoice_lines', 'any', [customer, invoiced]]]
  if (operator !== 'in' || !Array.isArray(value) || value.length === 0) return given
  const none: Json = ['order_line', 'not any', [['invoice_lines.move_id.move_type', 'in', types]]]
  if (!value.includes(false)) return given
  // Odoo 19 joins the two by "and".
  return value.length === 1 ? [none] : [...given, none]
}

function searchInvoices14(operator: string, value: Json): Json[] {
  return [
    '&',
    ['order_line.invoice_lines.move_id.move_type', 'in', types],
    ['order_line.invoice_lines.move_id', operator, value]
  ]
}

/** Users who have ever logged in, or never. */
export const searchState: Search = (env, operator, value) => {
  if (env.major < 17) return undefined
  if (operator !== 'in' || !Array.isArray(value)) return undefined
  if (value.length > 1) return [[1, '=', 1]]
  const users = [...env.tables.rows('res.users').values()]
  const active = users.filter(({ login_date: date }) => date).map(({ id }) => id)
  return [['id', value.includes('active') ? 'in' : 'not in', active]]
}
