/** Compiles names such as `sale.*` or `*_password`, where `*` stands for any run of characters, into one test. */
export function matcher(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0) return () => false
  const source = patterns.map(pattern => pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')).join('|')
  const regex = new RegExp(`^(?:${source})$`)
  return name => regex.test(name)
}
