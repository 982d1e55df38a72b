import type {
  CallToolRequest,
  CallToolResult,
  CompleteRequest,
  CompleteResult,
  GetPromptRequest,
  GetPromptResult,
  InputRequiredResult,
  Prompt,
  ReadResourceResult,
  Resource,
  ResourceTemplateType,
  ServerCapabilities,
  ServerContext,
  Tool
} from '@modelcontextprotocol/server'
import type { Caller } from '../core/ports.js'

/** One request as a provider sees it. Providers are shared by all callers: answer from this, never from a closure. */
export interface McpRequest {
  caller: Caller
  /** The SDK's own: the signal, notifications that belong to the answer, what the client was asked and said. */
  ctx: ServerContext
}

/** What a subscription outlives its request with: a session of revision 2025-11-25 and before, or a stdio process. */
export interface McpConnection {
  /** Tells this client that a resource has changed. Never throws: who has gone need not be told. */
  resourceUpdated(uri: string): void
  /** Aborted when the connection has ended. */
  closed: AbortSignal
}

/** A result, or what the client must be asked first (in either era: the SDK asks as the era does). */
type OrInput<T> = Promise<T | InputRequiredResult>

/**
 * A part of what MCP clients see. The tools of the gateway are one provider; each further kind of thing (resources,
 * prompts) is another, mounted beside it. Several may offer the same kind: lists are joined in the order of providers, and
 * a name or URI is answered by the first provider that knows it. A capability is declared when somebody offers it.
 * Handlers throw GatewayError for what a caller may see.
 */
export interface McpProvider {
  tools?: {
    listed: readonly Tool[]
    has(name: string): boolean
    /** The nearest name to a wrong one, if any is near. */
    nearest?(name: string): string | undefined
    call(params: CallToolRequest['params'], request: McpRequest): OrInput<CallToolResult>
  }
  resources?: {
    list(request: McpRequest): Promise<Resource[]>
    templates(request: McpRequest): Promise<ResourceTemplateType[]>
    /** Undefined: not one of mine. */
    read(uri: string, request: McpRequest): OrInput<ReadResourceResult | undefined>
    /** False: not one of mine. Revision 2026-07-28 has no such request: there a published `resource_updated` is enough. */
    subscribe?(uri: string, request: McpRequest, connection: McpConnection): Promise<boolean>
    unsubscribe?(uri: string, request: McpRequest, connection: McpConnection): Promise<boolean>
  }
  prompts?: {
    listed: readonly Prompt[]
    /** Undefined: not one of mine. */
    get(params: GetPromptRequest['params'], request: McpRequest): OrInput<GetPromptResult | undefined>
  }
  /** Values for an argument of a prompt or a part of a URI. Undefined: not one of mine. */
  complete?(params: CompleteRequest['params'], request: McpRequest): Promise<CompleteResult['completion'] | undefined>
  /** What is declared beyond what the members above say, such as `logging` or `listChanged`. */
  capabilities?: ServerCapabilities
  /** Checks the state that this provider hands to clients with a question and gets back with the answer; throws if forged. */
  verifyState?(state: string, ctx: ServerContext): Promise<unknown>
}

/** What these providers together declare. */
export function capabilitiesOf(providers: readonly McpProvider[]): ServerCapabilities {
  const offers = (has: (provider: McpProvider) => unknown) => providers.some(provider => has(provider) !== undefined)
  const subscribe = offers(({ resources }) => resources?.subscribe) ? { subscribe: true } : {}
  const declared: ServerCapabilities = {
    ...(offers(({ tools }) => tools) && { tools: {} }),
    ...(offers(({ resources }) => resources) && { resources: subscribe }),
    ...(offers(({ prompts }) => prompts) && { prompts: {} }),
    ...(offers(({ complete }) => complete) && { completions: {} })
  }
  for (const { capabilities = {} } of providers) {
    for (const [name, more] of Object.entries(capabilities)) {
      Object.assign(declared, { [name]: { ...declared[name as keyof ServerCapabilities], ...more } })
    }
  }
  return declared
}
