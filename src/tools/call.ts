import { Type } from '@sinclair/typebox'
import { GatewayError } from '../core/errors.js'
import type { Json, JsonObject } from '../core/json.js'
import { methodEffect, methodInfo } from '../core/methods.js'
import type { CallReply, OdooPort } from '../core/ports/odoo.js'
import { AnyJson, Args, Context, Exact, Expected, Ids, Kwargs, ModelName } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

export const call = defineTool({
  name: 'odoo_call',
  aliases: [{ name: 'odoo_call_method' }, { name: 'odoo_execute_kw' }],
  title: 'Call a method',
  description:
    'Run a business method that no other tool covers, such as confirming an order; it may change data. ids come first in args. Returns result (records as a list of ids), and action when Odoo answers with a wizard or window to open. Example: {"model": "sale.order", "method": "action_confirm", "ids": [8]}',
  access: 'destructive',
  effect: 'call',
  input: Exact({
    model: ModelName,
    method: Type.String({ minLength: 1, maxLength: 128, [Expected]: 'the name of a method' }),
    ids: Type.Optional(Ids),
    args: Type.Optional(Args),
    kwargs: Type.Optional(Kwargs),
    context: Type.Optional(Context)
  }),
  output: Type.Object({
    result: AnyJson,
    action: Type.Optional(Type.Object({})),
    warning: Type.Optional(Type.String())
  }),
  rows: 'result',
  rest: { paths: ['/call'] },
  example: { model: 'res.partner', method: 'name_search', args: ['azure'] },
  async run({ model, method, ids, args: others = [], kwargs: named = {} }, { odoo }) {
    const { args, kwargs } = withIdsFirst(method, ids === undefined ? others : [ids, ...others], named)
    const reply = await send(odoo, model, method, args, kwargs)
    const action = describeAction(reply.result)
    return { ...reply, ...(action !== undefined && { action }) }
  }
})

/** Ids by name, as JSON-2 has them: the other wires know them only as the first argument (14 and 19). */
function withIdsFirst(method: string, args: Json[], kwargs: JsonObject): { args: Json[]; kwargs: JsonObject } {
  const { ids, ...others } = kwargs
  const isOfRecords = methodInfo(method)?.parameters[0]?.kind === 'ids'
  return isOfRecords && args.length === 0 && ids !== undefined ? { args: [ids], kwargs: others } : { args, kwargs }
}

async function send(
  odoo: OdooPort,
  model: string,
  method: string,
  args: Json[],
  kwargs: JsonObject
): Promise<CallReply> {
  if (method === 'name_get' && odoo.identity.major >= 17) return { result: await nameGet(odoo, model, args[0] ?? []) }
  try {
    const reply = await odoo.call(model, method, args, kwargs, { read: methodEffect(method) === 'read' })
    return mayHaveMissedIds(odoo, method, args, kwargs) ? { warning: noIds(method), ...reply } : reply
  } catch (error) {
    throw error instanceof GatewayError && args.length === 0 && /^\w+ index out of range$/.test(error.detail)
      ? error.with({ hint: `If ${method} is a method of records, give them in ids.` })
      : error
  }
}

/** Over JSON-2 a method of records that is called without ids does nothing, and answers as if it had (19). */
function mayHaveMissedIds({ identity }: OdooPort, method: string, args: Json[], { ids }: JsonObject): boolean {
  return identity.protocol === 'json2' && methodInfo(method) === undefined && args.length === 0 && ids === undefined
}

function noIds(method: string): string {
  return `No ids were given: if ${method} is a method of records, it was called on none, and has done nothing.`
}

/** `name_get` was deprecated in Odoo 17 and is gone in 18; `display_name` holds the same. */
async function nameGet(odoo: OdooPort, model: string, given: Json): Promise<Json> {
  const ids = (Array.isArray(given) ? given : [given]) as number[]
  const rows = await odoo.read(model, ids, ['display_name'])
  const missing = ids.find(id => rows.every(row => row.id !== id))
  if (missing === undefined) return rows.map(row => [row.id, row.display_name as Json])
  // As `name_get` itself does: a list that lacks one would give its name to the next.
  throw new GatewayError('not_found', `${model} ${missing} does not exist, or this user may not see it.`)
}

/** What a returned `ir.actions.*` asks a client to do, in the words of the next call. */
function describeAction(result: Json): JsonObject | undefined {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return undefined
  if (typeof result.type !== 'string' || !result.type.startsWith('ir.actions.')) return undefined
  const known = [
    'type',
    'name',
    'res_model',
    'res_id',
    'target',
    'view_mode',
    'domain',
    'context',
    'url',
    'report_name'
  ]
  const described = Object.fromEntries(
    known.flatMap(key => (result[key] === undefined || result[key] === false ? [] : [[key, result[key] as Json]]))
  )
  return { ...described, next: nextStep(result) }
}

const modelName = new RegExp(ModelName.pattern as string)

/** The method may have written any text in its answer: of that only what has the form of a name or an id is repeated. */
function nextStep({ type, target, res_model, res_id }: JsonObject): string {
  const model = typeof res_model === 'string' && modelName.test(res_model) ? res_model : 'record of res_model'
  if (type === 'ir.actions.act_window' && target === 'new') {
    return `A wizard. Nothing more has happened yet: create a ${model} with odoo_create and this context, then call its button on the new id with odoo_call and the same context.`
  }
  if (type === 'ir.actions.act_window' && Number.isInteger(res_id))
    return `A record to look at: read ${model} ${String(res_id)} with odoo_read.`
  if (type === 'ir.actions.act_window') return `A list to look at: search ${model} with odoo_search and this domain.`
  if (type === 'ir.actions.act_window_close') return 'Nothing more to do.'
  if (type === 'ir.actions.act_url') return 'An address to open in a browser that is logged in to Odoo.'
  return 'Something that only the web client of Odoo can show.'
}
