import { char, date, html, many2one, monetary, one2many, related, selection, text } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { invoices, sales, sign, sums, total } from './account-amounts.js'
import { companyOf, currencyOfCompany } from './companies.js'
import { messagesOn } from './counting.js'
import { listArch } from './list-arch.js'
import { messagePost } from './mail-posting.js'
import { commercialOf, textOf } from './res-partner-computed.js'
import { ofUsersCommercialPartner } from './sale-order-rules.js'

/** Invoices and other journal entries. */
export const accountMove: ModelSpec = {
  name: 'account.move',
  description: 'Journal Entry',
  module: 'account',
  order: major => (major < 16 ? 'date desc, name desc, id desc' : 'date desc, name desc, invoice_date desc, id desc'),
  fields: {
    name: char('Number', { copy: false, default: '/' }),
    date: major =>
      major < 17
        ? date('Date', { required: true, readonly: true, copy: false, default: env => env.now.slice(0, 10) })
        : date('Date', { required: true, copy: false, default: env => env.now.slice(0, 10) }),
    ref: char('Reference', { copy: false }),
    state: selection(
      'Status',
      [
        ['draft', 'Draft'],
        ['posted', 'Posted'],
        ['cancel', 'Cancelled']
      ],
      { required: true, readonly: true, copy: false, default: 'draft' }
    ),
    move_type: selection(
      'Type',
      [
        ['entry', 'Journal Entry'],
        ['out_invoice', 'Customer Invoice'],
        ['out_refund', 'Customer Credit Note'],
        ['in_invoice', 'Vendor Bill'],
        ['in_refund', 'Vendor Credit Note'],
        ['out_receipt', 'Sales Receipt'],
        ['in_receipt', 'Purchase Receipt']
      ],
      { required: true, readonly: true, default: 'entry' }
    ),
    partner_id: major =>
      major < 17 ? many2one('Partner', 'res.partner', { readonly: true }) : many2one('Partner', 'res.partner'),
    commercial_partner_id: many2one('Commercial Entity', 'res.partner', {
      readonly: true,
      compute: ({ env, get }) =>
        typeof get('partner_id') === 'number' ? commercialOf(env, get('partner_id') as number) : null
    }),
    invoice_date: major =>
      major < 17
        ? date('Invoice/Bill Date', { readonly: true, copy: false })
        : date('Invoice/Bill Date', { copy: false }),
    invoice_date_due: major =>
      major < 17 ? date('Due Date', { readonly: true, copy: false }) : date('Due Date', { copy: false }),
    invoice_origin: char('Origin', { readonly: true }),
    invoice_user_id: many2one('Salesperson', 'res.users', { default: env => env.uid, copy: false }),
    invoice_line_ids: major =>
      major < 17
        ? one2many('Invoice lines', 'account.move.line', 'move_id', {
            readonly: true,
            domain: [['exclude_from_invoice_tab', '=', false]]
          })
        : one2many('Invoice lines', 'account.move.line', 'move_id', {
            domain: [['display_type', 'in', ['product', 'line_section', 'line_subsection', 'line_note']]]
          }),
    line_ids: major =>
      major < 17
        ? one2many('Journal Items', 'account.move.line', 'move_id', { readonly: true, copy: true })
        : one2many('Journal Items', 'account.move.line', 'move_id', { copy: true }),
    journal_id: major =>
      major < 17
        ? many2one('Journal', 'account.journal', {
            required: true,
            readonly: true,
            default: ({ tables }) => [...tables.rows('account.journal').keys()][0] ?? false
          })
        : many2one('Journal', 'account.journal', {
            required: true,
            default: ({ tables }) => [...tables.rows('account.journal').keys()][0] ?? false
          }),
    company_id: major =>
      major < 17
        ? related('many2one', 'Company', 'journal_id.company_id', { store: true, relation: 'res.company' })
        : many2one('Company', 'res.company'),
    company_currency_id: major =>
      related(
        'many2one',
        'Company Currency',
        major < 17 ? 'journal_id.company_id.currency_id' : 'company_id.currency_id',
        { relation: 'res.currency' }
      ),
    currency_id: major =>
      major < 17
        ? many2one('Currency', 'res.currency', {
            required: true,
            readonly: true,
            default: env => currencyOfCompany(env, companyOf(env)) ?? false
          })
        : many2one('Currency', 'res.currency', {
            required: true,
            default: env => currencyOfCompany(env, companyOf(env)) ?? false
          }),
    amount_untaxed: monetary('Untaxed Amount', { readonly: true, compute: record => sums(record).untaxed }),
    amount_tax: monetary('Tax', { readonly: true, compute: record => sums(record).tax }),
    amount_total: monetary('Total', { readonly: true, compute: total }),
    amount_residual: monetary('Amount Due', {
      readonly: true,
      compute: record => (record.get('payment_state') === 'paid' ? 0 : total(record))
    }),
    amount_total_signed: monetary('Total Signed', {
      readonly: true,
      currencyField: 'company_currency_id',
      compute: record => sign(record) * total(record)
    }),
    payment_state: major =>
      selection(
        'Payment Status',
        major < 17
          ? [
              ['not_paid', 'Not Paid'],
              ['in_payment', 'In Payment'],
              ['paid', 'Paid'],
              ['partial', 'Partially Paid'],
              ['reversed', 'Reversed'],
              ['invoicing_legacy', 'Invoicing App Legacy']
            ]
          : [
              ['not_paid', 'Not Paid'],
              ['in_payment', 'In Payment'],
              ['paid', 'Paid'],
              ['partial', 'Partially Paid'],
              ['reversed', 'Reversed'],
              ['blocked', 'Blocked'],
              ['invoicing_legacy', 'Invoicing App Legacy']
            ],
        { readonly: true, copy: false, default: 'not_paid' }
      ),
    payment_reference: char('Payment Reference', { copy: false }),
    narration: major => (major < 17 ? text('Terms and Conditions') : html('Terms and Conditions')),
    invoice_payment_term_id: major =>
      major < 17
        ? many2one('Payment Terms', 'account.payment.term', { readonly: true })
        : many2one('Payment Terms', 'account.payment.term'),
    team_id: many2one('Sales Team', 'crm.team'),
    invoice_partner_display_name: char('Invoice Partner Display Name', {
      readonly: true,
      compute: ({ env, get }) => textOf(env.tables.row('res.partner', Number(get('partner_id')))?.name)
    }),
    access_token: char('Security Token', { copy: false }),
    message_ids: major =>
      major < 17
        ? one2many('Messages', 'mail.message', 'res_id', {
            domain: [['message_type', '!=', 'user_notification']],
            compute: messagesOn('account.move'),
            copy: false
          })
        : one2many('Messages', 'mail.message', 'res_id', { compute: messagesOn('account.move'), copy: false })
  },
  access: [
    ['account.group_account_manager', 'r'],
    ['account.group_account_readonly', 'r'],
    ['account.group_account_invoice', 'crwu'],
    ['base.group_portal', 'r'],
    ['sales_team.group_sale_manager', 'r', { until: 17 }],
    ['sales_team.group_sale_salesman', 'r']
  ],
  rules: [
    { name: 'Account Entry', domain: ({ companies }) => [['company_id', 'in', companies]] },
    { name: 'All Journal Entries', group: 'account.group_account_invoice', domain: () => [] },
    { name: 'Readonly Move', group: 'account.group_account_readonly', rights: 'r', domain: () => [] },
    {
      name: 'Portal Personal Account Invoices',
      group: 'base.group_portal',
      domain: env => [
        ['state', 'not in', ['cancel', 'draft']],
        ['move_type', 'in', invoices],
        ...ofUsersCommercialPartner('partner_id')(env)
      ]
    },
    {
      name: 'Personal Invoices',
      group: 'sales_team.group_sale_salesman',
      domain: ({ uid, major }) => [
        ['move_type', 'in', major < 17 ? invoices : sales],
        '|',
        ['invoice_user_id', '=', uid],
        ['invoice_user_id', '=', false]
      ]
    },
    {
      name: 'All Invoices',
      group: 'sales_team.group_sale_salesman_all_leads',
      domain: ({ major }) => [['move_type', 'in', major < 17 ? invoices : sales]]
    }
  ],
  displayName: ({ get }) => (get('name') === '/' || !get('name') ? 'Draft Invoice' : String(get('name'))),
  nameSearch: ['name'],
  methods: { message_post: messagePost },
  listView: major =>
    listArch(
      major,
      'Invoices',
      'name partner_id invoice_date invoice_date_due invoice_origin amount_untaxed amount_total amount_residual currency_id payment_state state'
    )
}
