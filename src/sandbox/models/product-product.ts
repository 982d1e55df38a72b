import { validationError } from '../exceptions.js'
import type { Json, JsonObject } from '../json.js'
import { checkRights } from '../orm/access.js'
import { existing } from '../orm/browse.js'
import type { Env } from '../orm/env.js'
import { binary, boolean, char, datetime, float, many2one, one2many, related } from '../orm/fields.js'
import type { Method, ModelSpec } from '../orm/types.js'
import { displayNameOf } from '../orm/values.js'
import { unlink } from '../orm/write/unlink.js'
import { write } from '../orm/write/write.js'
import { activitiesOn, messagesOn } from './counting.js'
import { searchProduct } from './display-names.js'
import { listArch } from './list-arch.js'
import { searchProductNames } from './name-searches.js'
import { coded, codedName, createTemplate, soldOf, unlinkEmptied } from './product-variants.js'

/** Those that are gone already are no error. */
const unlinkExisting: Method = {
  on: 'records',
  params: [],
  run(env, model, ids) {
    checkRights(env, model, 'r')
    unlink(env, model, existing(env, model, ids))
    return true
  }
}

/** Variants of products: what a line of an order sells. */
export const productProduct: ModelSpec = {
  name: 'product.product',
  description: major => (major < 16 ? 'Product' : 'Product Variant'),
  module: 'product',
  order: major =>
    major < 17
      ? 'default_code, name, id'
      : major < 18
        ? 'priority desc, default_code, name, id'
        : 'default_code, name, id',
  inherits: { product_tmpl_id: 'product.template' },
  fields: {
    product_tmpl_id: many2one('Product Template', 'product.template', { required: true, ondelete: 'cascade' }),
    // A copy is one of the template, which has no code of its own.
    default_code: char('Internal Reference', { copy: false }),
    code: char('Reference', { readonly: true, store: false, compute: ({ get }) => get('default_code') }),
    active: boolean('Active', { default: true }),
    barcode: char('Barcode', { copy: false }),
    lst_price: major =>
      major < 17
        ? float('Public Price', {
            store: false,
            digits: [16, 2],
            compute: ({ get }) => get('product_tmpl_id.list_price'),
            write: writePrice
          })
        : float('Sales Price', {
            minDisplayDigits: true,
            store: false,
            compute: ({ get }) => get('product_tmpl_id.list_price'),
            write: writePrice
          }),
    price_extra: major =>
      major < 17
        ? float('Variant Price Extra', { readonly: true, store: false, digits: [16, 2], compute: () => 0 })
        : float('Variant Price Extra', { readonly: true, store: false, compute: () => 0 }),
    standard_price: major =>
      major < 17
        ? float('Cost', {
            store: false,
            searchable: true,
            digits: [16, 2],
            groups: 'base.group_user',
            companyDependent: true
          })
        : float('Cost', { groups: 'base.group_user', companyDependent: true }),
    volume: float('Volume', { digits: [16, 2] }),
    weight: float('Weight', { digits: [16, 2] }),
    is_product_variant: boolean('Is Product Variant', { readonly: true, store: false, compute: () => true }),
    image_1920: binary('Image', {
      store: false,
      compute: ({ get }) => get('product_tmpl_id.image_1920'),
      write: writeImage
    }),
    image_1024: binary('Image 1024', {
      readonly: true,
      store: false,
      compute: ({ get }) => get('product_tmpl_id.image_1920')
    }),
    image_512: binary('Image 512', {
      readonly: true,
      store: false,
      compute: ({ get }) => get('product_tmpl_id.image_1920')
    }),
    image_256: binary('Image 256', {
      readonly: true,
      store: false,
      compute: ({ get }) => get('product_tmpl_id.image_1920')
    }),
    image_128: binary('Image 128', {
      readonly: true,
      store: false,
      compute: ({ get }) => get('product_tmpl_id.image_1920')
    }),
    partner_ref: char('Customer Ref', {
      readonly: true,
      store: false,
      compute: ({ get }) => coded(get('default_code'), get('name'))
    }),
    sales_count: major =>
      major < 17
        ? float('Sold', { readonly: true, store: false, compute: ({ env, id }) => soldOf(env, [id]) })
        : float('Sold', { readonly: true, store: false, digits: [16, 2], compute: ({ env, id }) => soldOf(env, [id]) }),
    combination_indices: char('Combination Indices', { readonly: true, compute: () => '' }),
    is_favorite: related('boolean', 'Favorite', 'product_tmpl_id.is_favorite', {
      readonly: false,
      store: true,
      from: 18
    }),
    message_ids: major =>
      major < 17
        ? one2many('Messages', 'mail.message', 'res_id', {
            domain: [['message_type', '!=', 'user_notification']],
            compute: messagesOn('product.product'),
            copy: false
          })
        : one2many('Messages', 'mail.message', 'res_id', { compute: messagesOn('product.product'), copy: false }),
    activity_ids: one2many('Activities', 'mail.activity', 'res_id', {
      groups: 'base.group_user',
      compute: activitiesOn('product.product'),
      copy: false
    }),
    write_date: major => datetime(major < 17 ? 'Last Updated on' : 'Write Date', { readonly: true, copy: false })
  },
  access: [
    ['base.group_user', 'r'],
    ['base.group_system', 'crwu', { until: 17 }],
    ['account.group_account_readonly', 'r'],
    ['account.group_account_manager', 'crwu', { until: 17 }],
    ['sales_team.group_sale_salesman', 'r', { until: 17 }],
    ['sales_team.group_sale_manager', 'crwu', { until: 17 }],
    ['product.group_product_manager', 'crwu', { from: 18 }]
  ],
  displayName: codedName,
  nameSearch: ['name', 'default_code', 'barcode'],
  searchName: searchProductNames,
  searchDisplayName: searchProduct,
  readsFirst: major => (major < 15 ? '' : 'w'),
  overrides: { create: 'ProductProduct', write: 'ProductProduct', unlink: 'ProductProduct' },
  methods: { unlink: unlinkExisting },
  unique: [
    {
      name: 'product_product_barcode_uniq',
      fields: ['barcode'],
      message: 'A barcode can only be assigned to one product !',
      until: 15
    }
  ],
  check: checkBarcodes,
  beforeCreate: createTemplate,
  beforeUnlink: unlinkEmptied,
  copyDefaults: ({ get }) => ({ name: `${get('name')} (copy)` }),
  listView: major =>
    listArch(major, 'Product Variants', 'default_code name lst_price standard_price categ_id type uom_id active')
}

