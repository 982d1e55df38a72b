import type { ChangeSource, WatchTarget } from '../../core/live.js'
import { normaliseUrl } from '../../core/odoo-url.js'
import type { Log } from '../../core/ports/log.js'
import { type AddressGuardOptions, createAddressGuard } from '../transport/address-guard.js'
import { createBusNet } from './bus-net.js'
import { Connection } from './connection.js'
import { type BusTimes, busLinks, usualTimes } from './links.js'
import { type BusMessage, hintsIn } from './messages.js'

export interface OdooBusOptions {
  /** The connection that the rules were installed with: other databases are not told of. */
  url: string
  database: string
  /** A secret: whoever knows it can listen. */
  channel: string
  /** The models that have rules. */
  models: readonly string[]
  /** Base URL of the bus, if not that of Odoo: the gevent or longpolling port. */
  busUrl?: string
  /** Milliseconds to connect, for TCP and TLS each. */
  connectTimeoutMs: number
  /** `ca`: PEM, trusted in addition to the usual authorities. */
  tls: { verify: boolean; ca?: string }
  guard: AddressGuardOptions
  log: Log
  times?: Partial<BusTimes>
}

/**
 * Odoo's own bus as a source of change, where `odoo-mcp live install` has made rules that send on it: a websocket on 16
 * and later, long polling on 14 and 15. Connected while something is watched that it tells of. Messages are hints and
 * never data; they need no login to be heard, so that none is used. After every gap all is looked at.
 */
export function createOdooBus(options: OdooBusOptions): ChangeSource {
  const { database, channel, log } = options
  const odooUrl = normaliseUrl(options.url)
  const address = { url: normaliseUrl(options.busUrl ?? options.url), database, channel }
  const models = new Set(options.models)
  const times = { ...usualTimes, ...options.times }
  const net = createBusNet({ ...options, guard: createAddressGuard(options.guard) })
  const watched = new Set<{ target: WatchTarget }>()
  let connection: Connection | undefined

  const tells = ({ identity, model }: WatchTarget): boolean =>
    identity.url === odooUrl && identity.database === database && models.has(model)

  const lookAtAll = () => {
    for (const { target } of watched) void target.look()
  }

  function hear(messages: BusMessage[]): void {
    for (const { model, ids } of hintsIn(messages)) {
      for (const { target } of watched) {
        if (target.model === model) void target.look(ids.length > 0 ? ids : undefined)
      }
    }
  }

  function connect(): Connection {
    const linkTo = busLinks({ net, address, times })
    return new Connection({
      // The newest watch knows best which version Odoo is by now.
      link: () => linkTo([...watched].at(-1)?.target.identity.major ?? 0),
      listener: { opened: lookAtAll, heard: hear, missed: lookAtAll },
      url: address.url,
      log,
      pauses: { first: times.firstPause, longest: times.longestPause }
    })
  }

  function disconnect(): void {
    connection?.close()
    connection = undefined
  }

  return {
    watch(target) {
      if (!tells(target)) return () => {}
      const entry = { target }
      watched.add(entry)
      connection ??= connect()
      return () => {
        watched.delete(entry)
        if (watched.size === 0) disconnect()
      }
    },
    covers: target => tells(target) && connection?.open === true,
    close() {
      watched.clear()
      disconnect()
      void net.close()
    }
  }
}
