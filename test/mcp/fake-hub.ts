import { GatewayError } from '../../src/core/errors.js'
import type { EndReason, LiveHub, LiveStats, Subscriber, Subscription } from '../../src/core/live.js'
import type { McpProvider } from '../../src/mcp/provider.js'
import { watchHub } from '../../src/mcp/subscriptions.js'

interface Open {
  uri: string
  subscriber: Subscriber
}

/**
 * A hub without an Odoo. `odoo://secret.model/…` is denied, `odoo://res.partner/404` is not there, `odoo://down.model/…`
 * cannot be read now, and `odoo://slow.model/…` not before `answer` is called. Of `odoo://ann.only/…` only Ann hears.
 */
export class FakeHub implements LiveHub {
  readonly open = new Set<Open>()
  /** Calls of `subscribe`, also of those that failed. */
  readonly asked: string[] = []
  /** Reads that have begun and not ended, at most at a time. */
  mostAtOnce = 0
  #reading = 0
  #waiting: (() => void)[] = []

  async subscribe(uri: string, subscriber: Subscriber, signal: AbortSignal): Promise<Subscription> {
    this.asked.push(uri)
    this.#reading += 1
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#reading)
    await new Promise(setImmediate)
    if (uri.startsWith('odoo://slow.model/')) {
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
        signal.addEventListener('abort', () => resolve())
      })
    }
    this.#reading -= 1
    if (signal.aborted) throw new GatewayError('cancelled', 'The caller went away.')
    if (uri.startsWith('odoo://secret.model/')) throw new GatewayError('policy_denied', 'This model is not served.')
    if (uri === 'odoo://res.partner/404') throw new GatewayError('not_found', 'There is no such record.')
    if (uri.startsWith('odoo://down.model/')) throw new GatewayError('odoo_unavailable', 'Odoo cannot be reached.')
    if (uri.startsWith('odoo://ann.only/') && subscriber.caller.principal !== 'key:ann') {
      throw new GatewayError('not_found', 'There is no such record.')
    }
    const entry = { uri, subscriber }
    this.open.add(entry)
    return { uri, data: {}, close: () => void this.open.delete(entry) }
  }

  /** Lets the slow reads answer. */
  answer(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  change(uri: string): void {
    for (const entry of this.open) {
      if (entry.uri === uri) entry.subscriber.updated({ uri, data: {} })
    }
  }

  /** A session ends, with all that is subscribed in it. */
  end(reason: EndReason, principal?: string): void {
    for (const entry of this.open) {
      if (principal !== undefined && entry.subscriber.caller.principal !== principal) continue
      this.open.delete(entry)
      entry.subscriber.ended(reason)
    }
  }

  get uris(): string[] {
    return [...this.open].map(({ uri }) => uri).sort()
  }

  stats(): LiveStats {
    return { subscriptions: this.open.size, watches: 0, identities: 0, slowed: 0, covered: 0 }
  }

  close(): void {
    this.end('shutdown')
  }
}

/** Resources that can only be watched. */
export function watchedBy(hub: FakeHub): McpProvider {
  const resources = { list: async () => [], templates: async () => [], read: async () => undefined }
  return { resources: { ...resources, watch: watchHub(hub) } }
}
