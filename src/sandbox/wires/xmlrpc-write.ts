import { OdooException, typeError } from '../exceptions.js'
import type { Json } from '../json.js'
import type { Major } from '../release.js'
import type { Outcome } from './wire.js'

const noNames: ReadonlySet<string> = new Set()

/**
 * An answer as Python's xmlrpc.client writes it. Throws what it throws: for None, and for ints beyond 32 bits. Numbers
 * under the given names are floats, also where JavaScript sees no difference: typed clients mind.
 */
export function writeResponse(major: Major, outcome: Outcome, floats = noNames): string {
  return framed(major, `<params>\n<param>\n${writer(major, floats)(outcome)}</param>\n</params>\n`)
}

/** A fault. The code is a text on version 1 of the wire. */
export function writeFault(major: Major, code: number | string, text: string): string {
  return framed(major, `<fault>\n${writer(major, noNames)({ faultCode: code, faultString: text })}</fault>\n`)
}

/** 15 and later write the frame themselves, not quite as the library does: seen on 19. */
function framed(major: Major, content: string): string {
  if (major === 14) return `<?xml version='1.0'?>\n<methodResponse>\n${content}</methodResponse>\n`
  return `<?xml version="1.0"?>\n<methodResponse>\n${content}\n</methodResponse>\n`
}

function writer(major: Major, floats: ReadonlySet<string>): (outcome: Outcome) => string {
  const value = (outcome: Outcome): string => {
    if (outcome === undefined || outcome === null) throw typeError('cannot marshal None unless allow_none is enabled')
    if (typeof outcome === 'boolean') return wrapped(`<boolean>${outcome ? 1 : 0}</boolean>`)
    if (typeof outcome === 'number') return wrapped(number(outcome))
    if (typeof outcome === 'string') return wrapped(`<string>${escaped(major, outcome)}</string>`)
    if (Array.isArray(outcome)) return wrapped(`<array><data>\n${outcome.map(value).join('')}</data></array>`)
    const members = Object.keys(outcome).map(key => member(key, outcome[key] as Json))
    return wrapped(`<struct>\n${members.join('')}</struct>`)
  }
  const member = (key: string, item: Json): string => {
    const isFloat = typeof item === 'number' && floats.has(key.replace(/:.*$/, ''))
    const written = isFloat ? wrapped(float(item)) : value(item)
    return `<member>\n<name>${escaped(major, key)}</name>\n${written}</member>\n`
  }
  return value
}

function wrapped(content: string): string {
  return `<value>${content}</value>\n`
}

function number(value: number): string {
  if (!Number.isInteger(value)) return float(value)
  if (value > 2 ** 31 - 1 || value < -(2 ** 31)) {
    throw new OdooException('builtins.OverflowError', 'int exceeds XML-RPC limits')
  }
  return `<int>${value}</int>`
}

function float(value: number): string {
  const text = String(value)
  return `<double>${/^-?\d+$/.test(text) ? `${text}.0` : text}</double>`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 does not have.
const controls = /[\x00-\x08\x0b\x0c\x0e-\x1f]/g

/** 14 lets characters through that XML does not have, and so answers what no parser reads; 16 and later drop them. */
function escaped(major: Major, text: string): string {
  const kept = major === 14 ? text : text.replace(controls, '')
  return kept.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
