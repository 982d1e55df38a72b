import { GatewayError } from '../core/errors.js'
import type { JsonObject } from '../core/json.js'
import { didYouMean } from '../core/nearest.js'

/** Calls a tool with the rights of who asked for the prompt. */
export type Ask = (tool: string, input: JsonObject) => Promise<JsonObject>

export interface PromptContext {
  ask: Ask
  /** The day it is where the user lives, `YYYY-MM-DD`. */
  today: string
}

export interface PromptArgument {
  name: string
  description: string
  required?: true
  /** What it is chosen from: names of models, or of contacts. */
  completes?: 'model' | 'contact'
}

/**
 * What people ask an assistant again and again, with the data that it needs to answer. The prompt is one message of a
 * user: instructions, then what Odoo holds now.
 */
export interface Prompt {
  /** In snake case; the file has the same name in kebab case. */
  name: string
  title: string
  description: string
  arguments: readonly PromptArgument[]
  /** `given` has only arguments of this prompt, the required ones among them. */
  write(given: Readonly<Record<string, string>>, context: PromptContext): Promise<string>
}

/** The arguments that a prompt takes, empty ones left out. Throws `invalid_input` for others, and for missing ones. */
export function argumentsOf(
  prompt: Pick<Prompt, 'name' | 'arguments'>,
  given: Readonly<Record<string, string>>
): Record<string, string> {
  const known = prompt.arguments.map(({ name }) => name)
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const expected = known.length === 0 ? 'none' : known.join(', ')
    throw new GatewayError(
      'invalid_input',
      `${name}: no argument of ${prompt.name}; expected ${expected}.${didYouMean(name, known)}`
    )
  }
  const filled = Object.entries(given).filter(([, value]) => value.trim() !== '')
  const values = Object.fromEntries(filled.map(([name, value]) => [name, value.trim()]))
  const missing = prompt.arguments.find(({ name, required }) => required && values[name] === undefined)
  if (missing === undefined) return values
  throw new GatewayError('invalid_input', `${missing.name}: missing; expected ${lowerFirst(missing.description)}`)
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

/** A day so many days before another, both `YYYY-MM-DD`. */
export function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10)
}
