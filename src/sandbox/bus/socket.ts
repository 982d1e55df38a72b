import type { Socket } from 'node:net'
import type { RawData, WebSocket } from 'ws'
import { OdooException } from '../exceptions.js'
import { isObject, type Json, type JsonObject } from '../json.js'
import { resetSocket } from '../sabotage.js'
import type { Bus, Connection, Manner } from './bus.js'
import { channelSet, messagesAfter } from './messages.js'
import { subscription } from './routes.js'

/** Ten frames at once, then one every 0.2 s; what comes faster is told to try later. */
const burst = 10
const delayMs = 200

/** Odoo looks every 15 s; it pings who was quiet for 40 s, and gives up on who does not answer until the next look. */
const lookMs = 15_000
const quietMs = 40_000

/** One websocket of the bus. It closes as Odoo's do: 1013 for too many frames, 4001 without its session, 4002 at last. */
export class BusSocket implements Connection {
  private readonly bus: Bus
  private readonly websocket: WebSocket
  private readonly socket: Socket
  private readonly hasSession: () => boolean
  private readonly frames: number[] = []
  private readonly opened = Date.now()
  private readonly lifetimeMs = 3_600_000 * (1 + Math.random() / 2)
  private channels = new Set<string>()
  private last = 0
  private heard = Date.now()
  private pinged = false
  private silent = false

  constructor(bus: Bus, websocket: WebSocket, socket: Socket, hasSession: () => boolean) {
    this.bus = bus
    this.websocket = websocket
    this.socket = socket
    this.hasSession = hasSession
    bus.open.add(this)
    const unlisten = bus.listen(() => this.deliver())
    const looks = setInterval(() => this.look(), lookMs).unref()
    websocket.on('message', data => this.frame(() => this.receive(data)))
    websocket.on('ping', data => this.frame(() => websocket.pong(data)))
    websocket.on('pong', () => this.frame(() => undefined))
    websocket.on('error', () => undefined)
    websocket.on('close', () => {
      clearInterval(looks)
      unlisten()
      bus.open.delete(this)
    })
  }

  drop(manner: Manner, code = 1001): void {
    if (manner === 'reset') resetSocket(this.socket)
    else if (manner === 'close') {
      this.websocket.close(code)
      // Who stops does not wait for an answer.
      this.socket.destroySoon()
    } else {
      this.silent = true
      this.bus.open.delete(this)
    }
  }

  /** Every frame counts, pings too. */
  private frame(handle: () => void): void {
    if (this.silent) return
    const now = Date.now()
    const [first = 0] = this.frames
    const isTooFast = this.frames.length >= burst && now - first < burst * delayMs
    if (this.frames.push(now) > burst) this.frames.shift()
    this.heard = now
    this.pinged = false
    if (isTooFast) this.websocket.close(1013)
    else handle()
  }

  /** Odoo logs what it does not understand, and says nothing. */
  private receive(data: RawData): void {
    const event = parsed(data)
    if (!isObject(event) || event.event_name === undefined) return
    if (!this.hasSession()) this.websocket.close(4001)
    else if (event.event_name === 'subscribe' && isObject(event.data)) this.subscribe(event.data)
  }

  private subscribe(data: JsonObject): void {
    if (data.channels === undefined || data.last === undefined) return
    try {
      const { names, last } = subscription(this.bus.database, data)
      this.channels = channelSet(names)
      // Once it has delivered, the server knows better.
      if (this.last === 0) this.last = last
    } catch (error) {
      if (error instanceof OdooException) return
      throw error
    }
    this.deliver()
  }

  /** Sends what is new in one frame. */
  private deliver(): void {
    if (this.silent || this.channels.size === 0) return
    const found = messagesAfter(this.bus.database.tables, this.channels, this.last)
    if (found.length === 0) return
    this.last = found.at(-1)?.id ?? this.last
    if (this.hasSession()) this.websocket.send(JSON.stringify(found.map(({ id, message }) => ({ id, message }))))
    else this.websocket.close(4001)
  }

  private look(): void {
    const now = Date.now()
    if (this.silent) return
    if (now - this.opened > this.lifetimeMs) this.websocket.close(4002)
    else if (this.pinged) this.websocket.terminate()
    else if (now - this.heard >= quietMs) {
      this.pinged = true
      this.websocket.ping()
    }
  }
}

function parsed(data: RawData): Json | undefined {
  try {
    return JSON.parse(String(data))
  } catch {
    return undefined
  }
}
