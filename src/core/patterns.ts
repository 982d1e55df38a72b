import type { Json } from './json.js'

/** Compiles names such as `sale.*` or `*_password`, where `*` stands for any run of characters, into one test. */
export function matcher(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0) return () => false
  const source = patterns.map(pattern => pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')).join('|')
  const regex = new RegExp(`^(?:${source})$`)
  return name => regex.test(name)
}

/** The same test as a domain on a field of text, for Odoo to decide. There must be at least one pattern. */
export function matchingDomain(field: string, patterns: readonly string[]): Json[] {
  const exact = patterns.filter(pattern => !pattern.includes('*'))
  const leaves: Json[][] = patterns
    .filter(pattern => pattern.includes('*'))
    .map(pattern => [field, '=like', pattern.replace(/[\\_%]/g, '\\$&').replaceAll('*', '%')])
  if (exact.length > 0) leaves.unshift([field, 'in', exact])
  return [...leaves.slice(1).map(() => '|'), ...leaves]
}
