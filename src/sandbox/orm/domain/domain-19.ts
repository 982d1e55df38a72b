import { attributeError, type OdooException, typeError, valueError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { repr, typeName } from '../../python.js'
import type { Env } from '../env.js'
import type { Model } from '../types.js'
import type { Compiled } from './domain.js'
import { optimize } from './optimize-19.js'
import { OrderedSet } from './ordered-set.js'
import { SqlTests } from './sql-tests-19.js'

/** A domain of Odoo 19 (`orm/domains.py`) as a tree. */
export type Node = Constant | Nary | Not | Condition

export interface Constant {
  kind: 'constant'
  value: boolean
}

export interface Nary {
  kind: 'and' | 'or'
  children: Node[]
}

export interface Not {
  kind: 'not'
  child: Node
}

export interface Condition {
  kind: 'condition'
  path: string
  operator: string
  value: Json | OrderedSet | Node
}

export const yes: Node = { kind: 'constant', value: true }
export const no: Node = { kind: 'constant', value: false }

export function condition(path: string, operator: string, value: Condition['value']): Condition {
  return { kind: 'condition', path, operator, value }
}

/** Reads a domain, optimizes it as Odoo does before it writes SQL, and makes a test of what would be that SQL. */
export function compile19(env: Env, model: Model, domain: Json): Compiled {
  const given = parse(domain)
  const node = optimize(env, model, given, 'full')
  const sql = new SqlTests()
  const test = sql.test(env, model, node)
  if (sql.failed !== undefined) throw sql.failed
  const among = onlyAmong(node)
  return { test, mentionsActive: mentionsActive(given), ...(among !== undefined && { among }) }
}

/** Reads the list from its end, as Odoo does: the last mistake is told. `any!` only Odoo itself may say. */
export function parse(domain: Json, internal = false): Node {
  if (domain === true || (Array.isArray(domain) && domain.length === 0)) return yes
  if (domain === false) return no
  if (!Array.isArray(domain)) throw typeError(`Domain() invalid argument type for domain: ${repr(domain)}`)
  const stack: Node[] = []
  const pop = () => {
    const node = stack.pop()
    if (node === undefined) throw valueError(`Domain() malformed domain ${repr(domain)}`)
    return node
  }
  for (const item of domain.toReversed()) {
    if (Array.isArray(item) && item.length === 3) stack.push(toCondition(item as [Json, Json, Json], internal))
    else if (item === '&' || item === '|') stack.push(nary(item === '&' ? 'and' : 'or', [pop(), pop()]))
    else if (item === '!') stack.push(invert(pop()))
    else throw valueError(`Domain() invalid item in domain: ${repr(item)}`)
  }
  const [only] = stack
  return stack.length === 1 && only !== undefined ? only : nary('and', stack.reverse())
}

const standard = ['any', 'not any', 'in', 'not in', '<', '>', '<=', '>=', 'like', 'not like', 'ilike', 'not ilike']
const operators = new Set([
  ...standard,
  ...['=like', 'not =like', '=ilike', 'not =ilike', '=', '!=', '<>', '==', '=?', 'child_of', 'parent_of']
])

function toCondition(item: [Json, Json, Json], internal: boolean): Node {
  const [path, operator, value] = item
  const isInternal = operator === 'any!' || operator === 'not any!'
  // Python looks the operator up in a set, before anything else.
  if (typeof operator === 'object' && operator !== null) throw typeError(`unhashable type: '${typeName(operator)}'`)
  if (isInternal && !internal) throw valueError(`Domain() invalid item in domain: ${repr(item)}`)
  if (typeof path !== 'string') {
    const isOne = (side: Json) => side === 1 || side === true
    if (operator === '=' && isOne(value) && isOne(path)) return yes
    if (operator === '=' && isOne(value) && (path === 0 || path === false)) return no
    throw typeError(`Domain() invalid arguments: (${item.map(repr).join(', ')})`)
  }
  if (path === '') throw invalid('Empty field name', condition(path, operator as string, value), typeError)
  if (typeof operator !== 'string') throw attributeError(`'${typeName(operator)}' object has no attribute 'lower'`)
  const lower = operator.toLowerCase()
  if (!operators.has(lower) && !isInternal) throw invalid('Invalid operator', condition(path, lower, value))
  return condition(path, lower, value ?? false)
}

/** The sentence that Odoo ends with the condition itself. */
export function invalid(what: string, { path, operator, value }: Condition, make = valueError): OdooException {
  return make(`${what} in condition (${repr(path)}, ${repr(operator)}, ${reprOf(value)})`)
}

export function reprOf(value: Condition['value']): string {
  if (value instanceof OrderedSet) return value.repr
  return isNode(value) ? `[${leavesRepr(value).join(', ')}]` : repr(value)
}

function leavesRepr(node: Node): string[] {
  switch (node.kind) {
    case 'constant':
      return [`(${Number(node.value)}, '=', 1)`]
    case 'not':
      return ["'!'", ...leavesRepr(node.child)]
    case 'condition': {
      const value = node.value instanceof OrderedSet ? repr([...node.value.items]) : reprOf(node.value)
      return [`(${repr(node.path)}, ${repr(node.operator)}, ${value})`]
    }
    default:
      return [
        ...node.children.slice(1).map(() => (node.kind === 'and' ? "'&'" : "'|'")),
        ...node.children.flatMap(leavesRepr)
      ]
  }
}

export function isNode(value: Condition['value']): value is Node {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string'
}

/** Constants are simplified when the domain is read: what a constant decides alone is not looked at any more. */
export function nary(kind: 'and' | 'or', items: Node[]): Node {
  const children: Node[] = []
  for (const item of items) {
    if (item.kind === 'constant') {
      if (item.value !== (kind === 'and')) return item
    } else if (item.kind === kind) children.push(...item.children)
    else children.push(item)
  }
  const [only] = children
  if (only === undefined) return kind === 'and' ? yes : no
  return children.length === 1 ? only : { kind, children }
}

const opposites = [
  ['any', 'not any'],
  ['any!', 'not any!'],
  ['in', 'not in'],
  ['like', 'not like'],
  ['ilike', 'not ilike'],
  ['=like', 'not =like'],
  ['=ilike', 'not =ilike'],
  ['=', '!=']
] as const

const positives = new Map<string, string>([...opposites.map(([yes, no]) => [no, yes] as const), ['<>', '=']])

export const inverses = new Map<string, string>([...positives, ...opposites])

/** `not in` is `in`; an operator that is not negative stays. */
export function positive(operator: string): string {
  return positives.get(operator) ?? operator
}

export function isNegative(operator: string): boolean {
  return positives.has(operator)
}

/** `~domain`: inequalities and conditions on a path stay under a "not" until their field is known. */
export function invert(node: Node): Node {
  switch (node.kind) {
    case 'constant':
      return node.value ? no : yes
    case 'and':
    case 'or':
      return { kind: node.kind === 'and' ? 'or' : 'and', children: node.children.map(invert) }
    case 'not':
      return node.child
    case 'condition': {
      const opposite = node.path.includes('.') ? undefined : inverses.get(node.operator)
      return opposite === undefined ? { kind: 'not', child: node } : condition(node.path, opposite, node.value)
    }
  }
}

/** Whether the domain itself asks for `active`, be it deep within but not of related records. */
export function mentionsActive(node: Node): boolean {
  switch (node.kind) {
    case 'constant':
      return false
    case 'not':
      return mentionsActive(node.child)
    case 'condition':
      return node.path === 'active'
    default:
      return node.children.some(mentionsActive)
  }
}

/** The ids of a condition that everything else is joined to by "and": nothing else can match. */
function onlyAmong(node: Node): number[] | undefined {
  if (node.kind === 'and') return node.children.map(onlyAmong).find(ids => ids !== undefined)
  if (node.kind !== 'condition' || node.path !== 'id' || node.operator !== 'in') return undefined
  const ids = node.value instanceof OrderedSet ? node.value.items : undefined
  return ids?.every(id => typeof id === 'number') ? (ids as number[]) : undefined
}
