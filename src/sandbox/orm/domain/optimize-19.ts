import { userError, valueError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import type { Env } from '../env.js'
import type { Field, Model } from '../types.js'
import { basicOptimizations, fullOptimizations } from './conditions-19.js'
import {
  type Condition,
  condition,
  invalid,
  inverses,
  invert,
  type Nary,
  type Node,
  nary,
  reprOf
} from './domain-19.js'
import { searchField } from './field-search-19.js'
import { arranged } from './nary-19.js'
import { OrderedSet } from './ordered-set.js'

/** Odoo's levels, without the one for dates relative to now. */
export type Level = 'basic' | 'full'

const done = new WeakMap<Node, Level>()

/**
 * Rewrites a domain until nothing changes any more, first without asking what fields mean, then with their search
 * methods and hierarchies. Mistakes are told in that order, whatever their place in the domain.
 */
export function optimize(env: Env, model: Model, node: Node, level: Level): Node {
  let at = node
  for (;;) {
    const reached = at.kind === 'constant' ? 'full' : done.get(at)
    if (reached === 'full' || reached === level) return at
    const next = reached === undefined ? 'basic' : 'full'
    const changed = step(env, model, at, next)
    if (changed === at) done.set(at, next)
    at = changed
  }
}

function step(env: Env, model: Model, node: Node, level: Level): Node {
  switch (node.kind) {
    case 'constant':
      return node
    case 'not': {
      const negated = negate(model, optimize(env, model, node.child, level))
      return negated.kind === 'not' && negated.child === node.child ? node : negated
    }
    case 'condition':
      return conditionStep(env, model, node, level)
    default:
      return naryStep(env, model, node, level)
  }
}

function naryStep(env: Env, model: Model, node: Nary, level: Level): Node {
  const looked: Node[] = []
  for (const child of node.children) {
    const at = optimize(env, model, child, level)
    // One that decides alone ends it: what comes after is not looked at, mistakes included.
    if (at.kind === 'constant' && at.value === (node.kind === 'or')) return at
    looked.push(at)
  }
  const optimized = nary(node.kind, looked)
  if (optimized.kind !== node.kind) return optimized
  const children = arranged(model, node.kind, optimized.children)
  const isSame = children.length === node.children.length && children.every((child, n) => child === node.children[n])
  return isSame ? node : nary(node.kind, children)
}

const opposites: { [operator: string]: string } = { '<': '>=', '>': '<=', '>=': '<', '<=': '>' }

/** Inequalities turn round; where an empty field counts as no value, it matches then, too. */
function negate(model: Model, node: Node): Node {
  if (node.kind === 'and' || node.kind === 'or') {
    return { kind: node.kind === 'and' ? 'or' : 'and', children: node.children.map(child => negate(model, child)) }
  }
  const opposite = node.kind === 'condition' ? opposites[node.operator] : undefined
  if (node.kind !== 'condition' || opposite === undefined) return invert(node)
  const turned = condition(node.path, opposite, node.value)
  if (falsyValue(fieldOf(model, node)) !== null) return turned
  return nary('or', [condition(node.path, 'in', OrderedSet.of([false])), turned])
}

/** The value that an empty field counts as, for types that have one. */
export function falsyValue({ type, name }: Field): '' | 0 | false | null {
  if (name === 'id') return null
  if (type === 'char' || type === 'text' || type === 'html') return ''
  if (type === 'boolean') return false
  return type === 'integer' || type === 'float' || type === 'monetary' || type === 'many2one_reference' ? 0 : null
}

/** The field that a path begins with. */
export function fieldOf(model: Model, node: Condition): Field {
  const [name = ''] = node.path.split('.', 1)
  if (name === '') throw valueError("Invalid field expression ''")
  const field = model.fields.get(name)
  if (field === undefined) throw invalid(`Invalid field ${model.name}.${name}`, node)
  return field
}

function conditionStep(env: Env, model: Model, node: Condition, level: Level): Node {
  const field = fieldOf(model, node)
  if (level === 'basic') {
    if (field.name !== node.path && field.relation !== undefined && isRelational(field)) {
      return condition(field.name, 'any', condition(node.path.slice(field.name.length + 1), node.operator, node.value))
    }
    return firstChange(basicOptimizations, env, model, node, field)
  }
  // The record within is this one's own: nobody asks for rights there.
  if (field.inherited) {
    return condition(
      String(field.related).split('.')[0] as string,
      'any!',
      condition(node.path, node.operator, node.value)
    )
  }
  if (field.name === node.path) {
    const searched = searchNode(env, model, field, node)
    if (searched !== undefined) return optimize(env, model, searched, 'basic')
  }
  return firstChange(fullOptimizations, env, model, node, field)
}

export type Optimization = (env: Env, model: Model, node: Condition, field: Field) => Node

function firstChange(all: Optimization[], env: Env, model: Model, node: Condition, field: Field): Node {
  for (const optimization of all) {
    const changed = optimization(env, model, node, field)
    if (changed !== node) return changed
  }
  return node
}

export function isRelational({ type }: Field): boolean {
  return type === 'many2one' || type === 'one2many' || type === 'many2many'
}

/** What the field's search method makes of the condition; one that knows only the opposite is asked for that. */
function searchNode(env: Env, model: Model, field: Field, node: Condition): Node | undefined {
  const { operator, value } = node
  const search = searchField(env, model, field)
  if (search === undefined) return undefined
  const direct = search(operator, value as Json | OrderedSet)
  if (direct !== undefined) return direct
  const opposite = inverses.get(operator)
  const inverted = opposite === undefined ? undefined : search(opposite, value as Json | OrderedSet)
  if (inverted !== undefined) return invert(inverted)
  throw userError(`Unsupported operator on ${field.string} '${model.description}' (${model.name}) in ${reprOf(node)}`)
}
