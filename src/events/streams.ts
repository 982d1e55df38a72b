import { GatewayError } from '../core/errors.js'
import type { EventStreams, LiveHub } from '../core/live.js'
import type { Gateway } from '../core/ports/gateway.js'
import type { Clock } from '../core/ports/log.js'
import type { Caller } from '../core/ports/sessions.js'
import { type Gap, parseEventId } from './messages.js'
import { EventStream } from './stream.js'
import { hashOf, Tickets } from './tickets.js'

export interface EventStreamsOptions {
  gateway: Pick<Gateway, 'hold'>
  hub: Pick<LiveHub, 'subscribe'>
  /** URIs of which an update is kept for a client that has not read it. */
  queueMax: number
  maxPerPrincipal: number
  /** Milliseconds for which a stream waits for its client to come back; 60,000 unless said. */
  awayMs?: number
  /** Characters of JSON that are kept: by one stream, and by all together. Modest unless said. */
  kept?: { each: number; total: number }
  clock?: Clock
}

/** Who opens a stream: a caller, or whoever has a ticket of one. */
export type Opener = { caller: Caller } | { ticket: string; requestId: string }

export interface Opening {
  by: Opener
  /** What to subscribe; a client that comes back has still what it had. */
  uris: readonly string[]
  /** The id of the event that the client had last, as it says. */
  lastEventId?: string
  /** Aborted when the client leaves before the stream begins. */
  signal: AbortSignal
}

export interface Opened {
  stream: EventStream
  /** It is the one that the client had before. */
  resumed: boolean
  missed?: Gap
}

/** The streams of `GET /events`, for its routes and for the surfaces that subscribe on behalf of them. */
export interface EventStreamRegistry extends EventStreams {
  /** A ticket for one opening by this caller. `auth_required` when there is no session that it could be for. */
  ticket(caller: Caller, signal: AbortSignal): Promise<string>
  open(opening: Opening): Promise<Opened>
  /** How many there are, with those whose clients are away for a moment. */
  readonly size: number
  /** Ends every stream and lets nobody open another one. */
  close(): void
}

/** Whose a stream is. Every session has an id of its own, but for the default connection, which all principals share. */
type Owner = Pick<EventStream, 'sessionId' | 'principal'>

const defaults = { awayMs: 60_000, kept: { each: 4 * 1024 * 1024, total: 128 * 1024 * 1024 } }

