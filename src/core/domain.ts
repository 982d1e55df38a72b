import { show } from './check/field-values.js'
import type { Problems } from './check/problems.js'
import type { GatewayError } from './errors.js'
import type { Json } from './json.js'
import { parseJson } from './json.js'
import { didYouMean } from './nearest.js'

/** A leaf of a domain: `[field, operator, value]`, and where it stands, such as `domain[2]`. */
export interface Leaf {
  field: string
  operator: Operator
  value: Json
  at: string
}

/** A domain, read: operators and leaves in prefix form, in the order given. */
export type DomainNode = '&' | '|' | '!' | Leaf | typeof TRUE | typeof FALSE

/** Odoo's own constant leaves, `[1, "=", 1]` and `[0, "=", 1]`. */
export const TRUE = Symbol('[1, "=", 1]')
export const FALSE = Symbol('[0, "=", 1]')

export const operators = [
  '=',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '=?',
  'in',
  'not in',
  'like',
  'not like',
  'ilike',
  'not ilike',
  '=like',
  '=ilike',
  'not =like',
  'not =ilike',
  'child_of',
  'parent_of',
  'any',
  'not any'
] as const

export type Operator = (typeof operators)[number]

/** Other spellings that Odoo has for the same operator. */
const synonyms: ReadonlyMap<string, Operator> = new Map([
  ['==', '='],
  ['<>', '!=']
])

/**
 * Reads a domain without asking Odoo: a list in prefix form, or the same as a JSON string. Whatever is not understood
 * becomes a problem with its position; nothing is repaired, widened or dropped. The names and values of the leaves are
 * not judged here.
 */
export function parseDomain(input: unknown, at: string, problems: Problems): DomainNode[] {
  const list = toList(input, at, problems)
  if (list === undefined) return []
  if (isBareLeaf(list)) {
    problems.add(at, `a single leaf; expected a list of leaves. Did you mean ${show([list])}?`)
    return []
  }
  const nodes = list.map((item, index) => toNode(item, `${at}[${index}]`, problems))
  assertArity(nodes, at, problems)
  return nodes.filter(node => node !== undefined)
}

function toList(input: unknown, at: string, problems: Problems): unknown[] | undefined {
  if (Array.isArray(input)) return input
  if (typeof input !== 'string') {
    problems.add(at, `${show(input)} is not a domain; expected a list such as ${example}`)
    return undefined
  }
  try {
    const parsed = parseJson(input)
    if (Array.isArray(parsed)) return parsed
    problems.add(at, `the string holds ${show(parsed)}, not a list; expected a list such as ${example}`)
  } catch (error) {
    // Python's own notation, `[('name', '=', 'x')]`, is what people paste most.
    const why = error instanceof SyntaxError ? 'the string is not JSON' : (error as GatewayError).detail
    problems.add(at, `${why}; expected a list in JSON, such as ${example}`)
  }
  return undefined
}

const example = '[["name", "ilike", "azure"]]'

function isBareLeaf(list: unknown[]): boolean {
  return list.length === 3 && typeof list[0] === 'string' && !isConnective(list[0]) && typeof list[1] === 'string'
}

function isConnective(item: unknown): item is '&' | '|' | '!' {
  return item === '&' || item === '|' || item === '!'
}

function toNode(item: unknown, at: string, problems: Problems): DomainNode | undefined {
  if (isConnective(item)) return item
  if (typeof item === 'string') {
    const meant =
      item.toLowerCase() === 'or' ? ' Did you mean "|"?' : item.toLowerCase() === 'and' ? ' Did you mean "&"?' : ''
    problems.add(at, `${show(item)} is not an operator; expected "&", "|", "!" or a leaf.${meant}`)
    return undefined
  }
  if (!Array.isArray(item)) {
    problems.add(at, `${show(item)} is not a leaf; expected [field, operator, value]`)
    return undefined
  }
  if (item.length !== 3) {
    problems.add(at, `a leaf with ${item.length} items; expected the three of [field, operator, value]`)
    return undefined
  }
  return toLeaf(item as [unknown, unknown, Json], at, problems)
}

function toLeaf([field, operator, value]: [unknown, unknown, Json], at: string, problems: Problems) {
  if (operator === '=' && value === 1 && field === 1) return TRUE
  if (operator === '=' && value === 1 && field === 0) return FALSE
  const known = toOperator(operator)
  if (typeof field !== 'string' || field === '') {
    problems.add(
      `${at}[0]`,
      `${show(field)} is not a field; expected its name, or a path such as partner_id.country_id`
    )
  }
  if (known === undefined) {
    const meant = typeof operator === 'string' ? didYouMean(operator, operators) : ''
    problems.add(`${at}[1]`, `${show(operator)} is not an operator; expected one of ${operators.join(', ')}.${meant}`)
  }
  if (typeof field !== 'string' || field === '' || known === undefined) return undefined
  return { field, operator: known, value, at }
}

/** Whether a value is an operator of a leaf, in any of Odoo's spellings. */
export function isOperator(value: unknown): boolean {
  return toOperator(typeof value === 'string' ? value.trim().toLowerCase() : value) !== undefined
}

function toOperator(operator: unknown): Operator | undefined {
  if (typeof operator !== 'string') return undefined
  return operators.find(known => known === operator) ?? synonyms.get(operator)
}

/** Every `&` and `|` takes two operands and every `!` one; what stands side by side is joined by `&`, as in Odoo. */
function assertArity(nodes: (DomainNode | undefined)[], at: string, problems: Problems): void {
  const open: { at: string; sign: string; missing: number }[] = []
  nodes.forEach((node, index) => {
    if (typeof node === 'string') {
      open.push({ at: `${at}[${index}]`, sign: node, missing: node === '!' ? 1 : 2 })
      return
    }
    // An operand completes the innermost operator, and that one its own parent.
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      top.missing -= 1
      if (top.missing > 0) break
      open.pop()
    }
  })
  const top = open.at(-1)
  if (top === undefined) return
  const needs = top.sign === '!' ? 'one operand' : 'two operands'
  problems.add(top.at, `${show(top.sign)} misses ${top.missing} of its operands; expected ${needs} after it`)
}