/** From 16 it is code that keeps barcodes apart, not PostgreSQL. */
function checkBarcodes(env: Env, ids: number[]): void {
  if (env.major < 16) return
  const model = env.models.need('product.product')
  for (const id of ids) {
    const barcode = env.tables.row('product.product', id)?.barcode
    if (typeof barcode !== 'string' || barcode === '') continue
    const same = [...env.tables.rows('product.product').values()].filter(row => row.barcode === barcode)
    if (same.length < 2) continue
    const names = same.map(row => displayNameOf(env.sudo(), model, row.id)).join(' and ')
    throw validationError(
      `Barcode(s) already assigned:\n\n- Barcode "${barcode}" already assigned to product(s): ${names}\n\n` +
        "Note: products that you don't have access to will not be shown above."
    )
  }
}

function writePrice(env: Env, ids: number[], value: Json): void {
  toTemplate(env, ids, { list_price: value })
}

function writeImage(env: Env, ids: number[], value: Json): void {
  toTemplate(env, ids, { image_1920: value })
}

function toTemplate(env: Env, ids: number[], values: JsonObject): void {
  const templates = ids.map(id => env.tables.row('product.product', id)?.product_tmpl_id)
  write(
    env.sudo(),
    env.models.need('product.template'),
    templates.filter(id => typeof id === 'number'),
    values
  )
}
