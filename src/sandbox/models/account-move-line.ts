import { boolean, char, float, integer, many2many, many2one, monetary, related, selection } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { cents, invoices, lineSums } from './account-amounts.js'
import { ofUsersCommercialPartner } from './sale-order-rules.js'

/** Lines of invoices. */
export const accountMoveLine: ModelSpec = {
  name: 'account.move.line',
  description: 'Journal Item',
  module: 'account',
  order: major => (major < 16 ? 'date desc, move_name desc, id' : 'date desc, move_name desc, id'),
  fields: {
    move_id: many2one('Journal Entry', 'account.move', {
      required: true,
      readonly: true,
      autoJoin: true,
      ondelete: 'cascade'
    }),
    name: char('Label'),
    quantity: float('Quantity', { digits: [16, 2], default: 1 }),
    price_unit: major => (major < 17 ? float('Unit Price', { digits: [16, 2] }) : float('Unit Price')),
    price_subtotal: monetary('Subtotal', { readonly: true, compute: ({ env, id }) => lineSums(env, id).untaxed }),
    price_total: monetary('Total', {
      readonly: true,
      compute: ({ env, id }) => cents(lineSums(env, id).untaxed + lineSums(env, id).tax)
    }),
    product_id: many2one('Product', 'product.product', { ondelete: 'restrict' }),
    product_uom_id: major => many2one(major < 17 ? 'Unit of Measure' : 'Unit', 'uom.uom'),
    discount: float('Discount (%)', { digits: [16, 2], default: 0 }),
    tax_ids: major =>
      major < 17
        ? many2many('Taxes', 'account.tax', 'account_move_line_account_tax_rel')
        : many2many('Taxes', 'account.tax', 'account_move_line_account_tax_rel', {
            context: { active_test: false, hide_original_tax_ids: true }
          }),
    date: related('date', 'Date', 'move_id.date', { store: true }),
    company_id: related('many2one', 'Company', 'move_id.company_id', { store: true, relation: 'res.company' }),
    currency_id: many2one('Currency', 'res.currency', { required: true }),
    partner_id: many2one('Partner', 'res.partner'),
    sequence: major =>
      major < 17 ? integer('Sequence', { default: 10 }) : integer('Sequence', { aggregator: null, default: 10 }),
    display_type: major =>
      major < 17
        ? selection('Display Type', [
            ['line_section', 'Section'],
            ['line_note', 'Note']
          ])
        : selection(
            'Display Type',
            [
              ['product', 'Product'],
              ['cogs', 'Cost of Goods Sold'],
              ['tax', 'Tax'],
              ['discount', 'Discount'],
              ['rounding', 'Rounding'],
              ['payment_term', 'Payment Term'],
              ['line_section', 'Section'],
              ['line_subsection', 'Subsection'],
              ['line_note', 'Note'],
              ['epd', 'Early Payment Discount'],
              ['non_deductible_product_total', 'Non Deductible Products Total'],
              ['non_deductible_product', 'Non Deductible Products'],
              ['non_deductible_tax', 'Non Deductible Tax']
            ],
            { required: true }
          ),
    move_name: related('char', 'Number', 'move_id.name', { store: true }),
    parent_state: related('selection', 'Status', 'move_id.state', {
      store: true,
      selection: [
        ['draft', 'Draft'],
        ['posted', 'Posted'],
        ['cancel', 'Cancelled']
      ]
    }),
    exclude_from_invoice_tab: boolean('Exclude From Invoice Tab', { default: false, until: 15 })
  },
  access: [
    ['account.group_account_manager', 'r'],
    ['account.group_account_readonly', 'r'],
    ['account.group_account_invoice', 'crwu'],
    ['base.group_portal', 'r'],
    ['sales_team.group_sale_salesman', 'r']
  ],
  rules: [
    { name: 'Entry lines', domain: ({ companies }) => [['company_id', 'in', companies]] },
    { name: 'All Journal Items', group: 'account.group_account_invoice', domain: () => [] },
    { name: 'Readonly Move Line', group: 'account.group_account_readonly', rights: 'r', domain: () => [] },
    {
      name: 'Portal Invoice Lines',
      group: 'base.group_portal',
      domain: env => [
        ['parent_state', 'not in', ['cancel', 'draft']],
        ...ofUsersCommercialPartner('move_id.partner_id')(env)
      ]
    },
    {
      name: 'Personal Invoice Lines',
      group: 'sales_team.group_sale_salesman',
      domain: ({ uid }) => ['|', ['move_id.invoice_user_id', '=', uid], ['move_id.invoice_user_id', '=', false]]
    },
    {
      name: 'All Invoice Lines',
      group: 'sales_team.group_sale_salesman_all_leads',
      domain: () => [['move_id.move_type', 'in', invoices]]
    }
  ],
  displayName: ({ get }) => [get('move_name'), get('name')].filter(Boolean).join(' ')
}
