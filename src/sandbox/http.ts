import http from 'node:http'
import https from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { Bus, type Connection } from './bus/bus.js'
import { Websockets } from './bus/websocket.js'
import { control } from './control.js'
import { Counter } from './counts.js'
import type { Database } from './database.js'
import { FaultList } from './faults.js'
import { callOf, type Place } from './routes.js'
import { answersWell, type HalfOpen, playDead, resetSocket, sabotage, send } from './sabotage.js'
import { serverErrorPage, tooLargePage } from './wires/pages.js'
import type { Sessions } from './wires/web.js'
import type { Call, Incoming } from './wires/wire.js'

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
  /** How long a long poll of the bus waits, in milliseconds. Default 50,000, as Odoo does. */
  pollMs?: number
}

export interface Server {
  url: string
  bus: Bus
  faults: FaultList
  counts: Counter
  close(): Promise<void>
}

/** The largest body that Odoo takes by default. */
const maxBodyBytes = 128 * 1024 * 1024

/** Serves a database over HTTP, on the loopback address only. */
export async function serve(options: ServerOptions): Promise<Server> {
  const { database, port = 0, tls, pollMs = 50_000 } = options
  const counts = new Counter(database.tables)
  const faults = new FaultList()
  const ended = new AbortController()
  const bus = new Bus(database, pollMs)
  const sessions: Sessions = new Map()
  const handle = handler(options, { database, sessions, bus }, counts, faults, ended.signal)
  const listener: http.RequestListener = (request, response) => {
    handle(request, response).catch(() => response.destroy())
  }
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener)
  // As nginx does: no connection ends in the middle of a test.
  server.keepAliveTimeout = 75_000
  server.on('connection', () => {
    counts.connections += 1
  })
  const websockets = new Websockets({ bus, sessions, counts, faults, ended: ended.signal })
  if (database.release.major >= 16) {
    server.on('upgrade', (request, socket: Socket, head) => {
      websockets.upgrade(request, headOf(request), socket, head).catch(() => socket.destroy())
    })
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${bound}`,
    faults,
    counts,
    bus,
    async close() {
      ended.abort()
      bus.close()
      websockets.close()
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    }
  }
}

function handler(options: ServerOptions, place: Place, counts: Counter, faults: FaultList, ended: AbortSignal) {
  const { database, keepAlive = true } = options
  const halfOpen: HalfOpen = new WeakMap()
  return async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const incoming = await complete(request)
    if (incoming === undefined) return send(response, tooLargePage(database.release.major))
    if (!keepAlive) response.setHeader('connection', 'close')
    const controlled = options.control ? control(incoming, counts, faults, place.bus) : undefined
    if (controlled !== undefined) return send(response, controlled)
    const call = callOf(place, incoming)
    counts.request(call)
    const dead = halfOpen.get(request.socket)
    if (dead !== undefined) return playDead(response, dead)
    const fault = faults.take(incoming.path, call)
    if (call.ready !== undefined && (fault === undefined || answersWell(fault))) {
      if (!(await waited(call.ready, response, place.bus, ended))) return
    }
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

/** Waits until a poll has something to answer; false if it is not to be answered any more. */
async function waited(
  ready: NonNullable<Call['ready']>,
  response: http.ServerResponse,
  bus: Bus,
  ended: AbortSignal
): Promise<boolean> {
  const left = new AbortController()
  const leave = () => left.abort()
  const poll: Connection = {
    drop(manner) {
      leave()
      if (manner === 'reset' && response.socket !== null) resetSocket(response.socket)
      else if (manner === 'close') response.destroy()
    }
  }
  bus.open.add(poll)
  response.on('close', leave)
  ended.addEventListener('abort', leave)
  await ready(left.signal)
  ended.removeEventListener('abort', leave)
  response.off('close', leave)
  bus.open.delete(poll)
  return !left.signal.aborted
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
  return { ...headOf(request), body: Buffer.concat(chunks) }
}

/** A request without its body. */
function headOf({ method = 'GET', url = '/', headers }: http.IncomingMessage): Incoming {
  const [path = '', query = ''] = url.split(/\?(.*)/s, 2)
  return { method, path, query: new URLSearchParams(query), headers, body: Buffer.alloc(0) }
}
