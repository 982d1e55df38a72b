import { GatewayError } from '../../src/core/errors.js'
import type { JsonObject } from '../../src/core/json.js'
import type { EndReason, Hold, LiveHub, Subscriber } from '../../src/core/live.js'
import type { Gateway } from '../../src/core/ports/gateway.js'
import type { Identity } from '../../src/core/ports/odoo.js'
import type { Caller } from '../../src/core/ports/sessions.js'

/** A hub whose changes the test makes. URIs with `missing` do not exist; those with `slow` wait to be let go. */
export class FakeHub implements Pick<LiveHub, 'subscribe'> {
  readonly subscribers = new Map<string, Set<Subscriber>>()
  /** URIs in the order in which they were subscribed. */
  readonly asked: string[] = []
  #waiting: (() => void)[] = []

  subscribe: LiveHub['subscribe'] = async (uri, subscriber, signal) => {
    this.asked.push(uri)
    if (uri.includes('slow')) await this.#turn(signal)
    if (uri.includes('missing')) throw new GatewayError('not_found', `${uri} does not exist`)
    const all = this.subscribers.get(uri) ?? new Set()
    this.subscribers.set(uri, all.add(subscriber))
    return { uri, data: { id: 1, first: true }, close: () => void all.delete(subscriber) }
  }

  /** Lets go those that wait. */
  release(): void {
    for (const go of this.#waiting.splice(0)) go()
  }

  change(uri: string, data: JsonObject): void {
    for (const subscriber of this.subscribers.get(uri) ?? []) subscriber.updated({ uri, data })
  }

  count(uri: string): number {
    return this.subscribers.get(uri)?.size ?? 0
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve)
      signal.addEventListener('abort', () => reject(new GatewayError('cancelled', 'the caller went away')))
    })
  }
}

const identity: Identity = {
  url: 'http://127.0.0.1:1',
  database: 'db',
  uid: 2,
  username: 'ada',
  lang: null,
  tz: null,
  company: { id: 1, name: 'One' },
  companies: [],
  server_version: '19.0',
  major: 19,
  protocol: 'jsonrpc'
}

/** Sessions as `gateway.hold` shows them: the secret is the id, without one it is the default connection. */
export class FakeSessions implements Pick<Gateway, 'hold'> {
  readonly held = new Set<{ id: string; ended: (reason: EndReason) => void }>()
  /** Sessions that have ended: whoever names them is refused. */
  readonly gone = new Set<string>()

  hold: Gateway['hold'] = async (caller, _signal, ended) => {
    const id = sessionOf(caller)
    if (this.gone.has(id)) throw new GatewayError('auth_required', 'there is no Odoo session for this call')
    const entry = { id, ended }
    this.held.add(entry)
    const hold: Hold = { sessionId: id, identity, caller, release: () => void this.held.delete(entry) }
    return hold
  }

  end(id: string, reason: EndReason): void {
    this.gone.add(id)
    for (const entry of [...this.held].filter(entry => entry.id === id)) {
      this.held.delete(entry)
      entry.ended(reason)
    }
  }
}

function sessionOf({ bearer, handle }: Caller): string {
  return bearer ?? handle ?? 'default'
}
