import { typeError } from './exceptions.js'
import type { Json } from './json.js'
import { isObject } from './json.js'
import { typeName } from './python.js'

/** A function of Odoo: its parameters as Python's errors name them. */
export interface Signature {
  name: string
  required: readonly string[]
  optional?: readonly string[]
  /** Takes any number of further arguments. */
  rest?: boolean
}

/** Throws the TypeError that Python throws when a function is called with too few or too many arguments. */
export function checkArguments({ name, required, optional = [], rest = false }: Signature, given: number): void {
  const missing = required.slice(given)
  if (missing.length > 0) {
    const plural = missing.length === 1 ? '' : 's'
    throw typeError(`${name}() missing ${missing.length} required positional argument${plural}: ${listed(missing)}`)
  }
  const most = required.length + optional.length
  if (rest || given <= most) return
  const takes =
    optional.length > 0
      ? `from ${required.length} to ${most} positional arguments`
      : `${most} positional argument${most === 1 ? '' : 's'}`
  throw typeError(`${name}() takes ${takes} but ${given} ${given === 1 ? 'was' : 'were'} given`)
}

/** Python takes the keys of a dictionary and the characters of a text for a list. */
export function asList(value: Json, message = (type: string) => `'${type}' object is not iterable`): Json[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [...value]
  if (isObject(value)) return Object.keys(value)
  throw typeError(message(typeName(value)))
}

/** `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`. */
function listed(names: readonly string[]): string {
  const quoted = names.map(name => `'${name}'`)
  if (quoted.length < 3) return quoted.join(' and ')
  return `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`
}
