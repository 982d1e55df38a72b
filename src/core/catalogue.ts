import { inputCheck, outputCheck } from './check/input.js'
import type { JsonObject } from './json.js'
import { nearest } from './nearest.js'
import type { Policy } from './policy.js'
import type { Alias, Tool } from './ports/gateway.js'

/** A tool with its schemas compiled, and the name it was called by. */
export interface Entry {
  tool: Tool
  checkInput(input: unknown): JsonObject
  checkOutput(output: unknown): string | undefined
}

export interface Catalogue {
  /** What may be listed, in order: a read-only server lists no tool that writes. */
  readonly listed: readonly Tool[]
  readonly unlisted: readonly Tool[]
  /** Internal tools, too. */
  find(name: string): Entry | undefined
  nearest(name: string): string | undefined
}

/** Compiles the tools once and knows them by name and alias. Throws when two share a name. */
export function createCatalogue(tools: readonly Tool[], policy: Policy): Catalogue {
  const byName = new Map<string, Entry>()
  for (const tool of tools) {
    const checkOutput = outputCheck(tool.output)
    const checkInput = inputCheck(tool.input)
    add(tool.name, { tool, checkOutput, checkInput })
    for (const alias of tool.aliases) {
      add(alias.name, { tool, checkOutput, checkInput: input => checkInput(renamed(input, alias)) })
    }
  }
  function add(name: string, entry: Entry) {
    if (byName.has(name)) throw new Error(`two tools are called ${name}`)
    byName.set(name, entry)
  }
  const forClients = tools.filter(tool => !tool.internal)
  const listed = forClients.filter(tool => !policy.readOnly || !isWriting(tool))
  return {
    listed,
    unlisted: forClients.filter(tool => !listed.includes(tool)),
    find: name => byName.get(name),
    nearest: name =>
      nearest(
        name,
        listed.map(tool => tool.name)
      )
  }
}

/** Whether a tool only ever changes something; `odoo_call` also reads and stays. */
function isWriting({ effect }: Tool): boolean {
  return effect === 'create' || effect === 'write' || effect === 'unlink'
}

/** The input of an alias with the names that the tool has for its arguments. An old name beside its new one stays, and is refused. */
function renamed(input: unknown, { rename = {}, map }: Alias): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
  const given = input as JsonObject
  if (map !== undefined) return map(given)
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      const now = Object.hasOwn(rename, key) ? (rename[key] as string) : key
      return [now !== key && Object.hasOwn(given, now) ? key : now, value]
    })
  )
}
