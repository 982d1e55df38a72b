import { databaseError, OdooException, typeError } from '../exceptions.js'
import type { Json } from '../json.js'
import { truthy, typeName } from '../python.js'
import { checkRights, ruleOf } from './access.js'
import { cellReader } from './domain/cells.js'
import { type Compiled, compile } from './domain/domain.js'
import type { Env } from './env.js'
import { compareBy, orderOf } from './order.js'
import type { Model } from './types.js'

export interface Page {
  offset?: Json | undefined
  limit?: Json | undefined
  order?: Json | undefined
}

/** The ids that match a domain, as `search` gives them: rights, record rules and `active` count. */
export function search(env: Env, model: Model, domain: Json, page: Page = {}): number[] {
  const found = filter(env, model, domain)
  const order = orderOf(env, model, page.order)
  const compare = compareBy(env.sudo(), model, order)
  const { limit, offset } = checkedPage(env, page)
  if (order !== 'id' || found.length > 1) found.sort(order === 'id' ? (a, b) => a - b : byThenId(compare))
  return offset === 0 && limit === undefined
    ? found
    : found.slice(offset, limit === undefined ? undefined : offset + limit)
}

/** Rows that sort alike come out of PostgreSQL in any order; here in that of their ids, so that a test can rely on it. */
function byThenId(compare: (a: number, b: number) => number) {
  return (a: number, b: number) => compare(a, b) || a - b
}

/** As `search`, in the order of the ids. */
export function searchIds(env: Env, model: Model, domain: Json): number[] {
  return filter(env, model, domain).sort((a, b) => a - b)
}

/** As `searchIds`, past the rights and rules of this model; those of others that the domain leads to still count. */
export function searchFreely(env: Env, model: Model, domain: Json): number[] {
  return idsOf(env.sudo(), model, compile(env, model, domain)).sort((a, b) => a - b)
}

/** How many match; `limit` stops counting. */
export function count(env: Env, model: Model, domain: Json, limit?: Json): number {
  const found = filter(env, model, domain).length
  const { limit: most } = checkedPage(env, { limit })
  return most === undefined ? found : Math.min(found, most)
}

function filter(env: Env, model: Model, domain: Json): number[] {
  checkSearchable(env, model)
  return idsOf(env, model, compile(env, model, domain))
}

function checkSearchable(env: Env, model: Model): void {
  if (!model.guard?.searchedFreely?.(env.major)) checkRights(env, model, 'r')
}

/** The ids that a compiled domain matches, in no order: rights, record rules and `active` count. */
export function idsOf(env: Env, model: Model, { test, among, mentionsActive }: Compiled): number[] {
  checkSearchable(env, model)
  const activeTest = model.hasActive && !mentionsActive && (env.context.active_test ?? true) !== false
  const active = activeTest ? model.fields.get('active') : undefined
  const isActive = active === undefined ? undefined : cellReader(env, model, active)
  const allows = ruleOf(env, model, 'r')
  const found: number[] = []
  const rows = env.tables.rows(model.name)
  for (const id of among ?? rows.keys()) {
    if (among !== undefined && !rows.has(id)) continue
    if (test(id) !== true) continue
    if (isActive !== undefined && isActive(id) !== true) continue
    if (allows === undefined || allows(id)) found.push(id)
  }
  return found
}

/** The test of a domain alone, without rights, rules and `active`. */
export function matcher(env: Env, model: Model, domain: Json): (id: number) => boolean {
  const { test } = compile(env, model, domain)
  return id => test(id) === true
}

/** No limit, False and 0 mean all. */
function checkedPage(env: Env, page: Page): { limit: number | undefined; offset: number } {
  return { limit: checkedNumber(env, page.limit, 'LIMIT'), offset: checkedNumber(env, page.offset, 'OFFSET') ?? 0 }
}

type Clause = 'LIMIT' | 'OFFSET'

function checkedNumber(env: Env, value: Json | undefined, clause: Clause): number | undefined {
  if (value === undefined || value === null || !truthy(value)) return undefined
  return checkedSign(env.major <= 14 ? formatted(value) : asBigint(value, clause), clause)
}

function checkedSign(number: number, clause: Clause): number {
  if (number >= 0) return number
  throw databaseError(
    `InvalidRowCountIn${clause === 'LIMIT' ? 'Limit' : 'ResultOffset'}Clause`,
    `${clause} must not be negative\n`
  )
}

/** Odoo 14 formats the number into its SQL: Python's `%d`. */
function formatted(value: Json): number {
  if (typeof value === 'number') return Math.trunc(value)
  if (value === true) return 1
  throw typeError(`%d format: a number is required, not ${typeName(value)}`)
}

/** A limit as PostgreSQL takes it, when Odoo passes it on; none where there is none. */
export function limitOf(value: Json): number | undefined {
  return truthy(value) ? checkedSign(asBigint(value, 'LIMIT'), 'LIMIT') : undefined
}

/** Later ones pass it on to PostgreSQL, which reads texts and rounds, but is strict about types. */
function asBigint(value: Json, clause: string): number {
  if (typeof value === 'number') return Math.sign(value) * Math.round(Math.abs(value))
  if (typeof value === 'string') {
    if (/^\s*[+-]?\d+\s*$/.test(value)) return Number(value)
    const quoted = JSON.stringify(value)
    throw databaseError('InvalidTextRepresentation', `invalid input syntax for type bigint: ${quoted}\n`)
  }
  if (!Array.isArray(value) && value !== true) {
    throw new OdooException('psycopg2.ProgrammingError', `can't adapt type '${typeName(value)}'`)
  }
  const type = value === true ? 'boolean' : `${arrayType(value)}[]`
  throw databaseError('DatatypeMismatch', `argument of ${clause} must be type bigint, not type ${type}\n`)
}

function arrayType([first]: Json[]): string {
  if (typeof first === 'boolean') return 'boolean'
  if (typeof first === 'number') return Number.isInteger(first) ? 'integer' : 'numeric'
  return 'text'
}
