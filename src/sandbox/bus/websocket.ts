import { randomBytes } from 'node:crypto'
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { WebSocketServer } from 'ws'
import type { Counter } from '../counts.js'
import type { Fault, FaultList } from '../faults.js'
import { proxyPage, resetSocket, signInPage } from '../sabotage.js'
import { cookieOf, type Sessions } from '../wires/web.js'
import { type Call, type Incoming, type Reply, sessionId } from '../wires/wire.js'
import type { Bus } from './bus.js'
import { isOutdated, refusal } from './handshake.js'
import { BusSocket } from './socket.js'

/** The faults that make sense before there is an answer to spoil. */
export const handshakeFaults = ['delay', 'hang', 'reset', 'half-open', 'status', 'html'] as const

export interface WebsocketOptions {
  bus: Bus
  sessions: Sessions
  counts: Counter
  faults: FaultList
  /** Fires when the sandbox closes. */
  ended: AbortSignal
}

/** Opens websockets: Odoo's bus since 16. */
export class Websockets {
  private readonly options: WebsocketOptions
  private server: WebSocketServer | undefined
  private readonly sockets = new Set<Socket>()
  private readonly cookies = new WeakMap<IncomingMessage, string>()

  constructor(options: WebsocketOptions) {
    this.options = options
  }

  /** Answers a request for an upgrade. `incoming` is what it says. */
  async upgrade(request: IncomingMessage, incoming: Incoming, socket: Socket, head: Buffer): Promise<void> {
    const { bus, counts, faults, ended } = this.options
    const { major } = bus.database.release
    const call: Call = { wire: 'bus', method: 'websocket', run: () => ({ status: 101, headers: {}, body: '' }) }
    this.sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.sockets.delete(socket))
    counts.request(call)
    const fault = faults.take(incoming.path, call, handshakeFaults)
    if (fault !== undefined) counts.fault(fault.kind)
    if (fault?.kind === 'delay') await pause(fault.ms, undefined, { signal: ended })
    else if (fault !== undefined && fault.kind !== 'half-open') return refuseBadly(socket, fault)
    const refused = refusal(major, incoming)
    if (refused !== undefined) return answer(socket, refused)
    await this.open(request, incoming, socket, head, fault?.kind === 'half-open')
  }

  /** Ends the connections, those that are silent or hang too, once what was written to them is sent. */
  close(): void {
    for (const socket of this.sockets) socket.destroySoon()
  }

  private async open(request: IncomingMessage, incoming: Incoming, socket: Socket, head: Buffer, silent: boolean) {
    const { bus, sessions } = this.options
    const sid = sessionId(incoming.headers) ?? randomBytes(32).toString('base64url')
    // With the header a session is made for this request alone: the socket finds none afterwards.
    const isStored = incoming.headers['x-odoo-database'] === undefined
    if (isStored) this.cookies.set(request, cookieOf(bus.database, sid))
    const server = await this.started()
    server.handleUpgrade(request, socket, head, websocket => {
      const uid = sessions.get(sid)
      const isThere = () => isStored && sessions.get(sid) === uid
      const connection = new BusSocket(bus, websocket, socket, isThere)
      if (silent) connection.drop('silence')
      else if (isOutdated(bus.database.release.major, incoming)) websocket.close(1000, 'OUTDATED_VERSION')
    })
  }

  /** Most sandboxes never see a websocket: the library is loaded for the first. */
  private async started(): Promise<WebSocketServer> {
    if (this.server !== undefined) return this.server
    const { WebSocketServer } = await import('ws')
    this.server = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: 2 ** 20, autoPong: false })
    this.server.on('headers', (headers, request) => {
      const cookie = this.cookies.get(request)
      headers.push('Access-Control-Allow-Origin: *', 'Access-Control-Allow-Methods: GET, POST')
      if (cookie !== undefined) headers.push(`Set-Cookie: ${cookie}`)
    })
    return this.server
  }
}

/** What comes in the place of a handshake; a hanging one stays without an answer. */
function refuseBadly(socket: Socket, fault: Fault): void {
  if (fault.kind === 'status') answer(socket, proxyPage(fault.status, fault.retryAfter))
  else if (fault.kind === 'html') answer(socket, signInPage())
  else if (fault.kind === 'reset') resetSocket(socket)
}

/** Says no over a socket that HTTP has given up already. */
function answer(socket: Socket, { status, headers, body }: Reply): void {
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${body}`)
}
