import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { GatewayError } from '../core/errors.js'
import type { EndReason, Hold, LiveHub, Subscription } from '../core/live.js'
import type { Clock } from '../core/ports/log.js'
import {
  closed,
  established,
  eventId,
  type Gap,
  gap,
  jsonOf,
  mintStreamKey,
  type StreamEvent,
  updated
} from './messages.js'
import { type LogLimits, UpdateLog } from './update-log.js'

/** Where the events of a stream go while its client is there. */
export interface Connection {
  /** Writes at once; settles when there is room for more. Rejects, or never settles, when the client has gone. */
  send(event: StreamEvent): Promise<void>
  /** Ends the answer after what was written. */
  end(): void
}

export interface StreamParts {
  hold: Hold
  hub: Pick<LiveHub, 'subscribe'>
  limits: LogLimits
  clock: Clock
  /** Milliseconds for which a stream without a client is kept. */
  awayMs: number
  /** Told once, when it has ended, with its key. */
  ended(key: string): void
}

/**
 * What one client of `GET /events` has subscribed and has to be told. It outlives the connection of its client by a
 * minute, so that the client can come back and go on where it was; it ends with its session.
 */
export class EventStream {
  /** Names it to the routes that subscribe; no secret, because only its session may use it. */
  readonly clientId = randomBytes(12).toString('base64url')
  /** The secret in the ids of its events: who knows it has read them. */
  readonly key = mintStreamKey()
  readonly principal: string
  readonly sessionId: string
  /** The hash of the spent ticket that opened it. */
  ticket: string | undefined
  readonly #parts: StreamParts
  readonly #log: UpdateLog
  readonly #subscriptions = new Map<string, Promise<Subscription>>()
  readonly #abort = new AbortController()
  #connection: Connection | undefined
  /** The connection that is being written to: there is one writer at a time. */
  #writingTo: Connection | undefined
  #awaySince: number | undefined
  #awayTimer: NodeJS.Timeout | undefined

  constructor(parts: StreamParts) {
    // Each of its subscriptions listens while it begins: Node would take so many for a leak.
    setMaxListeners(0, this.#abort.signal)
    this.#parts = parts
    this.#log = new UpdateLog(parts.limits)
    this.principal = parts.hold.caller.principal
    this.sessionId = parts.hold.sessionId
  }

  get hasEnded(): boolean {
    return this.#abort.signal.aborted
  }

  /** When its client went, in milliseconds; undefined while it is there, or has not come yet. */
  get awaySince(): number | undefined {
    return this.#awaySince
  }

  /** The URIs that are subscribed, or about to be. */
  get uris(): string[] {
    return [...this.#subscriptions.keys()]
  }

  /** Subscribes a URI, once; throws as reading it does. Who asks may leave: the stream is what it is for. */
  async subscribe(uri: string): Promise<Subscription> {
    const known = this.#subscriptions.get(uri)
    if (known !== undefined) return known
    const subscribing = this.#subscribe(uri)
    this.#subscriptions.set(uri, subscribing)
    try {
      return await subscribing
    } catch (error) {
      if (this.#subscriptions.get(uri) === subscribing) this.#subscriptions.delete(uri)
      throw error
    }
  }

  async #subscribe(uri: string): Promise<Subscription> {
    const { hub, hold } = this.#parts
    let isClosed = false
    const subscriber = {
      caller: hold.caller,
      updated: ({ data }: Pick<Subscription, 'data'>) => {
        if (!isClosed && !this.hasEnded) this.show(uri, data)
      },
      // The session has ended, or the hub: then so has the stream.
      ended: (reason: EndReason) => this.end(reason)
    }
    const subscription = await hub.subscribe(uri, subscriber, this.#abort.signal)
    const close = () => {
      isClosed = true
      subscription.close()
    }
    if (this.hasEnded) {
      close()
      throw new GatewayError('cancelled', 'The event stream has ended.')
    }
    return { ...subscription, close }
  }

  /** Ends a subscription; false when there is none. */
  async unsubscribe(uri: string): Promise<boolean> {
    const subscribing = this.#subscriptions.get(uri)
    if (subscribing === undefined) return false
    this.#subscriptions.delete(uri)
    const subscription = await subscribing.catch(() => undefined)
    subscription?.close()
    // Unless it has been subscribed anew meanwhile.
    if (!this.#subscriptions.has(uri)) this.#log.forget(uri)
    return true
  }

  /** Tells the client what a URI shows now. */
  show(uri: string, data: Subscription['data']): void {
    this.#log.add(uri, jsonOf(data))
    this.#write()
  }

  /** Whether a client that had this event last can go on; it then gets everything after it. */
  rewind(after: number): boolean {
    return this.#log.rewind(after)
  }

  /** The client is there. One that was there before has come back by another way: its old connection ends. */
  connect(connection: Connection, { resumed, missed }: { resumed: boolean; missed?: Gap }): void {
    clearTimeout(this.#awayTimer)
    this.#awaySince = undefined
    const before = this.#connection
    this.#connection = connection
    before?.end()
    const id = eventId(this.key, this.#log.position)
    connection.send(established(id, this.clientId, resumed)).catch(ignoreGone)
    if (missed !== undefined) connection.send(gap(id, missed)).catch(ignoreGone)
    this.#write()
  }

  /** A connection has closed. What is subscribed stays for a while. */
  disconnect(connection: Connection): void {
    if (this.#connection !== connection) return
    this.#connection = undefined
    if (this.hasEnded) return
    this.#awaySince = this.#parts.clock()
    this.#awayTimer = setTimeout(() => this.end('closed'), this.#parts.awayMs).unref()
  }

  /** Ends everything at once: what was not told will not be. Calling it again does nothing. */
  end(reason: EndReason): void {
    if (this.hasEnded) return
    this.#abort.abort()
    clearTimeout(this.#awayTimer)
    this.#parts.hold.release()
    for (const subscribing of this.#subscriptions.values()) {
      subscribing.then(subscription => subscription.close(), ignoreGone)
    }
    this.#subscriptions.clear()
    this.#connection?.send(closed(eventId(this.key, this.#log.position), reason)).catch(ignoreGone)
    this.#connection?.end()
    this.#parts.ended(this.key)
  }

  /** Writes what waits, no faster than the client reads. */
  async #write(): Promise<void> {
    const connection = this.#connection
    if (connection === undefined || this.#writingTo === connection) return
    this.#writingTo = connection
    try {
      while (this.#connection === connection && !this.hasEnded) {
        const event = this.#nextEvent()
        if (event === undefined) return
        await connection.send(event)
      }
    } catch {
      // The client has gone, which is told by `disconnect`.
    } finally {
      if (this.#writingTo === connection) this.#writingTo = undefined
    }
  }

  #nextEvent(): StreamEvent | undefined {
    const next = this.#log.next()
    if (next?.kind === 'lost') return gap(eventId(this.key, next.seq), { reason: 'dropped', uris: next.uris })
    return next && updated(eventId(this.key, next.update.seq), next.update.uri, next.update.json)
  }
}

/** A client that has gone needs no answer. */
function ignoreGone(): void {}
