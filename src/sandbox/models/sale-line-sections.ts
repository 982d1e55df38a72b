import type { Rec } from '../orm/types.js'

/** The section or subsection that a line stands under, by the order of the lines (19). */
export function sectionOf({ env, id, get }: Rec): number | null {
  const order = get('order_id')
  const rows = env.tables.rows('sale.order.line')
  const lines = [...env.tables.referring('sale.order.line', 'order_id', Number(order))]
    .flatMap(line => rows.get(line) ?? [])
    .sort((a, b) => Number(a.sequence) - Number(b.sequence) || a.id - b.id)
  let section: number | null = null
  let sub: number | null = null
  for (const line of lines) {
    const type = line.display_type
    if (line.id === id) return type === 'line_section' ? null : type === 'line_subsection' ? section : (sub ?? section)
    if (type === 'line_section') [section, sub] = [line.id, null]
    else if (type === 'line_subsection') sub = line.id
  }
  return null
}
