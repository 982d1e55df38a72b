import { fail, type Token, tokensOf } from './tokens.js'

/** An expression of the little Python that the sandbox runs. */
export type Expression =
  | { kind: 'constant'; value: null | boolean | number | string }
  | { kind: 'name'; name: string }
  | { kind: 'attribute'; of: Expression; name: string }
  | { kind: 'item'; of: Expression; key: Expression }
  | { kind: 'call'; of: Expression; args: Expression[] }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'dict'; items: [key: Expression, value: Expression][] }

const constants: { [word: string]: null | boolean } = { None: null, True: true, False: false }

const keywords = new Set(
  'and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or raise return try while with yield'.split(
    ' '
  )
)

/** The expressions of some code, one after another. Throws CodeError for everything else that Python has. */
export function parse(code: string): Expression[] {
  const tokens = tokensOf(code)
  const found: Expression[] = []
  let at = 0
  const peek = () => tokens[at] as Token
  const isSign = (value: string) => peek().kind === 'sign' && peek().value === value
  const take = (value: string) => (isSign(value) ? tokens[at++] : undefined)
  const need = (value: string) => take(value) ?? invalid(peek())

  while (peek().kind !== 'end') {
    if (peek().kind === 'newline') at++
    else if (peek().kind === 'name' && peek().value === 'pass') at++
    else found.push(expression())
    if (peek().kind !== 'newline' && peek().kind !== 'end') invalid(peek())
  }
  return found

  function expression(): Expression {
    let left = atom()
    for (;;) {
      if (take('.')) left = { kind: 'attribute', of: left, name: name() }
      else if (take('[')) {
        left = { kind: 'item', of: left, key: expression() }
        need(']')
      } else if (take('(')) left = call(left)
      else return left
    }
  }

  function atom(): Expression {
    const token = peek()
    if (token.kind === 'number' || isSign('-')) return { kind: 'constant', value: number() }
    if (token.kind === 'text') return { kind: 'constant', value: text() }
    if (token.kind === 'name' && token.value in constants) {
      at++
      return { kind: 'constant', value: constants[token.value] ?? null }
    }
    if (token.kind === 'name') return { kind: 'name', name: name() }
    if (take('[')) return { kind: 'list', items: items(']', expression) }
    if (take('{')) return { kind: 'dict', items: items('}', pair) }
    need('(')
    return inParentheses()
  }

  /** An expression in parentheses, or a tuple: to JSON tuples are lists. */
  function inParentheses(): Expression {
    if (take(')')) return { kind: 'list', items: [] }
    const first = expression()
    if (take(')')) return first
    need(',')
    return { kind: 'list', items: [first, ...items(')', expression)] }
  }

  function call(of: Expression): Expression {
    return { kind: 'call', of, args: items(')', expression) }
  }

  function items<T>(end: string, item: () => T): T[] {
    const all: T[] = []
    while (!take(end)) {
      all.push(item())
      if (!isSign(end)) need(',')
    }
    return all
  }

  function pair(): [Expression, Expression] {
    const key = expression()
    need(':')
    return [key, expression()]
  }

  function number(): number {
    const sign = take('-') ? -1 : 1
    const token = peek()
    if (token.kind !== 'number') invalid(token)
    at++
    return sign * Number(token.value)
  }

  /** Texts that stand side by side are one. */
  function text(): string {
    let all = ''
    while (peek().kind === 'text') all += tokens[at++]?.value
    return all
  }

  function name(): string {
    const token = peek()
    if (token.kind !== 'name' || keywords.has(token.value)) invalid(token)
    at++
    return token.value
  }
}

function invalid({ line }: Token): never {
  fail('invalid syntax; the sandbox runs only expressions, such as those that send on the bus', line)
}
