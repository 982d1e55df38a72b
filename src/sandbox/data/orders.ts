import { textOf } from '../models/res-partner-computed.js'
import { lineTaxes } from '../models/sale-amounts.js'
import { companiesOf } from './pipeline.js'
import type { Seeder } from './seeder.js'

const states = ['draft', 'draft', 'sent', 'sent', 'sale', 'sale', 'sale', 'cancel'] as const

/** Quotations and orders in all states, the portal user's among them, and a few invoices. */
export function seedOrders(seeder: Seeder): void {
  const { insert, id } = seeder
  const company_id = id('base.main_company')
  insert(
    'ir.sequence',
    {
      name: 'Sales Order',
      code: 'sale.order',
      prefix: 'S',
      padding: 5,
      number_next: 1,
      company_id: null,
      active: true
    },
    'sale.seq_sale_order'
  )
  const partners = companiesOf(seeder)
  for (let index = 0; index < 40; index++) addOrder(seeder, index, partners)
  insert('account.journal', { name: 'Customer Invoices', code: 'INV', type: 'sale', company_id, sequence: 5 })
  insert('account.journal', { name: 'Vendor Bills', code: 'BILL', type: 'purchase', company_id, sequence: 6 })
  insert('account.journal', {
    name: 'Ventes',
    code: 'VEN',
    type: 'sale',
    company_id: id('base.second_company'),
    sequence: 5
  })
  seedInvoices(seeder)
}

function addOrder(seeder: Seeder, index: number, partners: number[]): void {
  const { env, insert, id, random, day, moment } = seeder
  const portal = index % 13 === 5
  const partner = portal
    ? Number(env.tables.row('res.users', id('base.demo_user0'))?.partner_id)
    : random.pick(partners)
  const second = index % 11 === 10
  const state = portal ? 'sale' : random.pick(states)
  const ordered = random.between(-40, 0)
  const owner = index % 9 === 8 ? null : random.pick([id('base.user_admin'), id('base.user_demo')])
  const order = insert('sale.order', {
    name: nextName(seeder),
    partner_id: partner,
    partner_invoice_id: partner,
    partner_shipping_id: partner,
    state: state === 'sale' && index % 7 === 6 && env.major < 17 ? 'done' : state,
    locked: state === 'sale' && index % 7 === 6,
    date_order: moment(ordered, random.between(7, 17)),
    validity_date: index % 6 === 5 ? null : day(ordered + 30),
    user_id: owner,
    team_id: id('sales_team.team_sales_department'),
    company_id: second ? id('base.second_company') : id('base.main_company'),
    currency_id: second ? id('base.EUR') : id('base.USD'),
    pricelist_id: id('product.list0') + (second ? 1 : 0),
    client_order_ref: index % 5 === 0 ? `PO-${1000 + index}` : null,
    note: index % 10 === 3 ? 'Deliver to the back entrance.' : null
  })
  for (let count = random.between(1, 4), sequence = 10; count > 0; count--, sequence++)
    addLine(seeder, order, sequence, second)
}

function nextName({ env, id }: Seeder): string {
  const sequence = id('sale.seq_sale_order')
  const number = Number(env.tables.row('ir.sequence', sequence)?.number_next)
  env.tables.update('ir.sequence', sequence, { number_next: number + 1 })
  return `S${String(number).padStart(5, '0')}`
}

function addLine({ env, insert, id, random, link }: Seeder, order: number, sequence: number, second: boolean): void {
  const product = id(`product.product_product_${random.between(1, 28)}`)
  const variant = env.tables.row('product.product', product)
  const template = env.tables.row('product.template', Number(variant?.product_tmpl_id))
  const name = textOf(template?.name)
  const line = insert('sale.order.line', {
    order_id: order,
    sequence,
    product_id: product,
    name: `[${variant?.default_code}] ${name}`,
    product_uom_qty: random.between(1, 12),
    product_uom: template?.uom_id as number,
    product_uom_id: template?.uom_id as number,
    price_unit: template?.list_price as number,
    discount: random.chance(0.15) ? 10 : 0,
    customer_lead: 0,
    qty_delivered: 0,
    qty_invoiced: 0
  })
  link(lineTaxes, line, id(second ? 'account.tax_sale_be' : 'account.tax_sale'))
}

/** Invoices of the first confirmed orders; one is paid, one a draft. */
function seedInvoices(seeder: Seeder): void {
  const { env } = seeder
  const orders = [...env.tables.rows('sale.order').values()].filter(({ state }) => state === 'sale' || state === 'done')
  orders.slice(0, 6).forEach((order, index) => {
    addInvoice(seeder, order.id, index)
  })
}

function addInvoice({ env, insert, link, day }: Seeder, orderId: number, index: number): void {
  const order = env.tables.row('sale.order', orderId)
  const journal = [...env.tables.rows('account.journal').values()].find(row => row.company_id === order?.company_id)
  const currency_id = env.tables.row('res.company', Number(order?.company_id))?.currency_id as number
  const draft = index === 5
  const year = env.now.slice(0, 4)
  const name = draft ? '/' : `INV/${year}/${String(index + 1).padStart(5, '0')}`
  const move = insert('account.move', {
    name: draft && env.major >= 17 ? null : name,
    date: day(-30 + index * 5),
    state: draft ? 'draft' : 'posted',
    move_type: 'out_invoice',
    partner_id: order?.partner_id as number,
    invoice_date: draft ? null : day(-30 + index * 5),
    invoice_date_due: draft ? null : day(index * 5),
    invoice_origin: order?.name as string,
    invoice_user_id: order?.user_id as number | null,
    journal_id: journal?.id ?? null,
    company_id: order?.company_id as number,
    currency_id,
    payment_state: index < 2 ? 'paid' : 'not_paid',
    payment_reference: draft ? null : name,
    team_id: order?.team_id as number
  })
  for (const lineId of env.tables.referring('sale.order.line', 'order_id', orderId)) {
    const line = env.tables.row('sale.order.line', lineId)
    const quantity = line?.product_uom_qty as number
    const invoiced = insert('account.move.line', {
      move_id: move,
      name: line?.name as string,
      quantity,
      price_unit: line?.price_unit as number,
      discount: line?.discount as number,
      product_id: line?.product_id as number,
      product_uom_id: (line?.product_uom ?? line?.product_uom_id) as number,
      currency_id,
      partner_id: order?.partner_id as number,
      display_type: env.major < 17 ? null : 'product',
      sequence: line?.sequence as number
    })
    for (const tax of env.tables.links(lineTaxes, lineId, false))
      link('account_move_line_account_tax_rel', invoiced, tax)
    link('sale_order_line_invoice_rel', lineId, invoiced)
    env.tables.update('sale.order.line', lineId, { qty_invoiced: quantity })
  }
}
