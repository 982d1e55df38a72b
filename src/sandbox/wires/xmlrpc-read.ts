import { OdooException, typeError, valueError } from '../exceptions.js'
import { emptyObject, type Json } from '../json.js'
import { repr } from '../python.js'
import { readXml, XmlError } from './xml.js'

export interface MethodCall {
  /** Null where the document names none. */
  method: string | null
  params: Json[]
}

/** Reads a call as Python's xmlrpc.client does, and throws what it throws. */
export function readMethodCall(document: string): MethodCall {
  const reader = new Reader()
  try {
    readXml(document, reader)
  } catch (error) {
    if (error instanceof XmlError) throw new OdooException('xml.parsers.expat.ExpatError', error.message)
    throw error
  }
  if (!reader.complete) throw new OdooException('xmlrpc.client.ResponseError', 'ResponseError()')
  return { method: reader.method, params: reader.stack }
}

type Scalar = (text: string) => Json

const int: Scalar = text => {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw valueError(`invalid literal for int() with base 10: ${repr(text)}`)
  return Number(text)
}

const double: Scalar = text => {
  if (!/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)) {
    throw valueError(`could not convert string to float: ${repr(text)}`)
  }
  return Number(text)
}

const scalars: { [tag: string]: Scalar } = {
  int,
  i1: int,
  i2: int,
  i4: int,
  i8: int,
  biginteger: int,
  double,
  float: double,
  bigdecimal: double,
  string: text => text,
  name: text => text,
  nil: () => null,
  boolean(text) {
    if (text !== '0' && text !== '1') throw typeError('bad boolean value')
    return text === '1'
  },
  // Python makes an object of it that no field of Odoo takes: base64 goes as a string.
  base64() {
    throw typeError("argument should be a bytes-like object or ASCII string, not 'Binary'")
  },
  'dateTime.iso8601'(text) {
    const [, year, month, day, time] = /^\s*(\d{4})-?(\d\d)-?(\d\d)T(\d\d:\d\d:\d\d)\s*$/.exec(text) ?? []
    if (time === undefined) throw valueError(`time data ${repr(text)} does not match format '%Y%m%dT%H:%M:%S'`)
    return `${year}-${month}-${day} ${time}`
  }
}

function known(tag: string): boolean {
  return Object.hasOwn(scalars, tag) || ['array', 'struct', 'value', 'params', 'methodName'].includes(tag)
}

/** Keeps a stack of values; arrays and structs take what was put on it since they began. */
class Reader {
  readonly stack: Json[] = []
  method: string | null = null
  /** A list of parameters, or a method's name, was there. */
  complete = false
  private readonly marks: number[] = []
  private pieces: string[] = []
  /** A `value` was opened and nothing in it yet: its text is a string. */
  private bare = false

  open(tag: string): void {
    const name = localName(tag)
    // What Python does not know it minds only where a value should be.
    if (this.bare && !known(name)) {
      throw new OdooException('xmlrpc.client.ResponseError', `ResponseError("unknown tag '${name}'")`)
    }
    if (name === 'array' || name === 'struct') this.marks.push(this.stack.length)
    this.pieces = []
    this.bare = name === 'value'
  }

  text(text: string): void {
    this.pieces.push(text)
  }

  close(tag: string): void {
    const name = localName(tag)
    const scalar = Object.hasOwn(scalars, name) ? scalars[name] : undefined
    if (scalar !== undefined) this.put(scalar(this.pieces.join('')))
    else if (name === 'array') this.put(this.taken())
    else if (name === 'struct') this.put(struct(this.taken()))
    else if (name === 'value') {
      if (this.bare) this.put(this.pieces.join(''))
    } else if (name === 'methodName') {
      this.method = this.pieces.join('')
      this.complete = true
    } else if (name === 'params') this.complete = true
  }

  private put(value: Json): void {
    this.stack.push(value)
    this.bare = false
  }

  private taken(): Json[] {
    return this.stack.splice(this.marks.pop() ?? 0)
  }
}

/** Names and values by turns. */
function struct(items: Json[]): Json {
  const object = emptyObject()
  for (let index = 0; index + 1 < items.length; index += 2) object[String(items[index])] = items[index + 1] as Json
  return object
}

/** Python looks at no namespaces: `ex:nil` is a nil. */
function localName(tag: string): string {
  return tag.slice(tag.lastIndexOf(':') + 1)
}
