/** A piece of Python: a name, a number, a text (`value` is what it says), a sign, or the end of a line. */
export interface Token {
  kind: 'name' | 'number' | 'text' | 'sign' | 'newline' | 'end'
  value: string
  line: number
}

/** Code that Python would not compile, or that the sandbox does not run. */
export class CodeError extends Error {
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

const pattern =
  /(?<space>[ \t\r\f]+|\\\n|#[^\n]*)|(?<newline>\n|;)|(?<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<text>'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*")|(?<sign>[()[\]{},:.-])/y

const closing: { [open: string]: string } = { '(': ')', '[': ']', '{': '}' }

/** The pieces of some code. Lines go on inside brackets. Throws CodeError for what is no piece the sandbox knows. */
export function tokensOf(code: string): Token[] {
  const tokens: Token[] = []
  const open: string[] = []
  let line = 1
  for (let at = 0; at < code.length; at = pattern.lastIndex) {
    pattern.lastIndex = at
    const { groups = {} } = pattern.exec(code) ?? fail('invalid syntax', line)
    const { newline, number, name, text, sign } = groups
    if (newline !== undefined && open.length === 0) tokens.push({ kind: 'newline', value: newline, line })
    if (number !== undefined) tokens.push({ kind: 'number', value: number, line })
    if (name !== undefined) tokens.push({ kind: 'name', value: name, line })
    if (text !== undefined) tokens.push({ kind: 'text', value: textOf(text.slice(1, -1)), line })
    if (sign !== undefined) {
      track(open, sign, line)
      tokens.push({ kind: 'sign', value: sign, line })
    }
    line += code.slice(at, pattern.lastIndex).split('\n').length - 1
  }
  if (open.length > 0) fail(`'${open.at(-1)}' was never closed`, line)
  return [...tokens, { kind: 'end', value: '', line }]
}

function track(open: string[], sign: string, line: number): void {
  if (sign in closing) open.push(sign)
  else if ([')', ']', '}'].includes(sign)) {
    const opened = open.pop()
    if (opened === undefined) fail(`unmatched '${sign}'`, line)
    if (closing[opened as string] !== sign) {
      fail(`closing parenthesis '${sign}' does not match opening parenthesis '${opened}'`, line)
    }
  }
}

const escapes: { [letter: string]: string } = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', '\n': '' }

function textOf(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g, (whole, hex, unicode, letter) => {
    if (letter === undefined) return String.fromCharCode(Number.parseInt(hex ?? unicode, 16))
    return escapes[letter] ?? whole
  })
}

export function fail(message: string, line: number): never {
  throw new CodeError(message, line)
}
