import type { Names } from './names.js'

const term = /^([a-z_][a-z0-9_]*)(?:\s+(asc|desc))?$/i

/**
 * Checks `name desc, id` and gives it as Odoo takes it, with `, id` appended unless it names id: without it, rows of
 * equal rank may move between two pages.
 */
export async function checkOrder(order: string, model: string, at: string, names: Names): Promise<string> {
  const terms: string[] = []
  let namesId = false
  for (const part of order.split(',')) {
    const match = term.exec(part.trim())
    if (match === null) {
      const shown = JSON.stringify(part.trim().slice(0, 60))
      names.problems.add(at, `${shown} is not a sort term; expected a list such as "date_order desc, name"`)
      continue
    }
    const [, field = '', direction = 'asc'] = match
    await names.path(model, field, at, 'order')
    namesId ||= field === 'id'
    terms.push(`${field} ${direction.toLowerCase()}`)
  }
  return namesId ? terms.join(', ') : [...terms, 'id asc'].join(', ')
}
