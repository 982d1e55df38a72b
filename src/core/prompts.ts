import type { ResourceRequest } from './live.js'

/** A prompt as clients list it. */
export interface ListedPrompt {
  name: string
  title: string
  description: string
  arguments: { name: string; description: string; required?: true }[]
}

/** Questions that people ask again and again, with what Odoo holds now; for every surface that has prompts. */
export interface Prompts {
  readonly listed: readonly ListedPrompt[]
  /**
   * The text of a user's message. Undefined: there is no such prompt. Throws `invalid_input` for wrong arguments, and what
   * the tools throw that it calls.
   */
  write(
    name: string,
    given: Readonly<Record<string, string>>,
    request: ResourceRequest
  ): Promise<{ description: string; text: string } | undefined>
  /** Values for an argument, 100 at most. Undefined: there is no such prompt. */
  complete(name: string, argument: string, value: string, request: ResourceRequest): Promise<string[] | undefined>
}
