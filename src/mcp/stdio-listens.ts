import {
  type Implementation,
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  PROTOCOL_VERSION_META_KEY,
  type ProtocolError,
  type RequestId,
  SERVER_INFO_META_KEY,
  SUBSCRIPTION_ID_META_KEY,
  type Transport
} from '@modelcontextprotocol/server'
import type { Log } from '../core/ports/log.js'
import type { Caller } from '../core/ports/sessions.js'
import { Listening } from './listening.js'
import type { Watch } from './provider.js'

export interface StdioListensOptions {
  watch: Watch
  /** Who sends what comes: each request is one of its own. */
  caller(): Caller
  serverInfo: Implementation
  log: Log
}

/**
 * A transport that watches what the `subscriptions/listen` requests on it name. The SDK serves them, but tells nobody
 * which resources they name, so this looks at what passes: a request is passed on when what it names is watched.
 */
export class StdioListens implements Transport {
  onmessage: NonNullable<Transport['onmessage']> = () => {}
  onclose: () => void = () => {}
  onerror: (error: Error) => void = () => {}
  readonly #wire: Transport
  readonly #options: StdioListensOptions
  readonly #listens = new Map<RequestId, Listening>()
  /** Those that the SDK knows of. */
  readonly #passed = new Set<RequestId>()

  constructor(wire: Transport, options: StdioListensOptions) {
    this.#wire = wire
    this.#options = options
  }

  start(): Promise<void> {
    this.#wire.onmessage = message => this.#receive(message)
    this.#wire.onerror = error => this.onerror(error)
    this.#wire.onclose = () => {
      for (const id of [...this.#listens.keys()]) this.#end(id)
      this.onclose()
    }
    return this.#wire.start()
  }

  async send(message: JSONRPCMessage): Promise<void> {
    // Refused: not in order, or on a connection of an older revision.
    if (isJSONRPCErrorResponse(message) && message.id !== undefined) this.#end(message.id)
    await this.#wire.send(message)
    if (isJSONRPCNotification(message) && message.method === 'notifications/subscriptions/acknowledged') {
      const id = message.params?._meta?.[SUBSCRIPTION_ID_META_KEY]
      // The SDK put the id of the request there.
      this.#listens.get(id as RequestId)?.opened()
    }
  }

  close(): Promise<void> {
    return this.#wire.close()
  }

  #receive(message: JSONRPCMessage): void {
    if (isJSONRPCRequest(message) && message.method === 'subscriptions/listen' && isStateless(message)) {
      void this.#begin(message)
    } else if (isJSONRPCNotification(message) && message.method === 'notifications/cancelled') {
      const id = message.params?.requestId as RequestId
      const isOurs = this.#listens.has(id) && !this.#passed.has(id)
      this.#end(id)
      if (!isOurs) this.onmessage(message)
    } else {
      this.onmessage(message)
    }
  }

  async #begin(message: JSONRPCRequest): Promise<void> {
    const { watch, log, caller } = this.#options
    const { id } = message
    this.#end(id)
    const listening = new Listening({
      watch,
      log,
      tell: uri => this.#wire.send(update(uri, id)),
      ended: () => void this.#finish(id)
    })
    this.#listens.set(id, listening)
    try {
      await listening.begin(message, caller(), new AbortController().signal)
    } catch (error) {
      // Cancelled, or the client has gone: nobody waits for an answer.
      if (this.#listens.get(id) !== listening) return
      this.#end(id)
      // Listening throws nothing else.
      const { code, message, data } = error as ProtocolError
      await this.#wire.send({ jsonrpc: '2.0', id, error: { code, message, data } }).catch(() => {})
      return
    }
    if (this.#listens.get(id) !== listening) return
    this.#passed.add(id)
    this.onmessage(message)
  }

  /** Ends a listen request with its result, as the SDK does when the whole connection ends. */
  async #finish(id: RequestId): Promise<void> {
    if (this.#passed.has(id)) {
      this.onmessage({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } })
    }
    this.#end(id)
    const _meta = { [SUBSCRIPTION_ID_META_KEY]: id, [SERVER_INFO_META_KEY]: this.#options.serverInfo }
    await this.#wire.send({ jsonrpc: '2.0', id, result: { resultType: 'complete', _meta } }).catch(() => {})
  }

  #end(id: RequestId): void {
    this.#listens.get(id)?.close()
    this.#listens.delete(id)
    this.#passed.delete(id)
  }
}

/** Whether it says that it is of revision 2026-07-28: the older ones have no such request. */
function isStateless({ params }: JSONRPCRequest): boolean {
  return params?._meta !== undefined && PROTOCOL_VERSION_META_KEY in params._meta
}

function update(uri: string, id: RequestId): JSONRPCMessage {
  const params = { uri, _meta: { [SUBSCRIPTION_ID_META_KEY]: id } }
  return { jsonrpc: '2.0', method: 'notifications/resources/updated', params }
}
