import type { Tool as McpTool, ToolAnnotations } from '@modelcontextprotocol/server'
import type { Json, JsonObject } from '../core/json.js'
import type { Tool } from '../core/ports/gateway.js'
import { toJsonSchema } from '../core/schemas.js'

const sessionArgument = { type: 'string', description: 'From odoo_connect' }

/**
 * The tools as `tools/list` shows them, built once. Every conversation pays for the list, so schemas are published
 * without what helps nobody to call: the door checks lengths and patterns itself and explains what is wrong, and what
 * is inside of a result shows when it comes. `session: true` is for callers whose every call stands alone: they
 * name their session in an argument, so it is listed. All callers may send it.
 */
export function toMcpTools(tools: readonly Tool[], { session }: { session: boolean }): McpTool[] {
  // Where nobody can connect there are no sessions to name.
  const takesSession = session && tools.some(({ name }) => name === 'odoo_connect')
  return tools.map(tool => {
    const inputSchema = withoutBounds(toJsonSchema(tool.input)) as ObjectSchema
    if (takesSession) inputSchema.properties = { ...inputSchema.properties, session: sessionArgument }
    return {
      name: tool.name,
      title: tool.title,
      description: tool.description,
      inputSchema,
      outputSchema: outputSchemaOf(tool),
      annotations: toAnnotations(tool)
    }
  })
}

/** What the SDK's type asks of a schema, which all of ours are: an object. */
type ObjectSchema = McpTool['inputSchema'] & { properties?: Record<string, object> }

const bounds: ReadonlySet<string> = new Set(['pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'maxItems'])

/** A schema without the bounds of its values. A property of such a name is none. */
function withoutBounds(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutBounds)
  if (typeof schema !== 'object' || schema === null) return schema
  const kept = Object.entries(schema).filter(([key]) => !bounds.has(key))
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === 'properties' ? each(value) : withoutBounds(value)])
  )
}

function each(properties: Json): Json {
  return Object.fromEntries(Object.entries(properties as JsonObject).map(([name, of]) => [name, withoutBounds(of)]))
}

/** What a cut answer has besides (budget.ts). */
const ofCut = { next_offset: { type: 'integer' }, truncated: { type: 'boolean' }, hint: { type: 'string' } }

/** The top level of an output. */
function outputSchemaOf({ output, rows }: Tool): ObjectSchema {
  const { type, required, properties } = toJsonSchema(output) as ObjectSchema
  const shallow = Object.entries(properties ?? {}).map(([name, schema]) => [name, withoutInside(schema as JsonObject)])
  return {
    type,
    ...(required && { required }),
    properties: { ...Object.fromEntries(shallow), ...(rows !== undefined && ofCut) }
  }
}

function withoutInside(schema: JsonObject): JsonObject {
  if (schema.type === 'object') return { type: 'object' }
  if (schema.type !== 'array') return withoutBounds(schema) as JsonObject
  return { type: 'array', items: withoutInside(schema.items as JsonObject) }
}

function toAnnotations({ name, access }: Tool): ToolAnnotations {
  const readOnly = access === 'read'
  return {
    readOnlyHint: readOnly,
    // A write to existing records overwrites what was there; only creating leaves everything else as it was.
    destructiveHint: access === 'destructive' || (access === 'write' && name !== 'odoo_create'),
    idempotentHint: readOnly,
    openWorldHint: !staysHere.has(name)
  }
}

/** Tools that this server answers without asking Odoo. */
const staysHere: ReadonlySet<string> = new Set(['odoo_session', 'odoo_disconnect'])
