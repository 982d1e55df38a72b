import { randomUUID } from 'node:crypto'
import { pipeline, type Readable, type Writable } from 'node:stream'
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio'
import type { Gateway } from '../core/ports/gateway.js'
import type { Log } from '../core/ports/log.js'
import type { Caller, SessionSlot } from '../core/ports/sessions.js'
import { toMcpTools } from './catalogue.js'
import { gatewayTools } from './gateway-tools.js'
import { InFlight } from './in-flight.js'
import { guardLines } from './lines.js'
import type { ProgressOptions } from './progress.js'
import type { McpProvider } from './provider.js'
import { buildServer, serverInfo } from './server.js'
import { StdioListens } from './stdio-listens.js'
import { watchOf } from './subscriptions.js'

export interface McpStdioOptions {
  gateway: Gateway
  log: Log
  version: string
  stdin?: Readable
  stdout?: Writable
  /** Bytes of text that a tool's answer may have before it is cut between records. */
  maxResultBytes: number
  /** What the client sees besides the tools of the gateway. */
  providers?: readonly McpProvider[]
  progress?: ProgressOptions
}

export interface McpStdio {
  /** Settles when the client has closed stdin, or `close` was called. */
  readonly closed: Promise<void>
  /** Reads nothing more: what comes from now on gets no answer. */
  pause(): void
  /** Ends the connection when all calls have been answered, or after so many milliseconds (none, unless said). */
  close(graceMs?: number): Promise<void>
}

/** Serves one client, in the era it opens with, until it closes stdin. Writes nothing but protocol frames to stdout. */
export function serveMcpStdio(options: McpStdioOptions): McpStdio {
  const { gateway, log, version, maxResultBytes, stdin = process.stdin, stdout = process.stdout, progress } = options
  const slot: SessionSlot = { secret: null }
  // The whole process has one caller, so this one does not need the request to know who sent it.
  const caller = (): Caller => ({
    principal: 'stdio',
    surface: 'stdio',
    opens: 'implicit',
    slot,
    requestId: randomUUID()
  })
  const listed = toMcpTools(gateway.tools, { session: false })
  const tools = gatewayTools({ gateway, listed, maxResultBytes, log, progress })
  const providers = [tools, ...(options.providers ?? [])]
  const inFlight = new InFlight()
  const build = () => buildServer({ providers, caller, log, version, onCall: () => inFlight.begin() })

  const lines = guardLines(refusal => stdout.write(`${JSON.stringify(refusal)}\n`))
  const wire = new StdioServerTransport(lines, stdout)
  const watch = watchOf(providers)
  const transport =
    watch === undefined ? wire : new StdioListens(wire, { watch, caller, serverInfo: serverInfo(version), log })
  const handle = serveStdio(build, { transport, onerror: err => log.debug({ err }, 'MCP protocol fault') })

  const closed = new Promise<void>(resolve => {
    // serveStdio() has just set onclose for itself, and it must be called too.
    const closeServer = transport.onclose
    transport.onclose = () => {
      closeServer?.()
      gateway.release(slot)
      // Open, it would keep the process alive.
      stdin.destroy()
      resolve()
    }
  })
  pipeline(stdin, lines, () => {})

  return {
    closed,
    pause: () => void stdin.unpipe(lines),
    async close(graceMs = 0) {
      await inFlight.settled(graceMs)
      await handle.close()
    }
  }
}
