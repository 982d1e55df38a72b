import type { Socket } from 'node:net'
import { Agent, type buildConnector, request } from 'undici'
import { type ConnectOptions, createConnector } from '../transport/connector.js'
import { BusEnd } from './link.js'

/** The sockets to the bus: the same connector, address guard and TLS settings as for calls, but a pool of their own. */
export interface BusNet {
  /** A socket to the origin, TLS included where it is https. For `http.request`, whose callback it calls. */
  connect(origin: URL, callback: (error: Error | null, socket?: Socket) => void): void
  /** One request. Throws BusEnd when there is no reply within `timeoutMs`, or none at all; redirects are replies. */
  send(url: URL, sending: Sending): Promise<BusReply>
  close(): Promise<void>
}

export interface Sending {
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body?: string
  timeoutMs: number
  signal: AbortSignal
}

export interface BusReply {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** Messages are hints of a hundred bytes; a reply of more megabytes than this is none of a bus. */
export const maxMessageBytes = 8 * 1024 * 1024

export function createBusNet(options: ConnectOptions): BusNet {
  const connector = createConnector(options)
  // A poll takes a minute when nothing happens: calls must not wait for it in one pool.
  const agent = new Agent({ connect: connector, maxResponseSize: maxMessageBytes, pipelining: 0 })

  return {
    connect({ protocol, hostname, host, port }, callback) {
      const bare = hostname.replace(/^\[|\]$/g, '')
      connector({ protocol, hostname: bare, host, port } as buildConnector.Options, (error, socket) =>
        error === null ? callback(null, socket) : callback(error)
      )
    },
    async send(url, { method, headers, body, timeoutMs, signal }) {
      const timeout = AbortSignal.timeout(timeoutMs)
      try {
        const reply = await request(url, {
          dispatcher: agent,
          method,
          headers: { ...headers, 'user-agent': 'odoo-mcp' },
          ...(body !== undefined && { body }),
          signal: AbortSignal.any([signal, timeout]),
          // The signal takes the place of undici's own timeouts.
          headersTimeout: 0,
          bodyTimeout: 0
        })
        return { status: reply.statusCode, headers: reply.headers, text: await reply.body.text() }
      } catch (error) {
        if (timeout.aborted) throw new BusEnd('no reply in time')
        throw new BusEnd((error as Error).message, { cause: error })
      }
    },
    close: () => agent.destroy()
  }
}
