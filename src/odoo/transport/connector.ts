import dns from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import { buildConnector } from 'undici'
import { GatewayError } from '../../core/errors.js'
import type { Log } from '../../core/ports/log.js'
import { unavailable } from '../faults/unavailable.js'
import type { AddressGuard } from './address-guard.js'

export interface ConnectOptions {
  guard: AddressGuard
  /** Milliseconds, for TCP and TLS each. */
  connectTimeoutMs: number
  /** `ca`: PEM, trusted in addition to the usual authorities. */
  tls: { verify: boolean; ca?: string }
  log: Log
}

/**
 * undici's connector with the address guard in it. A socket that leads where it must not is closed before a byte is
 * sent, TLS included. Names are also checked as they resolve, so that nobody can scan inner hosts by the difference
 * between "refused" and "denied". Fails with GatewayError only.
 */
export function createConnector({ guard, connectTimeoutMs, tls, log }: ConnectOptions): buildConnector.connector {
  const connectTcp = buildConnector({
    timeout: connectTimeoutMs,
    keepAliveInitialDelay: askAfterMs,
    lookup: guardedLookup(guard)
  } as buildConnector.BuildOptions)
  const connectTls = buildConnector({
    timeout: connectTimeoutMs,
    rejectUnauthorized: tls.verify,
    ...(tls.ca && { ca: [...rootCertificates, tls.ca] })
  } as buildConnector.BuildOptions)

  return (options, callback) => {
    const host = options.hostname
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
    const fail = (error: GatewayError, cause: unknown) => {
      log.debug({ host, port, err: cause }, 'connection to Odoo failed')
      callback(error, null)
    }
    // undici and Node call no lookup for an IP literal.
    if (isIP(host) && !guard.addressAllowed(host, port)) return fail(deniedAddress(), undefined)

    connectTcp({ ...options, protocol: 'http:', port: String(port) }, (error, socket) => {
      if (error) return fail(toConnectError(error), error)
      if (!guard.addressAllowed(socket.remoteAddress ?? '', port)) {
        socket.destroy()
        return fail(deniedAddress(), undefined)
      }
      if (options.protocol !== 'https:') return callback(null, socket)
      connectTls({ ...options, port: String(port), httpSocket: socket }, (tlsError, secure) => {
        if (!tlsError) return callback(null, secure)
        socket.destroy()
        fail(unavailable('tls', { cause: tlsError }), tlsError)
      })
    })
  }
}

/**
 * An idle connection is asked by TCP whether the other side is still there, after this long: a machine that is gone
 * ends the connections to it within seconds, and the reply of a write is not awaited from it for minutes.
 */
const askAfterMs = 10_000

/** The server's policy, not Odoo, refuses an address. Says nothing about what lives there. */
export function deniedAddress(): GatewayError {
  return new GatewayError('policy_denied', 'This server may not connect to that address.', {
    hint: 'allowed_odoo_hosts in its settings says which hosts it may reach.'
  })
}

function toConnectError(error: Error & { code?: string }): GatewayError {
  if (error instanceof GatewayError) return error
  // A name that does not exist will not exist in a second either; all else may be a restart.
  return unavailable('connect', { cause: error, retryable: error.code !== 'ENOTFOUND' })
}

function guardedLookup(guard: AddressGuard): LookupFunction {
  return (hostname, options, callback) => {
    dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0)
      // Which port is not known here; the socket's own check looks at it.
      const allowed = addresses.filter(({ address }) => guard.addressAllowed(address, 0))
      const [first] = allowed
      if (first === undefined) return callback(deniedAddress() as Error, '', 0)
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}
