import {
  binary,
  boolean,
  char,
  date,
  datetime,
  float,
  html,
  integer,
  many2many,
  many2one,
  monetary,
  one2many,
  related,
  selection,
  text
} from '../orm/fields.js'
import type { ModelSpec, Rec } from '../orm/types.js'
import { companyOf, currencyOfCompany } from './companies.js'
import { activitiesOn, messagesOn } from './counting.js'
import { listArch } from './list-arch.js'
import { activitySchedule, messagePost } from './mail-posting.js'
import { orderAmounts, orderInvoiceStatus, undiscounted } from './sale-amounts.js'
import { ofUsersOrders, readyOrder, refuseRemoval, stillReadable } from './sale-order-rules.js'
import { saleWorkflow } from './sale-workflow.js'
import { searchInvoices } from './search-methods.js'

/** Quotations, and the orders that they become. */
export const saleOrder: ModelSpec = {
  name: 'sale.order',
  description: 'Sales Order',
  module: 'sale',
  order: 'date_order desc, id desc',
  fields: {
    name: major =>
      major < 17
        ? char('Order Reference', { required: true, readonly: true, copy: false, default: 'New' })
        : char('Order Reference', { required: true, copy: false, default: 'New' }),
    origin: char('Source Document'),
    client_order_ref: char('Customer Reference', { copy: false }),
    reference: char('Payment Ref.', { copy: false }),
    state: major =>
      selection(
        'Status',
        major < 17
          ? [
              ['draft', 'Quotation'],
              ['sent', 'Quotation Sent'],
              ['sale', 'Sales Order'],
              ['done', 'Locked'],
              ['cancel', 'Cancelled']
            ]
          : [
              ['draft', 'Quotation'],
              ['sent', 'Quotation Sent'],
              ['sale', 'Sales Order'],
              ['cancel', 'Cancelled']
            ],
        { readonly: true, copy: false, default: 'draft' }
      ),
    locked: boolean('Locked', { copy: false, default: false, from: 17 }),
    date_order: major =>
      major < 17
        ? datetime('Order Date', { required: true, readonly: true, copy: false, default: env => env.now.slice(0, 19) })
        : datetime('Order Date', { required: true, copy: false, default: env => env.now.slice(0, 19) }),
    validity_date: major =>
      major < 17
        ? date('Expiration', { readonly: true, copy: false, default: false })
        : date('Expiration', { copy: false }),
    is_expired: major =>
      boolean(major < 17 ? 'Is expired' : 'Is Expired', {
        readonly: true,
        store: false,
        compute: ({ env, get }) =>
          (env.major < 17 ? ['sent'] : ['draft', 'sent']).includes(String(get('state'))) &&
          Boolean(get('validity_date')) &&
          String(get('validity_date')) < env.now.slice(0, 10)
      }),
    require_signature: major =>
      major < 17 ? boolean('Online Signature', { readonly: true, default: true }) : boolean('Online signature'),
    require_payment: major =>
      major < 17 ? boolean('Online Payment', { readonly: true, default: true }) : boolean('Online payment'),
    create_date: datetime('Creation Date', { readonly: true, copy: false }),
    user_id: major =>
      major < 17
        ? many2one('Salesperson', 'res.users', { domain: [['groups_id', 'in', 20]], default: env => env.uid })
        : many2one('Salesperson', 'res.users'),
    partner_id: major =>
      major < 17
        ? many2one('Customer', 'res.partner', { required: true, readonly: true, followed: 'on create' })
        : many2one('Customer', 'res.partner', { required: true, followed: 'always' }),
    partner_invoice_id: major =>
      major < 17
        ? many2one('Invoice Address', 'res.partner', { required: true, readonly: true })
        : many2one('Invoice Address', 'res.partner', { required: true }),
    partner_shipping_id: major =>
      major < 17
        ? many2one('Delivery Address', 'res.partner', { required: true, readonly: true })
        : many2one('Delivery Address', 'res.partner', { required: true }),
    pricelist_id: major =>
      major < 16
        ? many2one('Pricelist', 'product.pricelist', { required: true, readonly: true })
        : many2one('Pricelist', 'product.pricelist'),
    currency_id: major =>
      major < 17
        ? related('many2one', 'Currency', 'pricelist_id.currency_id', {
            store: true,
            relation: 'res.currency',
            compute: ({ env, get }) =>
              numberOf(get('pricelist_id.currency_id')) ?? currencyOfCompany(env, get('company_id'))
          })
        : many2one('Currency', 'res.currency', {
            readonly: true,
            compute: ({ env, get }) =>
              numberOf(get('pricelist_id.currency_id')) ?? currencyOfCompany(env, get('company_id'))
          }),
    order_line: one2many('Order Lines', 'sale.order.line', 'order_id', { copy: true, autoJoin: true }),
    invoice_count: integer('Invoice Count', {
      readonly: true,
      store: false,
      compute: record => invoicesOf(record).length
    }),
    invoice_ids: many2many('Invoices', 'account.move', 'none', {
      readonly: true,
      store: false,
      searchable: true,
      search: searchInvoices,
      compute: invoicesOf
    }),
    invoice_status: selection(
      'Invoice Status',
      [
        ['upselling', 'Upselling Opportunity'],
        ['invoiced', 'Fully Invoiced'],
        ['to invoice', 'To Invoice'],
        ['no', 'Nothing to Invoice']
      ],
      { readonly: true, compute: orderInvoiceStatus }
    ),
    note: major => (major < 17 ? text('Terms and conditions', { default: '' }) : html('Terms and conditions')),
    amount_untaxed: monetary('Untaxed Amount', {
      readonly: true,
      compute: ({ env, id }) => orderAmounts(env, id).untaxed
    }),
    amount_tax: monetary('Taxes', { readonly: true, compute: ({ env, id }) => orderAmounts(env, id).tax }),
    amount_total: monetary('Total', { readonly: true, compute: ({ env, id }) => total(orderAmounts(env, id)) }),
    amount_undiscounted: float('Amount Before Discount', {
      readonly: true,
      store: false,
      compute: ({ env, id }) => undiscounted(env, id)
    }),
    currency_rate: major =>
      major < 17
        ? float('Currency Rate', { readonly: true, digits: [12, 6], compute: () => 1 })
        : float('Currency Rate', { readonly: true, compute: () => 1 }),
    payment_term_id: many2one('Payment Terms', 'account.payment.term'),
    company_id: many2one('Company', 'res.company', { required: true, default: env => companyOf(env) }),
    team_id: many2one('Sales Team', 'crm.team'),
    signature: binary('Signature', { attachment: true, copy: false }),
    signed_by: char('Signed By', { copy: false }),
    signed_on: datetime('Signed On', { copy: false }),
    commitment_date: datetime('Delivery Date', { copy: false }),
    expected_date: datetime('Expected Date', { readonly: true, store: false, compute: ({ get }) => get('date_order') }),
    tag_ids: major =>
      major < 17
        ? many2many('Tags', 'crm.tag', 'sale_order_tag_rel')
        : many2many('Tags', 'crm.tag', 'sale_order_tag_rel', { groups: 'sales_team.group_sale_salesman' }),
    type_name: char('Type Name', {
      readonly: true,
      store: false,
      compute: ({ get }) => (['draft', 'sent', 'cancel'].includes(String(get('state'))) ? 'Quotation' : 'Sales Order')
    }),
    opportunity_id: many2one('Opportunity', 'crm.lead'),
    access_token: char('Security Token', { copy: false }),
    access_url: char('Portal Access URL', { readonly: true, store: false, compute: ({ id }) => `/my/orders/${id}` }),
    message_ids: major =>
      major < 17
        ? one2many('Messages', 'mail.message', 'res_id', {
            domain: [['message_type', '!=', 'user_notification']],
            compute: messagesOn('sale.order'),
            copy: false
          })
        : one2many('Messages', 'mail.message', 'res_id', { compute: messagesOn('sale.order'), copy: false }),
    activity_ids: one2many('Activities', 'mail.activity', 'res_id', {
      groups: 'base.group_user',
      compute: activitiesOn('sale.order'),
      copy: false
    })
  },
  access: [
    ['sales_team.group_sale_salesman', 'crw'],
    ['base.group_portal', 'r'],
    ['sales_team.group_sale_manager', 'crwu'],
    ['account.group_account_readonly', 'r'],
    ['account.group_account_user', 'rw'],
    ['account.group_account_invoice', 'rw']
  ],
  rules: [
    { name: 'Sales Order multi-company', domain: ({ companies }) => [['company_id', 'in', companies]] },
    {
      name: 'Portal Personal Quotations/Sales Orders',
      group: 'base.group_portal',
      rights: 'rwu',
      domain: ofUsersOrders()
    },
    {
      name: 'Personal Orders',
      group: 'sales_team.group_sale_salesman',
      domain: ({ uid }) => ['|', ['user_id', '=', uid], ['user_id', '=', false]]
    },
    { name: 'All Orders', group: 'sales_team.group_sale_salesman_all_leads', domain: () => [] }
  ],
  readsFirst: major => (major < 15 ? 'wu' : 'w'),
  check: stillReadable,
  beforeCreate: readyOrder,
  beforeUnlink: refuseRemoval,
  methods: { ...saleWorkflow, message_post: messagePost, activity_schedule: activitySchedule },
  listView: major =>
    listArch(
      major,
      'Sales Orders',
      'name date_order partner_id user_id company_id amount_untaxed amount_tax amount_total currency_id invoice_status tag_ids state'
    )
}

const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined)
const total = ({ untaxed, tax }: { untaxed: number; tax: number }) => Math.round((untaxed + tax) * 100) / 100

/** The invoices whose origin this order is. */
function invoicesOf({ env, id }: Rec): number[] {
  const name = env.tables.row('sale.order', id)?.name
  return [...env.tables.rows('account.move').values()].filter(row => row.invoice_origin === name).map(row => row.id)
}
