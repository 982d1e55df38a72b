import type { TObject, TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler, type ValueError, ValueErrorType } from '@sinclair/typebox/compiler'
import type { JsonObject } from '../json.js'
import { didYouMean } from '../nearest.js'
import { Expected, Secret } from '../schemas.js'
import { show } from './field-values.js'
import { Problems } from './problems.js'

/**
 * Builds the check of one schema; compile once, at start. The check throws `invalid_input` with every problem in the
 * contract's order: unknown key, missing key, type, range. It never changes the input.
 */
export function inputCheck(schema: TSchema): (input: unknown) => JsonObject {
  const compiled = TypeCompiler.Compile(schema)
  return input => {
    if (!compiled.Check(input)) throwProblems(compiled, schema as TObject, input)
    return input as JsonObject
  }
}

/** Builds the check of an output: the first drift in words, or undefined. */
export function outputCheck(schema: TSchema): (output: unknown) => string | undefined {
  const compiled = TypeCompiler.Compile(schema)
  return output => {
    if (compiled.Check(output)) return undefined
    const first = compiled.Errors(output).First()
    return first === undefined ? 'does not fit its schema' : `${toPath(first.path)}: ${first.message}`
  }
}

function throwProblems(compiled: TypeCheck<TSchema>, schema: TObject, input: unknown): never {
  const problems = new Problems()
  const seen = new Set<string>()
  const errors = [...compiled.Errors(input)].sort((a, b) => rank(a) - rank(b))
  for (const error of errors) {
    // A missing key is reported a second time as a value of the wrong type.
    if (seen.has(error.path)) continue
    if (problems.isFull) break
    seen.add(error.path)
    problems.add(toPath(error.path), describe(error, schema))
  }
  problems.throwIfAny()
  throw new Error('TypeBox refused an input without naming a problem')
}

const unknownKey = new Set([ValueErrorType.ObjectAdditionalProperties])
const missingKey = new Set([ValueErrorType.ObjectRequiredProperty])
const range = new Set([
  ValueErrorType.ArrayMaxItems,
  ValueErrorType.ArrayMinItems,
  ValueErrorType.IntegerMaximum,
  ValueErrorType.IntegerMinimum,
  ValueErrorType.NumberMaximum,
  ValueErrorType.NumberMinimum,
  ValueErrorType.StringMaxLength,
  ValueErrorType.StringMinLength,
  ValueErrorType.StringPattern
])

function rank({ type }: ValueError): number {
  if (unknownKey.has(type)) return 0
  if (missingKey.has(type)) return 1
  return range.has(type) ? 3 : 2
}

function describe({ type, path, schema, value }: ValueError, root: TObject): string {
  if (unknownKey.has(type)) {
    const known = Object.keys(root.properties ?? {})
    const key = lastSegment(path)
    return `unknown key; expected ${known.length === 0 ? 'no keys at all' : `one of ${known.join(', ')}`}.${didYouMean(key, known)}`
  }
  if (missingKey.has(type)) return `missing; expected ${expectation(schema)}`
  if (type === ValueErrorType.ArrayMaxItems)
    return `${(value as unknown[]).length} items; expected at most ${schema.maxItems}`
  if (type === ValueErrorType.StringMaxLength)
    return `${(value as string).length} characters; expected at most ${schema.maxLength}`
  const shown = Object.hasOwn(schema, Secret) ? 'what is given' : show(value)
  return `${shown} does not fit; expected ${expectation(schema)}`
}

function expectation(schema: TSchema): string {
  const said: unknown = (schema as { [Expected]?: unknown })[Expected]
  if (typeof said === 'string') return said
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.map(value => JSON.stringify(value)).join(', ')}`
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map(expectation).join(' or ')
  return words[String(schema.type)] ?? 'another value'
}

const words: Record<string, string> = {
  object: 'an object',
  array: 'a list',
  string: 'text',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false'
}

/** `/ids/0` as `ids[0]`; the whole input as `input`. */
function toPath(pointer: string): string {
  const path = pointer
    .split('/')
    .slice(1)
    .map(segment => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce(
      (sofar, segment) =>
        /^\d+$/.test(segment) ? `${sofar}[${segment}]` : sofar === '' ? segment : `${sofar}.${segment}`,
      ''
    )
  return path === '' ? 'input' : path
}

function lastSegment(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf('/') + 1)
}
