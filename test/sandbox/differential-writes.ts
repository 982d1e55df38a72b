import type { Call, Case, Json, JsonObject } from './calls.js'
import { commandCases } from './differential-commands.js'
import { valueCases } from './differential-values.js'
import { fresh, look, write } from './write-calls.js'

/** Writes of all kinds, and what they leave behind. */
export function writeCases(): Case[] {
  return [...valueCases(), ...commandCases(), ...others(), ...copies(), ...nameCreates(), ...workflow()]
}

const all = ['name', 'ref', 'city', 'parent_id', 'child_ids', 'category_id', 'active', 'color']

function others(): Case[] {
  const state = (...calls: Call[]): Case => ({ kind: 'state', calls })
  const p = 'res.partner'
  return [
    state(fresh(p, 'e1'), write(p, ['e1'], {}), look(p, 'e1', all)),
    state(fresh(p, 'e2'), write(p, ['e2', 'e2'], { city: 'twice' }), look(p, 'e2', all)),
    state(
      fresh(p, 'e3'),
      { ...write(p, ['e3'], { city: 'x' }), args: [['@res.partner:e3', 999999999], { city: 'x' }] },
      look(p, 'e3', all)
    ),
    state(fresh(p, 'e4'), write(p, ['e4'], { city: 'x', color: 'x' }), look(p, 'e4', all)),
    state(fresh(p, 'r1'), write(p, ['r1'], { parent_id: '@res.partner:r1' }), look(p, 'r1', all)),
    state(
      fresh(p, 'r2'),
      fresh(p, 'r3', { parent_id: '@res.partner:r2' }),
      write(p, ['r2'], { parent_id: '@res.partner:r3' }),
      look(p, 'r2', all)
    ),
    state(
      fresh(p, 'u1', { is_company: true, city: 'Namur' }),
      fresh(p, 'u2', { parent_id: '@res.partner:u1' }),
      look(p, 'u2', [...all, 'country_id']),
      write(p, ['u1'], { city: 'Dinant' }),
      look(p, 'u2', all),
      { model: p, method: 'unlink', args: [['@res.partner:u1']], shape: 'plain' },
      look(p, 'u2', all),
      look(p, 'u1', all)
    ),
    state(
      fresh(p, 'u3'),
      { model: p, method: 'unlink', args: [['@res.partner:u3', 999999999]], shape: 'plain' },
      look(p, 'u3', all)
    ),
    state(
      fresh(p, 'u4'),
      { model: p, method: 'unlink', args: [['@res.partner:u4']], shape: 'plain' },
      write(p, ['u4'], { city: 'x' })
    ),
    state(
      fresh(p, 'a1'),
      { model: p, method: 'action_archive', args: [['@res.partner:a1']], shape: 'plain' },
      look(p, 'a1', all)
    ),
    state(
      fresh(p, 'a2', { active: false }),
      { model: p, method: 'action_unarchive', args: [['@res.partner:a2']], shape: 'plain' },
      look(p, 'a2', all)
    ),
    state(
      fresh(p, 'a3'),
      { model: p, method: 'toggle_active', args: [['@res.partner:a3']], shape: 'plain' },
      look(p, 'a3', all)
    ),
    state(
      {
        model: p,
        method: 'create',
        args: [
          [
            { name: '§w1', ref: '§w' },
            { name: '§w2', ref: '§w' }
          ]
        ],
        creates: 'b1',
        shape: 'ids'
      },
      look(p, 'b1', all),
      look(p, 'b1.1', all)
    ),
    state(
      {
        model: p,
        method: 'create',
        args: [
          [
            { name: '§bad', ref: '§bad' },
            { name: '§w2', ref: '§bad', color: 'x' }
          ]
        ],
        shape: 'ids'
      },
      {
        model: p,
        method: 'search_count',
        args: [[['ref', '=', '§bad']]],
        shape: 'plain'
      }
    ),
    state(
      {
        model: p,
        method: 'create',
        args: [
          [
            { name: '§w1', ref: '§bad2' },
            { name: '§w2', nope: 1 }
          ]
        ],
        shape: 'ids'
      },
      {
        model: p,
        method: 'search_count',
        args: [[['ref', '=', '§bad2']]],
        shape: 'plain'
      }
    ),
    state(
      fresh('product.product', 'bar1', { barcode: '§b1' }),
      { ...fresh('product.product', 'bar2', { barcode: '§b1' }), creates: 'bar2' },
      look('product.product', 'bar1', ['barcode'])
    ),
    state(
      fresh('product.product', 'bar3', { barcode: '§b3' }),
      fresh('product.product', 'bar4'),
      write('product.product', ['bar4'], { barcode: '§b3' }),
      look('product.product', 'bar4', ['barcode'])
    )
  ]
}

