import { networkInterfaces } from 'node:os'
import { Pool } from 'undici'
import type { GatewayError } from '../../core/errors.js'
import type { Clock, Log } from '../../core/ports/log.js'
import type { CallScope } from '../../core/ports/odoo.js'
import type { WireReply, WireRequest } from '../wires/wire.js'
import { type AddressGuardOptions, createAddressGuard } from './address-guard.js'
import { createConnector, deniedAddress } from './connector.js'
import { type Download, download } from './download.js'
import { Ending, longestTimer } from './ending.js'
import { Exchange } from './exchange.js'
import { Gate } from './gate.js'
import { ReadPool } from './read-pool.js'

export interface TransportOptions {
  /** Milliseconds to connect, for TCP and TLS each. */
  connectTimeoutMs: number
  /** Requests at a time per Odoo (origin); the others queue, and their deadlines run. Files on their way: as many again. */
  maxConcurrency: number
  /** How many may queue per Odoo; more are refused as `busy`. */
  maxQueue: number
  /** The largest reply that is read, in bytes. */
  maxResponseBytes: number
  /** `ca`: PEM, trusted in addition to the usual authorities. */
  tls: { verify: boolean; ca?: string }
  guard: AddressGuardOptions
  log: Log
  clock: Clock
  /** How long the reply of a write is awaited after its caller has gone, in milliseconds; 10 minutes. */
  lateReplyMs?: number
}

export interface Sending {
  /** The base URL, without a trailing slash. */
  url: string
  request: WireRequest
  /** A write is sent at most once, and once sent it is never aborted. */
  write: boolean
  scope: CallScope
  /** Called when its turn has come: what it throws is thrown, and nothing is sent. */
  admit?: () => void
  /** A write's caller got `cancelled` or `timeout`; this is what still comes. Never called otherwise. */
  onLate?: (reply: Promise<WireReply>) => void
}

/** A request whose answer is read as it comes. */
export interface Opening {
  /** The base URL, without a trailing slash. */
  url: string
  method: 'GET' | 'POST'
  /** Appended to it. */
  path: string
  headers: Record<string, string>
  body?: string
  /** The deadline is for the head of the answer; the signal for all of it. */
  scope: CallScope
}

/**
 * The only network call. Throws GatewayError: `cancelled`, `timeout`, `odoo_unavailable`, `policy_denied`, and
 * `invalid_input` for a reply over the limit. Those of writes carry `outcome`.
 */
export interface Transport {
  send(sending: Sending): Promise<WireReply>
  /** Sent once. Not counted among the calls: a slow reader of a file must not keep others from their data. */
  open(opening: Opening): Promise<Download>
  /** Throws `policy_denied` when the settings do not let this URL be used. */
  assertHostAllowed(url: URL): void
  /** Requests that are on their way, and that wait for their turn. */
  stats(): { running: number; queued: number }
  close(): Promise<void>
}

