import { GatewayError } from '../errors.js'
import type { Json, JsonObject } from '../json.js'
import { methodEffect, methodInfo } from '../methods.js'
import type { Effect, Policy } from '../policy.js'
import type { Limits, Tool } from '../ports/gateway.js'
import type { FieldMap, OdooContext, OdooPort } from '../ports/odoo.js'
import { checkAggregate, type Grouping } from './aggregate.js'
import { checkCall, type MethodCall, plainField } from './call.js'
import { checkContext, checkDefaults } from './context.js'
import { checkDomain } from './domain.js'
import { checkName } from './name.js'
import { Names } from './names.js'
import { checkOrder } from './order.js'
import { Problems, policyHint } from './problems.js'
import type { Target } from './properties.js'
import { checkRecords } from './records.js'
import { checkValues } from './values.js'

export interface Inspected {
  /** The input with its domain, order and values as Odoo takes them, and without its context. */
  input: JsonObject
  context: OdooContext
  /** It deletes records, or nothing is known of the method that it calls. */
  destroys?: boolean
}

/**
 * Judges everything in a tool's input that has a meaning in Odoo, before anything is sent: the keys `model`, `domain`,
 * `field`, `fields`, `name`, `group_by`, `order`, `values`, `context` … mean the same in every tool, so a tool cannot forget its checks.
 * Throws `invalid_input`, `policy_denied` or `not_found` (model).
 */
export async function inspect(
  tool: Tool,
  input: JsonObject,
  odoo: OdooPort,
  policy: Policy,
  limits: Limits
): Promise<Inspected> {
  const problems = new Problems()
  const names = new Names(odoo, policy, problems)
  checkLimit(tool, input.limit, limits, problems)
  const { context: given, ...rest } = withContextFromKwargs(input, problems)
  const context = given === undefined ? {} : checkContext(given as JsonObject, odoo.identity, 'context', problems)
  if (typeof rest.model !== 'string') {
    problems.throwIfAny()
    return { input: rest, context }
  }
  // Range problems come before names: a model is only looked at once they are told.
  problems.throwIfAny()
  const fields = await names.enter(rest.model, effectOf(tool, rest, policy))
  await checkDefaults(context, fields, 'context', names)
  const checked = await checkNamed(tool, rest as JsonObject & { model: string }, fields, names)
  problems.throwIfAny()
  const destroys = names.destroys || isDestroying(tool, rest)
  return { input: checked, context, ...(destroys && { destroys }) }
}

function isDestroying(tool: Tool, { method }: JsonObject): boolean {
  if (tool.effect !== 'call') return tool.effect === 'unlink'
  const effect = methodInfo(method as string)?.effect
  return effect === undefined || effect === 'unlink'
}

function checkLimit(tool: Tool, limit: Json | undefined, { max_limit }: Limits, problems: Problems): void {
  if (typeof limit === 'number' && limit > max_limit) {
    problems.add(
      'limit',
      `${limit} is more than this server gives at once; expected 1 to ${max_limit}`,
      Object.hasOwn(tool.input.properties, 'offset') ? 'Ask for the next page with offset.' : undefined
    )
  }
}

/** A context in `kwargs`, where Odoo's own clients put it, is the call's context. */
function withContextFromKwargs(input: JsonObject, problems: Problems): JsonObject {
  const kwargs = input.kwargs as JsonObject | undefined
  if (kwargs === undefined || !Object.hasOwn(kwargs, 'context')) return input
  const { context, ...others } = kwargs
  if (input.context !== undefined)
    problems.add('kwargs.context', 'a second context; expected one of context and kwargs.context')
  if (typeof context !== 'object' || context === null || Array.isArray(context)) {
    problems.add('kwargs.context', 'does not fit; expected an object such as {"lang": "fr_FR"}')
    return { ...input, kwargs: others }
  }
  return { ...input, kwargs: others, context }
}

function effectOf(tool: Tool, input: JsonObject, policy: Policy): Effect {
  if (tool.effect !== 'call') return tool.effect
  assertMethod(input.method as string, policy)
  return methodEffect(input.method as string)
}

function assertMethod(method: string, policy: Policy): void {
  const refusal = policy.methodRefusal(method)
  if (refusal !== undefined) throw new GatewayError('policy_denied', `method: ${refusal}`, { hint: policyHint })
  if (policy.readOnly && methodInfo(method)?.effect !== 'read') {
    throw new GatewayError('policy_denied', `method: this server is read-only, and ${method} may change something`, {
      hint: policyHint
    })
  }
}

async function checkNamed(
  tool: Tool,
  input: JsonObject & { model: string },
  fields: FieldMap,
  names: Names
): Promise<JsonObject> {
  const { model } = input
  const out: JsonObject = { ...input }
  if (Array.isArray(input.ids)) out.ids = [...new Set(input.ids)]
  // To read records that belong to what is hidden is to find none; anything else with them is refused.
  if (tool.effect === 'write' || tool.effect === 'unlink')
    await checkRecords(input.ids as Json[], { model, fields, effect: tool.effect }, 'ids', names)
  if (typeof input.id === 'number') await checkRecords([input.id], { model, fields, effect: 'read' }, 'id', names)
  if (typeof input.field === 'string') plainField(input.field, 'field', model, fields, names)
  if (Array.isArray(input.fields)) {
    for (const [index, name] of input.fields.entries()) {
      if (name === '*') continue
      // Describing a withheld field is fine: it is marked, and its content is not told.
      if (tool.name === 'odoo_get_fields') names.field(fields, model, name as string, `fields[${index}]`)
      else plainField(name as string, `fields[${index}]`, model, fields, names)
    }
  }
  if (input.domain !== undefined) out.domain = await checkDomain(input.domain, model, 'domain', names)
  if (Array.isArray(input.group_by)) {
    Object.assign(out, await checkAggregate(input as unknown as Grouping, model, names))
  } else if (typeof input.order === 'string') out.order = await checkOrder(input.order, model, 'order', names)
  if (typeof input.name === 'string') await checkName({ ...input, name: input.name }, model, names)
  if (input.values !== undefined) out.values = await checkRows(input.values, model, fields, names, targetOf(tool, out))
  if (tool.effect === 'call') {
    Object.assign(out, await checkCall(input as unknown as MethodCall, model, fields, names))
  }
  return out
}

/** The records that the values of a tool are for. */
function targetOf({ effect }: Tool, { ids }: JsonObject): Target {
  return effect === 'write' && Array.isArray(ids) ? { write: ids as number[] } : 'create'
}

async function checkRows(values: Json, model: string, fields: FieldMap, names: Names, target: Target): Promise<Json> {
  if (!Array.isArray(values)) return checkValues(values as JsonObject, model, fields, 'values', names, target)
  const rows: JsonObject[] = []
  for (const [index, row] of values.entries()) {
    rows.push(await checkValues(row as JsonObject, model, fields, `values[${index}]`, names, target))
  }
  return rows
}
