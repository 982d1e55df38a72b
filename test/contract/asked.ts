import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as OldStdioTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as OldHttpTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import type { JsonObject } from '../../src/core/json.js'
import { bareNode } from '../bare-node.js'
import { watchedFetch } from './canary.js'
import type { Flags } from './server.js'
import { fromResult, modern, type Reply } from './surfaces.js'

/** What a person says to a question. */
export interface Said {
  action: 'accept' | 'decline' | 'cancel'
  content?: Record<string, string | number | boolean | string[]>
}

export const yes: Said = { action: 'accept', content: { confirm: true } }

/** An MCP client with a person behind it. */
export interface Asked {
  /** The questions so far. */
  questions: string[]
  /** What the person answers from now on; it may take its time. */
  answer: (question: string) => Said | Promise<Said>
  call(tool: string, input: JsonObject, options?: object): Promise<Reply>
  close(): Promise<void>
}

type Connect = (where: { url: string; flags: Flags }) => Promise<Asked>
type Era = 'legacy' | { pin: '2026-07-28' }

/** Official clients that offer elicitation, by name: both versions of the SDK, both eras, both transports. */
export const askedClients: Record<string, Connect> = {
  'MCP 2026-07-28': ({ url }) => current(modern, toHttp(url)),
  'MCP 2025-11-25': ({ url }) => current('legacy', toHttp(url)),
  'MCP, v1 client': ({ url }) => old(new OldHttpTransport(new URL(`${url}/mcp`), { fetch: watchedFetch as never })),
  'stdio 2026-07-28': ({ flags }) => current(modern, new StdioClientTransport(command(flags))),
  'stdio 2025-11-25': ({ flags }) => current('legacy', new StdioClientTransport(command(flags))),
  'stdio, v1 client': ({ flags }) => old(new OldStdioTransport(command(flags)))
}

export function connect(way: string, where: Parameters<Connect>[0]): Promise<Asked> {
  const client = askedClients[way]
  if (client === undefined) throw new Error(`no client is called ${way}`)
  return client(where)
}

const capabilities = { elicitation: {} }
const info = { name: 'asked', version: '1' }

const toHttp = (url: string) => new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { fetch: watchedFetch })

function command(flags: Flags) {
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  return { ...bareNode(['dist/cli.js', 'stdio', ...args]), stderr: 'ignore' as const }
}

async function current(era: Era, transport: Parameters<Client['connect']>[0]): Promise<Asked> {
  const client = new Client(info, { capabilities, versionNegotiation: { mode: era } })
  const asked = person((call, options) => client.callTool(call, options))
  client.setRequestHandler('elicitation/create', async ({ params }) => ({ ...(await asked.hear(params.message)) }))
  await client.connect(transport)
  return Object.assign(asked, { close: () => client.close() })
}

async function old(transport: unknown): Promise<Asked> {
  const client = new OldClient(info, { capabilities })
  const asked = person((call, options) => client.callTool(call, undefined, options) as Promise<object>)
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({ ...(await asked.hear(params.message)) }))
  // The v1 types do not know exactOptionalPropertyTypes.
  await client.connect(transport as never)
  return Object.assign(asked, { close: () => client.close() })
}

function person(send: (call: { name: string; arguments: JsonObject }, options: object) => Promise<object>) {
  const asked = {
    questions: [] as string[],
    answer: ((): Said => ({ action: 'cancel' })) as Asked['answer'],
    async hear(question: string): Promise<Said> {
      asked.questions.push(question)
      return asked.answer(question)
    },
    call: async (name: string, input: JsonObject, options = {}) =>
      fromResult(await send({ name, arguments: input }, options))
  }
  return asked
}
