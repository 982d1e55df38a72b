import { assertNoNul, databaseError } from '../../exceptions.js'

/**
 * The test of SQL's LIKE or ILIKE: `%` is any text, `_` any character, a backslash takes the meaning from the next one.
 */
export function like(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  assertNoNul(pattern)
  const plain = plainPattern(pattern)
  if (plain !== undefined && ignoreCase) {
    const wanted = plain.toLowerCase()
    return text => text.toLowerCase().includes(wanted)
  }
  if (plain !== undefined) return text => text.includes(plain)
  const flags = ignoreCase ? 'isu' : 'su'
  const expression = new RegExp(`^${toExpression(pattern)}$`, flags)
  if (!endsInEscape(pattern)) return text => expression.test(text)
  // PostgreSQL complains once it has come so far with a text.
  const before = new RegExp(`^${toExpression(pattern.slice(0, -1))}.`, flags)
  return text => {
    if (!before.test(text)) return false
    throw databaseError('InvalidEscapeSequence', 'LIKE pattern must not end with escape character\n')
  }
}

function endsInEscape(pattern: string): boolean {
  return (/\\*$/.exec(pattern)?.[0].length ?? 0) % 2 === 1
}

/** The text between the two wildcards of `%text%`: by far the most frequent pattern. */
function plainPattern(pattern: string): string | undefined {
  if (pattern.length < 2 || !pattern.startsWith('%') || !pattern.endsWith('%')) return undefined
  const inner = pattern.slice(1, -1)
  return /[%_\\]/.test(inner) ? undefined : inner
}

function toExpression(pattern: string): string {
  let expression = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string
    if (character === '%') expression += '.*'
    else if (character === '_') expression += '.'
    else expression += quote(character === '\\' ? (pattern[++at] ?? '\\') : character)
  }
  return expression
}

function quote(character: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character
}
