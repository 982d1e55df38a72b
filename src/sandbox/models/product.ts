import { boolean, char, float, integer, many2one, one2many, selection } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'
import { companyOf, currencyOfCompany } from './companies.js'
import { parentPath, pathOfNames, refuseCycles } from './hierarchies.js'
import { textOf } from './res-partner-computed.js'

/** Categories of products, in a tree. */
export const productCategory: ModelSpec = {
  name: 'product.category',
  description: 'Product Category',
  module: 'product',
  order: 'complete_name',
  recName: 'complete_name',
  parentStore: true,
  fields: {
    name: char('Name', { required: true }),
    complete_name: char('Complete Name', {
      readonly: true,
      compute: ({ env, id }) =>
        pathOfNames(
          env,
          'product.category',
          'parent_id',
          id,
          at => textOf(env.tables.row('product.category', at)?.name) ?? ''
        )
    }),
    parent_id: many2one('Parent Category', 'product.category', { ondelete: 'cascade' }),
    parent_path: char('Parent Path', {
      compute: ({ env, id }) => parentPath(env, 'product.category', 'parent_id', id)
    }),
    child_id: one2many('Child Categories', 'product.category', 'parent_id'),
    product_count: integer('# Products', {
      readonly: true,
      store: false,
      compute: ({ env, id }) => env.tables.referring('product.template', 'categ_id', id).size
    })
  },
  access: [
    ['base.group_user', 'r'],
    ['base.group_system', 'crwu', { until: 17 }],
    ['sales_team.group_sale_manager', 'crwu', { until: 17 }],
    ['product.group_product_manager', 'crwu', { from: 18 }]
  ],
  check(env, ids, changed) {
    if (changed.includes('parent_id')) refuseCycles(env, 'product.category', 'parent_id', ids)
  },
  copyDefaults: ({ get }) => ({ name: `${get('name')} (copy)` })
}

/** Kinds of units until 18: those of one can be converted. */
export const uomCategory: ModelSpec = {
  name: 'uom.category',
  until: 18,
  description: 'Product UoM Categories',
  module: 'uom',
  fields: {
    name: char('Unit of Measure Category', { required: true, translate: true, until: 18 })
  },
  access: [
    ['base.group_system', 'crwu'],
    ['base.group_user', 'r'],
    ['sales_team.group_sale_manager', 'crwu']
  ]
}

/** Units of measure. */
export const uomUom: ModelSpec = {
  name: 'uom.uom',
  description: 'Product Unit of Measure',
  module: 'uom',
  order: major => (major < 15 ? 'name' : major < 19 ? 'factor DESC, id' : 'sequence, relative_uom_id, id'),
  parent: major => (major < 19 ? 'parent_id' : 'relative_uom_id'),
  parentStore: major => major >= 19,
  fields: {
    name: major => char(major < 17 ? 'Unit of Measure' : 'Unit Name', { required: true, translate: true }),
    category_id: many2one('Category', 'uom.category', { required: true, until: 18 }),
    factor: major =>
      major < 19
        ? float('Ratio', { required: true, default: 1 })
        : float('Absolute Quantity', { readonly: true, default: 1 }),
    factor_inv: float('Bigger Ratio', {
      required: true,
      readonly: true,
      store: false,
      compute: ({ get }) => (Number(get('factor')) ? 1 / Number(get('factor')) : 0),
      until: 18
    }),
    relative_factor: float('Contains', { required: true, default: 1, from: 19 }),
    relative_uom_id: many2one('Reference Unit', 'uom.uom', { from: 19 }),
    sequence: integer('Sequence', { aggregator: null, from: 19 }),
    rounding: major =>
      major < 19
        ? float('Rounding Precision', { required: true, default: 0.01 })
        : float('Rounding Precision', { readonly: true, store: false, default: 0.01 }),
    active: boolean('Active', { default: true }),
    uom_type: selection(
      'Type',
      [
        ['bigger', 'Bigger than the reference Unit of Measure'],
        ['reference', 'Reference Unit of Measure for this category'],
        ['smaller', 'Smaller than the reference Unit of Measure']
      ],
      { required: true, default: 'reference', until: 18 }
    )
  },
  access: [
    ['base.group_system', 'crwu'],
    ['base.group_user', 'r'],
    ['sales_team.group_sale_salesman', 'r'],
    ['sales_team.group_sale_manager', 'crwu', { until: 17 }],
    ['product.group_product_manager', 'crwu', { from: 18 }]
  ]
}

/** Lists of prices. */
export const productPricelist: ModelSpec = {
  name: 'product.pricelist',
  description: 'Pricelist',
  module: 'product',
  order: major => (major < 17 ? 'sequence asc, id desc' : 'sequence, id, name'),
  fields: {
    name: char('Pricelist Name', { required: true, translate: true }),
    active: boolean('Active', { default: true }),
    currency_id: many2one('Currency', 'res.currency', {
      required: true,
      default: env => currencyOfCompany(env, companyOf(env)) ?? false
    }),
    company_id: many2one('Company', 'res.company'),
    sequence: major =>
      major < 17 ? integer('Sequence', { default: 16 }) : integer('Sequence', { aggregator: null, default: 16 }),
    discount_policy: selection(
      'Discount Policy',
      [
        ['with_discount', 'Discount included in the price'],
        ['without_discount', 'Show public price & discount to the customer']
      ],
      { required: true, default: 'with_discount', until: 17 }
    )
  },
  access: [
    ['base.group_user', 'r'],
    ['base.group_partner_manager', 'r'],
    ['base.group_system', 'crwu', { until: 17 }],
    ['sales_team.group_sale_salesman', 'r'],
    ['sales_team.group_sale_manager', 'crwu'],
    ['product.group_product_manager', 'crwu', { from: 18 }]
  ],
  displayName: ({ get }) => `${get('name')} (${get('currency_id.name')})`,
  rules: [
    {
      name: 'product pricelist company rule',
      domain: ({ companies, major }) => [
        '|',
        ['company_id', major < 17 ? 'in' : 'parent_of', companies],
        ['company_id', '=', false]
      ]
    }
  ]
}
