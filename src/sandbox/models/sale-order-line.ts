import { boolean, float, integer, many2many, many2one, monetary, related, selection, text } from '../orm/fields.js'
import type { ModelSpec, Rec } from '../orm/types.js'
import { cents, lineAmounts, lineInvoiceStatus, quantityToInvoice, reducedPrice } from './sale-amounts.js'
import { checkLines, lineName, readyLine, refuseLineRemoval, refuseLockedChange } from './sale-line-rules.js'
import { sectionOf } from './sale-line-sections.js'
import { ofUsersOrders } from './sale-order-rules.js'

const taxed = ({ env, id }: Rec) => lineAmounts(env, id).untaxed + lineAmounts(env, id).tax

/** Lines of quotations and orders. */
export const saleOrderLine: ModelSpec = {
  name: 'sale.order.line',
  description: 'Sales Order Line',
  module: 'sale',
  order: 'order_id, sequence, id',
  fields: {
    order_id: major =>
      many2one('Order Reference', 'sale.order', {
        required: true,
        ondelete: 'cascade',
        copy: false,
        ...(major >= 17 && { followed: 'on create' as const })
      }),
    name: text('Description', { required: true }),
    parent_id: many2one('Parent Section Line', 'sale.order.line', {
      readonly: true,
      store: false,
      compute: sectionOf,
      from: 19
    }),
    sequence: major =>
      major < 17 ? integer('Sequence', { default: 10 }) : integer('Sequence', { aggregator: null, default: 10 }),
    invoice_lines: many2many('Invoice Lines', 'account.move.line', 'sale_order_line_invoice_rel', { copy: false }),
    invoice_status: selection(
      'Invoice Status',
      [
        ['upselling', 'Upselling Opportunity'],
        ['invoiced', 'Fully Invoiced'],
        ['to invoice', 'To Invoice'],
        ['no', 'Nothing to Invoice']
      ],
      { readonly: true, compute: ({ env, id }) => lineInvoiceStatus(env, id) }
    ),
    price_unit: major =>
      major < 17
        ? float('Unit Price', { required: true, digits: [16, 2], default: 0 })
        : float('Unit Price', { required: true, minDisplayDigits: true }),
    price_subtotal: monetary('Subtotal', { readonly: true, compute: ({ env, id }) => lineAmounts(env, id).untaxed }),
    price_tax: float('Total Tax', { readonly: true, compute: ({ env, id }) => lineAmounts(env, id).tax }),
    price_total: monetary('Total', { readonly: true, compute: taxed }),
    price_reduce: float('Price Reduce', {
      readonly: true,
      digits: [16, 2],
      compute: ({ env, id }) => cents(reducedPrice(env, id)),
      until: 16
    }),
    qty_delivered_manual: float('Delivered Manually', { digits: [16, 2], copy: false, default: 0, until: 15 }),
    price_reduce_taxinc: major =>
      monetary(major < 17 ? 'Price Reduce Tax inc' : 'Price Reduce Tax incl', {
        readonly: true,
        compute: record => perUnit(record, taxed(record))
      }),
    price_reduce_taxexcl: monetary('Price Reduce Tax excl', {
      readonly: true,
      compute: record => perUnit(record, lineAmounts(record.env, record.id).untaxed)
    }),
    tax_id: many2many('Taxes', 'account.tax', 'account_tax_sale_order_line_rel', {
      domain: ['|', ['active', '=', false], ['active', '=', true]],
      until: 18
    }),
    tax_ids: many2many('Taxes', 'account.tax', 'account_tax_sale_order_line_rel', {
      context: { active_test: false, hide_original_tax_ids: true },
      from: 19
    }),
    discount: major =>
      major < 17 ? float('Discount (%)', { digits: [16, 2], default: 0 }) : float('Discount (%)', { digits: [16, 2] }),
    product_id: many2one('Product', 'product.product', { ondelete: 'restrict', followed: 'always' }),
    product_template_id: major =>
      major < 15
        ? related('many2one', 'Product Template', 'product_id.product_tmpl_id', {
            domain: [['sale_ok', '=', true]],
            relation: 'product.template',
            compute: ({ get }) => get('product_id.product_tmpl_id')
          })
        : many2one('Product Template', 'product.template', {
            store: false,
            searchable: true,
            search: (_env, operator, value) => [['product_id.product_tmpl_id', operator, value]],
            compute: ({ get }) => get('product_id.product_tmpl_id')
          }),
    product_updatable: boolean('Can Edit Product', {
      readonly: true,
      store: false,
      compute: ({ get }) => !['done', 'cancel'].includes(String(get('order_id.state')))
    }),
    product_uom_qty: float('Quantity', { required: true, digits: [16, 2], default: 1 }),
    product_uom: many2one('Unit of Measure', 'uom.uom', { until: 18 }),
    product_uom_id: many2one('Unit', 'uom.uom', { from: 19 }),
    qty_delivered_method: selection(
      'Method to update delivered qty',
      [
        ['manual', 'Manual'],
        ['analytic', 'Analytic From Expenses']
      ],
      { readonly: true, compute: () => 'manual' }
    ),
    qty_delivered: major =>
      float(major < 17 ? 'Delivered Quantity' : 'Delivery Quantity', { digits: [16, 2], default: 0, copy: false }),
    qty_to_invoice: major =>
      float(major < 17 ? 'To Invoice Quantity' : 'Quantity To Invoice', {
        readonly: true,
        digits: [16, 2],
        compute: ({ env, id }) => quantityToInvoice(env, id)
      }),
    qty_invoiced: float('Invoiced Quantity', { readonly: true, digits: [16, 2], default: 0, copy: false }),
    salesman_id: major =>
      major < 17
        ? related('many2one', 'Salesperson', 'order_id.user_id', {
            store: true,
            domain: [['groups_id', 'in', 20]],
            relation: 'res.users'
          })
        : related('many2one', 'Salesperson', 'order_id.user_id', { store: true, relation: 'res.users' }),
    currency_id: related('many2one', 'Currency', 'order_id.currency_id', { store: true, relation: 'res.currency' }),
    company_id: related('many2one', 'Company', 'order_id.company_id', { store: true, relation: 'res.company' }),
    order_partner_id: major =>
      major < 17
        ? related('many2one', 'Customer', 'order_id.partner_id', {
            readonly: false,
            store: true,
            relation: 'res.partner'
          })
        : related('many2one', 'Customer', 'order_id.partner_id', { store: true, relation: 'res.partner' }),
    state: major =>
      major < 17
        ? related('selection', 'Order Status', 'order_id.state', {
            store: true,
            selection: [
              ['draft', 'Quotation'],
              ['sent', 'Quotation Sent'],
              ['sale', 'Sales Order'],
              ['done', 'Locked'],
              ['cancel', 'Cancelled']
            ]
          })
        : related('selection', 'Order Status', 'order_id.state', {
            store: true,
            selection: [
              ['draft', 'Quotation'],
              ['sent', 'Quotation Sent'],
              ['sale', 'Sales Order'],
              ['cancel', 'Cancelled']
            ]
          }),
    customer_lead: major =>
      major < 17 ? float('Lead Time', { required: true, default: 0 }) : float('Lead Time', { required: true }),
    display_type: major =>
      selection(
        'Display Type',
        major < 17
          ? [
              ['line_section', 'Section'],
              ['line_note', 'Note']
            ]
          : [
              ['line_section', 'Section'],
              ['line_subsection', 'Subsection'],
              ['line_note', 'Note']
            ],
        { default: false }
      ),
    is_downpayment: boolean('Is a down payment'),
    is_expense: boolean('Is expense'),
    untaxed_amount_invoiced: monetary('Untaxed Invoiced Amount', {
      readonly: true,
      compute: record =>
        Math.round(Number(record.get('qty_invoiced') ?? 0) * reducedPrice(record.env, record.id) * 100) / 100
    }),
    untaxed_amount_to_invoice: monetary('Untaxed Amount To Invoice', {
      readonly: true,
      compute: record =>
        Math.round(quantityToInvoice(record.env, record.id) * reducedPrice(record.env, record.id) * 100) / 100
    })
  },
  access: [
    ['sales_team.group_sale_salesman', 'crwu'],
    ['account.group_account_readonly', 'r'],
    ['account.group_account_user', 'rw'],
    ['base.group_portal', 'r'],
    ['account.group_account_invoice', 'rw']
  ],
  rules: [
    {
      name: 'Sales Order Line multi-company',
      domain: ({ companies }) => ['|', ['company_id', '=', false], ['company_id', 'in', companies]]
    },
    {
      name: 'Portal Sales Orders Line',
      group: 'base.group_portal',
      domain: ofUsersOrders('order_id.')
    },
    {
      name: 'Personal Order Lines',
      group: 'sales_team.group_sale_salesman',
      domain: ({ uid }) => ['|', ['salesman_id', '=', uid], ['salesman_id', '=', false]]
    },
    { name: 'All Orders Lines', group: 'sales_team.group_sale_salesman_all_leads', domain: () => [] }
  ],
  readsFirst: major => (major < 15 ? 'wu' : 'w'),
  displayName: lineName,
  nameSearch: major => (major < 16 ? ['name'] : ['name', 'order_id.name']),
  check: checkLines,
  beforeCreate: readyLine,
  beforeWrite: refuseLockedChange,
  beforeUnlink: refuseLineRemoval
}

function perUnit({ get }: Rec, amount: number): number {
  const quantity = Number(get('product_uom_qty') ?? 0)
  return quantity === 0 ? 0 : Math.round((amount * 100) / quantity) / 100
}
