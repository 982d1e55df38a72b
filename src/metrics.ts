import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { LiveStats } from './core/live.js'
import type { CallOutcome } from './core/ports/gateway.js'

/** What a server is busy with, counted when somebody asks. */
export interface ServerState {
  /** Whether the last call of the default connection worked. */
  connected: boolean
  /** Odoo sessions that callers have opened. */
  sessions: number
  /** Sessions of MCP 2025-11-25 and before. */
  mcpSessions: number
  /** Streams of `GET /events`, and of `subscriptions/listen` of MCP 2026-07-28. */
  streams: { events: number; listen: number }
  live: LiveStats
}

export interface MetricsOptions {
  /** Of this server. */
  version: string
  state: () => ServerState
}

export interface Metrics {
  /** A call has come through the door. */
  called(call: CallOutcome): void
  /** A request was answered, or its caller left; `route` is the pattern, and none where there is no such route. */
  answered(request: { method: string; route: string | undefined; status: number; seconds: number }): void
  readonly contentType: string
  /** All of it, in the text format of Prometheus. */
  text(): Promise<string>
}

/** Seconds: from what this server adds by itself to what Odoo is given at most. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120]

/**
 * What this process does, for Prometheus. No label names a model, a host, a database or a user: they would tell strangers
 * about them, and their number has no limit.
 */
export function createMetrics({ version, state }: MetricsOptions): Metrics {
  const registers = [new Registry()]
  const [registry] = registers as [Registry]
  countState(registers, state)
  new Gauge({ registers, name: 'odoo_mcp_info', help: 'The version of this server.', labelNames: ['version'] }).set(
    { version },
    1
  )
  const calls = new Histogram({
    ...{ registers, buckets, labelNames: ['tool', 'outcome'] },
    name: 'odoo_mcp_call_duration_seconds',
    help: 'Calls of tools, by their outcome: ok, or the code of the error.'
  })
  const odooRequests = new Counter({
    ...{ registers, labelNames: ['tool', 'background'] },
    name: 'odoo_mcp_odoo_requests_total',
    help: 'Requests to an Odoo; background ones look at what is subscribed.'
  })
  const requests = new Histogram({
    ...{ registers, buckets, labelNames: ['method', 'route', 'status'] },
    name: 'odoo_mcp_http_request_duration_seconds',
    help: 'HTTP requests, streams included, from their head to the end of their answer.'
  })
  return {
    called({ tool, outcome, ms, rpcs, background }) {
      // A look at what is subscribed is no call of anybody: there would be nothing else to see.
      if (!background) calls.observe({ tool, outcome }, ms / 1000)
      odooRequests.inc({ tool, background: String(background) }, rpcs)
    },
    answered({ method, route = 'none', status, seconds }) {
      requests.observe({ method, route, status }, seconds)
    },
    contentType: registry.contentType,
    text: () => Registry.merge([registry, ofProcess()]).metrics()
  }
}

const gauges: readonly [name: string, help: string, value: (state: ServerState) => number][] = [
  ['connected', 'Whether the last call of the default connection worked.', ({ connected }) => Number(connected)],
  ['sessions', 'Odoo sessions that callers have opened.', ({ sessions }) => sessions],
  ['mcp_sessions', 'Sessions of MCP 2025-11-25 and before.', ({ mcpSessions }) => mcpSessions],
  ['event_streams', 'Streams of GET /events.', ({ streams }) => streams.events],
  ['listen_streams', 'Streams of subscriptions/listen of MCP 2026-07-28.', ({ streams }) => streams.listen],
  ['subscriptions', 'Subscriptions to records and lists.', ({ live }) => live.subscriptions],
  ['watches', 'Pairs of a user and a model that are looked at for subscribers.', ({ live }) => live.watches],
  ['watching_users', 'Users as whom something is looked at.', ({ live }) => live.identities],
  ['covered_watches', "Watches that Odoo's bus wakes, so that they are rarely polled.", ({ live }) => live.covered],
  ['slowed_databases', 'Databases that are polled less often, because too many users watch.', ({ live }) => live.slowed]
]

function countState(registers: Registry[], state: () => ServerState): void {
  for (const [name, help, value] of gauges) {
    new Gauge({
      registers,
      name: `odoo_mcp_${name}`,
      help,
      collect() {
        this.set(value(state()))
      }
    })
  }
}

let process: Registry | undefined

/** Memory, CPU, event loop and the like: once in a process, because what measures them never ends. */
function ofProcess(): Registry {
  if (process === undefined) {
    process = new Registry()
    collectDefaultMetrics({ register: process })
  }
  return process
}
