import { isId } from './field-values.js'
import type { AuditEntry, Json, JsonObject } from './ports.js'

/** What the audit tells of a write: which model, records and fields; never a value. */
export function auditedParts(input: JsonObject): Pick<AuditEntry, 'model' | 'method' | 'ids' | 'fields'> {
  const fields = fieldNames(input.values)
  const ids = idsOf(input)
  return {
    model: String(input.model),
    ...(typeof input.method === 'string' && { method: input.method }),
    ...(ids.length > 0 && { ids }),
    ...(fields.length > 0 && { fields })
  }
}

function idsOf({ ids, method, args }: JsonObject): number[] {
  if (Array.isArray(ids)) return ids.filter(isId)
  const first = method !== undefined && Array.isArray(args) ? args[0] : undefined
  return Array.isArray(first) ? first.filter(isId) : []
}

function fieldNames(values: Json | undefined): string[] {
  const rows = Array.isArray(values) ? values : [values]
  const names = rows.flatMap(row =>
    typeof row === 'object' && row !== null && !Array.isArray(row) ? Object.keys(row) : []
  )
  return [...new Set(names)]
}
