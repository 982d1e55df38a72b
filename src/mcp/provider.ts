import type {
  CallToolRequest,
  CallToolResult,
  ClientCapabilities,
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
import type { EndReason } from '../core/live.js'
import type { Caller } from '../core/ports/sessions.js'

/** One request as a provider sees it. Providers are shared by all callers: answer from this, never from a closure. */
export interface McpRequest {
  caller: Caller
  /** The SDK's own: the signal, notifications that belong to the answer, what the client was asked and said. */
  ctx: ServerContext
  /** What the client says that it can do; undefined where it has said nothing. */
  client: ClientCapabilities | undefined
}

/** Who is told of what happens to a watched resource. Neither may throw. */
export interface Watcher {
  /** It shows something else than before. */
  updated(): void
  /** Nobody watches it any more, because the session has ended by whose rights it was watched. */
  ended(reason: EndReason): void
}

/**
 * Watches a resource until the returned function is called; calling that again does nothing. Throws what reading it
 * throws. Undefined: not one of mine.
 */
export type Watch = (
  uri: string,
  request: { caller: Caller; signal: AbortSignal },
  watcher: Watcher
) => Promise<(() => void) | undefined>

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
    /** What `resources/subscribe` and `subscriptions/listen` stand on. */
    watch?: Watch
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
  const subscribe = offers(({ resources }) => resources?.watch) ? { subscribe: true } : {}
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
