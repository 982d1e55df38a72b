import type { Json } from '../core/json.js'
import type { Prompt } from './prompt.js'
import { absence, groups, jsonLine, message, records, section } from './sections.js'

const model = 'account.move'

/** Invoices of customers that are posted and not paid in full. */
export const unpaid: Json[] = [
  ['move_type', '=', 'out_invoice'],
  ['state', '=', 'posted'],
  ['payment_state', 'in', ['not_paid', 'partial']]
]

export const overdueInvoices: Prompt = {
  name: 'overdue_invoices',
  title: 'Overdue invoices',
  description: 'Which customers owe money that was due before today, how much and since when.',
  arguments: [
    { name: 'customer', description: 'Part of the name of one customer; empty for all', completes: 'contact' }
  ],
  async write({ customer }, { ask, today }) {
    const whose = customer === undefined ? 'our customers' : `the customer ${jsonLine(customer)}`
    const missing = await absence(ask, model)
    if (missing !== undefined) {
      return `I wanted to know which invoices of ${whose} are overdue. That cannot be told: ${missing}. Tell me so.`
    }
    const domain: Json[] = [
      ...unpaid,
      ['invoice_date_due', '<', today],
      ...(customer === undefined ? [] : [['partner_id', 'ilike', customer]])
    ]
    const sums = { measures: ['amount_residual:sum', 'invoice_date_due:min'] }
    const sections = await Promise.all([
      section('In all, by currency', model, () => groups(ask, { model, domain, group_by: ['currency_id'], ...sums })),
      section('By customer, those who owe most first', model, () =>
        groups(ask, {
          model,
          domain,
          group_by: ['partner_id', 'currency_id'],
          ...sums,
          order: 'amount_residual:sum desc',
          limit: 25
        })
      ),
      section('Invoices, the longest overdue first', model, () =>
        records(ask, {
          model,
          domain,
          fields: [
            'name',
            'company_id',
            'partner_id',
            'invoice_date_due',
            'amount_residual',
            'currency_id',
            'invoice_user_id'
          ],
          order: 'invoice_date_due',
          limit: 25
        })
      )
    ])
    const instructions = `Review the overdue invoices of ${whose}. Today is ${today}. Say how much is overdue in all (never add up different currencies), who owes most, and what has been due for more than 30, 60 and 90 days. Then propose whom to remind first, and offer to write the reminders. Send nothing without asking me.`
    return message(instructions, sections)
  }
}
