import type { Tool as McpTool, ToolAnnotations } from '@modelcontextprotocol/server'
import type { Tool } from '../core/ports.js'
import { toJsonSchema } from '../core/schemas.js'

const sessionArgument = { type: 'string', description: 'Session handle from odoo_connect' }

/**
 * The tools as `tools/list` shows them, built once. `session: true` is for callers whose every call stands alone: they
 * name their session in an argument, so it is listed. All callers may send it.
 */
export function toMcpTools(tools: readonly Tool[], { session }: { session: boolean }): McpTool[] {
  // Where nobody can connect there are no sessions to name.
  const takesSession = session && tools.some(({ name }) => name === 'odoo_connect')
  return tools.map(tool => {
    const inputSchema = toJsonSchema(tool.input) as ObjectSchema
    if (takesSession) inputSchema.properties = { ...inputSchema.properties, session: sessionArgument }
    return {
      name: tool.name,
      title: tool.title,
      description: tool.description,
      inputSchema,
      outputSchema: toJsonSchema(tool.output) as ObjectSchema,
      annotations: toAnnotations(tool)
    }
  })
}

/** What the SDK's type asks of a schema, which all of ours are: an object. */
type ObjectSchema = McpTool['inputSchema'] & { properties?: Record<string, object> }

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
