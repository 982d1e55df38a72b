import { setTimeout } from 'node:timers/promises'
import type { CallToolResult, ContentBlock, ServerEventBus } from '@modelcontextprotocol/server'
import type { McpProvider, McpRequest } from '../../src/mcp/provider.js'

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
const wav = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA='

const text = (text: string) => ({ type: 'text', text }) as const
const image = { type: 'image', data: png, mimeType: 'image/png' } as const
const embedded = (uri: string, mimeType: string, text: string) =>
  ({ type: 'resource', resource: { uri, mimeType, text } }) as const
const result = (...content: ContentBlock[]): CallToolResult => ({ content })

type Handler = (request: McpRequest) => Promise<CallToolResult>

/** Contents that our tools cannot express, progress, logging, resources, prompts and completion. */
export function contents(bus: ServerEventBus): McpProvider {
  const handlers: Record<string, Handler> = {
    test_image_content: async () => result(image),
    test_audio_content: async () => result({ type: 'audio', data: wav, mimeType: 'audio/wav' }),
    test_embedded_resource: async () => result(embedded('test://embedded-resource', 'text/plain', 'Embedded.')),
    test_multiple_content_types: async () =>
      result(text('Several:'), image, embedded('test://mixed-content-resource', 'application/json', '{"test":"data"}')),
    test_tool_with_logging: logs,
    test_logging_tool: async ({ ctx }) => {
      await ctx.mcpReq.log('info', 'only for a client that asked for a level')
      return result(text('logged'))
    },
    test_tool_with_progress: progresses,
    test_reconnection: reconnects,
    test_trigger_tool_change: async () => {
      bus.publish({ kind: 'tools_list_changed' })
      return result(text('published'))
    },
    test_trigger_prompt_change: async () => {
      bus.publish({ kind: 'prompts_list_changed' })
      return result(text('published'))
    }
  }
  return {
    tools: {
      listed: Object.keys(handlers).map(name => ({ name, description: name, inputSchema: { type: 'object' } })),
      has: name => Object.hasOwn(handlers, name),
      // has() was asked before.
      call: ({ name }, request) => (handlers[name] as Handler)(request)
    },
    resources,
    prompts,
    complete: async () => ({ values: [], total: 0, hasMore: false }),
    capabilities: { logging: {}, tools: { listChanged: true }, prompts: { listChanged: true } }
  }
}

const logs: Handler = async ({ ctx }) => {
  for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
    await ctx.mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } })
    await setTimeout(50)
  }
  return result(text('Tool with logging executed successfully'))
}

const progresses: Handler = async ({ ctx }) => {
  const progressToken = ctx.mcpReq._meta?.progressToken
  for (const progress of progressToken === undefined ? [] : [0, 50, 100]) {
    await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } })
    await setTimeout(50)
  }
  return result(text(String(progressToken)))
}

/** Closes the stream of its own call: the client has to come back for the answer. */
const reconnects: Handler = async ({ ctx }) => {
  ctx.http?.closeSSE?.()
  await setTimeout(100)
  return result(text('The client has come back.'))
}

const texts: Record<string, string> = {
  'test://static-text': 'This is the content of the static text resource.',
  'test://watched-resource': 'Watched resource content',
  'test://example-resource': 'An example'
}

const resources: NonNullable<McpProvider['resources']> = {
  list: async () => [...Object.keys(texts), 'test://static-binary'].map(uri => ({ uri, name: uri.slice(7) })),
  templates: async () => [{ uriTemplate: 'test://template/{id}/data', name: 'template' }],
  async read(uri) {
    if (texts[uri] !== undefined) return { contents: [{ uri, mimeType: 'text/plain', text: texts[uri] }] }
    if (uri === 'test://static-binary') return { contents: [{ uri, mimeType: 'image/png', blob: png }] }
    const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1]
    if (id === undefined) return undefined
    const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` })
    return { contents: [{ uri, mimeType: 'application/json', text }] }
  },
  // They never change.
  watch: async uri => (Object.hasOwn(texts, uri) ? () => {} : undefined)
}

const user = (content: ContentBlock) => ({ role: 'user', content }) as const
const argument = (name: string) => ({ name, description: name, required: true })

const prompts: NonNullable<McpProvider['prompts']> = {
  listed: [
    { name: 'test_simple_prompt', description: 'Without arguments' },
    { name: 'test_prompt_with_arguments', description: 'Two', arguments: [argument('arg1'), argument('arg2')] },
    { name: 'test_prompt_with_embedded_resource', description: 'Embeds', arguments: [argument('resourceUri')] },
    { name: 'test_prompt_with_image', description: 'With an image' }
  ],
  async get({ name, arguments: given = {} }) {
    if (name === 'test_simple_prompt') return { messages: [user(text('This is a simple prompt for testing.'))] }
    if (name === 'test_prompt_with_image') return { messages: [user(image), user(text('Look at the image above.'))] }
    if (name === 'test_prompt_with_arguments') {
      return { messages: [user(text(`Prompt with arguments: arg1='${given.arg1}', arg2='${given.arg2}'`))] }
    }
    if (name !== 'test_prompt_with_embedded_resource') return undefined
    return { messages: [user(embedded(given.resourceUri ?? '', 'text/plain', 'Embedded.')), user(text('Read it.'))] }
  }
}
