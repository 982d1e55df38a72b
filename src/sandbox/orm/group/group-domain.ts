import type { Json } from '../../json.js'
import { type Node, parse } from '../domain/domain-19.js'

/** How groups are told apart by domains: joins domains with "and" as Odoo 14 and 17 do, which keep the lists as they are. */
export function and14(domains: Json[][]): Json[] {
  const parts: Json[][] = []
  for (const domain of domains) {
    if (isLeaf(domain, 1)) continue
    if (isLeaf(domain, 0)) return domain
    if (domain.length > 0) parts.push(withOperators(domain))
  }
  if (parts.length === 0) return [[1, '=', 1]]
  return [...parts.slice(1).map(() => '&'), ...parts.flat()]
}

function isLeaf(domain: Json[], value: number): boolean {
  return domain.length === 1 && JSON.stringify(domain[0]) === `[${value},"=",1]`
}

/** Says every "and" that a list leaves out. */
function withOperators(domain: Json[]): Json[] {
  const result: Json[] = []
  let expected = 1
  for (const item of domain) {
    if (expected === 0) {
      result.unshift('&')
      expected = 1
    }
    if (item === '&' || item === '|') expected++
    else if (item !== '!') expected--
    result.push(item)
  }
  return result
}

/** As Odoo 19 does: domains become trees, which are written out again with the constants simplified. */
export function and19(domains: Json[]): Json[] {
  const parts: Node[] = []
  for (const node of domains.map(domain => parse(domain))) {
    if (node.kind === 'constant') {
      if (!node.value) return toList(node)
    } else if (node.kind === 'and') parts.push(...node.children)
    else parts.push(node)
  }
  return [...parts.slice(1).map(() => '&'), ...(parts.length > 0 ? parts.flatMap(toList) : [[1, '=', 1]])]
}

function toList(node: Node): Json[] {
  switch (node.kind) {
    case 'constant':
      return [[node.value ? 1 : 0, '=', 1]]
    case 'and':
    case 'or':
      return [...node.children.slice(1).map(() => (node.kind === 'and' ? '&' : '|')), ...node.children.flatMap(toList)]
    case 'not':
      return ['!', ...toList(node.child)]
    case 'condition':
      return [[node.path, node.operator, node.value as Json]]
  }
}
