import type { Json } from './json.js'

/** Compiles names such as `sale.*` or `*_password`, where `*` stands for any run of characters, into one test. */
export function matcher(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0) return () => false
  const source = patterns.map(pattern => pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')).join('|')
  const regex = new RegExp(`^(?:${source})$`)
  return name => regex.test(name)
}

/**
 * The same test as a domain on a field of text, for Odoo to decide: gives the domain for any field. There must be at
 * least one pattern.
 */
export function domainMatcher(patterns: readonly string[]): (field: string) => Json[] {
  const exact = patterns.filter(pattern => !pattern.includes('*'))
  const like = patterns
    .filter(pattern => pattern.includes('*'))
    .map(pattern => pattern.replace(/[\\_%]/g, '\\$&').replaceAll('*', '%'))
  return field => {
    const leaves: Json[][] = like.map(value => [field, '=like', value])
    if (exact.length > 0) leaves.unshift([field, 'in', exact])
    return [...leaves.slice(1).map(() => '|'), ...leaves]
  }
}
