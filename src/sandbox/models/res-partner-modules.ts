import { boolean, char, datetime, float, integer, many2one, monetary, one2many, selection } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { currencyOf } from './companies.js'
import { activitiesOn, counted, messagesOn } from './counting.js'
import { balanceOf } from './res-partner-computed.js'
import { sameVat } from './res-partner-rules.js'
import { searchBalance, searchBlacklisted } from './search-methods.js'

/** What the modules for sales, accounting, mail and so on add to contacts. */
export const fieldsOfModules: ModelSpec['fields'] = {
  credit_limit: major =>
    major < 17
      ? float('Credit Limit')
      : float('Credit Limit', {
          groups: 'account.group_account_invoice,account.group_account_readonly',
          companyDependent: true
        }),
  partner_latitude: major =>
    major < 17 ? float('Geo Latitude', { digits: [16, 5] }) : float('Geo Latitude', { digits: [10, 7] }),
  partner_longitude: major =>
    major < 17 ? float('Geo Longitude', { digits: [16, 5] }) : float('Geo Longitude', { digits: [10, 7] }),
  message_bounce: integer('Bounce', { default: 0, until: 14 }),
  partner_gid: integer('Company database ID', { until: 14 }),
  debit_limit: monetary('Payable Limit', { until: 14 }),
  customer_rank: integer('Customer Rank', { default: 0, copy: false }),
  supplier_rank: integer('Supplier Rank', { default: 0, copy: false }),
  credit: major =>
    major < 17
      ? monetary('Total Receivable', {
          readonly: true,
          store: false,
          searchable: true,
          search: searchBalance('out_invoice'),
          compute: ({ env, id }) => balanceOf(env, id, 'out_invoice')
        })
      : monetary('Total Receivable', {
          readonly: true,
          store: false,
          searchable: true,
          groups: 'account.group_account_invoice,account.group_account_readonly',
          search: searchBalance('out_invoice'),
          compute: ({ env, id }) => balanceOf(env, id, 'out_invoice')
        }),
  debit: major =>
    major < 17
      ? monetary('Total Payable', {
          readonly: true,
          store: false,
          searchable: true,
          search: searchBalance('in_invoice'),
          compute: ({ env, id }) => balanceOf(env, id, 'in_invoice')
        })
      : monetary('Total Payable', {
          readonly: true,
          store: false,
          searchable: true,
          groups: 'account.group_account_invoice,account.group_account_readonly',
          search: searchBalance('in_invoice'),
          compute: ({ env, id }) => balanceOf(env, id, 'in_invoice')
        }),
  currency_id: many2one('Currency', 'res.currency', { readonly: true, store: false, compute: currencyOf }),
  property_payment_term_id: major =>
    major < 17
      ? many2one('Customer Payment Terms', 'account.payment.term', {
          store: false,
          searchable: true,
          companyDependent: true
        })
      : many2one('Customer Payment Terms', 'account.payment.term', { companyDependent: true }),
  sale_order_ids: one2many('Sales Order', 'sale.order', 'partner_id'),
  sale_order_count: major =>
    major < 17
      ? integer('Sale Order Count', { readonly: true, store: false, compute: counted('sale.order', 'partner_id') })
      : integer('Sale Order Count', {
          readonly: true,
          store: false,
          groups: 'sales_team.group_sale_salesman',
          compute: counted('sale.order', 'partner_id')
        }),
  opportunity_ids: one2many('Opportunities', 'crm.lead', 'partner_id', { domain: [['type', '=', 'opportunity']] }),
  opportunity_count: major =>
    major < 17
      ? integer('Opportunity', { readonly: true, store: false, compute: counted('crm.lead', 'partner_id') })
      : integer('Opportunity Count', {
          readonly: true,
          store: false,
          groups: 'sales_team.group_sale_salesman',
          compute: counted('crm.lead', 'partner_id')
        }),
  team_id: many2one('Sales Team', 'crm.team', { until: 18 }),
  invoice_ids: one2many('Invoices', 'account.move', 'partner_id', { readonly: true }),
  message_ids: major =>
    major < 17
      ? one2many('Messages', 'mail.message', 'res_id', {
          domain: [['message_type', '!=', 'user_notification']],
          compute: messagesOn('res.partner'),
          copy: false
        })
      : one2many('Messages', 'mail.message', 'res_id', { compute: messagesOn('res.partner'), copy: false }),
  activity_ids: one2many('Activities', 'mail.activity', 'res_id', {
    groups: 'base.group_user',
    compute: activitiesOn('res.partner'),
    copy: false
  }),
  signup_token: char('Signup Token', { groups: 'base.group_erp_manager', copy: false, until: 17 }),
  signup_type: char('Signup Token Type', { groups: 'base.group_erp_manager', copy: false }),
  signup_expiration: datetime('Signup Expiration', { groups: 'base.group_erp_manager', copy: false, until: 17 }),
  same_vat_partner_id: many2one('Partner with same Tax ID', 'res.partner', {
    readonly: true,
    store: false,
    compute: sameVat
  }),
  is_blacklisted: boolean('Blacklist', {
    readonly: true,
    store: false,
    searchable: true,
    groups: 'base.group_user',
    search: searchBlacklisted,
    compute: () => false
  }),
  trust: major =>
    major < 17
      ? selection(
          'Degree of trust you have in this debtor',
          [
            ['good', 'Good Debtor'],
            ['normal', 'Normal Debtor'],
            ['bad', 'Bad Debtor']
          ],
          { store: false, searchable: true, companyDependent: true, default: 'normal' }
        )
      : selection(
          'Degree of trust you have in this debtor',
          [
            ['good', 'Good Debtor'],
            ['normal', 'Normal Debtor'],
            ['bad', 'Bad Debtor']
          ],
          { companyDependent: true, default: 'normal' }
        )
}
