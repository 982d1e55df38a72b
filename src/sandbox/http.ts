import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { control } from './control.js'
import { Counter } from './counts.js'
import type { Database } from './database.js'
import { FaultList } from './faults.js'
import { callOf } from './routes.js'
import { type HalfOpen, playDead, sabotage, send } from './sabotage.js'
import { serverErrorPage, tooLargePage } from './wires/pages.js'
import type { Sessions } from './wires/web.js'
import type { Incoming } from './wires/wire.js'

export interface ServerOptions {
  database: Database
  /** Default: one that is free. */
  port?: number
  tls?: { key: string | Buffer; cert: string | Buffer }
  /** Serve `/sandbox/…`, by which programs in other languages script faults and read the counts. */
  control?: boolean
  /**
   * Whether connections live on after an answer. Odoo's own server closes them on all releases; behind the proxy that
   * it usually has they live, so that is the default.
   */
  keepAlive?: boolean
}

export interface Server {
  url: string
  faults: FaultList
  counts: Counter
  close(): Promise<void>
}

/** The largest body that Odoo takes by default. */
const maxBodyBytes = 128 * 1024 * 1024

/** Serves a database over HTTP, on the loopback address only. */
export async function serve(options: ServerOptions): Promise<Server> {
  const { database, port = 0, tls } = options
  const counts = new Counter(database.tables)
  const faults = new FaultList()
  const ended = new AbortController()
  const handle = handler(options, counts, faults, ended.signal)
  const listener: http.RequestListener = (request, response) => {
    handle(request, response).catch(() => response.destroy())
  }
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener)
  // As nginx does: no connection ends in the middle of a test.
  server.keepAliveTimeout = 75_000
  server.on('connection', () => {
    counts.connections += 1
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${bound}`,
    faults,
    counts,
    async close() {
      ended.abort()
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    }
  }
}

function handler(options: ServerOptions, counts: Counter, faults: FaultList, ended: AbortSignal) {
  const { database, keepAlive = true } = options
  const sessions: Sessions = new Map()
  const halfOpen: HalfOpen = new WeakMap()
  return async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const incoming = await complete(request)
    if (incoming === undefined) return send(response, tooLargePage(database.release.major))
    if (!keepAlive) response.setHeader('connection', 'close')
    const controlled = options.control ? control(incoming, counts, faults) : undefined
    if (controlled !== undefined) return send(response, controlled)
    const call = callOf(database, sessions, incoming)
    counts.request(call)
    const dead = halfOpen.get(request.socket)
    if (dead !== undefined) return playDead(response, dead)
    const fault = faults.take(incoming.path, call)
    if (fault !== undefined) {
      counts.fault(fault.kind)
      return sabotage(fault, call, response, halfOpen, ended)
    }
    send(
      response,
      safely(() => call.run(), database)
    )
  }
}

/** The wires answer every refusal themselves; what still comes out of them is a mistake of ours. */
function safely<T>(run: () => T, { release }: Database): T | ReturnType<typeof serverErrorPage> {
  try {
    return run()
  } catch {
    return serverErrorPage(release.major)
  }
}

/** The request with its body; undefined where that is too large. */
async function complete(request: http.IncomingMessage): Promise<Incoming | undefined> {
  const chunks: Buffer[] = []
  let size = Number(request.headers['content-length'] ?? 0)
  if (size > maxBodyBytes) return undefined
  size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) return undefined
    chunks.push(chunk)
  }
  const { method = 'GET', url = '/', headers } = request
  return { method, path: url.split('?', 1)[0] as string, headers, body: Buffer.concat(chunks) }
}
