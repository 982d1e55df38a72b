import { isId } from './field-values.js'
import { type Argument, bindArguments } from './methods.js'
import type { AuditEntry, Json, JsonObject } from './ports.js'

/** What the audit tells of a write: which model, records and fields; never a value. */
export function auditedParts(input: JsonObject): Pick<AuditEntry, 'model' | 'method' | 'ids' | 'fields'> {
  const { model, method } = input
  const bound = typeof method === 'string' ? argumentsOf(method, input) : []
  const ids = idsOf(input, bound)
  const fields = fieldNames([input.values, ...bound.filter(({ kind }) => kind === 'values').map(({ value }) => value)])
  return {
    model: String(model),
    ...(typeof method === 'string' && { method }),
    ...(ids.length > 0 && { ids }),
    ...(fields.length > 0 && { fields })
  }
}

function argumentsOf(method: string, { args, kwargs, ids }: JsonObject): Argument[] {
  return bindArguments(method, (args ?? []) as Json[], (kwargs ?? {}) as JsonObject, ids !== undefined)
}

/** Ids given apart, those of an ORM method, or the first argument of another method, where its ids stand. */
function idsOf({ ids, args }: JsonObject, bound: Argument[]): number[] {
  const first = bound.find(({ kind }) => kind === 'ids')?.value ?? (Array.isArray(args) ? args[0] : undefined)
  const given = ids ?? first
  return (Array.isArray(given) ? given : [given]).filter(isId)
}

function fieldNames(values: (Json | undefined)[]): string[] {
  const names = values.flat().flatMap(row => (isObject(row) ? Object.keys(row) : []))
  return [...new Set(names)]
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
