import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { Client } from '@modelcontextprotocol/client'
import type { JsonObject } from '../../src/core/json.js'
import { tools } from '../../src/tools/index.js'
import { watchedFetch } from './canary.js'
import type { Passed } from './proxy.js'
import { type Flags, startServer } from './server.js'
import { fromResult, mcpHttp, modern, type Reply, stdio, toReply } from './surfaces.js'

/** What a caller may do while a call runs. */
export interface Patience {
  /** Aborted when the caller leaves, as this way in has it. */
  signal?: AbortSignal
  /** MCP only: asks for progress. */
  onprogress?: (progress: { progress: number }) => void
}

/** One way in to a server of its own, whose caller can leave in the middle of a call. */
export interface Leaver {
  name: string
  call(tool: string, input: JsonObject, patience?: Patience): Promise<Reply>
  /** Makes a call and waits until it has reached the server. */
  start(tool: string, input: JsonObject, patience?: Patience): Promise<{ reply: Promise<Reply> }>
  /** Outcomes of the audit so far, with what they are about. */
  audits(): { outcome: string; code?: string }[]
  /** Every message that has come to the client from now on. MCP only. */
  frames(): JsonObject[]
  close(): Promise<void>
}

/** Every way in, by its name. */
export const leavers: Record<string, (flags: Flags) => Promise<Leaver>> = {
  REST: rest,
  'MCP 2026-07-28': flags => mcp(flags, modern),
  'MCP 2025-11-25': flags => mcp(flags, 'legacy'),
  'stdio 2026-07-28': flags => overStdio(flags, modern),
  'stdio 2025-11-25': flags => overStdio(flags, 'legacy')
}

/** Something that a proxy holds up until the test lets it go. */
export function hold(method: string) {
  let arrived: (passed: Passed) => void
  let letGo: () => void
  const here = new Promise<Passed>(resolve => {
    arrived = resolve
  })
  const released = new Promise<void>(resolve => {
    letGo = resolve
  })
  return {
    /** Settles when the first of them has come. */
    here,
    letGo: () => letGo(),
    /** For `beforeForward` or `beforeAnswer` of a proxy. */
    async gate(passed: Passed) {
      if (passed.method !== method) return
      arrived(passed)
      await released
    }
  }
}

/** Whoever leaves hears nothing more: their client gives up, or their answer was on its way already. */
export async function gone({ reply }: { reply: Promise<Reply> }): Promise<void> {
  await reply.catch(() => {})
}

async function rest(flags: Flags): Promise<Leaver> {
  const server = await startServer(flags)
  const call: Leaver['call'] = async (name, input, { signal } = {}) => {
    const path = tools.find(tool => tool.name === name)?.rest.paths[0]
    return toReply(
      await watchedFetch(server.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
        ...(signal && { signal })
      })
    )
  }
  return {
    name: 'REST',
    call,
    start: startOverHttp(server.url, call),
    audits: () => auditsIn(server.log),
    frames: () => [],
    close: server.close
  }
}

type Era = Parameters<typeof mcpHttp>[1]

async function mcp(flags: Flags, era: Era): Promise<Leaver> {
  const server = await startServer(flags)
  const { client, name } = await mcpHttp(server.url, era)
  const call = callOf(client)
  return {
    name,
    call,
    start: startOverHttp(server.url, call),
    audits: () => auditsIn(server.log),
    frames: framesOf(client),
    async close() {
      await client.close()
      await server.close()
    }
  }
}

async function overStdio(flags: Flags, era: Era): Promise<Leaver> {
  const { client, name } = await stdio(flags, era)
  // Whole lines of stderr so far.
  const lines: Record<string, unknown>[] = []
  let rest = ''
  const { stderr } = client.transport as unknown as { stderr: Readable }
  stderr.on('data', chunk => {
    const parts = (rest + String(chunk)).split('\n')
    rest = parts.pop() as string
    for (const line of parts) lines.push(JSON.parse(line))
  })
  const call = callOf(client)
  return {
    name,
    call,
    async start(...request) {
      const reply = call(...request)
      reply.catch(() => {})
      // One pipe: what is answered after it was read after it.
      await call('odoo_session', {})
      return { reply }
    },
    audits: () => auditsIn(lines),
    frames: framesOf(client),
    close: () => client.close()
  }
}

function callOf(client: Client): Leaver['call'] {
  return async (name, input, patience) =>
    fromResult(await client.callTool({ name, arguments: input }, patience as Parameters<Client['callTool']>[1]))
}

/** The server is in this process: Node tells when it takes a request. */
function startOverHttp(url: string, call: Leaver['call']): Leaver['start'] {
  return async (...request) => {
    const taken = new Promise<void>(resolve => {
      const listener = (message: unknown) => {
        const { headers } = (message as { request: IncomingMessage }).request
        if (headers.host !== new URL(url).host) return
        unsubscribe('http.server.request.start', listener)
        resolve()
      }
      subscribe('http.server.request.start', listener)
    })
    const reply = call(...request)
    reply.catch(() => {})
    await taken
    return { reply }
  }
}

function framesOf({ transport }: Client): Leaver['frames'] {
  const frames: JsonObject[] = []
  if (transport === undefined) throw new Error('the client is not connected')
  const { onmessage } = transport
  transport.onmessage = (message, extra) => {
    frames.push(message as unknown as JsonObject)
    onmessage?.(message, extra)
  }
  return () => frames
}

function auditsIn(log: Record<string, unknown>[]) {
  return log.flatMap(({ audit }) => (audit === undefined ? [] : [audit as { outcome: string; code?: string }]))
}
