import type { Major } from '../release.js'

// Odoo writes a record several times while it creates it, mostly by computing stored fields one after another. Each of
// these writes fires the rules, which is what a listener on the bus has to bear. The sandbox computes when it is asked,
// and so plays them: as often as a rule on each model was seen to fire on 14 and 19. 17 is taken to do as 19.

const created: { [model: string]: readonly [on14: number, since17: number] } = {
  'res.partner': [10, 12],
  'crm.lead': [14, 15],
  'product.template': [12, 13],
  'product.product': [6, 8],
  'sale.order': [4, 2],
  'sale.order.line': [16, 6]
}

/** How often a record is written besides, once it was created. */
export function writesAfterCreate(major: Major, model: string): number {
  const [on14, since17] = created[model] ?? [0, 0]
  return major < 15 ? on14 : since17
}

/** How often it is written besides, when these fields were: the names of contacts are kept in three stored fields. */
export function writesAfterWrite(model: string, fields: readonly string[]): number {
  if (model === 'res.partner' && fields.includes('name')) return 2
  if (model === 'crm.lead' && (fields.includes('active') || fields.includes('expected_revenue'))) return 1
  return 0
}

/** How often it seems to be written after it was deleted. */
export function writesAfterUnlink(major: Major, model: string): number {
  return major < 15 && model === 'res.partner' ? 3 : 0
}

/** The record that keeps something computed from the records of a model: its write_date moves with theirs. */
export function storedOnOwner(model: string): { field: string; model: string } | undefined {
  return model === 'sale.order.line' ? { field: 'order_id', model: 'sale.order' } : undefined
}
