import { chooseFields } from '../default-fields.js'
import type { Json, JsonObject } from '../json.js'
import { type Argument, bindArguments, methodEffect, methodInfo } from '../methods.js'
import type { FieldMap } from '../ports/odoo.js'
import { screenArguments } from './arguments.js'
import { checkDomain } from './domain.js'
import { isId, show } from './field-values.js'
import { checkGroupOrder, checkGroupSpec, checkHaving } from './groups.js'
import type { Names } from './names.js'
import { checkOrder } from './order.js'
import { visibleIn } from './passage.js'
import { checkRecords } from './records.js'
import { checkValues } from './values.js'

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
  // As they were given: in checked domains stand the names of hidden models.
  if (methodInfo(call.method) === undefined) await screenArguments(call.args ?? [], call.kwargs ?? {}, fields, names)
  await checkRecords(idsOf(call, bound), { model, fields, effect: methodEffect(call.method) }, 'ids', names)
  await insertDomain(call.method, kwargs, bound, model, names)
  if (methodInfo(call.method)?.readsAllFields && !bound.some(isNonEmptyFields)) {
    insertFields(kwargs, bound, chooseFields(fields, ['*'], names.policy))
  }
  return { args, kwargs }
}

/** The records that a method is called on: of one that nobody knows, its first argument may hold them. */
function idsOf({ method, ids, args = [], kwargs = {} }: MethodCall, bound: Argument[]): Json[] {
  if (ids !== undefined) return ids
  if (methodInfo(method) !== undefined) return bound.filter(({ kind }) => kind === 'ids').flatMap(({ value }) => value)
  return [args[0] ?? [], kwargs.ids ?? []].flat()
}

/** Without a domain a method finds the rows of everybody, those of what the policy hides too. */
async function insertDomain(method: string, kwargs: JsonObject, bound: Argument[], model: string, names: Names) {
  if (!methodInfo(method)?.parameters.some(({ kind }) => kind === 'domain')) return
  const given = bound.find(({ kind }) => kind === 'domain')
  if (given !== undefined && given.value !== null) return
  const domain = await visibleIn(model, [], names)
  if (domain.length === 0) return
  if (given !== undefined) given.replace(domain)
  // `name_search` calls it `args` before 19 (14 to 18).
  else kwargs[method === 'name_search' && names.odoo.identity.major < 19 ? 'args' : 'domain'] = domain
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
      // Only null says "none given", to methods that allow it; false is everything to some of them, nothing to others.
      return value === null ? value : visibleIn(model, await checkDomain(value, model, at, names), names)
    case 'order':
      if (isAbsent(value)) return value
      if (typeof value === 'string') return checkOrder(value, model, at, names)
      names.problems.add(at, `${show(value)} is not an order; expected text such as "name desc"`)
      return value
    case 'group_order':
      return isAbsent(value) ? value : checkGroupOrder(value, model, at, names)
    case 'fields':
      return isAbsent(value)
        ? value
        : checkNames(argument, names, async (name, where) => plainField(name, where, model, fields, names))
    case 'group_by':
      return isAbsent(value)
        ? value
        : checkNames(argument, names, (name, where) => checkGroupSpec(name, where, model, names))
    case 'aggregates':
      return isAbsent(value)
        ? value
        : checkNames(argument, names, (name, where) => checkGroupSpec(name, where, model, names))
    case 'having':
      return isAbsent(value) ? value : checkHaving(value, model, at, names)
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
  { kind, value, at }: Argument,
  names: Names,
  check: (name: string, at: string) => Promise<void>
): Promise<Json> {
  // read_group takes one name as well as a list of them to group by; fields are always a list.
  const list = typeof value === 'string' && kind === 'group_by' ? [value] : value
  if (!Array.isArray(list) || !list.every(name => typeof name === 'string')) {
    names.problems.add(at, `${show(value)} is not a list of fields; expected a list of names`)
    return value
  }
  for (const [index, name] of list.entries()) await check(name, list === value ? `${at}[${index}]` : at)
  return value
}

/** A field that is read by name: it must exist, and its content may not be withheld. */
export function plainField(name: string, at: string, model: string, fields: FieldMap, names: Names): void {
  const info = names.field(fields, model, name, at)
  if (info === undefined) return
  names.denyWithheld(name, info, at)
  names.denyNamesOfHidden(name, info, at)
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
  const info = methodInfo(call.method)
  const first = info?.parameters[0]
  if (first !== undefined && first.kind !== 'ids' && !info?.mayTakeIds && call.ids !== undefined) {
    // They would be sent as the first argument, and be taken for a domain, fields or values.
    names.problems.add('ids', `${call.method} is not called on records; expected no ids`)
  }
  if (first?.kind !== 'ids' || call.ids !== undefined) return
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