function copies(): Case[] {
  const copy = (model: string, label: string, values: Json[], fields: string[], name: string): Case => ({
    kind: 'state',
    calls: [{ model, method: 'copy', args: [label, ...values], creates: name, shape: 'ids' }, look(model, name, fields)]
  })
  const p = 'res.partner'
  return [
    copy(p, '@res.partner:11', [], all, 'c1'),
    copy(p, '@res.partner:2', [], all, 'c2'),
    copy(p, '@res.partner:25', [{ name: '§ copied', color: 9 }], all, 'c3'),
    copy(p, '@res.partner:10', [], all, 'c4'),
    copy(p, '@res.partner:25', [{ nope: 1 }], all, 'c5'),
    copy('crm.lead', '@crm.lead:0', [], ['name', 'expected_revenue', 'stage_id', 'priority', 'type', 'tag_ids'], 'c6'),
    copy('crm.lead', '@crm.lead:9', [{ name: '§ lead copy' }], ['name', 'tag_ids', 'partner_id'], 'c7'),
    copy(
      'product.product',
      '@product.product:4',
      [],
      ['name', 'default_code', 'list_price', 'barcode', 'active'],
      'c8'
    ),
    copy('sale.order', '@sale.order:1', [{ client_order_ref: '§wc' }], ['state', 'amount_total', 'partner_id'], 'c9'),
    copy('res.partner.category', '@res.partner.category:0', [], ['name', 'parent_id', 'active'], 'c10'),
    copy('crm.tag', '@crm.tag:0', [], ['name'], 'c11')
  ]
}

function nameCreates(): Case[] {
  const create = (model: string, name: Json, field: string): Case => ({
    kind: 'state',
    calls: [
      { model, method: 'name_create', args: [name], shape: 'pairs' },
      {
        model,
        method: 'search_read',
        args: [[[field, '=like', '§nc%']], [field]],
        kwargs: { order: `${field}, id` },
        shape: 'type'
      }
    ]
  })
  return [
    create('crm.tag', '§nc tag', 'name'),
    create('res.partner.category', '§nc category', 'name'),
    create('crm.lead', '§nc lead', 'name'),
    create('crm.stage', '', 'name'),
    create('sale.order', '§nc order', 'name'),
    create('crm.tag', false, 'name')
  ]
}

function workflow(): Case[] {
  const model = 'sale.order'
  const act = (method: string, name: string): Call => ({
    model,
    method,
    args: [[`@sale.order:${name}`]],
    shape: 'plain'
  })
  const fields = ['state', 'amount_total', 'invoice_status']
  const lines = {
    order_line: [[0, 0, { product_id: '@product.product:0', name: 'x', product_uom_qty: 2, price_unit: 10 }]]
  }
  const run = (name: string, more: JsonObject, ...methods: string[]): Case => ({
    kind: 'state',
    calls: [
      fresh(model, name, more),
      ...methods.flatMap(method => [
        method === 'unlink' ? { ...act(method, name) } : act(method, name),
        look(model, name, fields)
      ])
    ]
  })
  return [
    run('o1', {}, 'action_confirm', 'action_confirm', 'action_cancel', 'action_confirm'),
    run('o2', lines, 'action_confirm', 'unlink', 'action_cancel', 'action_draft', 'unlink'),
    run('o3', lines, 'action_quotation_sent', 'action_quotation_sent', 'action_confirm', 'action_draft'),
    run('o4', {}, 'action_cancel', 'action_cancel', 'action_draft', 'action_lock', 'action_unlock'),
    run('o5', {}, 'action_cancel', 'unlink')
  ]
}
