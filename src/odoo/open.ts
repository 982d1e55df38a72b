import { normaliseUrl } from '../core/odoo-url.js'
import type { Clock, Log } from '../core/ports/log.js'
import type { CallScope, Credential, OdooExchange, OdooLogin, OpenOdoo, Protocol } from '../core/ports/odoo.js'
import { Breakers } from './breaker.js'
import { chooseWire } from './choose-wire.js'
import { type ClientOptions, createClient } from './client.js'
import { openFile } from './files/open.js'
import { type WebLogin, WebSessions } from './files/web-sessions.js'
import { logIn } from './login.js'
import { createMetadataCache } from './metadata/cache.js'
import { createRpc, type Rpc } from './rpc.js'
import type { AddressGuardOptions } from './transport/address-guard.js'
import { createTransport } from './transport/transport.js'
import { wires } from './wires/wire.js'
import { WriteQueue } from './write-queue.js'

export interface OdooOptions {
  /** Milliseconds to connect, for TCP and TLS each. */
  connectTimeoutMs: number
  /** Requests at a time per Odoo. */
  maxConcurrency: number
  /** Requests that wait for their turn per Odoo; more are refused as `busy`. */
  maxQueue: number
  /** The largest reply that is read, in bytes. */
  maxResponseBytes: number
  /** How often a read is sent again after a transient failure. */
  retries: number
  /** `ca`: PEM, trusted in addition to the usual authorities. `verify: false` trusts anybody. */
  tls: { verify: boolean; ca?: string }
  /** What may be reached. */
  guard: AddressGuardOptions
  log: Log
  clock: Clock
  /** How long fields and models are kept, in milliseconds; 300,000. */
  metadataTtlMs?: number
  /** Told of every request to an Odoo when it has ended. Must not throw. */
  onExchange?: (exchange: OdooExchange) => void
}

/** The adapter: logs in to any Odoo from 14 on and hands out ports to it. Everything it throws is a GatewayError. */
export function createOdoo(options: OdooOptions): OpenOdoo {
  const { clock, log, retries, metadataTtlMs, onExchange } = options
  const transport = createTransport(options)
  const queue = new WriteQueue({ clock })
  const breakers = new Breakers({ clock, log })
  const web = new WebSessions({ transport, clock })
  const cache = createMetadataCache({ clock, ...(metadataTtlMs !== undefined && { ttlMs: metadataTtlMs }) })

  function speak(protocol: Protocol, url: string, database: string): Rpc {
    const breaker = () => breakers.of(url, database)
    return createRpc({ transport, wire: wires[protocol], url, queue, breaker, retries, onExchange, clock, log })
  }

  function toLogin(login: WebLogin, rpc: Rpc): OdooLogin {
    const { identity, secret } = login
    const open: ClientOptions['openFile'] = async (scope, ...file) => {
      breakers.of(identity.url, identity.database).check()
      return openFile({ transport, sessions: web, login, scope }, ...file)
    }
    const parts = { rpc, cache, identity, secret, openFile: open, log, clock }
    return { identity, port: (scope: CallScope) => createClient(parts, scope) }
  }

  return {
    async login(credential: Credential, scope: CallScope) {
      const url = normaliseUrl(credential.url)
      transport.assertHostAllowed(new URL(url))
      const own = { turn: 'login', ...scope }
      const chosen = await chooseWire(credential, protocol => speak(protocol, url, credential.database), own)
      const identity = await logIn(chosen, url, credential, own)
      cache.noteVersion(identity)
      const saved = { identity, secret: credential.secret, ...(credential.isKey && { isKey: credential.isKey }) }
      return { ...toLogin(saved, chosen.rpc), saved }
    },
    reopen(saved) {
      const { url, protocol, database } = saved.identity
      // The settings may have become stricter since it was saved.
      transport.assertHostAllowed(new URL(url))
      return toLogin(saved, speak(protocol, url, database))
    },
    stats() {
      const { running, queued } = transport.stats()
      return { running, queued: queued + queue.waiting, open_breakers: breakers.open }
    },
    close: () => transport.close()
  }
}
