import { databaseError, indexError, type OdooException, valueError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { repr } from '../../python.js'
import { and, not, or, type Test, type Truth } from '../domain/domain.js'
import type { Env } from '../env.js'
import type { Cell, Model } from '../types.js'
import { type Aggregate, aggregateOf } from './aggregates.js'

const comparators = ['in', 'not in', '<', '>', '<=', '>=', '=', '!=']

/** A domain over aggregates, as `having` of Odoo 17 and 19: which groups to keep. `test` takes the index of a group. */
export function compileHaving(
  env: Env,
  model: Model,
  having: Json[],
  idsOf: (group: number) => readonly number[]
): Test {
  const stack: Test[] = []
  const pop = () => {
    const test = stack.pop()
    if (test === undefined) throw indexError('pop from empty list')
    return test
  }
  for (const item of having.toReversed()) {
    if (item === '!') stack.push(not(pop()))
    else if (item === '&') stack.push(and([pop(), pop()]))
    else if (item === '|') stack.push(or([pop(), pop()]))
    else if (Array.isArray(item) && item.length === 3) stack.push(comparison(env, model, item, idsOf))
    else throw valueError(`Invalid having clause ${repr(item)}: it should be a domain-like clause`)
  }
  return and(stack)
}

function comparison(env: Env, model: Model, clause: Json[], idsOf: (group: number) => readonly number[]): Test {
  const [left = null, operator = null, right = null] = clause
  if (typeof operator !== 'string' || !comparators.includes(operator)) {
    const supported = `(${comparators.map(repr).join(', ')})`
    throw valueError(`Invalid having clause ${repr(clause)}: supported comparators are ${supported}`)
  }
  const aggregate = aggregateOf(env, model, String(left))
  checkOperand(String(left), operator, right)
  return group => compare(aggregate, idsOf(group), operator, right)
}

function compare(aggregate: Aggregate, ids: readonly number[], operator: string, right: Json): Truth {
  const left = aggregate(ids)
  if (left === null || right === null || Array.isArray(left)) return null
  const [a, b] = [left, typeof left === 'number' ? Number(right) : (right as Cell)] as [number, number]
  switch (operator) {
    case '=':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    default:
      return a >= b
  }
}

/** What PostgreSQL says of values that cannot stand there; a list cannot even after "in" (seen on 19). */
function checkOperand(left: string, operator: string, right: Json): void {
  if (operator === 'in' || operator === 'not in') {
    const token = !Array.isArray(right) ? repr(right) : right.length > 0 ? 'ARRAY' : "'{}'"
    throw syntaxError(token)
  }
  const type = left === '__count' || /:count(_distinct)?$/.test(left) ? 'bigint' : 'numeric'
  const isNumeric = type === 'bigint' || /:(sum|avg|sum_currency)$/.test(left)
  if (!isNumeric) return
  if (typeof right === 'boolean') {
    throw databaseError(
      'UndefinedFunction',
      `operator does not exist: ${type} ${operator === '!=' ? '<>' : operator} boolean\n` +
        'HINT:  No operator matches the given name and argument types. You might need to add explicit type casts.\n'
    )
  }
  if (typeof right === 'string' && (right.trim() === '' || Number.isNaN(Number(right)))) {
    throw databaseError('InvalidTextRepresentation', `invalid input syntax for type ${type}: "${right}"\n`)
  }
}

function syntaxError(token: string): OdooException {
  return databaseError('SyntaxError', `syntax error at or near "${token}"\n`)
}
