import type { JsonObject } from './calls.js'

const country = (code: string) => `@res.country:${code}`
const partner = (n: number) => `@res.partner:${n}`
const category = (...ns: number[]) => [[6, 0, ns.map(n => `@res.partner.category:${n}`)]]

/** A mark of its own for each. */
let next = 0
function withRef(values: JsonObject): JsonObject {
  const ref = `§p${String(next++).padStart(2, '0')}`
  return { ref, ...values }
}

/** Partners, parents before children: companies, their departments and people, and people of the departments. */
export const partners: JsonObject[][] = [
  [
    { name: 'Ärzte & Söhne GmbH', is_company: true, city: 'Köln', zip: '50667', country_id: country('DE') },
    { name: 'ÀRZTE & SÖHNE AG', is_company: true, city: 'KÖLN', email: '', phone: false, color: 3 },
    { name: '100% Cotton', is_company: true, city: 'Gent', country_id: country('BE'), category_id: category(0, 1) },
    { name: '100 Cotton_Mills', is_company: true, city: 'Ghent', country_id: country('BE'), color: 1 },
    { name: 'a_b', city: 'A%B', street: 'back\\slash 1', website: 'https://example.com', color: 11 },
    { name: 'aXb', city: 'a%b', street: 'O\'Neill "Quote" Street', color: -5 },
    { name: 'Zürich <b>bold</b>', city: 'Zürich', comment: '<p>Some <b>html</b> text</p>', function: 'CEO' },
    { name: '  spaces  ', city: ' ', email: 'Spaced.Name@Example.COM', phone: '+32 2 290 34 90' },
    { name: '日本語 株式会社', is_company: true, city: '東京', email: 'jp@example.com', vat: false },
    { name: 'emoji 😀 partner', city: '😀', email: 'emoji@example.com', category_id: category(1) },
    { name: 'ELEVEN', city: 'gent', zip: '9000', email: 'eleven@example.com', active: false },
    { name: 'eleven', city: 'Gent', zip: '09000', email: 'ELEVEN@example.com', category_id: category(2) },
    { name: '7', city: '42', zip: '0', street: 'false', phone: '0', color: 7 },
    { name: 'None', city: 'False', street: 'null', zip: 'true', lang: 'en_US' },
    { name: 'tz person', tz: 'Europe/Brussels', user_id: '@res.users:admin', company_id: '@res.company:main' },
    { name: 'second company only', company_id: '@res.company:second', city: 'Liège', country_id: country('BE') },
    { name: 'sold by sales', user_id: '@res.users:sales', city: 'Lille', country_id: country('FR') },
    { name: 'archived company', is_company: true, active: false, country_id: country('NL') },
    { name: 'far away', partner_latitude: -33.8688, partner_longitude: 151.2093, country_id: country('US') },
    { name: 'near', partner_latitude: 50.85, partner_longitude: 4.35, country_id: country('BE'), city: 'Brussels' },
    { name: 'Line\nbreak', comment: 'plain text', city: 'Tab\there' },
    { name: 'Zed', ref: '§', color: 2147483647, street2: 'Box 5', barcode: '§4006381333931' },
    { name: 'company name only', company_name: 'Unlinked Corp', email: 'x@unlinked.example' },
    { name: 'Émile', function: 'été', city: 'Étretat', country_id: country('FR'), category_id: category(0, 3) }
  ],
  [
    { name: 'Sales department', parent_id: partner(0), email: 'sales@aerzte.example', function: 'Department' },
    { name: 'Dr. Müller', parent_id: partner(0), email: 'mueller@aerzte.example', category_id: category(0) },
    { name: false, parent_id: partner(0), type: 'invoice', street: 'Rechnungsweg 1', city: 'Bonn' },
    { name: 'Delivery', parent_id: partner(2), type: 'delivery', city: 'Antwerpen', country_id: country('BE') },
    { name: 'Archived child', parent_id: partner(2), active: false, color: 4 },
    { name: 'Employee', parent_id: partner(2), function: 'Weaver', category_id: category(1, 3) },
    { name: 'Subsidiary', parent_id: partner(2), is_company: true, city: 'Brugge', country_id: country('BE') },
    { name: 'child of archived', parent_id: partner(17), city: 'Utrecht' },
    { name: 'Other address', parent_id: partner(8), type: 'other', city: '大阪' },
    { name: 'Tanaka', parent_id: partner(8), email: 'tanaka@example.com', user_id: '@res.users:sales' }
  ],
  [
    { name: 'Deep One', parent_id: partner(24), email: 'deep.one@aerzte.example', color: 5 },
    { name: 'Deep Two', parent_id: partner(24), active: false },
    { name: 'Sub employee', parent_id: partner(30), category_id: category(0, 1, 2) },
    { name: 'Sub delivery', parent_id: partner(30), type: 'delivery', city: 'Oostende' }
  ],
  [{ name: 'Deepest', parent_id: partner(34), function: 'four levels' }]
].map(generation => generation.map(values => withRef(values)))

const noTaxes = { taxes_id: [[6, 0, []]], supplier_taxes_id: [[6, 0, []]] }

