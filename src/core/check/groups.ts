import { type DomainNode, FALSE, parseDomain, TRUE } from '../domain.js'
import type { Json } from '../json.js'
import { show } from './field-values.js'
import type { Names } from './names.js'

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

/** Resolves the field of a grouping or an aggregate of `read_group` and `formatted_read_group`. */
export async function checkGroupSpec(spec: string, at: string, model: string, names: Names): Promise<void> {
  const path = groupedField(spec)
  if (path === undefined) names.problems.add(at, `${show(spec)} does not fit; ${groupSpecHelp}`)
  else if (path !== '__count') await names.path(model, path, at, 'group_by')
}

/** Checks the order of groups in a call of those methods: groups are ordered by what they are made of, not by id. */
export async function checkGroupOrder(value: Json, model: string, at: string, names: Names): Promise<Json> {
  if (typeof value !== 'string') {
    names.problems.add(at, `${show(value)} is not an order; expected text such as "amount_total:sum desc"`)
    return value
  }
  for (const term of value.split(',')) {
    await checkGroupSpec(term.trim().replace(/\s+(asc|desc)$/i, ''), at, model, names)
  }
  return value
}

/** Checks `having` of Odoo 19: a domain whose leaves are on aggregates such as `amount_total:sum` or `__count`. */
export async function checkHaving(input: unknown, model: string, at: string, names: Names): Promise<Json[]> {
  const out: Json[] = []
  for (const node of parseDomain(input, at, names.problems)) out.push(await toHaving(node, model, names))
  return out
}

async function toHaving(node: DomainNode, model: string, names: Names): Promise<Json> {
  if (typeof node === 'string') return node
  if (node === TRUE) return [1, '=', 1]
  if (node === FALSE) return [0, '=', 1]
  await checkGroupSpec(node.field, `${node.at}[0]`, model, names)
  return [node.field, node.operator, node.value]
}
