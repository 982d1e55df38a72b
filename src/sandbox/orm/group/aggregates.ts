import { databaseError, valueError } from '../../exceptions.js'
import type { Json } from '../../json.js'
import { checkField } from '../access.js'
import type { Env } from '../env.js'
import type { Cell, Field, Model, Value } from '../types.js'
import { valueAt } from '../values.js'
import { checkColumn, sqlValue } from './columns.js'

/** What is computed over the records of a group; null is SQL's NULL. */
export type Aggregate = (ids: readonly number[]) => Cell | Cell[]

export const countRecords: Aggregate = ids => ids.length

/** The functions of PostgreSQL that `read_group` of Odoo 14 lets pass. */
export const functions14 = new Set('array_agg count count_distinct bool_and bool_or max min avg sum'.split(' '))

const functions19 = new Set([...functions14, 'array_agg_distinct', 'recordset'])

/** Reads `amount_total:sum`, as Odoo 17 and 19 do, and throws where they would. */
export function aggregateOf(env: Env, model: Model, spec: string): Aggregate {
  if (spec === '__count') return countRecords
  const { name, path, suffix } = parseSpec(spec)
  if (path !== undefined) throw valueError(`Invalid '${spec}', this dot notation is not supported`)
  const field = model.fields.get(name)
  if (field === undefined) throw valueError(`Invalid field '${name}' on model '${model.name}' for '${spec}'.`)
  if (suffix === undefined) throw valueError(`Aggregate method is mandatory for '${name}'`)
  if (suffix === 'sum_currency' && env.major >= 19) return sumInCurrency(env, model, field)
  const known = functions19.has(suffix) && (suffix !== 'array_agg_distinct' || env.major >= 19)
  if (!known) throw valueError(`Invalid aggregate method '${suffix}' for '${spec}'.`)
  if (suffix === 'recordset' && field.relation === undefined && name !== 'id') {
    throw valueError(`Aggregate method 'recordset' can be only used on relational field (or id) (for '${spec}').`)
  }
  checkColumn(env, model, field)
  checkField(env, model, field, 'read')
  return aggregateBy(env, model, field, suffix)
}

/** The parts of `partner_id.country_id`, `date_order:month`, `amount_total:sum`. */
export function parseSpec(spec: string): { name: string; path: string | undefined; suffix: string | undefined } {
  const match = /^(\w+)(?:\.([\w.]+))?(?::(\w+))?$/.exec(spec)
  if (match !== null) return { name: match[1] as string, path: match[2], suffix: match[3] }
  throw valueError(
    `Invalid aggregate/groupby specification '${spec}'.\n` +
      '- Valid aggregate specification looks like "<field_name>:<agg>" example: "quantity:sum".\n' +
      '- Valid groupby specification looks like "<no_datish_field_name>" or "<datish_field_name>:<granularity>" ' +
      'example: "date:month" or "<properties_field_name>.<property>:<granularity>".'
  )
}

/** One of PostgreSQL's functions over a column. Throws what PostgreSQL says of a type that it does not fit. */
export function aggregateBy(env: Env, model: Model, field: Field, name: string): Aggregate {
  const sudo = env.sudo()
  const all = (ids: readonly number[]) =>
    ids.map(id => cell(field, sqlValue(env, field, valueAt(sudo, model, id, field.name))))
  const some = (ids: readonly number[]) => all(ids).filter(value => value !== null)
  switch (name) {
    case 'count':
      return ids => some(ids).length
    case 'count_distinct':
      return ids => new Set(some(ids)).size
    case 'array_agg':
    case 'recordset':
      return all
    case 'array_agg_distinct':
      return ids => distinct(all(ids))
    case 'sum':
    case 'avg':
      checkType(field, name, isNumber(field))
      return ids => total(field, some(ids) as number[], name)
    case 'min':
    case 'max':
      checkType(field, name, field.type !== 'boolean')
      return ids => extreme(some(ids), name)
    default:
      checkType(field, name, field.type === 'boolean')
      return ids => quantifier(some(ids), name)
  }
}