export const products: JsonObject[] = [
  { name: 'Desk (oak)', default_code: '§D1', list_price: 750, standard_price: 500, weight: 40.5, type: 'consu' },
  { name: 'desk lamp', default_code: '§D2', list_price: 19.99, type: 'consu', categ_id: '@product.category:1' },
  { name: 'Consulting', default_code: '§S1', list_price: 120, type: 'service', categ_id: '@product.category:0' },
  { name: 'Free sample', default_code: '§F0', list_price: 0, type: 'consu', sale_ok: false },
  { name: 'Schraube 5 % längs', default_code: '§SCR_5', list_price: 0.05, barcode: '§111', volume: 0.001 },
  { name: 'Discontinued', default_code: '§X1', list_price: 10, active: false },
  { name: 'Not for sale', default_code: '§N1', sale_ok: false, purchase_ok: false, description_sale: 'Never sold' },
  { name: 'Bought only', default_code: '§B1', list_price: 33.333, standard_price: 22.22, sale_ok: false },
  { name: 'Rounding', default_code: '§R1', list_price: 1.005, standard_price: 0.125, weight: 0.333 },
  { name: 'Big', default_code: '§BIG', list_price: 1234567.89, barcode: '§222', categ_id: '@product.category:1' },
  { name: 'Negative', default_code: '§NEG', list_price: -5, description_sale: '' },
  { name: '<i>Tagged</i>', default_code: '§TAG', list_price: 7, description_sale: 'Line 1\nLine 2' }
].map(values => ({ categ_id: '@product.category:0', invoice_policy: 'order', ...values, ...noTaxes }))

const stage = (name: string) => `@crm.stage:${name}`
const tags = (...ns: number[]) => [[6, 0, ns.map(n => `@crm.tag:${n}`)]]

export const leads: JsonObject[] = [
  { name: '§ Office furniture', expected_revenue: 12000, probability: 20, priority: '2', date_deadline: '2024-01-31' },
  { name: '§ office chairs', expected_revenue: 3400.5, probability: 50, priority: '1', stage_id: stage('Qualified') },
  { name: '§ 50 % off', expected_revenue: 0, probability: 0, priority: '0', date_deadline: '2024-02-29' },
  { name: '§ Lead only', type: 'lead', email_from: 'lead@example.com', partner_name: 'Lead Corp' },
  { name: '§ for sales', user_id: '@res.users:sales', expected_revenue: 800, date_deadline: '2024-03-01' },
  { name: '§ for sales 2', user_id: '@res.users:sales', stage_id: stage('Proposition'), expected_revenue: 1600 },
  { name: '§ unassigned', user_id: false, expected_revenue: 50, date_deadline: '2023-12-31', tag_ids: tags(0) },
  { name: '§ archived lost', active: false, probability: 0, expected_revenue: 99999.99 },
  { name: '§ with customer', partner_id: partner(2), expected_revenue: 700, tag_ids: tags(0, 1) },
  { name: '§ with contact', partner_id: partner(25), expected_revenue: 701, tag_ids: tags(1, 2) },
  { name: '§ colour', color: 8, probability: 33.33, expected_revenue: 10.01, date_deadline: '2025-06-15' },
  { name: '§ week 53', date_deadline: '2021-01-03', expected_revenue: 1, phone: '+1 555 0100' },
  { name: '§ new year', date_deadline: '2024-12-30', expected_revenue: 2, city: 'Gent', country_id: country('BE') },
  { name: '§ quarter', date_deadline: '2024-04-01', expected_revenue: 3, description: 'Some words', priority: '3' },
  { name: '§ nothing at all', user_id: false, probability: 10 }
].map(values => ({
  type: 'opportunity',
  probability: 15,
  user_id: '@res.users:admin',
  stage_id: stage('New'),
  ...values
}))

const line = (name: string, product: number, quantity: number, price: number, more: JsonObject = {}): JsonObject => ({
  name,
  product_id: `@product.product:${product}`,
  product_uom_qty: quantity,
  price_unit: price,
  ...more
})

export const orders: JsonObject[] = [
  { partner_id: partner(2), date_order: '2024-01-15 10:00:00', order_line: [line('Desk', 0, 2, 750)] },
  {
    partner_id: partner(2),
    date_order: '2024-01-31 23:30:00',
    order_line: [line('Desk', 0, 1, 700, { discount: 10 }), line('Lamp', 1, 3, 19.99)]
  },
  {
    partner_id: partner(0),
    date_order: '2024-02-29 12:00:00',
    validity_date: '2024-03-31',
    order_line: [line('Hours', 2, 7.5, 120), { display_type: 'line_section', name: 'Section' }]
  },
  { partner_id: partner(25), date_order: '2024-03-31 00:30:00', order_line: [line('Screws', 4, 1000, 0.05)] },
  { partner_id: partner(16), date_order: '2024-07-01 00:00:00', user_id: '@res.users:sales', order_line: [] },
  {
    partner_id: partner(16),
    date_order: '2024-07-01 08:00:00',
    user_id: '@res.users:sales',
    origin: 'Web',
    order_line: [line('Round', 8, 3, 1.005, { discount: 33.33 })]
  },
  { partner_id: partner(22), date_order: '2023-12-31 23:59:59', note: 'Handle with care', order_line: [] },
  {
    partner_id: partner(8),
    date_order: '2024-10-27 01:30:00',
    commitment_date: '2024-11-05 09:00:00',
    order_line: [line('Big', 9, 1, 1234567.89), { display_type: 'line_note', name: 'A note' }]
  },
  { partner_id: '@res.partner:portal', date_order: '2025-01-05 06:00:00', order_line: [line('Lamp', 1, 1, 19.99)] },
  { partner_id: partner(18), date_order: '2024-12-30 12:00:00', user_id: false, order_line: [line('Gift', 3, 1, 0)] }
].map((values, index) => ({
  name: `§SO${index}`,
  client_order_ref: `§o${index}`,
  user_id: '@res.users:admin',
  company_id: '@res.company:main',
  ...values
}))
