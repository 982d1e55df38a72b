import type { Json } from '../../json.js'
import { truthy } from '../../python.js'
import type { Env } from '../env.js'
import { hasColumn } from '../models.js'
import { nameSearch } from '../name-search.js'
import { searchIds } from '../search.js'
import type { Field, Model } from '../types.js'
import { linkReader } from './cells.js'
import type { Test } from './domain.js'
import { Found, type Leaf, negations, type Right } from './domain-14.js'
import { isNegative } from './expression-14.js'
import { literals } from './sql-literals.js'

/** What a subselect gives: NULLs among its rows make "not in" unknown. */
interface Subselect {
  has(id: number): boolean
  hasNull: boolean
}

/** A leaf on a one2many or many2many: every operator means "one of these" or "none of these". */
export function toManyTest(env: Env, model: Model, field: Field, [, operator, right]: Leaf): Test {
  const isNot = isNegative(operator)
  const { has, hasNull } =
    right === false ? linked(env, model, field) : among(env, model, field, relatedIds(env, field, operator, right))
  const wanted = right === false ? isNot : !isNot
  return id => {
    if (has(id)) return wanted
    return hasNull ? null : !wanted
  }
}

/** The records that have any, archived ones too. */
function linked(env: Env, model: Model, field: Field): Subselect {
  const links = linkReader(env, model, field)
  return { has: id => !links(id)[Symbol.iterator]().next().done, hasNull: false }
}

/** What stands on the right as ids: a text means the records of that name. */
function relatedIds(env: Env, field: Field, operator: string, right: Right): readonly Json[] {
  const comodel = env.models.need(String(field.relation))
  if (typeof right === 'string') {
    const domain = Array.isArray(field.domain) ? field.domain : []
    const positive = isNegative(operator) ? (negations[operator] as string) : operator
    return nameSearch(env, comodel, right, domain, positive)
  }
  if (right instanceof Found) return right.ids
  const ids = Array.isArray(right) ? right : typeof right === 'object' && right !== null ? Object.keys(right) : [right]
  // Only a many2many leaves out what is empty.
  const given = field.type === 'many2many' ? ids.filter(truthy) : ids
  return literals('integer', '=', given)
}

function among(env: Env, model: Model, field: Field, ids: readonly Json[]): Subselect {
  const isComputed = field.compute !== undefined || field.related !== undefined
  if (!isComputed && field.type === 'many2many') return throughTable(env, field, ids)
  const inverse =
    field.inverse === undefined ? undefined : env.models.need(String(field.relation)).fields.get(field.inverse)
  if (!isComputed && inverse?.type === 'many2one' && hasColumn(inverse)) return throughColumn(env, field, ids)
  const found = new Set<unknown>(inDomain(env, field, ids))
  const links = linkReader(env, model, field)
  return { has: id => [...links(id)].some(other => found.has(other)), hasNull: false }
}

function throughTable(env: Env, { table, reverse = false }: Field, ids: readonly Json[]): Subselect {
  const found = new Set<number>()
  for (const id of ids) for (const other of env.tables.links(String(table), Number(id), !reverse)) found.add(other)
  return { has: id => found.has(id), hasNull: false }
}

/** The column of a line that belongs to nobody is NULL. */
function throughColumn(env: Env, { relation, inverse }: Field, ids: readonly Json[]): Subselect {
  const rows = env.tables.rows(String(relation))
  const found = new Set<unknown>()
  let hasNull = false
  for (const id of ids) {
    const row = rows.get(Number(id))
    if (row === undefined) continue
    const owner = row[String(inverse)] ?? null
    if (owner === null) hasNull = true
    else found.add(owner)
  }
  return { has: id => found.has(id), hasNull }
}

function inDomain(env: Env, { relation, domain }: Field, ids: readonly Json[]): readonly Json[] {
  if (!Array.isArray(domain)) return ids
  return searchIds(env, env.models.need(String(relation)), [['id', 'in', [...ids]], ...domain])
}
