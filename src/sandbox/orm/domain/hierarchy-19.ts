import { attributeError, keyError, typeError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { typeName } from '../../python.js'
import type { Env } from '../env.js'
import { idsOf } from '../search.js'
import type { Field, Model } from '../types.js'
import { fieldValue } from '../values.js'
import { type Condition, condition, invalid, mentionsActive, type Node, nary, no } from './domain-19.js'
import { childrenOf, parentsOf } from './hierarchy.js'
import { optimize } from './optimize-19.js'
import { OrderedSet } from './ordered-set.js'
import { SqlTests } from './sql-tests-19.js'

/**
 * `child_of` and `parent_of` as conditions on ids. They begin at ids or at records that a name finds, and go along the
 * field itself where it leads to its own model, else along the parent of the model.
 */
export function hierarchyCondition(env: Env, model: Model, node: Condition, field: Field): Node {
  const { operator } = node
  if (node.value === false) return no
  if (field.relation === undefined && field.name !== 'id') {
    throw invalid(`Cannot execute ${operator} for ${field.model}.${field.name}, works only for relational fields`, node)
  }
  const comodel = field.name === 'id' ? model : env.models.need(String(field.relation))
  const isOwn = comodel === model
  const parent = isOwn && node.path !== 'id' ? node.path : comodel.parent
  const start = startOf(env, comodel, field, node)
  if (start.length === 0) return no
  const target = isOwn && field.type === 'many2one' ? 'id' : field.name
  const sudo = env.sudo().withContext({ active_test: false })
  const hasPaths = comodel.parentStore === true && parent === comodel.parent
  const found = hasPaths ? byPath(sudo, comodel, start, operator) : walk(sudo, comodel, start, operator, parent)
  if (hasPaths && operator === 'child_of' && target !== 'id')
    return condition(target, 'any!', condition('id', 'in', found))
  return condition(target, 'in', found)
}

/** Ids as they are given, whatever they are, and the records whose name matches a text. */
function startOf(env: Env, comodel: Model, field: Field, node: Condition): Json[] {
  const { value } = node
  const list = typeof value === 'string' || typeof value === 'boolean' || isInt(value) ? [value] : listOf(value)
  if (list === undefined) throw invalid(`Value of type <class '${typeName(value)}'> is not supported`, node)
  const ids = list.filter(item => typeof item === 'boolean' || isInt(item))
  const others = list.filter(item => !(typeof item === 'boolean' || isInt(item)))
  const searched: Node[] = others.map(name => condition('display_name', 'ilike', name ?? false))
  if (field.type === 'many2many') searched.push(condition('id', 'in', ids))
  const context = field.type === 'many2one' ? { active_test: false } : field.name === 'id' ? {} : (field.context ?? {})
  const found = searchIds(env.withContext(context), comodel, nary('or', searched))
  return [...(field.type === 'many2many' ? [] : ids), ...found]
}

const isInt = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value)

function listOf(value: Condition['value']): readonly Json[] | undefined {
  return value instanceof OrderedSet ? value.items : Array.isArray(value) ? value : undefined
}

function searchIds(env: Env, model: Model, given: Node): number[] {
  const node = optimize(env, model, given, 'full')
  if (node.kind === 'constant' && !node.value) return []
  const sql = new SqlTests()
  const test = sql.test(env, model, node)
  if (sql.failed !== undefined) throw sql.failed
  return idsOf(env, model, { test, mentionsActive: mentionsActive(given) }).sort((a, b) => a - b)
}

/** Models that keep the path of every record need no searches; a record without one has no path. */
function byPath(env: Env, model: Model, start: Json[], operator: string): OrderedSet {
  if (start.includes(false)) {
    throw operator === 'child_of'
      ? typeError("unsupported operand type(s) for +: 'bool' and 'str'")
      : attributeError("'bool' object has no attribute 'split'")
  }
  const ids = start.map(Number)
  return OrderedSet.of(operator === 'child_of' ? childrenOf(env, model, ids) : parentsOf(env, model, ids))
}

function walk(env: Env, model: Model, start: Json[], operator: string, parent: string): OrderedSet {
  return operator === 'child_of' ? walkDown(env, model, start, parent) : walkUp(env, model, start, parent)
}

function walkDown(env: Env, model: Model, start: Json[], parent: string): OrderedSet {
  const found = new Set<Json>()
  let level = OrderedSet.of(start).items
  while (level.length > 0) {
    for (const id of level) found.add(id)
    const below = searchIds(
      env,
      model,
      condition(parent, 'in', OrderedSet.of(level.filter(id => id !== false && id !== 0)))
    )
    level = below.filter(id => !found.has(id))
  }
  return OrderedSet.of([...found])
}

function walkUp(env: Env, model: Model, start: Json[], parent: string): OrderedSet {
  const field = model.fields.get(parent)
  if (field === undefined) throw keyError(parent)
  const found = new Set<Json>()
  let level: Json[] = start.every(id => id === false || env.tables.row(model.name, Number(id)) !== undefined)
    ? start
    : start.filter(id => typeof id === 'number' && env.tables.row(model.name, id) !== undefined)
  while (level.length > 0) {
    for (const id of level) found.add(id)
    const above = level.flatMap(id => (typeof id === 'number' ? fieldValue(env, model, id, field) : null) ?? [])
    level = [...new Set(above as number[])].filter(id => !found.has(id))
  }
  return OrderedSet.of([...found])
}
