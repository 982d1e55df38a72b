import type { Static, TObject, TSchema } from '@sinclair/typebox'
import type { JsonObject } from './json.js'
import type { Access, Alias, Tool, ToolContext } from './ports/gateway.js'

/** A tool as its file writes it. */
export interface ToolDefinition<I extends TObject, O extends TSchema> {
  /** `odoo_verb`; the file is named after the verb. */
  name: string
  aliases?: readonly Alias[]
  title: string
  /** For a model: when to use it, what comes back, one example. */
  description: string
  access: Access
  /** What it does to the model in its input; read unless said. */
  effect?: Tool['effect']
  input: I
  output: O
  /** The key of the output that may be delivered in part, if it has one: a list, or an object by its members. */
  rows?: keyof Static<O> & string
  /** Its routes; an internal tool has none. */
  rest?: { paths: readonly [string, ...string[]]; methods?: readonly ('GET' | 'POST')[] }
  /** Called by our own surfaces alone: neither listed nor found by clients. */
  internal?: true
  example: JsonObject
  run(input: Static<I>, ctx: ToolContext): Promise<Static<O>>
}

/** Exists so that `run` takes its types from the schemas; fills in what a file may leave out. */
export function defineTool<I extends TObject, O extends TSchema>(definition: ToolDefinition<I, O>): Tool {
  const { aliases = [], effect = 'read', rest, ...tool } = definition
  return { ...tool, aliases, effect, rest: { paths: rest?.paths ?? [], methods: rest?.methods ?? ['POST'] } }
}
