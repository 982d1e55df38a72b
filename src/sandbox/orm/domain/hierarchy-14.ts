import { attributeError, keyError, missingError, typeError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { typeName } from '../../python.js'
import type { Env } from '../env.js'
import { nameSearch } from '../name-search.js'
import { searchIds } from '../search.js'
import type { Field, Model } from '../types.js'
import { fieldValue } from '../values.js'
import { Found, type Leaf, type Right } from './domain-14.js'
import { plain } from './expression-14.js'
import { childrenOf, parentsOf } from './hierarchy.js'
import { literals } from './sql-literals.js'

export function isHierarchy(operator: string): boolean {
  return operator === 'child_of' || operator === 'parent_of'
}

/** `child_of` and `parent_of` as a leaf on ids, or on the relation where it leads to another model. */
export function hierarchyLeaf(env: Env, model: Model, field: Field, [path, operator, right]: Leaf): Leaf[] {
  const comodel = field.name === 'id' ? model : env.models.need(String(field.relation))
  const start = startOf(env, comodel, right)
  const isOwn = comodel === model
  if (field.type === 'many2many') {
    const found = searchIds(env, comodel, leavesOf(env, comodel, 'id', start, operator, comodel.parent, false) as never)
    return [isOwn ? ['id', 'in', new Found(found)] : [path, 'in', found]]
  }
  const parent = isOwn && field.name !== 'id' ? field.name : comodel.parent
  return leavesOf(env, comodel, isOwn ? 'id' : path, start, operator, parent, !isOwn)
}

/** An id, a name, or a list of either, as ids. */
function startOf(env: Env, comodel: Model, right: Right): Json[] {
  const value = plain(right)
  const names = typeof value === 'string' ? [value] : value
  if (Array.isArray(names) && names.length > 0 && names.every(name => typeof name === 'string')) {
    return [...new Set(names.flatMap(name => nameSearch(env, comodel, name, [], 'ilike')))]
  }
  if (Array.isArray(value)) return value
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isInteger(value))) {
    return value === false || value === 0 ? [] : [value]
  }
  if (typeof value === 'object' && value !== null) return Object.keys(value)
  throw typeError(`'${typeName(value)}' object is not iterable`)
}

function leavesOf(
  env: Env,
  model: Model,
  left: Json,
  start: Json[],
  operator: string,
  parent: string,
  isOther: boolean
): Leaf[] {
  const isDown = operator === 'child_of'
  if (isDown && start.length === 0) return [[0, '=', 1]]
  if (!model.parentStore) {
    return [[left, 'in', isDown ? walkDown(env, model, start, parent) : walkUp(env, model, start, parent)]]
  }
  const ids = existing(env, model, start, isDown)
  if (!isDown) return [[isOther ? left : 'id', 'in', parentsOf(env, model, ids)]]
  const below = childrenOf(env, model, ids)
  // Of another model they are searched for, which leaves out the archived and hidden ones.
  return isOther
    ? [[left, 'in', new Found(searchIds(env, model, [['id', 'in', below]]))]]
    : [['id', 'in', new Found(below)]]
}

/** Reads the paths of the records, which must exist; that of no record is False. */
function existing(env: Env, model: Model, start: Json[], isDown: boolean): number[] {
  literals(
    'integer',
    '=',
    start.filter(id => id !== false && id !== null)
  )
  for (const id of start) {
    if (id === false || id === null) {
      throw isDown
        ? typeError("unsupported operand type(s) for +: 'bool' and 'str'")
        : attributeError("'bool' object has no attribute 'split'")
    }
    if (env.tables.row(model.name, Number(id)) === undefined) throw missingError(model.name, [Number(id)], env.uid)
  }
  return start.map(Number)
}

function walkDown(env: Env, model: Model, start: Json[], parent: string): Json[] {
  const all = env.withContext({ active_test: false })
  const unhashable = start.find(id => typeof id === 'object' && id !== null)
  if (unhashable !== undefined) throw typeError(`unhashable type: '${typeName(unhashable)}'`)
  const found = new Set<Json>(start)
  for (let level = start; level.length > 0; ) {
    const isRoots = level.length === 1 && level[0] === false
    const as = model.archivedChildren && !isRoots ? all : env
    const below: number[] = searchIds(as, model, [[parent, 'in', level]])
    level = below.filter(id => !found.has(id))
    for (const id of level) found.add(id)
  }
  return [...found]
}

function walkUp(env: Env, model: Model, start: Json[], parent: string): Json[] {
  const field = model.fields.get(parent)
  const found = new Set<Json>()
  // All of them are read at once.
  if (field !== undefined && start.length > 0)
    literals(
      'integer',
      '=',
      start.filter(id => id !== false && id !== null)
    )
  for (const given of start) {
    let level: Json[] = [given]
    while (level.length > 0) {
      for (const id of level) found.add(id)
      if (field === undefined) throw keyError(parent)
      level = level.flatMap(id => above(env, model, id, field)).filter(id => !found.has(id))
    }
  }
  return [...found]
}

function above(env: Env, model: Model, id: Json, field: Field): Json[] {
  if (id === false || id === null) return []
  const [known] = literals('integer', '=', [id])
  if (env.tables.row(model.name, Number(known)) === undefined) throw missingError(model.name, [Number(known)], env.uid)
  const value = fieldValue(env, model, Number(known), field)
  return Array.isArray(value) ? value : typeof value === 'number' ? [value] : []
}
