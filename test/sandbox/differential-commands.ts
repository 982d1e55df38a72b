import type { Case, Json } from './calls.js'
import { fresh, look, write } from './write-calls.js'

const category = (n: number) => `@res.partner.category:${n}`

/** Commands for a many2many, sent in create and in write to a record that has the categories 0 and 1. */
const many2many: Json[] = [
  [[6, 0, [category(0), category(1)]]],
  [[6, 0, []]],
  [[6, 0]],
  [[6]],
  [[6, 0, null]],
  [[6, 0, false]],
  [[6, 0, category(0)]],
  [[6, 0, ['x']]],
  [[6, 0, [999999999]]],
  [[6, false, [category(3)]]],
  [[5]],
  [[5, 0, 0]],
  [[4, category(3)]],
  [[4, category(0), 0]],
  [[4, category(2), false]],
  [[4]],
  [[4, 999999999]],
  [[4, 'x']],
  [[4, false]],
  [[4, [category(0)]]],
  [[3, category(0)]],
  [[3, category(3), 0]],
  [[3, 999999999]],
  [[3]],
  [[0, 0, { name: '§ by command' }]],
  [[0, 0, {}]],
  [[0, 0]],
  [[0]],
  [[0, 0, { nope: 1 }]],
  [[0, 0, 'x']],
  [[1, 999999999, { name: '§ x' }]],
  [[1, 999999999, {}]],
  [[2, 999999999]],
  [[7, 0, 0]],
  [[-1, 0, 0]],
  [['4', category(0)]],
  [['x', 0, 0]],
  [[null, 0, 0]],
  [[true, 0, 0]],
  [[]],
  [[[4, category(0)]]],
  [category(3)],
  [category(0), category(3)],
  category(3),
  [999999999],
  ['x'],
  [null],
  [false],
  [],
  'x',
  '',
  5,
  false,
  null,
  true,
  {},
  [{ name: 'x' }],
  [[5], [4, category(3)]],
  [[4, category(3)], [5]],
  [
    [4, category(3)],
    [3, category(3)]
  ],
  [
    [6, 0, [category(3)]],
    [4, category(2)]
  ],
  [category(0), [4, category(3)]],
  [[4, category(3)], category(0)],
  [[6, 0, [category(3), category(3)]]]
]

const name = { name: '§w child', ref: '§w' }
/** Commands for a one2many of a record with one child, `@res.partner:<child>`. */
const one2many = (child: string): Json[] => [
  [[0, 0, name]],
  [
    [0, 0, name],
    [0, 0, { ...name, city: 'second' }]
  ],
  [[0, 'virtual_1', name]],
  [[0, 0, { ...name, parent_id: '@res.partner:3' }]],
  [[0, 0, { ref: '§w' }]],
  [[0, 0, { ...name, nope: 1 }]],
  [[0, 0, { ...name, child_ids: [[0, 0, { ...name, city: 'grandchild' }]] }]],
  [[1, child, { city: 'changed' }]],
  [[1, child, { nope: 1 }]],
  [[1, child]],
  [[1, 999999999, { city: 'x' }]],
  [[2, child]],
  [[2, child, 0]],
  [[2, 999999999]],
  [[3, child]],
  [[3, 999999999, 0]],
  [[4, child]],
  [[4, 999999999]],
  [[5]],
  [[6, 0, []]],
  [[6, 0, [child]]],
  [[6, 0, [999999999]]],
  [[7, 0, 0]],
  [child],
  [],
  'x',
  false,
  null,
  5,
  {}
]

const line = { product_id: '@product.product:1', name: 'Lamp', product_uom_qty: 2, price_unit: 10 }
const orderLines: Json[] = [
  [[0, 0, line]],
  [
    [0, 0, { ...line, discount: 10 }],
    [0, 0, line]
  ],
  [[0, 0, { ...line, product_uom_qty: 0 }]],
  [[0, 0, { ...line, product_uom_qty: -1 }]],
  [[0, 0, { ...line, price_unit: 0.333, product_uom_qty: 3 }]],
  [[0, 0, { name: 'Title', display_type: 'line_section' }]],
  [[0, 0, { ...line, display_type: 'line_note' }]],
  [[0, 0, { name: 'no product' }]],
  [[0, 0, { product_id: '@product.product:1' }]],
  [[0, 0, { ...line, product_id: 999999999 }]],
  [[0, 0, { ...line, price_unit: 'x' }]],
  [[0, 0, {}]],
  [[5]],
  []
]

/** x2many commands, and what they leave behind. */
export function commandCases(): Case[] {
  const partner = 'res.partner'
  return [
    ...many2many.flatMap((commands, n): Case[] => [
      {
        kind: 'state',
        calls: [fresh(partner, `m2m-${n}`, { category_id: commands }), look(partner, `m2m-${n}`, ['category_id'])]
      },
      {
        kind: 'state',
        calls: [
          fresh(partner, `m2m-w${n}`, { category_id: [[6, 0, [category(0), category(1)]]] }),
          write(partner, [`m2m-w${n}`], { category_id: commands }),
          look(partner, `m2m-w${n}`, ['category_id'])
        ]
      }
    ]),
    ...one2many('@res.partner:?').map((_, n): Case => {
      const [parent, child] = [`o2m-${n}`, `o2m-child-${n}`]
      return {
        kind: 'state',
        calls: [
          fresh(partner, parent, { is_company: true }),
          fresh(partner, child, { parent_id: `@res.partner:${parent}` }),
          write(partner, [parent], { child_ids: one2many(`@res.partner:${child}`)[n] as Json }),
          look(partner, parent, ['child_ids']),
          look(partner, child, ['parent_id', 'city', 'active']),
          {
            model: partner,
            method: 'search_read',
            args: [[['id', 'child_of', `@res.partner:${parent}`]], ['name', 'ref', 'city', 'parent_id']],
            kwargs: { order: 'id' },
            shape: 'rows'
          }
        ]
      }
    }),
    ...orderLines.map((commands, n): Case => {
      const order = `lines-${n}`
      return {
        kind: 'state',
        calls: [
          fresh('sale.order', order, { order_line: commands }),
          look('sale.order', order, ['state', 'amount_untaxed', 'order_line', 'partner_id', 'currency_id']),
          {
            model: 'sale.order.line',
            method: 'search_read',
            args: [
              [['order_id', '=', `@sale.order:${order}`]],
              ['name', 'product_id', 'price_unit', 'price_subtotal', 'state']
            ],
            kwargs: { order: 'id' },
            shape: 'rows'
          }
        ]
      }
    })
  ]
}