export function createEventStreams(options: EventStreamsOptions): EventStreamRegistry {
  const { gateway, hub, queueMax, maxPerPrincipal, clock = Date.now } = options
  const { awayMs = defaults.awayMs, kept = defaults.kept } = options
  const tickets = new Tickets(clock)
  const byKey = new Map<string, EventStream>()
  let isClosed = false

  const limits = {
    maxUpdates: queueMax,
    maxSize: () => Math.min(kept.each, Math.floor(kept.total / byKey.size))
  }

  async function ownerOf(caller: Caller, signal: AbortSignal): Promise<Owner> {
    const hold = await gateway.hold(caller, signal, () => {})
    hold.release()
    return { sessionId: hold.sessionId, principal: caller.principal }
  }

  const streamsOf = (owner: Owner) => [...byKey.values()].filter(stream => isSame(stream, owner))

  /** The caller, or the stream that a spent ticket still opens. */
  function admit(by: Opener, known: EventStream | undefined): Caller | undefined {
    if ('caller' in by) return by.caller
    const caller = tickets.take(by.ticket)
    if (caller !== undefined) return { ...caller, requestId: by.requestId }
    // The browser's own reconnect: it can only repeat the address, but it has read the key of the stream.
    if (known?.ticket === hashOf(by.ticket)) return undefined
    throw new GatewayError('auth_required', 'ticket: it is not known, was used, or is older than 30 seconds', {
      hint: 'Get another one from POST /events/ticket and open the stream at once.'
    })
  }

  async function begin(caller: Caller, ticket: string | undefined, signal: AbortSignal): Promise<EventStream> {
    let stream: EventStream | undefined
    const hold = await gateway.hold(caller, signal, reason => stream?.end(reason))
    try {
      assertOpen()
      makeRoom(caller.principal)
    } catch (error) {
      hold.release()
      throw error
    }
    const ended = (key: string) => byKey.delete(key)
    stream = new EventStream({ hold, hub, limits, clock, awayMs, ended })
    if (ticket !== undefined) stream.ticket = hashOf(ticket)
    byKey.set(stream.key, stream)
    return stream
  }

  /** A stream whose client has gone gives its place to one whose client is there. */
  function makeRoom(principal: string): void {
    const own = [...byKey.values()].filter(stream => stream.principal === principal)
    if (own.length < maxPerPrincipal) return
    const [longestAway] = own
      .filter(({ awaySince }) => awaySince !== undefined)
      .sort((a, b) => (a.awaySince ?? 0) - (b.awaySince ?? 0))
    longestAway?.end('closed')
    if (longestAway !== undefined) return
    throw new GatewayError('busy', `There are ${maxPerPrincipal} open event streams, as many as this server allows.`, {
      retry_after_s: 30,
      hint: 'Close one that is not needed; one stream can tell of any number of URIs.'
    })
  }

  function assertOpen(): void {
    if (isClosed) throw new GatewayError('busy', 'This server is shutting down.', { retry_after_s: 1 })
  }

  /** Subscribes what the address names; the first that cannot be subscribed decides that there is no stream. */
  async function fill(stream: EventStream, { uris, lastEventId, signal }: Opening): Promise<void> {
    const leave = () => stream.end('closed')
    signal.addEventListener('abort', leave)
    if (signal.aborted) leave()
    try {
      const subscriptions = await Promise.all([...new Set(uris)].map(uri => stream.subscribe(uri)))
      if (stream.hasEnded) throw endedMeanwhile(signal)
      // Who comes back and finds nothing of what was, is told what is: that is as good as all that was missed.
      if (lastEventId !== undefined) for (const { uri, data } of subscriptions) stream.show(uri, data)
    } catch (error) {
      if (stream.hasEnded) throw endedMeanwhile(signal)
      stream.end('closed')
      throw error
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  async function own(clientId: string, caller: Caller, signal: AbortSignal): Promise<EventStream> {
    const stream = streamsOf(await ownerOf(caller, signal)).find(stream => stream.clientId === clientId)
    if (stream === undefined) throw noSuchStream()
    return stream
  }

  return {
    async ticket(caller, signal) {
      await ownerOf(caller, signal)
      return tickets.issue(caller)
    },

    async open(opening) {
      const { by, lastEventId, signal } = opening
      assertOpen()
      const last = parseEventId(lastEventId ?? '')
      const known = last && byKey.get(last.streamKey)
      const caller = admit(by, known)
      const isTheirs = known !== undefined && (caller === undefined || isSame(known, await ownerOf(caller, signal)))
      // Asking whose it is took time, in which it may have ended.
      if (isTheirs && !known.hasEnded && known.rewind(last?.seq ?? 0)) {
        if (signal.aborted) throw endedMeanwhile(signal)
        // A browser will repeat the address by which it has come now.
        if ('ticket' in by) known.ticket = hashOf(by.ticket)
        return { stream: known, resumed: true }
      }
      if (caller === undefined) throw new GatewayError('auth_required', 'Last-Event-ID: no event of this stream')

      const stream = await begin(caller, 'ticket' in by ? by.ticket : undefined, signal)
      await fill(stream, opening)
      return { stream, resumed: false, ...(lastEventId !== undefined && { missed: { reason: 'unknown' } }) }
    },

    async subscribe(clientId, uri, caller, signal) {
      const stream = await own(clientId, caller, signal)
      await stream.subscribe(uri).catch(error => {
        throw stream.hasEnded ? noSuchStream() : error
      })
    },

    async unsubscribe(clientId, uri, caller) {
      const stream = await own(clientId, caller, new AbortController().signal)
      if (await stream.unsubscribe(uri)) return
      throw new GatewayError('not_found', 'uri: this stream has not subscribed it', {
        hint: 'Name the URI as it was subscribed, letter by letter.'
      })
    },

    async of(caller) {
      const owner = await ownerOf(caller, new AbortController().signal)
      return streamsOf(owner).map(({ clientId }) => clientId)
    },

    get size() {
      return byKey.size
    },

    close() {
      isClosed = true
      for (const stream of [...byKey.values()]) stream.end('shutdown')
    }
  }
}

function isSame(a: Owner, b: Owner): boolean {
  return a.sessionId === b.sessionId && a.principal === b.principal
}

function noSuchStream(): GatewayError {
  return new GatewayError('not_found', 'client_id: no event stream of this session has this id', {
    hint: 'Take the client_id from the first event of GET /events; a stream ends a minute after its client has left.'
  })
}

function endedMeanwhile({ aborted }: AbortSignal): GatewayError {
  if (aborted) return new GatewayError('cancelled', 'The client left before its stream began.')
  return new GatewayError('auth_required', 'The session has ended.')
}
