import type { Tool as McpTool } from '@modelcontextprotocol/server'
import type { Tool } from '../../src/core/ports/gateway.js'
import { toMcpTools } from '../../src/mcp/catalogue.js'

/** Every conversation pays for the list, so it has a price limit. */
export const maxListBytes = 16 * 1024

/**
 * What could make a host refuse these tools, or a model misread them; empty when all is well. Hosts convert schemas to
 * their model's dialect, and most dialects know no top-level combinator, no `$ref` and no array of anything.
 */
export function faultsOfCatalogue(tools: readonly Tool[]): string[] {
  const listed = toMcpTools(tools, { session: true })
  const bytes = Buffer.byteLength(JSON.stringify({ tools: listed }))
  const tooLong = bytes > maxListBytes ? [`tools/list has ${bytes} bytes, more than ${maxListBytes}`] : []
  return [...tooLong, ...listed.flatMap(faultsOfTool)]
}

export function faultsOfTool({ name, title, description, inputSchema, outputSchema }: McpTool): string[] {
  const faults = [...faultsOfRoot('input', inputSchema), ...faultsOfRoot('output', outputSchema)]
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(name)) faults.push('a name that some host refuses')
  if (!title || !description) faults.push('no title or description')
  return faults.map(fault => `${name}: ${fault}`)
}

const combinators = ['anyOf', 'oneOf', 'allOf', 'not', 'if']

function faultsOfRoot(path: string, schema: unknown): string[] {
  if (!isObject(schema) || schema.type !== 'object') return [`${path} is not an object schema`]
  const combined = combinators.filter(key => key in schema).map(key => `${path} has ${key} at the top`)
  return [...combined, ...faultsOfSchema(path, schema)]
}

function faultsOfSchema(path: string, schema: unknown): string[] {
  if (!isObject(schema)) return []
  const faults = ['$ref', '$id', '$defs'].filter(key => key in schema).map(key => `${path} has ${key}`)
  if ([schema.type].flat().includes('array') && !isConcrete(schema.items))
    faults.push(`${path} is an array of anything`)
  for (const key of ['items', 'additionalProperties', 'not'])
    faults.push(...faultsOfSchema(`${path}.${key}`, schema[key]))
  for (const key of ['properties', 'patternProperties', 'anyOf', 'oneOf', 'allOf']) {
    for (const [name, child] of Object.entries(Object(schema[key])))
      faults.push(...faultsOfSchema(`${path}.${name}`, child))
  }
  return faults
}

function isConcrete(items: unknown): boolean {
  return isObject(items) && ['type', 'anyOf', 'oneOf', 'enum', 'const'].some(key => key in items)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
