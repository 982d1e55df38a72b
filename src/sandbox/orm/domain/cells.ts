import type { Env } from '../env.js'
import { hasColumn } from '../models.js'
import type { Cell, Field, Model, Value } from '../types.js'
import { fieldValue } from '../values.js'

/** Reads one field of many records, as superuser: what does not depend on the record is looked up once. */
export function cellReader(env: Env, model: Model, field: Field): (id: number) => Value {
  if (field.name === 'id') return id => id
  const sudo = env.sudo()
  if (!hasColumn(field)) return id => fieldValue(sudo, model, id, field)
  const rows = env.tables.rows(model.name)
  const { lang } = env
  const { name } = field
  return id => {
    const cell = rows.get(id)?.[name]
    if (cell === undefined || cell === null) return null
    if (typeof cell !== 'object') return cell as Cell
    return (lang === null ? undefined : cell[lang]) ?? cell.en_US ?? null
  }
}

/** The ids on the other side of a relation, as the tables keep them: archived ones too, in no order. */
export function linkReader(env: Env, model: Model, field: Field): (id: number) => Iterable<number> {
  const { tables } = env
  const isComputed = field.compute !== undefined || field.related !== undefined
  if (!isComputed && field.type === 'one2many') {
    const [comodel, inverse] = [String(field.relation), String(field.inverse)]
    const target = env.models.need(comodel).fields.get(inverse)
    if (target !== undefined && hasColumn(target)) return id => tables.referring(comodel, inverse, id)
  }
  if (!isComputed && field.type === 'many2many') {
    return id => tables.links(String(field.table), id, field.reverse ?? false)
  }
  const read = cellReader(env.withContext({ active_test: false }), model, field)
  return id => {
    const value = read(id)
    return Array.isArray(value) ? value : typeof value === 'number' ? [value] : []
  }
}

/** A value cast to text: numerics come with all the digits that PostgreSQL keeps of them. */
export function asText({ type, digits }: Field, value: Cell): string {
  const decimals = type === 'monetary' ? 2 : type === 'float' ? digits?.[1] : undefined
  return typeof value === 'number' && decimals !== undefined ? value.toFixed(decimals) : String(value)
}
