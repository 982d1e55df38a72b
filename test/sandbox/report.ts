import { isDeepStrictEqual } from 'node:util'
import type { Outcome } from './run.js'

/** How many cases of each kind there were, and how many answers are the same. */
export function figures(outcomes: Outcome[]): string[] {
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))]
  return [...kinds, undefined].map(kind => {
    const these = outcomes.filter(outcome => kind === undefined || outcome.kind === kind)
    const count = (verdict: string) => these.filter(outcome => outcome.verdict === verdict).length
    const codes = these.filter(({ codesDiffer }) => codesDiffer).length
    const share = ((100 * count('same')) / these.length).toFixed(2)
    return [
      `${(kind ?? 'all').padEnd(8)} ${String(these.length).padStart(5)} cases, ${share} % agree`,
      `${count('text differs')} texts differ, ${count('DIFFERENT')} DIFFERENT, ${codes} error codes`
    ].join(': ')
  })
}

/** Every difference with both answers; those with the same answers stand together, most frequent first. */
export function differences(outcomes: Outcome[]): string {
  const groups = new Map<string, Outcome[]>()
  for (const outcome of outcomes) {
    if (outcome.verdict === 'same' && !outcome.codesDiffer) continue
    const key = `${outcome.kind} ${outcome.verdict} ${shapeOf(outcome.real)} | ${shapeOf(outcome.sandbox)}`
    groups.set(key, [...(groups.get(key) ?? []), outcome])
  }
  const sorted = [...groups.entries()].sort(([, a], [, b]) => b.length - a.length)
  return sorted.map(([key, group]) => [`=== ${group.length} × ${key}`, ...group.map(show), ''].join('\n')).join('\n')
}

function show({ call, before, real, sandbox, codesDiffer }: Outcome): string {
  const lines = before.map(earlier => `  after    ${earlier}`)
  lines.push(`  call     ${call.length > 700 ? `${call.slice(0, 700)}…` : call}`)
  const places = typeof real === 'object' && typeof sandbox === 'object' ? differing(real, sandbox, '') : []
  // Answers of the same form differ in some places; others are shown whole.
  if (places.length > 0 && !places.some(([path]) => path === '' || path.startsWith('.error') || path === '.message')) {
    lines.push(...places.slice(0, 12).map(([path, a, b]) => `  ${path}: real ${brief(a)}, sandbox ${brief(b)}`))
    if (places.length > 12) lines.push(`  … ${places.length - 12} more places`)
  } else {
    lines.push(`  real     ${brief(real, 600)}`, `  sandbox  ${brief(sandbox, 600)}`)
  }
  if (codesDiffer) lines.push('  THE ERROR CODES DIFFER')
  return [...lines, ''].join('\n')
}

/** Where two answers differ, as far down as they have the same form. */
function differing(a: unknown, b: unknown, path: string): [path: string, a: unknown, b: unknown][] {
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length || a.some(item => typeof item !== 'object')) {
      return isDeepStrictEqual(a, b) ? [] : [[path, a, b]]
    }
    return a.flatMap((item, index) => differing(item, b[index], `${path}[${index}]`))
  }
  if (
    typeof a !== 'object' ||
    typeof b !== 'object' ||
    a === null ||
    b === null ||
    Array.isArray(a) ||
    Array.isArray(b)
  ) {
    return isDeepStrictEqual(a, b) ? [] : [[path, a, b]]
  }
  const [left, right] = [a, b] as [{ [key: string]: unknown }, { [key: string]: unknown }]
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  return keys.flatMap(key => differing(left[key], right[key], `${path}.${key}`))
}

function brief(value: unknown, length = 200): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > length ? `${text.slice(0, length)}…` : text
}

/** The class of an error and its text without what is quoted, or what kind of result it is. */
function shapeOf(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return 'a result'
  const { error, message } = answer as { error: unknown; message?: unknown }
  const text = `${error}: ${message ?? ''}`
  return text
    .replace(/(['"]).*?\1/g, '…')
    .replace(/\d+/g, 'n')
    .replaceAll('\n', ' ')
    .slice(0, 110)
}
