import { type ClientOptions, type RawData, WebSocket } from 'ws'
import { anonymousCookie } from './anonymous-cookie.js'
import { type BusNet, maxMessageBytes } from './bus-net.js'
import { type BusAddress, BusEnd, type Link, refusal } from './link.js'
import { parseMessages } from './messages.js'

export interface WebsocketOptions {
  net: BusNet
  address: BusAddress
  /** For the cookie, and for the handshake. */
  openTimeoutMs: number
  /** How often the other side is asked whether it is still there; its silence until the next time is the end. */
  pingMs: number
}

/** The bus of Odoo 16 and later. */
export function websocketLink({ net, address, openTimeoutMs, pingMs }: WebsocketOptions): Link {
  // The id of the last message that was heard. Outlives the link: Odoo tells the next one what came after it.
  let last = 0

  return async (listener, signal) => {
    const cookie = await anonymousCookie(net, address, openTimeoutMs, signal)
    const origin = new URL(address.url)
    const socket = new WebSocket(`${address.url.replace(/^http/, 'ws')}/websocket`, {
      // Odoo answers 400 without an Origin; any will do.
      origin: origin.origin,
      headers: { 'user-agent': 'odoo-mcp', ...(cookie !== undefined && { cookie }) },
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
      createConnection: ((_: unknown, callback: Parameters<BusNet['connect']>[1]) => {
        net.connect(origin, callback)
      }) as unknown as NonNullable<ClientOptions['createConnection']>
    })
    const stop = () => socket.terminate()
    try {
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
      socket.on('open', () => {
        socket.send(JSON.stringify({ event_name: 'subscribe', data: { channels: [address.channel], last } }))
        listener.opened()
      })
      socket.on('message', (data: RawData) => {
        const messages = parseMessages(String(data))
        for (const { id } of messages) last = Math.max(last, id)
        listener.heard(messages)
      })
      throw await endOf(socket, { openTimeoutMs, pingMs })
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}

/** Resolves when the socket has closed, which it has also when nothing answers any more. */
function endOf(
  socket: WebSocket,
  { openTimeoutMs, pingMs }: Pick<WebsocketOptions, 'openTimeoutMs' | 'pingMs'>
): Promise<BusEnd> {
  let why: BusEnd | undefined
  let alive = true
  const hear = () => {
    alive = true
  }
  const beat = () => {
    if (!alive) {
      why = new BusEnd('it has fallen silent')
      return socket.terminate()
    }
    alive = false
    socket.ping()
  }
  return new Promise(resolve => {
    let beats: NodeJS.Timeout | undefined
    // The one that ws has does nothing for a socket that it did not make.
    const opening = setTimeout(() => {
      why = new BusEnd('its handshake got no answer')
      socket.terminate()
    }, openTimeoutMs)
    socket.on('open', () => {
      clearTimeout(opening)
      beats = setInterval(beat, pingMs)
    })
    for (const sign of ['pong', 'ping', 'message']) socket.on(sign, hear)
    socket.on('unexpected-response', (request, { statusCode: status = 0, headers }) => {
      why = refusal({ status, headers })
      clearTimeout(opening)
      request.destroy()
      // ws leaves the closing to who listens to this event.
      resolve(why)
    })
    socket.on('error', error => {
      why ??= new BusEnd(error.message, { cause: error })
    })
    socket.on('close', (code, reason) => {
      clearTimeout(opening)
      clearInterval(beats)
      resolve(why ?? new BusEnd(`closed with ${code} ${reason}`.trimEnd()))
    })
  })
}
