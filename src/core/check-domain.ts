import { type DomainNode, FALSE, type Leaf, parseDomain, TRUE } from './domain.js'
import { show } from './field-values.js'
import { checkLeaf } from './leaf.js'
import type { Names } from './names.js'
import type { Json } from './ports.js'

/**
 * Reads a domain and resolves every path and value in it. Gives the domain as it is sent to Odoo: the same leaves in
 * the same order, dates converted. What is wrong stands in `names.problems`; then the answer must not be used.
 */
export async function checkDomain(input: unknown, model: string, at: string, names: Names): Promise<Json[]> {
  const nodes = parseDomain(input, at, names.problems)
  const out: Json[] = []
  for (const node of nodes) out.push(await toOdoo(node, model, names))
  return out
}

async function toOdoo(node: DomainNode, model: string, names: Names): Promise<Json> {
  if (typeof node === 'string') return node
  if (node === TRUE) return [1, '=', 1]
  if (node === FALSE) return [0, '=', 1]
  return [node.field, node.operator, await checkedValue(node, model, names)]
}

async function checkedValue(leaf: Leaf, model: string, names: Names): Promise<Json> {
  const found = await names.path(model, leaf.field, `${leaf.at}[0]`, 'domain')
  if (found === undefined) return false
  if (leaf.operator === 'any' || leaf.operator === 'not any') return subDomain(leaf, found.info.relation, names)
  const checked = checkLeaf(found.info, leaf.operator, leaf.value, names.odoo.identity.major)
  if ('value' in checked) return checked.value
  names.problems.add(`${leaf.at}[2]`, `${leaf.field}: ${checked.problem}`)
  return false
}

/** `any` (Odoo 17 and later) holds a domain on the comodel. */
async function subDomain(leaf: Leaf, relation: string | undefined, names: Names): Promise<Json> {
  const at = `${leaf.at}[2]`
  if (names.odoo.identity.major < 17) {
    names.problems.add(`${leaf.at}[1]`, `the operator ${show(leaf.operator)} needs Odoo 17; expected a dotted path`)
  } else if (relation === undefined) {
    names.problems.add(`${leaf.at}[1]`, `${show(leaf.operator)} on ${leaf.field}; expected a field that holds records`)
  } else if ((await names.reach(relation, 'read', `${leaf.at}[0]`)) !== undefined) {
    return checkDomain(leaf.value, relation, at, names)
  }
  return false
}

/** Checks `having` of Odoo 19: a domain whose leaves are on aggregates such as `amount_total:sum` or `__count`. */
export async function checkHaving(input: unknown, model: string, at: string, names: Names): Promise<Json[]> {
  const out: Json[] = []
  for (const node of parseDomain(input, at, names.problems)) out.push(await toHaving(node, model, names))
  return out
}

async function toHaving(node: DomainNode, model: string, names: Names): Promise<Json> {
  if (typeof node !== 'object') return toOdoo(node, model, names)
  const { field, operator, value } = node
  const path = groupedField(field)
  if (path === undefined) names.problems.add(`${node.at}[0]`, `${show(field)} does not fit; ${groupSpecHelp}`)
  else if (path !== '__count') await names.path(model, path, `${node.at}[0]`, 'group_by')
  return [field, operator, value]
}

/**
 * The field that a grouping or an aggregate is made of: `amount_total:sum`, `total:sum(amount_total)`,
 * `date_order:month` and `amount_total`. Undefined for anything else: Odoo reads the beginning of what it does not
 * understand, so `access_token:max (name)` would give away the access token (seen on 14 and 19).
 */
export function groupedField(spec: string): string | undefined {
  const match = /^([\w.]+)(?::\w+(?:\((\w+)\))?)?$/.exec(spec)
  return match?.[2] ?? match?.[1]
}

export const groupSpecHelp = 'expected a field, or one such as "date_order:month" or "amount_total:sum"'
