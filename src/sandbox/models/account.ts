import { boolean, char, float, html, integer, many2one, selection, text } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { companyOf } from './companies.js'

/** Journals that invoices are kept in. */
export const accountJournal: ModelSpec = {
  name: 'account.journal',
  description: 'Journal',
  module: 'account',
  order: 'sequence, type, code',
  fields: {
    name: major =>
      major < 17 ? char('Journal Name', { required: true }) : char('Journal Name', { required: true, translate: true }),
    code: major => char(major < 17 ? 'Short Code' : 'Sequence Prefix', { required: true, size: 5 }),
    active: boolean('Active', { default: true }),
    type: major =>
      selection(
        'Type',
        major < 17
          ? [
              ['sale', 'Sales'],
              ['purchase', 'Purchase'],
              ['cash', 'Cash'],
              ['bank', 'Bank'],
              ['general', 'Miscellaneous']
            ]
          : [
              ['sale', 'Sales'],
              ['purchase', 'Purchase'],
              ['cash', 'Cash'],
              ['bank', 'Bank'],
              ['credit', 'Credit Card'],
              ['general', 'Miscellaneous']
            ],
        { required: true, default: 'sale' }
      ),
    company_id: many2one('Company', 'res.company', { required: true, readonly: true, default: env => companyOf(env) }),
    currency_id: many2one('Currency', 'res.currency'),
    sequence: major =>
      major < 17 ? integer('Sequence', { default: 10 }) : integer('Sequence', { aggregator: null, default: 10 })
  },
  access: [
    ['account.group_account_readonly', 'r'],
    ['account.group_account_manager', 'crwu'],
    ['account.group_account_invoice', 'r'],
    ['sales_team.group_sale_salesman', 'r']
  ],
  rules: [
    {
      name: 'Journal multi-company',
      domain: ({ companies }) => ['|', ['company_id', '=', false], ['company_id', 'in', companies]]
    }
  ]
}

/** When invoices are due. */
export const accountPaymentTerm: ModelSpec = {
  name: 'account.payment.term',
  description: 'Payment Terms',
  module: 'account',
  order: 'sequence, id',
  fields: {
    name: char('Payment Terms', { required: true, translate: true }),
    active: boolean('Active', { default: true }),
    note: major =>
      major < 17
        ? text('Description on the Invoice', { translate: true })
        : html('Description on the Invoice', { translate: true }),
    sequence: major =>
      major < 17
        ? integer('Sequence', { required: true, default: 10 })
        : integer('Sequence', { required: true, aggregator: null, default: 10 }),
    company_id: many2one('Company', 'res.company')
  },
  access: [
    ['base.group_user', 'r'],
    ['account.group_account_manager', 'crwu'],
    ['sales_team.group_sale_salesman', 'r'],
    ['base.group_portal', 'r', { from: 18 }]
  ],
  rules: [
    {
      name: 'Account payment term company rule',
      domain: ({ companies }) => ['|', ['company_id', '=', false], ['company_id', 'in', companies]]
    }
  ]
}

/** Taxes. */
export const accountTax: ModelSpec = {
  name: 'account.tax',
  description: 'Tax',
  module: 'account',
  order: 'sequence,id',
  fields: {
    name: major =>
      major < 17 ? char('Tax Name', { required: true }) : char('Tax Name', { required: true, translate: true }),
    type_tax_use: selection(
      'Tax Type',
      [
        ['sale', 'Sales'],
        ['purchase', 'Purchases'],
        ['none', 'None']
      ],
      { required: true, default: 'sale' }
    ),
    amount_type: major =>
      selection(
        'Tax Computation',
        major < 17
          ? [
              ['group', 'Group of Taxes'],
              ['fixed', 'Fixed'],
              ['percent', 'Percentage of Price'],
              ['division', 'Percentage of Price Tax Included']
            ]
          : [
              ['group', 'Group of Taxes'],
              ['fixed', 'Fixed'],
              ['percent', 'Percentage'],
              ['division', 'Percentage Tax Included']
            ],
        { required: true, default: 'percent' }
      ),
    active: boolean('Active', { default: true }),
    company_id: many2one('Company', 'res.company', { required: true, readonly: true, default: env => companyOf(env) }),
    amount: float('Amount', { required: true, digits: [16, 4], default: 0 }),
    description: major => (major < 17 ? char('Label on Invoices') : html('Description', { translate: true })),
    sequence: major =>
      major < 17
        ? integer('Sequence', { required: true, default: 1 })
        : integer('Sequence', { required: true, aggregator: null, default: 1 }),
    price_include: major =>
      major < 17
        ? boolean('Included in Price', { compute: () => false })
        : boolean('Price Include', { readonly: true, store: false, searchable: true, compute: () => false }),
    include_base_amount: boolean('Affect Base of Subsequent Taxes', { default: false }),
    invoice_label: char('Label on Invoices', { translate: true, from: 17 }),
    tax_scope: selection('Tax Scope', [
      ['service', 'Services'],
      ['consu', 'Goods']
    ])
  },
  access: [
    ['base.group_user', 'r'],
    ['account.group_account_readonly', 'r'],
    ['account.group_account_invoice', 'r'],
    ['account.group_account_manager', 'crwu'],
    ['sales_team.group_sale_salesman', 'r'],
    ['sales_team.group_sale_salesman', 'r', { until: 17 }]
  ],
  rules: [
    {
      name: 'Tax multi-company',
      domain: ({ companies }) => ['|', ['company_id', '=', false], ['company_id', 'in', companies]]
    }
  ]
}
