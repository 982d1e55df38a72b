import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as OldStdioTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as OldHttpTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { errorCodes, type Problem } from '../../src/core/errors.js'
import type { JsonObject } from '../../src/core/json.js'
import { tools } from '../../src/tools/index.js'
import { bareNode } from '../bare-node.js'
import { keepLog } from '../evidence.js'
import { assertNoCanary, watchedFetch } from './canary.js'
import type { Flags } from './server.js'

/** What a caller got, whatever the surface: an output or a problem. */
export type Reply = { output: JsonObject; problem?: never } | { problem: Problem; output?: never }

/** One way in. Every answer is checked for its shape before the test sees it. */
export interface Surface {
  name: string
  call(tool: string, input?: unknown): Promise<Reply>
  close(): Promise<void>
}

export interface Access {
  /** An access key, or the bearer of a session. */
  bearer?: string
  /** The handle of a session, sent as a header. */
  handle?: string
}

function headersOf({ bearer, handle }: Access): Record<string, string> {
  return { ...(bearer && { authorization: `Bearer ${bearer}` }), ...(handle && { 'odoo-session': handle }) }
}

/** REST, one request a call. */
export function rest(url: string, access: Access = {}): Surface {
  return {
    name: 'REST',
    async call(name, input = {}) {
      const tool = tools.find(tool => tool.name === name || tool.aliases.some(alias => alias.name === name))
      if (tool === undefined) throw new Error(`no tool ${name}`)
      const response = await watchedFetch(url + tool.rest.paths[0], {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headersOf(access) },
        body: JSON.stringify(input)
      })
      return toReply(response)
    },
    async close() {}
  }
}

