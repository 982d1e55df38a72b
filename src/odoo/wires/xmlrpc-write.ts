import CustomType from 'xmlrpc/lib/customtype.js'
import serializer from 'xmlrpc/lib/serializer.js'
import { GatewayError } from '../../core/errors.js'
import type { Json } from '../../core/json.js'

/** One parameter of a call, and what the caller knows it by, for when it cannot be sent. */
export interface Parameter {
  /** Empty for an object whose members the caller knows by their own names. */
  name: string
  value: Json
  /** Names of the items, where the value is a list of arguments. */
  items?: readonly string[] | undefined
}

/**
 * The XML of a call. Whatever XML-RPC can carry arrives as it is; throws GatewayError `invalid_input`, naming the place,
 * for what it cannot.
 */
export function writeMethodCall(method: string, parameters: Parameter[]): string {
  return serializer.serializeMethodCall(
    method,
    parameters.map(({ name, value, items }) => sendable(value, name, items))
  )
}

/** A value as the serializer can be trusted with it. */
function sendable(value: Json, path: string, items: readonly string[] = []): unknown {
  if (typeof value === 'string') return sendableText(value, path)
  if (typeof value === 'number') return sendableNumber(value, path)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, index) => sendable(item, items[index] ?? `${path}[${index}]`))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      assertXml(key, `${path || 'kwargs'}: the key ${JSON.stringify(key)}`)
      return [key, sendable(item, path === '' ? key : `${path}.${key}`)]
    })
  )
}

/** The serializer puts text with `<` or `&` into CDATA sections, and parsers make a line feed of a CR in those. */
function sendableText(value: string, path: string): string | CustomType {
  assertXml(value, `${path}: the text`)
  return value === '' ? value : tagged('string', value)
}

/** The serializer takes 1e21 and -0 for ints, and writes ints beyond 32 bits under a tag that does not hold them. */
function sendableNumber(value: number, path: string): number | CustomType {
  if (!Number.isFinite(value)) refuse(`${path}: ${value} is no number that XML-RPC can carry; expected a finite number`)
  if (Object.is(value, -0)) return tagged('double', '-0.0')
  if (!Number.isInteger(value) || value === (value | 0)) return value
  return tagged(Number.isSafeInteger(value) ? 'i8' : 'double', String(value))
}

function tagged(tagName: string, text: string): CustomType {
  const value = new CustomType(text)
  value.tagName = tagName
  return value
}

function assertXml(text: string, what: string): void {
  const found = notXml.exec(text)?.[0].codePointAt(0)
  if (found === undefined) return
  const name = `U+${found.toString(16).toUpperCase().padStart(4, '0')}`
  refuse(`${what} holds the character ${name}, which XML-RPC cannot carry; expected text that XML 1.0 can hold`)
}

/** What XML 1.0 does not have: most control characters, halves of surrogate pairs, U+FFFE and U+FFFF. */
const notXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

function refuse(detail: string): never {
  throw new GatewayError('invalid_input', detail, {
    outcome: 'not_applied',
    hint: 'Leave it out, or connect with protocol "jsonrpc", which carries it.'
  })
}
