import { typeError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { truthy, typeName } from '../../python.js'
import type { Env } from '../env.js'
import { nameSearch } from '../name-search.js'
import type { Cell, Field, Model } from '../types.js'
import { cellReader } from './cells.js'
import type { Test } from './domain.js'
import { Found, type Leaf, type Right } from './domain-14.js'
import { columnTest } from './leaf-14.js'

/**
 * A leaf on a field whose value depends on the company: Odoo 14 keeps these in ir.property, one row for each record
 * that has a value, and searches those.
 */
export function propertyTest(env: Env, model: Model, field: Field, [path, operator, right]: Leaf): Test {
  const read = cellReader(env, model, field) as (id: number) => Cell
  const has = (id: number) => {
    const value = read(id)
    return value !== null && value !== 0 && value !== false && value !== ''
  }
  const among =
    (test: Test, isNot: boolean): Test =>
    id =>
      (has(id) && test(id) === true) !== isNot
  if (field.type === 'many2one') {
    const reference = (id: number): Cell => (has(id) ? `${field.relation},${read(id)}` : null)
    const { leaf, orNone } = referenceLeaf(env, field, [path, operator, right])
    const test = columnTest(env, reference, { ...field, type: 'char' }, leaf)
    return orNone ? id => !has(id) || test(id) === true : among(test, false)
  }
  if (field.type === 'integer' || field.type === 'float') {
    const opposite = oppositeOfZero(operator, right as Json)
    const test = columnTest(env, read, field, [path, opposite ?? operator, right])
    return among(test, opposite !== undefined)
  }
  return among(
    columnTest(env, read, { ...field, type: field.type === 'boolean' ? 'boolean' : 'text' }, [path, operator, right]),
    false
  )
}

/** There are no rows for zero: what zero fulfils is what does not fulfil the opposite. */
function oppositeOfZero(operator: string, value: Json): string | undefined {
  const number = typeof value === 'boolean' ? Number(value) : value
  if (number === 0 && operator === '=') return '!='
  if (typeof number !== 'number') {
    throw typeError(`'<=' not supported between instances of '${typeName(value)}' and 'int'`)
  }
  if (number <= 0 && operator === '>=') return '<'
  if (number < 0 && operator === '>') return '<='
  if (number >= 0 && operator === '<=') return '>'
  return number > 0 && operator === '<' ? '>=' : undefined
}

/** The leaf on the texts `model,id` that references are kept as. */
function referenceLeaf(env: Env, field: Field, [path, operator, right]: Leaf): { leaf: Leaf; orNone: boolean } {
  const reference = (value: Json): Json => (truthy(value) ? `${field.relation},${String(value)}` : value)
  const value: Right = right instanceof Found ? [...right.ids] : right
  if (/^[=!<>]=?$/.test(operator)) {
    return { leaf: [path, operator, reference(value)], orNone: operator === '=' && value === false }
  }
  if (operator === 'in' || operator === 'not in') {
    const list = typeof value === 'string' ? [...value] : value
    if (!Array.isArray(list)) throw typeError(`'${typeName(list)}' object is not iterable`)
    return { leaf: [path, operator, list.map(reference)], orNone: false }
  }
  if (!operator.endsWith('like')) return { leaf: [path, operator, value], orNone: false }
  const found = nameSearch(env, env.models.need(String(field.relation)), value, [], operator)
  return { leaf: [path, 'in', found.map(reference)], orNone: false }
}
