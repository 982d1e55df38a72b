import type { Case, Json } from './calls.js'
import { fresh, look, write } from './write-calls.js'

/** Every value in a record of its own: created with it, and another record changed to it; both read back. */
export function valueCases(): Case[] {
  return values.flatMap(([model, field, value], index) => conversion(model, field, value, index))
}

function conversion(model: string, field: string, value: Json, index: number): Case[] {
  const [created, changed] = [`created-${model}-${index}`, `changed-${model}-${index}`]
  return [
    { kind: 'state', calls: [fresh(model, created, { [field]: value }), look(model, created, [field])] },
    {
      kind: 'state',
      calls: [fresh(model, changed), write(model, [changed], { [field]: value }), look(model, changed, [field])]
    }
  ]
}

const to = (model: string, field: string, ...values: Json[]): [string, string, Json][] => {
  return values.map(value => [model, field, value])
}

const values: [model: string, field: string, value: Json][] = [
  ...to(
    'res.partner',
    'city',
    'Gent',
    '',
    ' padded ',
    false,
    null,
    0,
    5,
    1.5,
    true,
    [],
    ['a', 1],
    {},
    { a: 1 },
    'x\u0000y'
  ),
  ...to('res.partner', 'city', 'é'.repeat(300), '😀\n\t"\'\\'),
  ...to(
    'res.partner',
    'color',
    7,
    '7',
    ' 7 ',
    7.9,
    -7.9,
    '7.5',
    '',
    'x',
    false,
    null,
    true,
    2147483648,
    -2147483648,
    1e20,
    []
  ),
  ...to('res.partner', 'partner_latitude', 1.23456789, '1.5', '', 'x', false, null, true, 3, 'nan', 1e300, [], 200.5),
  ...to('res.partner', 'is_company', true, false, null, 1, 0, '', 'false', [], ['x']),
  ...to('res.partner', 'type', 'invoice', 'nope', '', false, null, 5, true),
  ...to('res.partner', 'name', false, '', null, 5),
  ...to('res.partner', 'parent_id', '@res.partner:3', false, null, '', 0, 999999999, ['@res.partner:3'], []),
  ...to('res.partner', 'parent_id', -1),
  ...to('res.partner', 'country_id', '@res.country:BE', 999999999, 'BE'),
  ...to('res.partner', 'comment', '<script>alert(1)</script><p>x</p>', 'plain', '', false, '<p>a<br>b</p>', 5),
  ...to('res.partner', 'lang', 'en_US', false, ''),
  ...to('res.partner', 'tz', 'Europe/Brussels', 'Nowhere/Land', ''),
  ...to('res.partner', 'email', 'a@b.example', 'not an address', '"X" <x@y.example>', ''),
  ...to('res.partner', 'active', true, false, null, '', 0),
  ...to('res.partner', 'create_date', '2020-01-01 00:00:00'),
  ...to('res.partner', 'id', 5, '@res.partner:3'),
  ...to('res.partner', 'company_type', 'company', 'person', 'x'),
  ...to('res.partner', 'nope', 1),
  ...to('res.partner', 'image_1920', false, ''),
  ...to(
    'crm.lead',
    'date_deadline',
    '2024-02-29',
    '2024-02-29 23:59:59',
    '2024-02-29T12:00:00',
    '2024-2-9',
    '',
    false,
    null
  ),
  ...to(
    'crm.lead',
    'date_deadline',
    '2023-02-29',
    'x',
    '29/02/2024',
    20240229,
    true,
    '2024',
    '0001-01-01',
    '9999-12-31',
    []
  ),
  ...to('crm.lead', 'expected_revenue', 10.005, '10', 'x', false, 1e12, -3),
  ...to('crm.lead', 'priority', '2', 2, '9', '', false),
  ...to('crm.lead', 'type', 'lead', 'nope', false),
  ...to('crm.lead', 'stage_id', '@crm.stage:Qualified', 999999999),
  ...to('crm.lead', 'user_id', '@res.users:sales', false, 999999999),
  ...to('crm.lead', 'partner_id', '@res.partner:25', false),
  ...to('crm.lead', 'probability', 33.33),
  ...to('crm.lead', 'name', false, '', 'x'),
  ...to(
    'sale.order',
    'date_order',
    '2024-02-29 12:00:00',
    '2024-02-29',
    '2024-02-29T12:00:00',
    '2024-02-29 12:00',
    'x'
  ),
  ...to('sale.order', 'date_order', '2024-02-29 12:00:00.123456', '2024-02-29 12:00:00Z', '2024-02-29 25:00:00', 5),
  ...to('sale.order', 'validity_date', '2024-02-29', '2024-02-30', false),
  ...to('sale.order', 'partner_id', '@res.partner:25', false, 999999999),
  ...to('sale.order', 'state', 'sent', 'nope', false),
  ...to('sale.order', 'user_id', false, '@res.users:sales'),
  ...to('sale.order', 'note', 'a\nb', '<p>x</p>', false),
  ...to('product.product', 'list_price', 9.999, '12.5', 'x', false),
  ...to('product.product', 'lst_price', 5),
  ...to('product.product', 'type', 'service', 'consu', 'nope', false),
  ...to('product.product', 'name', false, '', 'x'),
  ...to('product.product', 'categ_id', '@product.category:1', 999999999),
  ...to('product.product', 'barcode', false),
  ...to('product.product', 'weight', 0.12345, '1', 'x'),
  ...to('product.product', 'default_code', '§w2', '§w3'),
  ...to('product.product', 'standard_price', 3.33333)
]
