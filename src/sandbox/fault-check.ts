import type { Fault, FaultKind } from './faults.js'
import { nearest } from './nearest.js'
import { wires } from './wires/wire.js'

/** A value that is not what its key wants; `wanted` says what that is. */
interface Check {
  fits(value: unknown): boolean
  wanted: string
}

const boolean: Check = { fits: value => typeof value === 'boolean', wanted: 'true or false' }
const text: Check = { fits: value => typeof value === 'string' && value !== '', wanted: 'a text' }
const count: Check = whole(0, 'a whole number, not negative')
const positive: Check = whole(1, 'a whole number from 1')
const time: Check = {
  fits: value => typeof value === 'number' && value >= 0 && value <= 3_600_000,
  wanted: 'milliseconds, at most an hour'
}

const effects: { [kind in FaultKind]: { [key: string]: { check: Check; required?: true } } } = {
  delay: { ms: { check: time, required: true }, applied: { check: boolean } },
  hang: { applied: { check: boolean } },
  reset: { applied: { check: boolean } },
  'half-open': { next: { check: oneOf(['reset', 'silence']) } },
  status: {
    status: { check: { ...range(400, 599), wanted: 'a status from 400 to 599' }, required: true },
    retryAfter: {
      check: { fits: value => text.fits(value) || count.fits(value), wanted: 'seconds, or a date as a text' }
    },
    applied: { check: boolean }
  },
  html: { applied: { check: boolean } },
  truncate: { keep: { check: count } },
  drip: { bytes: { check: positive }, ms: { check: time } },
  huge: { bytes: { check: positive, required: true } },
  length: {
    by: {
      check: { fits: value => Number.isInteger(value) && value !== 0, wanted: 'a whole number, not 0' },
      required: true
    }
  },
  split: { ms: { check: time } },
  none: {}
}

const kinds = Object.keys(effects) as FaultKind[]
const whenChecks: { [key: string]: Check } = {
  path: text,
  wire: oneOf(wires),
  service: text,
  model: text,
  method: text
}

/** The fault itself if it is one. Throws an Error that names the key and what was expected. */
export function checkFault(given: unknown): Fault {
  const fault = record(given, 'a fault', '{"kind": "delay", "ms": 100}')
  const { kind, when, times } = fault
  if (!kinds.includes(kind as FaultKind)) {
    throw new Error(`kind: ${JSON.stringify(kind)} is no kind of fault${meant(String(kind), kinds)}`)
  }
  const parts = effects[kind as FaultKind]
  checkKeys(fault, ['kind', 'when', 'times', ...Object.keys(parts)], '')
  if (times !== undefined) checkValue('times', times, positive)
  for (const [key, { check, required }] of Object.entries(parts)) {
    if (fault[key] !== undefined) checkValue(key, fault[key], check)
    else if (required) throw new Error(`${key}: missing; a fault of kind "${kind}" needs ${check.wanted}`)
  }
  if (when !== undefined) checkWhen(when)
  return fault as Fault
}

function checkWhen(given: unknown): void {
  const when = record(given, 'when', '{"model": "res.partner"}')
  checkKeys(when, Object.keys(whenChecks), 'when.')
  for (const [key, value] of Object.entries(when)) {
    if (value !== undefined) checkValue(`when.${key}`, value, whenChecks[key] as Check)
  }
}

function record(value: unknown, what: string, example: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${what} must be an object, such as ${example}`)
  }
  return value as Record<string, unknown>
}

function checkKeys(value: object, known: readonly string[], prefix: string): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw new Error(`${prefix}${key}: unknown key${meant(key, known)}`)
  }
}

function checkValue(key: string, value: unknown, { fits, wanted }: Check): void {
  if (!fits(value)) throw new Error(`${key}: ${JSON.stringify(value)} is not ${wanted}`)
}

function meant(given: string, known: readonly string[]): string {
  const near = nearest(given, known)
  return `${near === undefined ? '' : `; did you mean "${near}"?`}${near === undefined ? ';' : ''} known: ${known.join(', ')}`
}

function whole(from: number, wanted: string): Check {
  return { fits: value => Number.isSafeInteger(value) && (value as number) >= from, wanted }
}

function range(from: number, to: number): Check {
  const fits = (value: unknown) => Number.isInteger(value) && (value as number) >= from && (value as number) <= to
  return { fits, wanted: `a whole number from ${from} to ${to}` }
}

function oneOf(choices: readonly string[]): Check {
  return { fits: value => choices.includes(value as string), wanted: `one of ${choices.join(', ')}` }
}
