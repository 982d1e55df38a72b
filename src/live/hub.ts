import { GatewayError } from '../core/errors.js'
import type { JsonObject } from '../core/json.js'
import type {
  ChangeSource,
  EndReason,
  Hold,
  LiveHub,
  ResourceAddress,
  ResourceContent,
  Resources,
  Subscriber,
  Subscription,
  Written
} from '../core/live.js'
import type { Gateway } from '../core/ports/gateway.js'
import type { Log } from '../core/ports/log.js'
import { hashOf } from './content.js'
import { FirstReads } from './first-reads.js'
import { Limits } from './limits.js'
import { type LiveTime, realTime } from './time.js'
import { type WatchEntry, Watches } from './watches.js'

export interface HubOptions {
  gateway: Pick<Gateway, 'call' | 'hold'>
  resources: Pick<Resources, 'parse' | 'read'>
  /** What tells of changes besides our own writes and the clock, such as Odoo's bus. Closed with the hub. */
  sources?: readonly ChangeSource[]
  /** Milliseconds between two ticks of polling while something changes. */
  pollMs: number
  log: Log
  /** For tests. */
  time?: LiveTime
  /** For tests: a number from 0 to 1, exclusive. */
  random?: () => number
  /** For tests: other limits than the usual ones. */
  limits?: { perSession: number; inAll: number }
}

export interface Hub extends LiveHub {
  /** Told of every write that passes through us: the `onWrite` of the gateway. Does not throw, and does not wait. */
  written(written: Written): void
}

/** Builds the hub: subscriptions to what `odoo://` URIs show, each with the rights of its own session. */
export function createHub(options: HubOptions): Hub {
  const { gateway, resources, log, sources = [], time = realTime, random = Math.random } = options
  const limits = new Limits(options.limits)
  const firstReads = new FirstReads()
  const watches = new Watches({ gateway, log, sources, pollMs: options.pollMs, time, random })
  /** Ends of all subscriptions, for the end of the hub. */
  const open = new Set<(reason: EndReason) => void>()
  let closed = false

  return {
    async subscribe(uri, subscriber, signal) {
      const address = resources.parse(uri)
      if (address.kind === 'binary') throw binary()
      const assertWanted = () => {
        if (signal.aborted || closed) throw cancelled()
      }
      assertWanted()
      const begun = await begin(gateway, subscriber, signal)
      try {
        limits.take(begun.hold.sessionId)
      } catch (error) {
        begun.hold.release()
        throw error
      }
      const release = () => {
        begun.hold.release()
        limits.give(begun.hold.sessionId)
      }
      try {
        const { caller, identity } = begun.hold
        const content = await firstReads.run({ odoo: identity.url, session: sessionOf(begun.hold) }, async () => {
          assertWanted()
          return resources.read(uri, { caller, signal })
        })
        const data = dataOf(content)
        assertWanted()
        if (begun.over()) throw sessionEnded()
        return listen({ uri, address, data, subscriber, hold: begun.hold, onEnd: begun.onEnd, release })
      } catch (error) {
        release()
        throw error
      }
    },

    written: written => watches.written(written),
    stats: () => ({ subscriptions: open.size, ...watches.stats() }),

    close() {
      closed = true
      for (const end of [...open]) end('shutdown')
      for (const source of sources) source.close?.()
    }
  }

  /** From here on the subscriber hears. */
  function listen({ uri, address, data, subscriber, hold, onEnd, release }: Beginning): Subscription {
    const entry: WatchEntry = watches.of(hold.identity, address.model)
    const listener = entry.watch.add(address, { uri, subscriber: guarded(subscriber), hold, seen: hashOf(data) })
    entry.polling.nudge()
    const stop = () => {
      if (!open.delete(end)) return false
      entry.watch.remove(address, listener)
      watches.drop(entry)
      release()
      return true
    }
    const end = (reason: EndReason) => {
      if (stop()) listener.subscriber.ended(reason)
    }
    open.add(end)
    onEnd(end)
    return { uri, data, close: () => void stop() }
  }

  /** A subscriber that throws, which it must not, keeps nobody else from hearing. */
  function guarded(subscriber: Subscriber): Subscriber {
    const attempt = (tell: () => void) => {
      try {
        tell()
      } catch (error) {
        log.error({ err: error }, 'a subscriber failed')
      }
    }
    return {
      caller: subscriber.caller,
      updated: update => attempt(() => subscriber.updated(update)),
      ended: reason => attempt(() => subscriber.ended(reason))
    }
  }
}

interface Beginning {
  uri: string
  address: Exclude<ResourceAddress, { kind: 'binary' }>
  data: JsonObject
  subscriber: Subscriber
  hold: Hold
  onEnd: (end: (reason: EndReason) => void) => void
  release: () => void
}

/** Holds the session of a subscriber that has not heard of anything yet. */
async function begin(gateway: Pick<Gateway, 'hold'>, { caller }: Subscriber, signal: AbortSignal) {
  let over = false
  let end: (reason: EndReason) => void = () => {}
  const hold = await gateway.hold(caller, signal, reason => {
    over = true
    end(reason)
  })
  return {
    hold,
    /** Whether the session has ended since. */
    over: () => over,
    onEnd: (told: (reason: EndReason) => void) => {
      end = told
    }
  }
}

/** Callers of the default connection, which they share, are told apart by their keys. */
function sessionOf({ sessionId, caller }: Hold): string {
  return sessionId === 'default' ? `default ${caller.principal}` : sessionId
}

function cancelled(): GatewayError {
  return new GatewayError('cancelled', 'the caller went away, or this server is closing')
}

function sessionEnded(): GatewayError {
  return new GatewayError('auth_required', 'the Odoo session ended before the subscription began')
}

function dataOf(content: ResourceContent): JsonObject {
  if ('data' in content) return content.data
  throw binary()
}

function binary(): GatewayError {
  return new GatewayError('invalid_input', 'uri: files cannot be subscribed to; expected a record or a list', {
    hint: 'Subscribe to odoo://{model}/{id}: it changes when its file is replaced.'
  })
}