/** The dialect of the early browser clients: JSON-RPC without a handshake and without an id. */
export function dialect(url: string, access: Access = {}): Surface {
  return {
    name: 'the early dialect',
    async call(name, input = {}) {
      const response = await watchedFetch(`${url}/mcp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headersOf(access) },
        body: JSON.stringify({ jsonrpc: '2.0', method: 'call_tool', params: { name, arguments: input } })
      })
      const { id, result, error } = (await response.json()) as JsonObject
      if (response.status !== 200 || id !== null) throw new Error(`answered with ${response.status} and the id ${id}`)
      if (error === undefined) return { output: result as JsonObject }
      const { code, message, data } = error as JsonObject
      const problem = data as unknown as Problem
      if (errorCodes[problem.code]?.rpc !== code) throw new Error(`${problem.code} as ${code}`)
      if (message !== problem.detail) throw new Error(`the message of a failure is ${message}`)
      return { problem }
    },
    async close() {}
  }
}

/** The reply of one REST answer. */
export async function toReply(response: Response): Promise<Reply> {
  const body = (await response.json()) as JsonObject
  if (response.status === 200) {
    const { status, ...output } = body
    if (status !== 'success') throw new Error(`a REST answer without status: ${JSON.stringify(body)}`)
    return { output }
  }
  const problem = body as unknown as Problem
  const type = response.headers.get('content-type') ?? ''
  if (!type.startsWith('application/problem+json')) throw new Error(`a failure as ${type}: ${JSON.stringify(body)}`)
  if (errorCodes[problem.code]?.status !== response.status) throw new Error(`${problem.code} as ${response.status}`)
  if (response.headers.get('x-request-id') !== problem.request_id) throw new Error('another request id in the header')
  return { problem }
}

interface ToolResult {
  content?: unknown
  structuredContent?: unknown
  isError?: unknown
  _meta?: Record<string, unknown> | undefined
}

/** The reply of one MCP tool result. */
export function fromResult(result: ToolResult): Reply {
  const [first] = result.content as { type: string; text: string }[]
  const text = String(first?.text)
  if (!result.isError) {
    const output = result.structuredContent as JsonObject
    if (JSON.stringify(JSON.parse(text)) !== JSON.stringify(output))
      throw new Error('text and structuredContent differ')
    return { output }
  }
  const problem = result._meta?.['odoo-mcp/error'] as Problem
  if (result.structuredContent !== undefined) throw new Error('a failure with structuredContent')
  const isComplete = text.startsWith(`${problem.code}: ${problem.detail}`) && text.endsWith(problem.hint ?? '')
  if (!isComplete) throw new Error(`the text of a failure is ${text}`)
  return { problem }
}

type Era = 'legacy' | { pin: '2026-07-28' }
export const modern: Era = { pin: '2026-07-28' }

/** The official client, v2, over HTTP in one of the two eras. */
export async function mcpHttp(url: string, era: Era, access: Access = {}): Promise<Surface & { client: Client }> {
  const client = new Client({ name: 'contract', version: '1' }, { versionNegotiation: { mode: era } })
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
    fetch: watchedFetch,
    requestInit: { headers: headersOf(access) }
  })
  await client.connect(transport)
  return { client, ...clientSurface(`MCP ${era === 'legacy' ? '2025-11-25' : era.pin}`, client) }
}

/** The official client, v1, over HTTP; it validates against output schemas once it has listed the tools. */
export async function oldMcpHttp(url: string, access: Access = {}): Promise<Surface> {
  const client = new OldClient({ name: 'contract', version: '1' })
  const transport = new OldHttpTransport(new URL(`${url}/mcp`), {
    fetch: watchedFetch as never,
    requestInit: { headers: headersOf(access) }
  })
  await client.connect(transport as never)
  await client.listTools()
  return clientSurface('MCP, v1 client', client)
}

/** The command line that starts `odoo-mcp stdio` as a user's MCP client does. */
function stdioCommand(flags: Flags) {
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  return { ...bareNode(['dist/cli.js', 'stdio', ...args]), stderr: 'pipe' as const }
}

/** Looks through stderr of a process, and keeps it for the end of the run. */
function watchedStderr(): (chunk: unknown) => void {
  const keep = keepLog()
  return chunk => {
    keep(String(chunk))
    assertNoCanary('stderr of stdio', String(chunk))
  }
}

export async function stdio(flags: Flags, era: Era): Promise<Surface & { client: Client }> {
  const client = new Client({ name: 'contract', version: '1' }, { versionNegotiation: { mode: era } })
  const transport = new StdioClientTransport(stdioCommand(flags))
  transport.stderr?.on('data', watchedStderr())
  await client.connect(transport)
  return { client, ...clientSurface(`stdio ${era === 'legacy' ? '2025-11-25' : era.pin}`, client) }
}

export async function oldStdio(flags: Flags): Promise<Surface> {
  const client = new OldClient({ name: 'contract', version: '1' })
  const transport = new OldStdioTransport(stdioCommand(flags))
  transport.stderr?.on('data', watchedStderr())
  await client.connect(transport as never)
  await client.listTools()
  return clientSurface('stdio, v1 client', client)
}

/** What the clients of both SDK versions have in common. */
interface ToolClient {
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>
  close(): Promise<void>
}

function clientSurface(name: string, client: ToolClient): Surface {
  return {
    name,
    async call(tool, input = {}) {
      const result = await client.callTool({ name: tool, arguments: input as Record<string, unknown> })
      assertNoCanary('an MCP frame', JSON.stringify(result))
      return fromResult(result as ToolResult)
    },
    close: () => client.close()
  }
}

/** Every way in to one server and one stdio process per client. */
export async function everySurface(url: string, stdioFlags: Flags, access: Access = {}): Promise<Surface[]> {
  return Promise.all([
    rest(url, access),
    mcpHttp(url, modern, access),
    mcpHttp(url, 'legacy', access),
    oldMcpHttp(url, access),
    stdio(stdioFlags, modern),
    stdio(stdioFlags, 'legacy'),
    oldStdio(stdioFlags)
  ])
}

/** One way in of either kind. */
export async function twoSurfaces(url: string): Promise<Surface[]> {
  return [rest(url), await mcpHttp(url, modern)]
}
