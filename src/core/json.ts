import { GatewayError } from './errors.js'

/** JSON as every wire here speaks it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** Deeper JSON than this is refused everywhere: no Odoo call needs it, and recursion must stay bounded. */
export const maxDepth = 32

/**
 * Parses JSON from a caller. Throws SyntaxError for what is not JSON, and otherwise what `assertSafeJson` throws.
 */
export function parseJson(text: string): Json {
  assertShallow(text)
  const value = JSON.parse(text) as Json
  assertSafeJson(value)
  return value
}

/** Before it is parsed: millions of brackets would take seconds and much memory, which everybody else waits for. */
function assertShallow(text: string): void {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        inString = !inString
        break
      case 0x5c: // A backslash, which takes away the meaning of what follows.
        at += 1
        break
      case 0x5b: // [
      case 0x7b: // {
        if (!inString && ++depth > maxDepth) refuse(`is nested deeper than ${maxDepth} levels`)
        break
      case 0x5d: // ]
      case 0x7d: // }
        if (!inString) depth -= 1
    }
  }
}

/**
 * Throws GatewayError `invalid_input` for a JSON value that is nested too deeply, that has a member which could
 * replace a prototype further down (`__proto__`, or `constructor` with a `prototype`), or that holds what would not
 * arrive: a number such as 1e400, which is sent on as null, or half of a surrogate pair, on which Odoo fails.
 */
export function assertSafeJson(value: unknown, depth = 1): void {
  if (value === Infinity || value === -Infinity) refuse('has a number that is too large')
  if (typeof value === 'string') assertWellFormed(value)
  if (typeof value !== 'object' || value === null) return
  if (depth > maxDepth) refuse(`is nested deeper than ${maxDepth} levels`)
  if (Object.hasOwn(value, '__proto__') || hasPrototype((value as { constructor?: unknown }).constructor)) {
    refuse('has a member that names a prototype, which is never accepted')
  }
  if (!Array.isArray(value)) Object.keys(value).forEach(assertWellFormed)
  for (const member of Object.values(value)) assertSafeJson(member, depth + 1)
}

function assertWellFormed(text: string): void {
  if (/\p{Surrogate}/u.test(text)) refuse('has text with half of a surrogate pair')
}

function refuse(why: string): never {
  throw new GatewayError('invalid_input', `the JSON ${why}`)
}

function hasPrototype(member: unknown): boolean {
  return typeof member === 'object' && member !== null && Object.hasOwn(member, 'prototype')
}
