import { assertionError, indexError, keyError, typeError } from '../../exceptions.js'
import { isObject, type Json } from '../../json.js'
import { repr, truthy, typeName } from '../../python.js'
import type { Env } from '../env.js'
import type { Model } from '../types.js'
import type { Compiled } from './domain.js'
import { never } from './domain.js'
import { Expression } from './expression-14.js'

/** The ids that a search has found: on the right of "in" they stand for its subselect. */
export class Found {
  constructor(readonly ids: readonly number[]) {}
}

export type Right = Json | Found

export type Leaf = readonly [path: Json, operator: string, right: Right]
export type Token = '&' | '|' | '!' | Leaf

/** The domains of Odoo 14 to 18 (`osv/expression.py`): lists in prefix form, read leaf by leaf from right to left. */
export function compile14(env: Env, model: Model, domain: Json): Compiled {
  if (env.major <= 14) assertLength(model, domain)
  const tokens = normalize(domain)
  const mentionsActive = tokens.some(token => (Array.isArray(token) ? token[0] === 'active' : token === 'active'))
  // Nothing is read of a domain that cannot be true.
  if (isFalse(tokens)) return { test: never, mentionsActive, among: [] }
  const distributed = distributeNot(env, tokens)
  const expression = new Expression(env, model)
  const test = expression.compile(distributed)
  const among = onlyAmong(distributed)
  return { test, mentionsActive, ...(among !== undefined && { among }) }
}

/** Contacts look at the length of the domain first (14). */
function assertLength({ name }: Model, domain: Json): void {
  if (name !== 'res.partner') return
  if (isObject(domain) && Object.keys(domain).length === 1) throw keyError('0')
  if (typeof domain === 'string' || isObject(domain) || Array.isArray(domain)) return
  throw typeError(`object of type '${typeName(domain)}' has no len()`)
}

const arity: { [operator: string]: number } = { '!': 1, '&': 2, '|': 2 }

/** Makes every "and" explicit, or says that this is no domain. */
export function normalize(domain: Json): Json[] {
  if (!Array.isArray(domain)) {
    throw assertionError("Domains to normalize must have a 'domain' form: a list or tuple of domain components")
  }
  if (domain.length === 0) return [[1, '=', 1]]
  const result: Json[] = []
  let expected = 1
  for (const token of domain) {
    if (expected === 0) {
      result.unshift('&')
      expected = 1
    }
    if (isObject(token)) throw typeError("unhashable type: 'dict'")
    expected += Array.isArray(token) ? -1 : (typeof token === 'string' ? (arity[token] ?? 0) : 0) - 1
    result.push(token)
  }
  if (expected !== 0) throw assertionError(`This domain is syntactically not correct: ${repr(domain)}`)
  return result
}

/** Three values: -1 is false, 1 true and 0 unknown. Of what is no leaf it looks at the second item all the same. */
export function isFalse(tokens: readonly Json[]): boolean {
  const stack: number[] = []
  const pop = () => {
    const value = stack.pop()
    if (value === undefined) throw indexError('pop from empty list')
    return value
  }
  for (const token of tokens.toReversed()) {
    if (token === '&') stack.push(Math.min(pop(), pop()))
    else if (token === '|') stack.push(Math.max(pop(), pop()))
    else if (token === '!') stack.push(-pop())
    else stack.push(constantOf(token))
  }
  return pop() === -1
}

function constantOf(token: Json): number {
  if (typeof token === 'string') {
    if (token.length < 2) throw indexError('string index out of range')
    return 0
  }
  if (!Array.isArray(token)) throw typeError(`'${typeName(token)}' object is not subscriptable`)
  if (isConstant(token)) return token[0] === 1 || token[0] === true ? 1 : -1
  if (token.length < 2) throw indexError('tuple index out of range')
  if (token[1] !== 'in' && token[1] !== 'not in') return 0
  if (token.length < 3) throw indexError('tuple index out of range')
  const right = token[2] as Right
  if (right instanceof Found || truthy(right)) return 0
  return token[1] === 'in' ? -1 : 1
}

/** `(1, '=', 1)` and `(0, '=', 1)`; in Python True equals 1. */
export function isConstant([left, operator, right, ...more]: readonly unknown[]): boolean {
  const isOne = (value: unknown) => value === 1 || value === true
  return more.length === 0 && operator === '=' && isOne(right) && (isOne(left) || left === 0 || left === false)
}

export const negations: { [operator: string]: string } = {
  '<': '>=',
  '>': '<=',
  '<=': '>',
  '>=': '<',
  '=': '!=',
  '!=': '=',
  in: 'not in',
  like: 'not like',
  ilike: 'not ilike',
  'not in': 'in',
  'not like': 'like',
  'not ilike': 'ilike',
  any: 'not any',
  'not any': 'any'
}

/** Takes every "!" down to the leaves: their operators turn into their opposites where they have one. */
function distributeNot(env: Env, tokens: Json[]): Json[] {
  const result: Json[] = []
  const stack = [false]
  for (const token of tokens) {
    const negate = stack.pop() ?? false
    if (isLeaf(env, token)) {
      const [left, operator, right] = token as [Json, string, Json]
      const opposite = negations[operator]
      if (!negate) result.push(token)
      else if (opposite !== undefined) result.push([left, opposite, right])
      else result.push('!', token)
    } else if (token === '!') {
      stack.push(!negate)
    } else if (token === '&' || token === '|') {
      result.push(negate ? (token === '&' ? '|' : '&') : token)
      stack.push(negate, negate)
    } else {
      // Python looks it up among the operators.
      assertHashable(token)
      result.push(token)
    }
  }
  return result
}

function assertHashable(token: Json): void {
  if (!Array.isArray(token)) return
  const bad = token.find(item => typeof item === 'object' && item !== null)
  if (bad !== undefined) throw typeError(`unhashable type: '${typeName(bad)}'`)
}

const operators = new Set([
  ...['=', '!=', '<=', '<', '>', '>=', '=?', '=like', '=ilike', 'like', 'not like', 'ilike', 'not ilike'],
  ...['in', 'not in', 'child_of', 'parent_of', '<>']
])

/** Three items, of which the second is an operator. */
export function isLeaf({ major }: Env, token: unknown): token is Leaf {
  if (!Array.isArray(token) || token.length !== 3) return false
  const [left, operator] = token
  if (typeof operator !== 'string') return false
  const known = operators.has(operator) || (major >= 17 && (operator === 'any' || operator === 'not any'))
  return known && ((typeof left === 'string' && left !== '') || isConstant(token))
}

/** A leaf on id that everything else is joined to by "and": nothing but those ids can match. */
function onlyAmong(tokens: readonly Json[]): number[] | undefined {
  if (tokens.some(token => token === '|' || token === '!')) return undefined
  for (const token of tokens) {
    if (!Array.isArray(token) || token[0] !== 'id') continue
    const [, operator, right] = token
    if (operator === '=' && typeof right === 'number') return [right]
    if (operator === 'in' && Array.isArray(right) && right.every(id => typeof id === 'number'))
      return [...new Set(right)]
  }
  return undefined
}
