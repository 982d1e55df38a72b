import { setImmediate } from 'node:timers/promises'
import Deserializer, { type Fault } from 'xmlrpc/lib/deserializer.js'
import type { Json } from '../../core/json.js'
import { maxAnswerDepth } from '../parse-json.js'

/** What a reply says: a value, or a fault. */
export type MethodResponse = { value: Json } | { fault: { code: Json; text: Json } }

/**
 * Reads a reply; undefined when it is none, not well formed, or nested deeper than any answer in JSON may be. Control
 * characters, which Odoo 14 sends although XML has none, are read as any others: `sax` does not look at them. So are
 * carriage returns. A megabyte takes 0.2 s, so others get their turn after each piece.
 */
export async function readMethodResponse(text: string): Promise<MethodResponse | undefined> {
  const reader = new Reader()
  let response: MethodResponse | undefined
  reader.deserializeMethodResponse(noStream, (error, value) => {
    if (error !== null) response = faultOf(error)
    else if (value !== undefined) response = { value: value as Json }
  })
  try {
    for (let at = 0; at < text.length; at += pieceLength) {
      if (at > 0) await setImmediate()
      reader.parser.write(text.slice(at, at + pieceLength))
    }
    reader.parser.end()
  } catch {
    return undefined
  }
  return response
}

const pieceLength = 64 * 1024

/** The reply is here already, and goes to the parser by hand. */
const noStream = { setEncoding() {}, on() {}, pipe() {} }

function faultOf(error: Fault): MethodResponse | undefined {
  const { faultCode, faultString } = error
  if (faultCode === undefined || faultString === undefined) return undefined
  return { fault: { code: faultCode as Json, text: faultString as Json } }
}

/**
 * The package's deserializer, without what it forgives (tags left open, `1.5` as an int), with values as the JSON wires
 * give them: texts for dates and for base64, numbers for all numbers, and no prototype replaced.
 */
class Reader extends Deserializer {
  constructor() {
    super()
    this.parser._parser.strict = true
  }

  /** The parser would go on after an error, for megabytes. */
  override onError(error: unknown): never {
    throw error
  }

  /** A strict parser leaves tags as they are; what they are looked up by is in capitals. */
  override onOpentag(tag: { name: string }): void {
    super.onOpentag({ name: tag.name.toUpperCase() })
    if (this.marks.length > maxAnswerDepth) throw new Error('Nested too deeply')
  }

  override onClosetag(name: string): void {
    super.onClosetag(name.toUpperCase())
  }

  override endInt(text: string): void {
    this.#put(matching(/^\s*[+-]?\d+\s*$/, text))
  }

  override endI8(text: string): void {
    this.endInt(text)
  }

  override endDouble(text: string): void {
    this.#put(matching(/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i, text))
  }

  /** As Odoo gives bytes everywhere else. Python breaks lines within. */
  override endBase64(text: string): void {
    this.#put(text.replace(/\s/g, ''))
  }

  /** As Odoo gives times everywhere else. */
  override endDateTime(text: string): void {
    this.#put(text.trim().replace(/^(\d{4})-?(\d\d)-?(\d\d)T/, '$1-$2-$3 '))
  }

  /** Names and values by turns. A member `__proto__` is dropped, as it is from JSON. */
  override endStruct(): void {
    const items = this.stack.splice(this.marks.pop() as number)
    const struct: Record<string, unknown> = {}
    for (let index = 0; index < items.length; index += 2) {
      const name = items[index]
      if (typeof name !== 'string' || index + 1 === items.length) throw new Error('Member without a name or value')
      if (name !== '__proto__') struct[name] = items[index + 1]
    }
    this.#put(struct)
  }

  #put(value: unknown): void {
    this.push(value)
    this.value = false
  }
}

function matching(pattern: RegExp, text: string): number {
  if (!pattern.test(text)) throw new Error('Not a number')
  return Number(text)
}
