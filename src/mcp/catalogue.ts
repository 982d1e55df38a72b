import type { Tool as McpTool, ToolAnnotations } from '@modelcontextprotocol/server'
import type { Tool } from '../core/ports.js'

const sessionArgument = { type: 'string', description: 'Session handle from odoo_connect' }

/**
 * The tools as `tools/list` shows them, built once. `session: true` is for callers whose every call stands alone: they
 * name their session in an argument, so it is listed. All callers may send it.
 */
export function toMcpTools(tools: readonly Tool[], { session }: { session: boolean }): McpTool[] {
  // Where nobody can connect there are no sessions to name.
  const takesSession = session && tools.some(({ name }) => name === 'odoo_connect')
  return tools.map(tool => {
    const inputSchema = toPlainSchema(tool.input)
    if (takesSession) inputSchema.properties = { ...inputSchema.properties, session: sessionArgument }
    return {
      name: tool.name,
      title: tool.title,
      description: tool.description,
      inputSchema,
      outputSchema: toPlainSchema(tool.output),
      annotations: toAnnotations(tool)
    }
  })
}

/** TypeBox schemas are JSON schemas with symbols on them; a trip through JSON leaves the schema. */
function toPlainSchema(schema: object): McpTool['inputSchema'] & { properties?: Record<string, object> } {
  return JSON.parse(JSON.stringify(schema))
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
