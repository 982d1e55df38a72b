import type { Json } from '../../json.js'
import type { Model } from '../types.js'
import { type Condition, condition, type Node, positive } from './domain-19.js'
import { OrderedSet } from './ordered-set.js'

/**
 * The parts of an "and" or "or" in the order in which Odoo looks at them, lists of values of one field made one. Which
 * mistake is told first depends on it, and whether one is told at all: what cannot be is not looked at any more.
 */
export function arranged(model: Model, kind: 'and' | 'or', children: readonly Node[]): Node[] {
  const sorted = children.toSorted((a, b) => compareKeys(sortKey(a), sortKey(b)))
  const result: Node[] = []
  for (const child of sorted) {
    const last = result.at(-1)
    if (last !== undefined && isList(model, last) && isList(model, child) && last.path === child.path) {
      result[result.length - 1] = merged(kind, last, child)
    } else result.push(child)
  }
  return result
}

function sortKey(node: Node): string[] {
  if (node.kind !== 'condition') return ['~', '', node.kind === 'and' ? '&' : node.kind === 'or' ? '|' : '!']
  const plain = positive(node.operator)
  const order = { in: '0in', any: '1any', 'any!': '2any' }[plain] ?? (plain.endsWith('like') ? 'like' : plain)
  return [node.path, order, node.operator]
}

function compareKeys(a: string[], b: string[]): number {
  for (const [n, left] of a.entries()) {
    const right = b[n] as string
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

/** Lists of a one2many or many2many mean something else together than one by one. */
function isList(model: Model, node: Node): node is Condition & { value: OrderedSet } {
  if (node.kind !== 'condition' || !(node.value instanceof OrderedSet)) return false
  const type = model.fields.get(node.path.split('.', 1)[0] as string)?.type
  return (node.operator === 'in' || node.operator === 'not in') && type !== 'one2many' && type !== 'many2many'
}

type List = Condition & { value: OrderedSet }

function merged(kind: 'and' | 'or', a: List, b: List): Node {
  const [left, right] = [a.value.items, b.value.items]
  // `in` sorts before `not in`.
  if (a.operator !== b.operator) {
    return kind === 'and'
      ? condition(a.path, 'in', OrderedSet.of(without(left, right)))
      : condition(a.path, 'not in', OrderedSet.of(without(right, left)))
  }
  const isUnion = (a.operator === 'in') === (kind === 'or')
  const items = isUnion ? [...left, ...right] : left.filter(item => right.some(other => isEqual(item, other)))
  return condition(a.path, a.operator, OrderedSet.of(items))
}

const without = (list: readonly Json[], others: readonly Json[]) =>
  list.filter(item => !others.some(other => isEqual(item, other)))

/** In Python True equals 1. */
const isEqual = (a: Json, b: Json) =>
  (typeof a === 'boolean' ? Number(a) : a) === (typeof b === 'boolean' ? Number(b) : b)
