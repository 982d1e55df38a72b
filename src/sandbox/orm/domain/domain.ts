import type { Json } from '../../json.js'
import type { Env } from '../env.js'
import type { Model } from '../types.js'
import { compile14 } from './domain-14.js'
import { compile19 } from './domain-19.js'

/** SQL's logic has three values: null is "unknown", which is not true, and whose negation is unknown, too. */
export type Truth = boolean | null

/** A domain made ready to judge records of one model. */
export interface Compiled {
  test(id: number): Truth
  /** Only these can match, where that is easily known. */
  among?: readonly number[]
  /** Whether the domain itself speaks of the field `active`. */
  mentionsActive: boolean
}

/**
 * Reads a domain as the release of `env` does. Throws what Odoo throws where it is none, or where PostgreSQL would
 * refuse a value in it.
 */
export function compile(env: Env, model: Model, domain: Json): Compiled {
  // Odoo 17 still has the engine of 14, with the operators "any" and "not any".
  return env.major >= 19 ? compile19(env, model, domain) : compile14(env, model, domain)
}

export type Test = (id: number) => Truth

export const always: Test = () => true
export const never: Test = () => false

export function and(tests: Test[]): Test {
  const [first, second] = tests
  if (first === undefined) return always
  if (second === undefined) return first
  return id => {
    let result: Truth = true
    for (const test of tests) {
      const truth = test(id)
      if (truth === false) return false
      if (truth === null) result = null
    }
    return result
  }
}

export function or(tests: Test[]): Test {
  const [first, second] = tests
  if (first === undefined) return never
  if (second === undefined) return first
  return id => {
    let result: Truth = false
    for (const test of tests) {
      const truth = test(id)
      if (truth === true) return true
      if (truth === null) result = null
    }
    return result
  }
}

export function not(test: Test): Test {
  return id => {
    const truth = test(id)
    return truth === null ? null : !truth
  }
}

/** `(…) IS NOT TRUE`: unknown becomes true. */
export function isNotTrue(test: Test): Test {
  return id => test(id) !== true
}
