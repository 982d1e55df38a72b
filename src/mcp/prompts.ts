import type { Prompts } from '../core/prompts.js'
import { requestId } from './gateway-tools.js'
import type { McpProvider } from './provider.js'
import { toRequest } from './resources.js'

/** The prompts as MCP clients see them. */
export function mcpPrompts(prompts: Prompts): McpProvider {
  return {
    prompts: {
      listed: [...prompts.listed],
      async get({ name, arguments: given = {} }, request) {
        const written = await prompts.write(name, given, toRequest(request))
        if (written === undefined) return undefined
        const { description, text } = written
        const message = { role: 'user', content: { type: 'text', text } } as const
        return { description, messages: [message], _meta: requestId(request.caller) }
      }
    },
    async complete({ ref, argument }, request) {
      if (ref.type !== 'ref/prompt') return undefined
      const values = await prompts.complete(ref.name, argument.name, argument.value, toRequest(request))
      return values && { values }
    }
  }
}
