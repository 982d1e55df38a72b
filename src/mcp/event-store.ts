import { randomBytes } from 'node:crypto'
import type { JSONRPCMessage, EventStore as SdkEventStore } from '@modelcontextprotocol/server'

export interface EventLimits {
  /** Events that one session keeps. */
  maxEvents: number
  /** Told when the stream of a request opens, while that request is being handled. */
  onStream?(stream: string): void
  /** Bytes of JSON that one session keeps; asked at every event, because it may depend on how many sessions there are. */
  maxBytes(): number
}

interface Event {
  seq: number
  stream: string
  /** Text takes a fraction of the room of the objects that it describes, and its length is what the limit is about. */
  json: string
  bytes: number
  /** Whether it answers a request: its stream is of no use without it. */
  answers: boolean
  /** The resource that it says has changed, if it does. */
  updated: string | undefined
}

/**
 * What one session was last sent, for a client whose stream broke before it had everything. Oldest events go first.
 * An event's id is `<secret of this store>.<number>.<stream>`: the SDK gives the stream of GET the same name in every
 * session, so without the secret an id of one session would fit another.
 */
export class EventStore implements SdkEventStore {
  readonly #secret = randomBytes(8).toString('hex')
  readonly #limits: EventLimits
  /** Streams on which no answer comes, or of which it is no longer kept, the oldest first. */
  readonly #forgotten = new Set<string>()
  readonly #events: Event[] = []
  #bytes = 0
  #seq = 0

  constructor(limits: EventLimits) {
    this.#limits = limits
  }

  /** Bytes of JSON that are kept. */
  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#events.length
  }

  /** An id from which a stream can be resumed before anything was sent on it. */
  mark(stream: string): string {
    return this.#idOf(++this.#seq, stream)
  }

  async storeEvent(stream: string, message: JSONRPCMessage): Promise<string> {
    const id = this.mark(stream)
    // The SDK primes a stream with an event that holds nothing: there is nothing to replay.
    if (Object.keys(message).length === 0) {
      this.#limits.onStream?.(stream)
      return id
    }
    const json = JSON.stringify(message)
    const answers = !('method' in message)
    const updated = updatedUri(message)
    if (updated !== undefined) this.#supersede(stream, updated)
    const event = { seq: this.#seq, stream, json, bytes: Buffer.byteLength(json), answers, updated }
    this.#events.push(event)
    this.#bytes += event.bytes
    this.trim()
    return id
  }

  /** Why a stream cannot be resumed after this event, in words for the client; undefined when it can. */
  refusal(lastEventId: string): string | undefined {
    const stream = this.#parse(lastEventId)?.stream
    if (stream === undefined) return 'Bad Request: Last-Event-ID is no event of this session'
    if (!this.#forgotten.has(stream)) return undefined
    return 'Bad Request: nothing follows Last-Event-ID: the call was cancelled, or its answer is no longer kept'
  }

  /**
   * Sends what came after an event. There is no `getStreamIdForEventId`, by which the SDK would refuse a stream that it
   * takes for open: who comes back knows better, and takes the place of a connection that died without a word.
   */
  async replayEventsAfter(
    lastEventId: string,
    { send }: { send(id: string, message: JSONRPCMessage): Promise<void> }
  ): Promise<string> {
    const last = this.#parse(lastEventId)
    if (last === undefined) throw new Error('an event of another session')
    const { stream } = last
    // Looked for each time anew: what is stored meanwhile is not told on the new connection yet.
    for (let event = this.#after(last); event !== undefined; event = this.#after(event)) {
      await send(this.#idOf(event.seq, stream), JSON.parse(event.json))
    }
    return stream
  }

  /**
   * Forgets the oldest events until the limits are kept; what has changed comes last: a client that comes back is refused
   * an answer that is gone, but could not be told which changes are.
   */
  trim(): void {
    const maxBytes = this.#limits.maxBytes()
    while (this.#events.length > this.#limits.maxEvents || this.#bytes > maxBytes) {
      const index = this.#events.findIndex(event => event.updated === undefined)
      // Bytes or events are over the limit, so there is an event.
      const [{ bytes, answers, stream }] = this.#events.splice(Math.max(index, 0), 1) as [Event]
      this.#bytes -= bytes
      if (answers) this.forget(stream)
    }
  }

  /** Lets nobody go on with a stream on which no answer will come. */
  forget(stream: string): void {
    this.#forgotten.add(stream)
    const [oldest] = this.#forgotten
    if (this.#forgotten.size > this.#limits.maxEvents && oldest !== undefined) this.#forgotten.delete(oldest)
  }

  /** Whoever comes back reads the resource as it is then: that it has changed needs no second telling. */
  #supersede(stream: string, uri: string): void {
    const index = this.#events.findIndex(event => event.updated === uri && event.stream === stream)
    const [older] = index < 0 ? [] : this.#events.splice(index, 1)
    if (older !== undefined) this.#bytes -= older.bytes
  }

  #after({ seq, stream }: Pick<Event, 'seq' | 'stream'>): Event | undefined {
    return this.#events.find(event => event.stream === stream && event.seq > seq)
  }

  #idOf(seq: number, stream: string): string {
    return `${this.#secret}.${seq}.${stream}`
  }

  /** The stream comes last, because its name may hold anything. */
  #parse(id: string): { seq: number; stream: string } | undefined {
    const [, secret, seq, stream] = /^([0-9a-f]{16})\.([0-9]{1,15})\.(.+)$/.exec(id) ?? []
    if (secret !== this.#secret || stream === undefined || Number(seq) > this.#seq) return undefined
    return { seq: Number(seq), stream }
  }
}

function updatedUri(message: JSONRPCMessage): string | undefined {
  if (!('method' in message) || message.method !== 'notifications/resources/updated') return undefined
  const uri = message.params?.uri
  return typeof uri === 'string' ? uri : undefined
}
