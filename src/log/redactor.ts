/** What stands where a secret was. */
export const censor = '[redacted]'

/** Our own secrets are known by how they begin: of sessions, and of tickets for `GET /events`. */
const ours = 'om[st]_[A-Za-z0-9_-]+'

/** Replaces secrets in finished lines of JSON, so that none gets through inside a message, a stack or a key. */
export class Redactor {
  readonly #secrets = new Set<string>()
  #expression = expressionOf([])

  constructor(secrets: readonly string[]) {
    for (const secret of secrets) this.add(secret)
  }

  add(secret: string): void {
    // A shorter one would turn up by chance, and tell what it is by where it is missing.
    if (secret.length < 8) return
    this.#secrets.add(secret).add(encodeURIComponent(secret))
    this.#expression = expressionOf(this.#secrets)
  }

  redact(line: string): string {
    // As JSON writes them, quotes and backslashes of a secret look different; hence the second look, at the values.
    if (this.#found(line) || line.includes('\\')) return this.#redactValues(line)
    return line
  }

  #found(text: string): boolean {
    this.#expression.lastIndex = 0
    return this.#expression.test(text)
  }

  #redactValues(line: string): string {
    try {
      return `${JSON.stringify(this.#redactValue(JSON.parse(line)))}\n`
    } catch {
      return this.#redactText(line)
    }
  }

  #redactValue(value: unknown): unknown {
    if (typeof value === 'string') return this.#redactText(value)
    if (Array.isArray(value)) return value.map(item => this.#redactValue(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.#redactText(key), this.#redactValue(item)])
    )
  }

  #redactText(text: string): string {
    return text.replace(this.#expression, censor)
  }
}

function expressionOf(secrets: Iterable<string>): RegExp {
  // The longest first: one secret may be the beginning of another.
  const values = [...secrets].sort((a, b) => b.length - a.length).map(escapeExpression)
  return new RegExp([ours, ...values].join('|'), 'g')
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
