import type { Json } from '../json.js'
import type { Env } from '../orm/env.js'
import {
  binary,
  boolean,
  char,
  float,
  html,
  integer,
  many2many,
  many2one,
  one2many,
  related,
  selection,
  text
} from '../orm/fields.js'
import type { ModelSpec, Rec } from '../orm/types.js'
import { companyOf, currencyOfCompany } from './companies.js'
import { activitiesOn, messagesOn } from './counting.js'
import { searchTemplate } from './display-names.js'
import { idOf } from './external-ids.js'
import { listArch } from './list-arch.js'
import { activitySchedule, messagePost } from './mail-posting.js'
import {
  codedName,
  createVariants,
  ofOnlyVariant,
  onlyVariant,
  soldOf,
  toOnlyVariant,
  variantsOf
} from './product-variants.js'

const companyCurrency = ({ env, get }: Rec) => currencyOfCompany(env, get('company_id') ?? companyOf(env))
const allProducts = (env: Env) => idOf(env, 'product.product_category_all') ?? false
const unit = (env: Env) => idOf(env, 'uom.product_uom_unit') ?? false
const taxes =
  (use: string) =>
  (env: Env): Json => {
    const rows = [...env.tables.rows('account.tax').values()]
    return [
      [6, 0, rows.filter(tax => tax.type_tax_use === use && tax.company_id === companyOf(env)).map(tax => tax.id)]
    ]
  }

