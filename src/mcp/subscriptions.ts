import { ResourceNotFoundError } from '@modelcontextprotocol/server'
import { GatewayError } from '../core/errors.js'
import type { LiveHub } from '../core/live.js'
import type { Caller } from '../core/ports/sessions.js'
import type { McpProvider, Watch } from './provider.js'
import { Teller } from './teller.js'

/** Watches `odoo://` URIs by means of the hub. */
export function watchHub(hub: Pick<LiveHub, 'subscribe'>): Watch {
  return async (uri, { caller, signal }, watcher) => {
    if (!/^odoo:/i.test(uri)) return undefined
    const updated = () => watcher.updated()
    const subscription = await hub.subscribe(uri, { caller, updated, ended: reason => watcher.ended(reason) }, signal)
    return () => subscription.close()
  }
}

/** Watches what any of these knows; undefined when none of them watches anything. */
export function watchOf(providers: readonly McpProvider[]): Watch | undefined {
  const all = providers.flatMap(({ resources }) => resources?.watch ?? [])
  if (all.length === 0) return undefined
  return async (uri, request, watcher) => {
    for (const watch of all) {
      const stop = await watch(uri, request, watcher)
      if (stop !== undefined) return stop
    }
    return undefined
  }
}

export interface SubscriptionsOptions {
  watch: Watch
  /** Tells the client that a resource has changed; settles when it can take more. */
  tell(uri: string): Promise<void>
}

interface Request {
  caller: Caller
  signal: AbortSignal
}

/**
 * The subscriptions of one connection of revision 2025-11-25 or before: a session over HTTP, or a stdio process. They
 * outlive the requests that made them, and end with the connection.
 */
export class Subscriptions {
  readonly #watch: Watch
  readonly #teller: Teller
  readonly #open = new Map<string, () => void>()
  /** What is under way for a URI: requests may overlap, and the last one must win. */
  readonly #turns = new Map<string, Promise<void>>()
  readonly #closed = new AbortController()

  constructor({ watch, tell }: SubscriptionsOptions) {
    this.#watch = watch
    this.#teller = new Teller(tell)
  }

  /** Subscribing twice is subscribing once. Throws what reading throws, and what is not a resource is not found. */
  async subscribe(uri: string, request: Request): Promise<void> {
    await this.#inTurn(uri, async () => {
      if (!this.#open.has(uri)) await this.#begin(uri, request)
    })
  }

  /** The end of what is not subscribed is no fault: it may just have ended with the session of its Odoo. */
  async unsubscribe(uri: string, _request: Request): Promise<void> {
    await this.#inTurn(uri, async () => this.#end(uri))
  }

  /** Ends all, also those that are just beginning. */
  close(): void {
    this.#closed.abort()
    for (const uri of [...this.#open.keys()]) this.#end(uri)
  }

  async #begin(uri: string, { caller, signal }: Request): Promise<void> {
    let ended = false
    const stop = await this.#watch(
      uri,
      { caller, signal: AbortSignal.any([signal, this.#closed.signal]) },
      {
        updated: () => this.#teller.updated(uri),
        ended: reason => {
          ended = true
          this.#open.delete(uri)
          // The protocol has no word for this. But a read shows something else now: what to do to see more again.
          if (reason !== 'shutdown') this.#teller.updated(uri)
        }
      }
    )
    if (stop === undefined) throw new ResourceNotFoundError(uri)
    if (this.#closed.signal.aborted) {
      stop()
      throw new GatewayError('cancelled', 'The connection has ended.')
    }
    if (!ended) this.#open.set(uri, stop)
  }

  #end(uri: string): void {
    this.#open.get(uri)?.()
    this.#open.delete(uri)
    this.#teller.forget(uri)
  }

  async #inTurn(uri: string, act: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(uri) ?? Promise.resolve()).then(act)
    const settled = turn.catch(() => {})
    this.#turns.set(uri, settled)
    try {
      await turn
    } finally {
      if (this.#turns.get(uri) === settled) this.#turns.delete(uri)
    }
  }
}
