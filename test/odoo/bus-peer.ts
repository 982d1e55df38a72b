import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { json } from 'node:stream/consumers'
import type { Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import { hintType } from '../../src/odoo/bus/messages.js'

/** A poll as it came. */
export interface Poll {
  channels: string[]
  last: number
  options: { peek?: boolean }
}

/** What stands in for the bus of an Odoo that misbehaves. */
export interface BusPeer {
  url: string
  /** Every request and handshake, in order. */
  requests: { path: string; headers: IncomingMessage['headers'] }[]
  /** What the open websockets sent, in order. */
  frames: string[]
  sockets: Set<WebSocket>
  /** Pings of all websockets so far. */
  pings: number
  /** TCP connections since the start. */
  connections: number
}

export interface PeerOptions {
  tls?: { key: string; cert: string }
  /** Whether websockets answer pings. */
  pong?: boolean
  /** Answers a request or handshake in place of the peer; gives whether it has. */
  instead?: (path: string, answer: (status: number, headers?: Record<string, string>) => void) => boolean
  /** Answers a poll: with its result, or later by itself. */
  poll?: (poll: Poll, response: ServerResponse) => unknown
}

/** One message about records, as 15 and later wrap it, and our rules on 14. */
export const message = (id: number, model: string, ids: number[]) => ({
  id,
  channel: 'ours',
  message: { type: hintType, payload: { model, ids } }
})

export async function startBusPeer(t: Test, { tls, pong = true, instead, poll }: PeerOptions = {}): Promise<BusPeer> {
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? ''
    peer.requests.push({ path, headers: request.headers })
    const answer = (status: number, headers = {}) => response.writeHead(status, headers).end()
    if (instead?.(path, answer)) return
    if (path.startsWith('/web/login')) {
      response.setHeader('set-cookie', ['other=1; Path=/', 'session_id=anonymous; Expires=never; HttpOnly; Path=/'])
      response.writeHead(303, { location: '/web/login' }).end()
      return
    }
    const { params } = (await json(request)) as { params: Poll }
    const result = await poll?.(params, response)
    if (result === undefined) return
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...(result as object) }))
  }
  const server = tls === undefined ? http.createServer(handle) : https.createServer(tls, handle)
  const websockets = new WebSocketServer({ noServer: true, autoPong: pong })
  const tcp = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    peer.connections++
    tcp.add(socket)
    socket.on('close', () => tcp.delete(socket))
  })
  server.on('upgrade', (request, socket, head) => {
    const path = request.url ?? ''
    peer.requests.push({ path, headers: request.headers })
    const answer = (status: number, headers = {}) => {
      const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.end(`HTTP/1.1 ${status} No\r\n${lines.join('')}\r\n`)
    }
    if (instead?.(path, answer)) return
    websockets.handleUpgrade(request, socket, head, websocket => {
      peer.sockets.add(websocket)
      websocket.on('message', data => peer.frames.push(String(data)))
      websocket.on('ping', () => {
        peer.pings++
      })
      websocket.on('close', () => peer.sockets.delete(websocket))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  t.teardown(async () => {
    for (const socket of tcp) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  const peer: BusPeer = {
    url: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    requests: [],
    frames: [],
    sockets: new Set(),
    pings: 0,
    connections: 0
  }
  return peer
}