/** Products as they are sold; each has one variant or more. */
export const productTemplate: ModelSpec = {
  name: 'product.template',
  description: major => (major < 16 ? 'Product Template' : 'Product'),
  module: 'product',
  order: major => (major < 17 ? 'name' : major < 18 ? 'priority desc, name' : 'is_favorite desc, name'),
  fields: {
    name: char('Name', { required: true, translate: true }),
    sequence: major =>
      major < 17 ? integer('Sequence', { default: 1 }) : integer('Sequence', { aggregator: null, default: 1 }),
    description: major =>
      major < 17 ? text('Description', { translate: true }) : html('Description', { translate: true }),
    description_purchase: text('Purchase Description', { translate: true }),
    description_sale: text('Sales Description', { translate: true }),
    type: major =>
      selection(
        'Product Type',
        major < 17
          ? [
              ['consu', 'Consumable'],
              ['service', 'Service']
            ]
          : [
              ['consu', 'Goods'],
              ['service', 'Service'],
              ['combo', 'Combo']
            ],
        { required: true, default: 'consu' }
      ),
    categ_id: major =>
      major < 19
        ? many2one('Product Category', 'product.category', { required: true, default: allProducts })
        : many2one('Product Category', 'product.category', { followed: 'always' }),
    currency_id: many2one('Currency', 'res.currency', { readonly: true, store: false, compute: companyCurrency }),
    cost_currency_id: many2one('Cost Currency', 'res.currency', {
      readonly: true,
      store: false,
      compute: companyCurrency
    }),
    list_price: major =>
      major < 17
        ? float('Sales Price', { digits: [16, 2], default: 1 })
        : float('Sales Price', { default: 1, minDisplayDigits: true }),
    lst_price: related('float', 'Public Price', 'list_price', { readonly: false, digits: [16, 2], until: 16 }),
    standard_price: major =>
      major < 17
        ? float('Cost', {
            store: false,
            searchable: true,
            digits: [16, 2],
            groups: 'base.group_user',
            compute: ofOnlyVariant('standard_price'),
            write: toOnlyVariant('standard_price')
          })
        : float('Cost', {
            store: false,
            searchable: true,
            groups: 'base.group_user',
            compute: ofOnlyVariant('standard_price'),
            write: toOnlyVariant('standard_price')
          }),
    volume: float('Volume', { digits: [16, 2], compute: ofOnlyVariant('volume'), write: toOnlyVariant('volume') }),
    weight: float('Weight', { digits: [16, 2], compute: ofOnlyVariant('weight'), write: toOnlyVariant('weight') }),
    sale_ok: major => boolean(major < 17 ? 'Can be Sold' : 'Sales', { default: true }),
    purchase_ok: major => boolean(major < 17 ? 'Can be Purchased' : 'Purchase', { default: true }),
    uom_id: major => many2one(major < 17 ? 'Unit of Measure' : 'Unit', 'uom.uom', { required: true, default: unit }),
    uom_po_id: many2one('Purchase Unit of Measure', 'uom.uom', { required: true, default: unit, until: 18 }),
    uom_name: major =>
      related('char', major < 17 ? 'Unit of Measure Name' : 'Unit Name', 'uom_id.name', { translate: true }),
    company_id: many2one('Company', 'res.company'),
    active: boolean('Active', { default: true }),
    color: integer('Color Index'),
    is_product_variant: boolean('Is a product variant', { readonly: true, store: false, compute: () => false }),
    product_variant_ids: one2many('Products', 'product.product', 'product_tmpl_id', { required: true, copy: false }),
    product_variant_id: many2one('Product', 'product.product', { readonly: true, store: false, compute: onlyVariant }),
    product_variant_count: integer('# Product Variants', {
      readonly: true,
      store: false,
      compute: ({ env, id }) => variantsOf(env, id).length
    }),
    barcode: char('Barcode', {
      store: false,
      searchable: true,
      compute: ofOnlyVariant('barcode'),
      write: toOnlyVariant('barcode'),
      copy: false
    }),
    default_code: char('Internal Reference', {
      compute: ofOnlyVariant('default_code'),
      write: toOnlyVariant('default_code')
    }),
    taxes_id: major =>
      many2many(major < 17 ? 'Customer Taxes' : 'Sales Taxes', 'account.tax', 'product_taxes_rel', {
        domain: [['type_tax_use', '=', 'sale']],
        default: taxes('sale')
      }),
    supplier_taxes_id: major =>
      many2many(major < 17 ? 'Vendor Taxes' : 'Purchase Taxes', 'account.tax', 'product_supplier_taxes_rel', {
        domain: [['type_tax_use', '=', 'purchase']],
        default: taxes('purchase')
      }),
    image_1920: binary('Image', { attachment: true }),
    image_1024: related('binary', 'Image 1024', 'image_1920', { store: true, attachment: true }),
    image_512: related('binary', 'Image 512', 'image_1920', { store: true, attachment: true }),
    image_256: related('binary', 'Image 256', 'image_1920', { store: true, attachment: true }),
    image_128: related('binary', 'Image 128', 'image_1920', { store: true, attachment: true }),
    is_favorite: boolean('Favorite', { from: 18 }),
    priority: selection(
      'Favorite',
      [
        ['0', 'Normal'],
        ['1', 'Favorite']
      ],
      { from: 15, until: 17, default: '0' }
    ),
    invoice_policy: major =>
      major < 17
        ? selection(
            'Invoicing Policy',
            [
              ['order', 'Ordered quantities'],
              ['delivery', 'Delivered quantities']
            ],
            { default: 'order' }
          )
        : selection('Invoicing Policy', [
            ['order', 'Ordered quantities'],
            ['delivery', 'Delivered quantities']
          ]),
    service_type: major =>
      major < 17
        ? selection('Track Service', [['manual', 'Manually set quantities on order']], { default: 'manual' })
        : selection('Track Service', [['manual', 'Manually set quantities on order']]),
    expense_policy: major =>
      selection(
        major < 17 ? 'Re-Invoice Expenses' : 'Re-Invoice Costs',
        [
          ['no', 'No'],
          ['cost', 'At cost'],
          ['sales_price', 'Sales price']
        ],
        { default: 'no' }
      ),
    sales_count: major =>
      major < 17
        ? float('Sold', { readonly: true, store: false, compute: ({ env, id }) => soldOf(env, variantsOf(env, id)) })
        : float('Sold', {
            readonly: true,
            store: false,
            digits: [16, 2],
            compute: ({ env, id }) => soldOf(env, variantsOf(env, id))
          }),
    message_ids: major =>
      major < 17
        ? one2many('Messages', 'mail.message', 'res_id', {
            domain: [['message_type', '!=', 'user_notification']],
            compute: messagesOn('product.template'),
            copy: false
          })
        : one2many('Messages', 'mail.message', 'res_id', { compute: messagesOn('product.template'), copy: false }),
    activity_ids: one2many('Activities', 'mail.activity', 'res_id', {
      groups: 'base.group_user',
      compute: activitiesOn('product.template'),
      copy: false
    })
  },
  access: [
    ['base.group_user', 'r'],
    ['base.group_system', 'crwu', { until: 17 }],
    ['account.group_account_manager', 'crwu', { until: 17 }],
    ['sales_team.group_sale_salesman', 'r', { until: 17 }],
    ['sales_team.group_sale_manager', 'crwu', { until: 17 }],
    ['product.group_product_manager', 'crwu', { from: 18 }]
  ],
  rules: [
    {
      name: 'Product multi-company',
      domain: ({ companies, major }) => [
        '|',
        ['company_id', major < 17 ? 'in' : 'parent_of', companies],
        ['company_id', '=', false]
      ]
    }
  ],
  displayName: codedName,
  readsFirst: major => (major < 15 ? '' : 'w'),
  nameSearch: major => (major < 17 ? ['name', 'default_code', 'barcode'] : ['name']),
  searchDisplayName: searchTemplate,
  check: createVariants,
  beforeCreate: (_env, values) => ({ invoice_policy: 'order', service_type: 'manual', ...values }),
  copyDefaults: ({ get }) => ({ name: `${get('name')} (copy)` }),
  methods: { message_post: messagePost, activity_schedule: activitySchedule },
  listView: major =>
    listArch(major, 'Product', 'name default_code list_price standard_price categ_id type uom_id active')
}
