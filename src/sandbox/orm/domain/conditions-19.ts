import { notImplementedError, typeError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { repr, truthy, typeName } from '../../python.js'
import type { Env } from '../env.js'
import type { Field, Model } from '../types.js'
import { dateCondition, datetimeCondition } from './date-conditions-19.js'
import {
  type Condition,
  condition,
  invalid,
  invert,
  isNegative,
  isNode,
  type Node,
  nary,
  no,
  parse,
  positive,
  yes
} from './domain-19.js'
import { hierarchyCondition } from './hierarchy-19.js'
import { falsyValue, isRelational, type Optimization, optimize } from './optimize-19.js'
import { OrderedSet } from './ordered-set.js'
import { pyStr } from './sql-literals.js'

const isCollection = (value: Condition['value']): value is Json[] | OrderedSet =>
  Array.isArray(value) || value instanceof OrderedSet

const itemsOf = (value: Json[] | OrderedSet): readonly Json[] => (Array.isArray(value) ? value : value.items)

/** Python's truth of what stands on the right. */
function isTrue(value: Condition['value']): boolean {
  if (value instanceof OrderedSet) return !value.isEmpty
  return isNode(value) || truthy(value)
}

/** `=?`, `<>`, `==`, `=` and `!=` are other ways to say "in". */
const equality: Optimization = (_env, _model, node) => {
  const { path, operator, value } = node
  switch (operator) {
    case '=?':
      return isTrue(value) ? condition(path, '=', value) : yes
    case '<>':
      return condition(path, '!=', value)
    case '==':
      return condition(path, '=', value)
    case '=':
    case '!=': {
      const list = isCollection(value) ? itemsOf(value) : [value as Json]
      return condition(path, operator === '=' ? 'in' : 'not in', OrderedSet.of(list.length === 0 ? [false] : list))
    }
    default:
      return node
  }
}

const inSet: Optimization = (_env, _model, node, field) => {
  const { path, operator, value } = node
  if (operator !== 'in' && operator !== 'not in') return node
  if (!isTrue(value)) return operator === 'in' ? no : yes
  if (!(value instanceof OrderedSet)) {
    return condition(path, operator, OrderedSet.of(Array.isArray(value) ? value : [value as Json]))
  }
  // A column that is never empty.
  const isRequired = field.name === 'id' || (field.required && field.store && !field.companyDependent)
  if (!isRequired || falsyValue(field) !== null || !value.items.includes(false)) return node
  return condition(path, operator, OrderedSet.of(value.items.filter(item => item !== false)))
}

/** `any`: a domain about related records; about the record itself where the field is `id`. */
const anyBasic: Optimization = (env, model, node, field) => {
  const { path, operator, value } = node
  if (positive(operator).replace('!', '') !== 'any') return node
  const inner = isNode(value) ? value : parse(value as Json)
  if (field.name === 'id') return isNegative(operator) ? invert(inner) : inner
  return value === inner ? anyInner(env, model, node, field, 'basic') : condition(path, operator, inner)
}

const anyFull: Optimization = (env, model, node, field) => {
  const { path, operator, value } = node
  if (positive(operator).replace('!', '') !== 'any') return node
  const inner = anyInner(env, model, node, field, 'full')
  if (inner !== node) return inner
  return env.su && !operator.endsWith('!') ? condition(path, `${operator}!`, value) : node
}

function anyInner(env: Env, _model: Model, node: Condition, field: Field, level: 'basic' | 'full'): Node {
  if (!isRelational(field)) throw invalid("Cannot use 'any' with non-relational fields", node)
  const inner = node.value as Node
  const optimized = optimize(env, env.models.need(String(field.relation)), inner, level)
  if (optimized.kind === 'constant' && !optimized.value) return isNegative(node.operator) ? yes : no
  return optimized === inner ? node : condition(node.path, node.operator, optimized)
}

const pattern: Optimization = (_env, _model, node, field) => {
  const { path, operator, value } = node
  if (!operator.endsWith('like')) return node
  const isExact = operator.includes('=')
  if (!isTrue(value)) {
    const result = isNegative(operator) === isExact
    if (isRelational(field) || isExact) return condition(path, result ? '!=' : '=', false)
    return result ? yes : no
  }
  if (typeof value === 'string') return node
  if (isExact) throw invalid('The pattern to match must be a string', node, typeError)
  return condition(path, operator, value instanceof OrderedSet ? value.repr : pyStr(value as Json))
}

/** Texts on the right of a relation are names of the related records. */
const names: Optimization = (_env, _model, node, field) => {
  const { path, operator, value } = node
  if (!isRelational(field)) return node
  const plain = positive(operator)
  const any = plain === operator ? 'any' : 'not any'
  if (operator.endsWith('like')) return condition(path, any, condition('display_name', plain, value))
  if (/^[<>]/.test(operator) && typeof value === 'string') {
    throw invalid('Inequality not supported for relational field using a string', node, typeError)
  }
  if (plain !== 'in' || !isCollection(value)) return node
  const texts = itemsOf(value).filter(item => typeof item === 'string')
  if (texts.length === 0) return node
  const named = condition(path, any, condition('display_name', plain, texts))
  const others = itemsOf(value).filter(item => typeof item !== 'string')
  if (others.length === 0) return named
  return nary(plain === operator ? 'or' : 'and', [named, condition(path, operator, others)])
}

const boolean: Optimization = (_env, _model, node, field) => {
  if (field.type !== 'boolean') return node
  const { path, operator, value } = node
  if ((operator !== 'in' && operator !== 'not in') || !(value instanceof OrderedSet)) {
    const type = value instanceof OrderedSet ? 'odoo.tools.misc.OrderedSet' : typeName(value)
    throw invalid(`Cannot compare ${repr(path)} to <class '${type}'> which is not a collection of length 1`, node)
  }
  const wanted = new Set(value.items.map(item => (typeof item === 'string' ? toBool(item) : truthy(item))))
  if (wanted.size === 1 && wanted.has(false)) {
    return condition(path, operator === 'in' ? 'not in' : 'in', OrderedSet.of([true]))
  }
  return value.items.every(item => typeof item === 'boolean')
    ? node
    : condition(path, operator, OrderedSet.of([...wanted]))
}

/** `str2bool(value, False)` of Odoo. */
function toBool(text: string): boolean {
  return ['y', 'yes', '1', 'true', 't', 'on'].includes(text.toLowerCase())
}

/** True or false: every record. */
const anyBoolean: Optimization = (_env, _model, node, field) => {
  const { operator, value } = node
  if (field.type !== 'boolean' || !(value instanceof OrderedSet) || value.items.length < 2) return node
  return operator === 'in' ? yes : no
}

const binary: Optimization = (_env, _model, node, field) => {
  if (field.type !== 'binary') return node
  const { operator, value } = node
  const asksWhetherSet =
    (operator === 'in' || operator === 'not in') &&
    value instanceof OrderedSet &&
    value.items.every(item => item === false || item === 0)
  // A file in ir.attachment: Odoo logs an error and leaves the condition out.
  if (field.attachment && !asksWhetherSet) return yes
  if (operator.endsWith('like'))
    throw invalid('Cannot use like operators with binary fields', node, notImplementedError)
  return node
}

const temporal: Optimization = (env, _model, node, field) => {
  if (node.path.includes('.') || !/^(not in|in|[<>]=?)$/.test(node.operator)) return node
  if (field.type === 'date') return dateCondition(env, node)
  return field.type === 'datetime' ? datetimeCondition(env, node) : node
}

const hierarchy: Optimization = (env, model, node, field) =>
  /^(child|parent)_of$/.test(node.operator) ? hierarchyCondition(env, model, node, field) : node

/** By operator first, then by the type of the field. */
export const basicOptimizations = [equality, inSet, anyBasic, pattern, names, boolean, temporal, binary]

/** Those that depend on the user, the records or search methods. */
export const fullOptimizations = [anyFull, hierarchy, anyBoolean]
