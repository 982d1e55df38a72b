/** The name that a mistyped one most likely meant, if any is near. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map(name => ({ name, distance: distance(given.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  if (best === undefined || best.distance > Math.max(2, given.length / 3)) return undefined
  return best.name
}

/** Whom Python (3.13) takes a wrong keyword for, in "Did you mean": less far than `nearest` goes. */
export function suggestion(given: string, names: readonly string[]): string | undefined {
  const near = names.filter(name => distance(given, name) <= (given.length + name.length + 3) / 6)
  return near.sort((a, b) => distance(given, a) - distance(given, b))[0]
}

/** Levenshtein's: how many letters to put in, take out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, change))
    }
    row = next
  }
  return row[b.length] as number
}