export function createTransport(options: TransportOptions): Transport {
  const { maxConcurrency, maxQueue, maxResponseBytes, clock, lateReplyMs = 10 * 60_000 } = options
  const guard = createAddressGuard({ localAddresses, ...options.guard })
  const connect = createConnector({ ...options, guard })
  const origins = new Map<string, Origin>()

  function originOf(url: URL): Origin {
    const known = origins.get(url.origin)
    if (known) return known
    if (origins.size >= maxIdleOrigins) closeIdle(origins)
    // The gate limits connections already. The caller's deadline takes the place of undici's own timeouts.
    const shared = { connect, connections: null, headersTimeout: 0, bodyTimeout: 0, keepAliveMaxTimeout: mostIdleMs }
    const places = { places: maxConcurrency, maxWaiting: maxQueue }
    const created = {
      gate: new Gate(places),
      downloads: new Gate(places),
      reads: new ReadPool(() => new Pool(url.origin, shared)),
      // pipelining 0 = a connection per request: a kept-alive one may die just as a write goes out on it, and
      // nobody would know whether Odoo got the write.
      writes: new Pool(url.origin, { ...shared, pipelining: 0 }),
      users: 0
    }
    origins.set(url.origin, created)
    return created
  }

  async function send({ url, request, write, scope, admit, onLate }: Sending): Promise<WireReply> {
    const target = new URL(url)
    const origin = originOf(target)
    const ending = new Ending(scope, clock)
    origin.users++
    try {
      const leave = await origin.gate.enter(ending, scope.turn)
      orLeave(leave, admit)
      const exchange = new Exchange({ maxResponseBytes, write, onSent: scope.onRequest })
      const reply = exchange.reply.finally(leave)
      dispatch(write ? origin.writes : origin.reads.pool, target, request, exchange)
      return await new Promise((resolve, reject) => {
        reply.then(resolve, reject)
        ending.on(error => {
          if (!write && exchange.silent && error.code === 'timeout') origin.reads.renew()
          if (!write || !exchange.sent) return exchange.stop(error)
          reject(error.with({ outcome: 'unknown' }))
          exchange.stopAfter(lateReplyMs)
          leaveIn(scope.deadline - clock(), leave, reply)
          onLate?.(holding(origin, reply))
        })
      })
    } catch (error) {
      // Whoever still waits at the gate has sent nothing.
      throw write ? withOutcome(error as GatewayError) : error
    } finally {
      origin.users--
      ending.dispose()
    }
  }

  async function open({ url, path, scope, ...request }: Opening): Promise<Download> {
    const target = new URL(url)
    const origin = originOf(target)
    const ending = new Ending(scope, clock)
    const stop = new AbortController()
    origin.users++
    const leaving: (() => void)[] = [() => origin.users--]
    const leave = () => {
      for (const step of leaving.splice(0)) step()
    }
    try {
      leaving.push(await origin.downloads.enter(ending, scope.turn))
      ending.on(error => stop.abort(error))
      scope.onRequest?.()
      const signal = AbortSignal.any([scope.signal, stop.signal])
      const answer = await download(origin.reads.pool, { ...request, path: fullPath(target, path) }, signal)
      answer.body.once('close', leave)
      return answer
    } catch (error) {
      leave()
      throw error
    } finally {
      ending.dispose()
    }
  }

  return {
    send,
    open,
    assertHostAllowed(url) {
      if (!guard.hostAllowed(url)) throw deniedAddress()
    },
    stats() {
      const gates = [...origins.values()].flatMap(({ gate, downloads }) => [gate, downloads])
      const sum = (count: (gate: Gate) => number) => gates.reduce((total, gate) => total + count(gate), 0)
      return { running: sum(gate => gate.inside), queued: sum(gate => gate.waiting) }
    },
    async close() {
      await Promise.all([...origins.values()].flatMap(({ reads, writes }) => [reads.destroy(), writes.destroy()]))
    }
  }
}

interface Origin {
  gate: Gate
  /** The same for files on their way. */
  downloads: Gate
  reads: ReadPool
  writes: Pool
  /** Requests waiting, running, or whose reply is still awaited. */
  users: number
}

// However long a server says that it keeps idle connections: one that was used just now is hardly dead, and a new one
// costs a millisecond. What stands between may forget idle ones, and the next read on such a one would wait in vain.
const mostIdleMs = 4000

// Whoever may connect anywhere could otherwise fill the memory with pools, one address after the other.
const maxIdleOrigins = 100

function orLeave(leave: () => void, step: (() => void) | undefined): void {
  try {
    step?.()
  } catch (error) {
    leave()
    throw error
  }
}

function closeIdle(origins: Map<string, Origin>): void {
  for (const [name, { users, reads, writes }] of origins) {
    if (users > 0) continue
    origins.delete(name)
    void reads.destroy()
    void writes.destroy()
  }
}

/**
 * A write whose caller has been answered keeps its place until its own time is over: whoever leaves early wins none. From
 * then on it would only shut others out, for minutes, from an Odoo that may well answer them.
 */
function leaveIn(ms: number, leave: () => void, reply: Promise<unknown>): void {
  const timer = setTimeout(leave, Math.min(Math.max(0, ms), longestTimer))
  timer.unref()
  const stop = () => clearTimeout(timer)
  reply.then(stop, stop)
}

async function holding<T>(origin: Origin, reply: Promise<T>): Promise<T> {
  origin.users++
  try {
    return await reply
  } finally {
    origin.users--
  }
}

function dispatch(pool: Pool, base: URL, { method, path, headers, body }: WireRequest, exchange: Exchange): void {
  pool.dispatch(
    { method, path: fullPath(base, path), headers: { ...headers, 'user-agent': 'odoo-mcp' }, body },
    exchange
  )
}

function fullPath(base: URL, path: string): string {
  return base.pathname.replace(/\/$/, '') + path
}

function withOutcome(error: GatewayError): GatewayError {
  return error.extra.outcome === undefined ? error.with({ outcome: 'not_applied' }) : error
}

function localAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap(list => list?.map(({ address }) => address) ?? [])
}
