import type { Seeder } from './seeder.js'

/** Code, name, category, price, cost, type, unit. */
const products: readonly (readonly [string, string, string, number, number, string?])[] = [
  ['FURN_0001', 'Office Chair', 'Office Furniture', 70, 55],
  ['FURN_0002', 'Office Lamp', 'Office Furniture', 40, 35],
  ['FURN_0003', 'Desk Combination', 'Office Furniture', 450, 300],
  ['FURN_0004', 'Customizable Desk', 'Office Furniture', 750, 500],
  ['FURN_0005', 'Corner Desk Right Sit', 'Office Furniture', 147, 600],
  ['FURN_0006', 'Large Cabinet', 'Office Furniture', 320, 800],
  ['FURN_0007', 'Storage Box', 'Office Furniture', 15.8, 14],
  ['FURN_0008', 'Large Desk', 'Office Furniture', 1799, 1299],
  ['FURN_0009', 'Pedal Bin', 'Office Furniture', 47, 10],
  ['FURN_0010', 'Cabinet with Doors', 'Office Furniture', 140, 120.5],
  ['FURN_0011', 'Conference Chair', 'Office Furniture', 33, 28],
  ['FURN_0012', 'Flipover', 'Office Furniture', 1950, 1700],
  ['FURN_0013', 'Individual Workplace', 'Office Furniture', 885, 876],
  ['FURN_0014', 'Acoustic Bloc Screens', 'Office Furniture', 295, 287],
  ['FURN_0015', 'Drawer', 'Office Furniture', 110.5, 100],
  ['FURN_0016', 'Four Person Desk', 'Office Furniture', 2350, 2300],
  ['FURN_0017', 'Three-Seat Sofa', 'Home', 1500, 1000],
  ['FURN_0018', 'Bedside Table', 'Home', 89.9, 45],
  ['FURN_0019', 'Oak Bookcase', 'Home', 399, 220],
  ['CONS_0001', 'Whiteboard Pen', 'Consumable', 1.2, 0.5],
  ['CONS_0002', 'Printer Paper', 'Consumable', 4.9, 3.1],
  ['CONS_0003', 'Screws, box of 100', 'Consumable', 7.45, 4],
  ['CONS_0004', 'Wood Varnish', 'Consumable', 12.5, 8.2],
  ['SERV_0001', 'Virtual Interior Design', 'Services', 30.75, 20.5, 'service'],
  ['SERV_0002', 'Virtual Home Staging', 'Services', 38.25, 25.5, 'service'],
  ['SERV_0003', 'Furniture Assembly', 'Services', 65, 40, 'service'],
  ['SERV_0004', 'Delivery', 'Services', 25, 15, 'service'],
  ['SERV_0005', 'Extended Warranty', 'Services', 49, 10, 'service'],
  ['OLD_0001', 'Fax Machine', 'Office Furniture', 199, 150],
  ['BE_0001', 'Belgian Desk', 'Office Furniture', 500, 350]
]

/** Units, taxes, categories, products with a variant each, and a list of prices. */
export function seedProducts(seeder: Seeder): void {
  const { insert, link, id } = seeder
  seedUnits(seeder)
  seedTaxes(seeder)
  const all = insert('product.category', { name: 'All' }, 'product.product_category_all')
  const categories = new Map<string, number>()
  for (const [name, parent] of [
    ['Saleable', 'All'],
    ['Office Furniture', 'Saleable'],
    ['Home', 'Saleable'],
    ['Services', 'Saleable'],
    ['Consumable', 'All'],
    ['Expenses', 'All']
  ] as const) {
    categories.set(name, insert('product.category', { name, parent_id: categories.get(parent) ?? all }))
  }
  const currency_id = id('base.USD')
  insert('product.pricelist', { name: 'Public Pricelist', currency_id, sequence: 1 }, 'product.list0')
  insert('product.pricelist', { name: 'European Pricelist', currency_id: id('base.EUR'), sequence: 2 })
  products.forEach(([code, name, category, list_price, cost, type = 'consu'], index) => {
    const unit = id(type === 'service' && index % 2 === 0 ? 'uom.product_uom_hour' : 'uom.product_uom_unit')
    const active = code !== 'OLD_0001'
    const template = insert('product.template', {
      name,
      list_price,
      type,
      active,
      categ_id: categories.get(category) ?? all,
      uom_id: unit,
      uom_po_id: unit,
      company_id: code === 'BE_0001' ? id('base.second_company') : null,
      description_sale: index === 2 ? 'Desk combination, black-brown: chair, desk and drawer.' : null,
      purchase_ok: type !== 'service',
      invoice_policy: 'order'
    })
    link('product_taxes_rel', template, id('account.tax_sale'))
    insert(
      'product.product',
      {
        product_tmpl_id: template,
        default_code: code,
        standard_price: cost,
        weight: type === 'consu' ? (index % 7) + 0.5 : 0,
        volume: 0,
        active,
        barcode: index < 5 ? `60100000000${index}4` : null
      },
      `product.product_product_${index + 1}`
    )
  })
}

function seedUnits({ env, insert }: Seeder): void {
  const unit = insert('uom.category', { name: 'Unit' }, 'uom.product_uom_categ_unit')
  const weight = insert('uom.category', { name: 'Weight' }, 'uom.product_uom_categ_kgm')
  const time = insert('uom.category', { name: 'Working Time' }, 'uom.uom_categ_wtime')
  const add = (name: string, category_id: number, factor: number, xmlid: string, base?: number) => {
    const uom_type = factor === 1 ? 'reference' : factor < 1 ? 'bigger' : 'smaller'
    const modern = { factor: 1 / factor, relative_factor: 1 / factor, relative_uom_id: base ?? null }
    return insert(
      'uom.uom',
      { name, category_id, factor, uom_type, rounding: 0.01, active: true, ...(env.major >= 19 && modern) },
      xmlid
    )
  }
  const units = add('Units', unit, 1, 'uom.product_uom_unit')
  add('Dozens', unit, 1 / 12, 'uom.product_uom_dozen', units)
  const kilogram = add('kg', weight, 1, 'uom.product_uom_kgm')
  add('g', weight, 1000, 'uom.product_uom_gram', kilogram)
  const days = add('Days', time, 1, 'uom.product_uom_day')
  add('Hours', time, 8, 'uom.product_uom_hour', days)
}

function seedTaxes({ insert, id }: Seeder): void {
  const [main, second] = [id('base.main_company'), id('base.second_company')]
  const tax = { type_tax_use: 'sale', amount_type: 'percent', active: true, sequence: 1 }
  insert(
    'account.tax',
    { ...tax, name: 'Tax 15.00%', amount: 15, company_id: main, description: 'Tax 15%', invoice_label: 'Tax 15%' },
    'account.tax_sale'
  )
  insert(
    'account.tax',
    { ...tax, name: 'Tax 15.00% (purchases)', amount: 15, company_id: main, type_tax_use: 'purchase' },
    'account.tax_purchase'
  )
  insert('account.tax', { ...tax, name: '21% M', amount: 21, company_id: second }, 'account.tax_sale_be')
  for (const [name, note] of [
    ['Immediate Payment', 'Payment terms: Immediate Payment'],
    ['15 Days', 'Payment terms: 15 Days'],
    ['30 Days', 'Payment terms: 30 Days'],
    ['End of Following Month', 'Payment terms: End of Following Month']
  ] as const) {
    insert('account.payment.term', { name, note, sequence: 10 })
  }
}
