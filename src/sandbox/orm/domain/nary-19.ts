import type { Json } from '../../json.js'
import type { Model } from '../types.js'
import { type Condition, type Node, positive } from './domain-19.js'
import { OrderedSet } from './ordered-set.js'

/**
 * The parts of an "and" or "or" in the order in which Odoo looks at them, lists of values of one field made one. Which
 * mistake is told first depends on it, and whether one is told at all: what cannot be is not looked at any more.
 */
export function arranged(model: Model, kind: 'and' | 'or', children: readonly Node[]): Node[] {
  const sorted = children.toSorted((a, b) => compareKeys(sortKey(a), sortKey(b)))
  const result: Node[] = []
  let lists: List[] = []
  const flush = () => {
    if (lists.length > 0) result.push(mergedAll(kind, lists))
    lists = []
  }
  for (const child of sorted) {
    if (!isList(model, child) || (lists[0] !== undefined && lists[0].path !== child.path)) flush()
    if (isList(model, child)) lists.push(child)
    else result.push(child)
  }
  flush()
  return result
}

/** All lists of values of one field as one; those of one operator together first, which sort side by side. */
function mergedAll(kind: 'and' | 'or', lists: readonly List[]): Node {
  const [first] = lists
  if (lists.length === 1 && first !== undefined) return first
  const ofOperators = ['in', 'not in'].flatMap(operator => {
    const same = lists.filter(list => list.operator === operator)
    return same.length === 0 ? [] : [mergedSame(kind, same)]
  })
  return ofOperators.reduce((a, b) => merged(kind, a, b))
}

function mergedSame(kind: 'and' | 'or', lists: readonly List[]): List {
  const [first] = lists as [List]
  const isUnion = (first.operator === 'in') === (kind === 'or')
  // A domain may hold thousands of leaves: their values are joined in one go.
  if (isUnion) return list(first, OrderedSet.of(lists.flatMap(({ value }) => value.items)))
  return lists.reduce((a, b) =>
    list(a, OrderedSet.of(a.value.items.filter(item => b.value.items.some(other => isEqual(item, other)))))
  )
}

const list = ({ path, operator }: List, value: OrderedSet): List => ({ kind: 'condition', path, operator, value })

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

type List = Condition & { value: OrderedSet }

/** Lists of a one2many or many2many mean something else together than one by one. */
function isList(model: Model, node: Node): node is List {
  if (node.kind !== 'condition' || !(node.value instanceof OrderedSet)) return false
  const type = model.fields.get(node.path.split('.', 1)[0] as string)?.type
  return (node.operator === 'in' || node.operator === 'not in') && type !== 'one2many' && type !== 'many2many'
}

/** `in` and `not in` of one field. */
function merged(kind: 'and' | 'or', a: List, b: List): List {
  const [left, right] = [a.value.items, b.value.items]
  return kind === 'and' ? list(a, OrderedSet.of(without(left, right))) : list(b, OrderedSet.of(without(right, left)))
}

const without = (list: readonly Json[], others: readonly Json[]) =>
  list.filter(item => !others.some(other => isEqual(item, other)))

/** In Python True equals 1. */
const isEqual = (a: Json, b: Json) =>
  (typeof a === 'boolean' ? Number(a) : a) === (typeof b === 'boolean' ? Number(b) : b)