/** Datetimes leave Odoo in whole seconds. */
function cell(field: Field, value: Value): Cell {
  if (Array.isArray(value)) return null
  return field.type === 'datetime' && typeof value === 'string' ? value.slice(0, 19) : value
}

function distinct(values: Cell[]): Cell[] {
  const rest = [...new Set(values)].filter(value => value !== null)
  const sorted = rest.sort((a, b) => (a < b ? -1 : 1))
  return values.includes(null) ? [...sorted, null] : sorted
}

function total(field: Field, values: number[], name: string): number | null {
  if (values.length === 0) return null
  const sum = values.reduce((a, b) => a + b, 0)
  // Monetary fields and floats with digits are of the type numeric, which adds without errors of rounding.
  const isExact = field.type === 'monetary' || field.digits !== undefined
  const exact = isExact ? Number(sum.toPrecision(15)) : sum
  return name === 'avg' ? exact / values.length : exact
}

function extreme(values: Cell[], name: string): Cell {
  let found: Cell = null
  for (const value of values) {
    if (value === null) continue
    if (found === null || (name === 'min' ? value < found : value > found)) found = value
  }
  return found
}

function quantifier(values: Cell[], name: string): boolean | null {
  if (values.length === 0) return null
  return name === 'bool_and' ? values.every(Boolean) : values.some(Boolean)
}

function isNumber({ type }: Field): boolean {
  return ['integer', 'float', 'monetary', 'many2one', 'many2one_reference'].includes(type)
}

function checkType(field: Field, name: string, fits: boolean): void {
  if (fits) return
  throw databaseError(
    'UndefinedFunction',
    `function ${name}(${columnType(field)}) does not exist\n` +
      'HINT:  No function matches the given name and argument types. You might need to add explicit type casts.\n'
  )
}

/** The name of PostgreSQL for the type of a column. */
function columnType({ type, digits, translate = false }: Field): string {
  switch (type) {
    case 'char':
      return translate ? 'text' : 'character varying'
    case 'selection':
    case 'reference':
      return 'character varying'
    case 'datetime':
      return 'timestamp without time zone'
    case 'float':
      return digits === undefined ? 'double precision' : 'numeric'
    case 'monetary':
      return 'numeric'
    case 'many2one':
    case 'many2one_reference':
      return 'integer'
    case 'html':
      return 'text'
    case 'binary':
      return 'bytea'
    default:
      return type
  }
}

/** `sum_currency` of Odoo 19: every amount divided by the rate of its currency. */
function sumInCurrency(env: Env, model: Model, field: Field): Aggregate {
  if (field.type !== 'monetary') {
    throw valueError(`Aggregator "sum_currency" only works on currency field for '${field.name}'`)
  }
  checkColumn(env, model, field)
  checkField(env, model, field, 'read')
  const sudo = env.sudo()
  const currencies = env.models.get('res.currency')
  const rateOf = (id: number) => {
    const currency = field.currencyField === undefined ? null : valueAt(sudo, model, id, field.currencyField)
    if (typeof currency !== 'number' || !currencies?.fields.has('rate')) return 1
    return Number(valueAt(sudo, currencies, currency, 'rate')) || 1
  }
  return ids => {
    const values = ids.flatMap(id => {
      const value = valueAt(sudo, model, id, field.name)
      return typeof value === 'number' ? [value / rateOf(id)] : []
    })
    return total(field, values, 'sum')
  }
}

/** What an aggregate of nothing is: where there is no group, PostgreSQL gives a row all the same. */
export function emptyAggregate(spec: string): Json {
  if (spec === '__count' || /:count(_distinct)?$/.test(spec)) return 0
  return /:(array_agg(_distinct)?|recordset)$/.test(spec) ? [] : false
}
