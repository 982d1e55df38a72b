import {
  createMcpHandler,
  InMemoryServerEventBus,
  type ProtocolError,
  type Server,
  type ServerEventBus
} from '@modelcontextprotocol/server'
import { GatewayError } from '../core/errors.js'
import type { Log } from '../core/ports/log.js'
import type { Caller } from '../core/ports/sessions.js'
import { toAuthInfo } from './caller.js'
import { Listening } from './listening.js'
import { PacedStream } from './paced.js'
import type { Watch } from './provider.js'

export interface ListensOptions {
  /** A server of revision 2026-07-28: what may be listened to is among its capabilities. */
  build(): Server
  /** Undefined: nothing can be watched. */
  watch: Watch | undefined
  /** Where it is published that a list has changed, for all who listen to that. */
  bus: ServerEventBus | undefined
  /** Streams that one principal may have open. */
  maxPerPrincipal: number
  log: Log
}

export interface ListenRequest {
  request: Request
  /** The body of the request: its filter is changed to what is honoured. */
  body: unknown
  caller: Caller
  /** Aborted when the client leaves. */
  signal: AbortSignal
}

interface Open {
  principal: string
  /** Ends the stream with the result that the protocol has for it. */
  end(): Promise<void>
}

/**
 * The streams of `subscriptions/listen` over HTTP. The SDK writes them, but everybody who listens to one of its handlers
 * hears everything that is published there: so each stream has a handler of its own.
 */
export class Listens {
  readonly #options: ListensOptions
  readonly #open = new Set<Open>()

  constructor(options: ListensOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#open.size
  }

  /**
   * Answers one listen request. `leave` must be called when the client has the whole answer or has left. Throws `busy`
   * over the limit of streams.
   */
  async open({ request, body, caller, signal }: ListenRequest): Promise<{ response: Response; leave(): void }> {
    const { build, watch, bus, log } = this.#options
    this.#assertRoom(caller.principal)
    const own = new InMemoryServerEventBus()
    let stream: PacedStream | undefined
    const listening = new Listening({
      watch,
      log,
      tell: async uri => {
        own.publish({ kind: 'resource_updated', uri })
        await stream?.room()
      },
      ended: () => void handler.close()
    })
    let refusal: ProtocolError | undefined
    // Asked for the server, once the request has been found in order; before that nothing is read for it.
    const factory = async () => {
      await listening.begin(body, caller, signal).catch(error => {
        refusal = error
        throw error
      })
      return build()
    }
    const onerror = (err: Error) => log.debug({ err }, 'MCP request refused')
    const handler = createMcpHandler(factory, { legacy: 'reject', bus: own, onerror })
    const entry = { principal: caller.principal, end: () => handler.close() }
    this.#open.add(entry)
    const unsubscribe = bus?.subscribe(event => {
      if (event.kind !== 'resource_updated') own.publish(event)
    })
    const leave = () => {
      this.#open.delete(entry)
      unsubscribe?.()
      listening.close()
    }

    try {
      const response = await handler.fetch(request, { parsedBody: body, authInfo: toAuthInfo(caller) })
      if (refusal !== undefined) return { response: toRefusal(refusal, body), leave }
      stream = new PacedStream(response)
      // The session may have ended before there was a stream to end.
      if (listening.isClosed) await handler.close()
      listening.opened()
      return { response: stream.response, leave }
    } catch (error) {
      leave()
      throw error
    }
  }

  /** Ends all streams. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map(({ end }) => end()))
  }

  #assertRoom(principal: string): void {
    const { maxPerPrincipal } = this.#options
    const own = [...this.#open].filter(entry => entry.principal === principal).length
    if (own < maxPerPrincipal) return
    throw new GatewayError('busy', `This caller has ${maxPerPrincipal} streams open, as many as it may.`, {
      hint: 'One stream can listen to many resources: close those that are no longer needed, or name more in one.',
      retry_after_s: 5,
      retryable: true
    })
  }
}

/** As the SDK refuses a listen request: in the answer, with status 200. */
function toRefusal({ code, message, data }: ProtocolError, body: unknown): Response {
  const { id } = body as { id: string | number }
  return Response.json({ jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } })
}
