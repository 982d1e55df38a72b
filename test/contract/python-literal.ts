import type { Json } from '../../src/core/json.js'

/** What a domain in a view may name besides literals. */
export type PythonNames = Record<string, Json>

const token =
  /\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|(context_today\(\)\.strftime\((?:'%Y-%m-%d'|"%Y-%m-%d")\)|[A-Za-z_]\w*)|([[\](),]))/y

/**
 * The value of a Python list, tuple, text, number, True, False, None or one of the names, as JSON. Undefined for any
 * other expression: nothing is computed.
 */
export function pythonLiteral(text: string, names: PythonNames = {}): Json | undefined {
  const tokens: RegExpExecArray[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.trimEnd().length) {
    const found = token.exec(text)
    if (found === null) return undefined
    tokens.push(found)
  }
  let at = 0
  const value = (): Json | undefined => {
    const found = tokens[at++]
    if (found === undefined) return undefined
    const [, string, number, name, mark] = found
    if (string !== undefined) return string.slice(1, -1).replace(/\\(.)/g, '$1')
    if (number !== undefined) return Number(number)
    if (name !== undefined) return constants.has(name) ? constants.get(name) : names[name]
    const close = mark === '[' ? ']' : mark === '(' ? ')' : undefined
    if (close === undefined) return undefined
    const items: Json[] = []
    while (tokens[at]?.[4] !== close) {
      const item = value()
      if (item === undefined) return undefined
      items.push(item)
      if (tokens[at]?.[4] === ',') at++
      else if (tokens[at]?.[4] !== close) return undefined
    }
    at++
    return items
  }
  const whole = value()
  return at === tokens.length ? whole : undefined
}

const constants = new Map<string, Json>([
  ['True', true],
  ['False', false],
  ['None', null],
  ['true', true],
  ['false', false]
])
