import type { Json } from '../../json.js'
import { truthy } from '../../python.js'
import type { Env } from '../env.js'
import type { Field, Model } from '../types.js'
import { condition, isNegative, type Node, nary, no, parse, yes } from './domain-19.js'
import { falsyValue } from './optimize-19.js'
import { OrderedSet } from './ordered-set.js'

type Search = (operator: string, value: Json | OrderedSet) => Node | undefined

/** The search method of a field that is not a column: of a related one, of `display_name`, or its own. */
export function searchField(env: Env, model: Model, field: Field): Search | undefined {
  if (field.name === 'display_name' && !field.store) return (operator, value) => byName(env, model, operator, value)
  if (field.related !== undefined && !field.store)
    return (operator, value) => related(env, model, field, operator, value)
  const { search } = field
  if (search === undefined) return undefined
  return (operator, value) => toNode(search(env, operator, plain(value)))
}

const plain = (value: Json | OrderedSet): Json => (value instanceof OrderedSet ? [...value.items] : value)
const toNode = (domain: Json[] | undefined): Node | undefined =>
  domain === undefined ? undefined : parse(domain, true)

/** On the names that the model is searched by: one of them for what is wanted, each for what is not. */
function byName(env: Env, model: Model, operator: string, value: Json | OrderedSet): Node | undefined {
  const domain = nameDomain(model, operator, value)
  if (model.searchDisplayName === undefined) return domain
  return toNode(model.searchDisplayName(env, operator, plain(value), toList(domain)))
}

function nameDomain(model: Model, operator: string, value: Json | OrderedSet): Node {
  const paths = model.nameSearch ?? (model.recName === undefined ? [] : [model.recName])
  if (paths.length === 0) return yes
  if (operator.endsWith('like') && !operator.includes('=') && !truthy(value)) return isNegative(operator) ? no : yes
  const children = paths.map(path => {
    const isRelation = !path.includes('.') && model.fields.get(path)?.relation !== undefined
    return condition(isRelation ? `${path}.display_name` : path, operator, value)
  })
  return nary(isNegative(operator) ? 'and' : 'or', children)
}

function toList(node: Node): Json[] {
  switch (node.kind) {
    case 'constant':
      return [[Number(node.value), '=', 1]]
    case 'condition':
      return [[node.path, node.operator, plain(node.value as Json | OrderedSet)]]
    case 'not':
      return ['!', ...toList(node.child)]
    default:
      return [...node.children.slice(1).map(() => (node.kind === 'and' ? '&' : '|')), ...node.children.flatMap(toList)]
  }
}

/** Along the path; where it is about having no value, an empty many2one on the way will do. */
function related(env: Env, model: Model, field: Field, operator: string, value: Json | OrderedSet): Node | undefined {
  const falsy = falsyValue(field)
  const isNull = (item: Json) =>
    item === false || item === null || (falsy !== null && (item === falsy || (falsy === 0 && item === 0)))
  const aboutNull =
    value instanceof OrderedSet ? value.items.some(isNull) : Array.isArray(value) ? value.some(isNull) : isNull(value)
  if (isNegative(operator) && !aboutNull) return undefined
  const canBeNull = !isNegative(operator) === aboutNull
  const names = String(field.related).split('.')
  const fields: Field[] = []
  let at: Model | undefined = model
  for (const name of names) {
    const next: Field | undefined = at?.fields.get(name)
    if (next === undefined)
      throw new Error(`${model.name}.${field.name} is related to ${field.related}, which is no field`)
    fields.push(next)
    at = next.relation === undefined ? undefined : env.models.need(next.relation)
  }
  let domain: Node = condition(names.at(-1) as string, operator, value)
  for (const step of fields.slice(0, -1).reverse()) {
    domain = condition(step.name, 'any!', domain)
    if (canBeNull && step.type === 'many2one' && !step.required) {
      domain = nary('or', [domain, condition(step.name, '=', false)])
    }
  }
  return domain
}
