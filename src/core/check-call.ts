import { checkDomain, checkHaving } from './check-domain.js'
import { checkOrder } from './check-order.js'
import { checkValues } from './check-values.js'
import { chooseFields } from './default-fields.js'
import { isId, show } from './field-values.js'
import { type Argument, bindArguments, methodInfo } from './methods.js'
import type { Names } from './names.js'
import type { FieldMap, Json, JsonObject } from './ports.js'

export interface MethodCall {
  method: string
  ids?: number[]
  args?: Json[]
  kwargs?: JsonObject
}

/**
 * Gives the arguments of `odoo_call` the checks that the tool of the same name would give them: an ORM method is no way
 * around the check of a domain, of names, of values, or of empty ids.
 */
export async function checkCall(call: MethodCall, model: string, fields: FieldMap, names: Names) {
  const args = [...(call.args ?? [])]
  const kwargs = { ...call.kwargs }
  const bound = bindArguments(call.method, args, kwargs, call.ids !== undefined)
  for (const argument of bound) {
    argument.replace(await checkArgument(argument, model, fields, names))
  }
  assertIds(call, bound, names)
  if (methodInfo(call.method)?.readsAllFields && !bound.some(isNonEmptyFields)) {
    insertFields(kwargs, bound, chooseFields(fields, ['*'], names.policy))
  }
  return { args, kwargs }
}

function isNonEmptyFields({ kind, value }: Argument): boolean {
  return kind === 'fields' && Array.isArray(value) && value.length > 0
}

/** Without names the ORM reads every field, secrets and files too: name the others instead. */
function insertFields(kwargs: JsonObject, bound: Argument[], all: string[]): void {
  const given = bound.find(argument => argument.kind === 'fields')
  if (given === undefined) kwargs.fields = all
  else given.replace(all)
}

async function checkArgument(argument: Argument, model: string, fields: FieldMap, names: Names): Promise<Json> {
  const { kind, value, at } = argument
  switch (kind) {
    case 'domain':
      return isAbsent(value) ? [] : checkDomain(value, model, at, names)
    case 'order':
      if (isAbsent(value)) return value
      if (typeof value === 'string') return checkOrder(value, model, at, names)
      names.problems.add(at, `${show(value)} is not an order; expected text such as "name desc"`)
      return value
    case 'fields':
      return isAbsent(value)
        ? value
        : checkNames(argument, names, async name => void plainField(name, at, model, fields, names))
    case 'group_by':
      return isAbsent(value)
        ? value
        : checkNames(argument, names, name => groupable(name.split(':', 1)[0] as string, at, model, names))
    case 'aggregates':
      return isAbsent(value)
        ? value
        : checkNames(argument, names, name => groupable(aggregated(name), at, model, names))
    case 'having':
      if (!isAbsent(value)) await checkHaving(value, model, at, names)
      return value
    case 'values':
      return checkRows(value, model, fields, at, names)
    default:
      return value
  }
}

function isAbsent(value: Json): boolean {
  return value === null || value === false
}

async function checkNames(
  { value, at }: Argument,
  names: Names,
  check: (name: string) => Promise<void>
): Promise<Json> {
  // read_group takes one name as well as a list of them.
  const list = typeof value === 'string' ? [value] : value
  if (!Array.isArray(list) || !list.every(name => typeof name === 'string')) {
    names.problems.add(at, `${show(value)} is not a list of fields; expected a list of names`)
    return value
  }
  for (const name of list) await check(name)
  return value
}

/** A field that is read by name: it must exist, and its content may not be withheld. */
export function plainField(name: string, at: string, model: string, fields: FieldMap, names: Names): void {
  const info = names.field(fields, model, name, at)
  if (info !== undefined) names.denyWithheld(name, info, at)
}

async function groupable(path: string, at: string, model: string, names: Names): Promise<void> {
  if (path !== '__count') await names.path(model, path, at, 'group_by')
}

/** `amount_total:sum`, `total:sum(amount_total)` and `amount_total` all aggregate amount_total. */
function aggregated(spec: string): string {
  return /\(([^)]*)\)$/.exec(spec)?.[1] ?? (spec.split(':', 1)[0] as string)
}

async function checkRows(value: Json, model: string, fields: FieldMap, at: string, names: Names): Promise<Json> {
  if (Array.isArray(value)) {
    const rows: Json[] = []
    for (const [index, row] of value.entries()) rows.push(await checkRows(row, model, fields, `${at}[${index}]`, names))
    return rows
  }
  if (typeof value === 'object' && value !== null) return checkValues(value, model, fields, at, names)
  if (!isAbsent(value)) names.problems.add(at, `${show(value)} does not fit; expected an object of field values`)
  return value
}

/** Odoo answers "true" to a write on no records: a call that forgot its ids would look like a success. */
function assertIds(call: MethodCall, bound: Argument[], names: Names): void {
  const takesIds = methodInfo(call.method)?.parameters[0]?.kind === 'ids'
  if (!takesIds || call.ids !== undefined) return
  const given = bound.find(argument => argument.kind === 'ids')
  if (given === undefined) {
    names.problems.add('ids', `missing; expected the ids of the records that ${call.method} is called on`)
    return
  }
  const list = isId(given.value) ? [given.value] : given.value
  if (!Array.isArray(list) || list.length === 0 || !list.every(isId)) {
    names.problems.add(given.at, `${show(given.value)} does not fit; expected at least one id`)
  }
}
