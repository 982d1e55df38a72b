import type { LiveStats } from '../core/live.js'
import type { OdooStats } from '../core/ports/odoo.js'

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
  odoo: OdooStats
}

/** One number, or a family of them, as `/metrics` and its documentation say it. */
export interface Measured {
  name: string
  kind: 'counter' | 'gauge' | 'histogram'
  /** No label names a model, a host, a database or a user: they would tell strangers about them, and their number has no limit. */
  labels: readonly string[]
  help: string
  /** When somebody should look, and at what. */
  alarm?: string
}

/** A gauge of what there is now. */
export interface StateGauge extends Measured {
  kind: 'gauge'
  value(state: ServerState): number
}

function now(name: string, help: string, value: StateGauge['value'], alarm?: string): StateGauge {
  return { name: `odoo_mcp_${name}`, kind: 'gauge', labels: [], help, value, ...(alarm !== undefined && { alarm }) }
}

export const stateGauges: readonly StateGauge[] = [
  now(
    'connected',
    'Whether the last call of the default connection worked: 1 or 0, also before the first.',
    ({ connected }) => Number(connected),
    '0 for 5 minutes while there are calls: `odoo-mcp doctor` says which step fails'
  ),
  now(
    'odoo_running',
    'Requests whose answer is awaited, over all Odoos.',
    ({ odoo }) => odoo.running,
    'At `max_concurrency` for minutes: Odoo is slow, or has too few workers'
  ),
  now(
    'odoo_queued',
    'Requests that wait for their turn, over all Odoos.',
    ({ odoo }) => odoo.queued,
    'More than 0 for minutes: callers wait; near `max_queue` they get `busy`'
  ),
  now(
    'odoo_open_breakers',
    'Odoos that are not asked for a while, because they failed again and again.',
    ({ odoo }) => odoo.open_breakers,
    'More than 0 for 2 minutes: an Odoo is down; its callers get `busy` at once'
  ),
  now(
    'sessions',
    'Odoo sessions that callers have opened.',
    ({ sessions }) => sessions,
    'Over 80 % of `max_sessions`: then `busy` for everybody new'
  ),
  now('mcp_sessions', 'Sessions of MCP 2025-11-25 and before.', ({ mcpSessions }) => mcpSessions, 'As for sessions'),
  now('event_streams', 'Streams of GET /events.', ({ streams }) => streams.events),
  now('listen_streams', 'Streams of subscriptions/listen of MCP 2026-07-28.', ({ streams }) => streams.listen),
  now('subscriptions', 'Subscriptions to records and lists.', ({ live }) => live.subscriptions),
  now('watches', 'Pairs of a user and a model that are looked at for subscribers.', ({ live }) => live.watches),
  now('watching_users', 'Users as whom something is looked at.', ({ live }) => live.identities),
  now(
    'covered_watches',
    "Watches that Odoo's bus wakes, so that they are rarely polled.",
    ({ live }) => live.covered,
    '0 where the rule of `live install` is: the bus is not heard, and everything is polled'
  ),
  now(
    'slowed_databases',
    'Databases that are polled less often, because too many users watch.',
    ({ live }) => live.slowed,
    'More than 0 for hours: updates come late; install the rule of `live install`'
  )
]

/** What is counted as it happens. */
export const counted = {
  calls: {
    name: 'odoo_mcp_call_duration_seconds',
    kind: 'histogram',
    labels: ['tool', 'outcome'],
    help: 'Calls of tools, by their outcome: ok, or the code of the error.',
    alarm:
      '`internal` at all: a bug of ours, with its request id in the log. `odoo_unavailable`, `timeout` or `busy` over 1 % of calls: Odoo. `auth_failed` or `rate_limited` of `odoo_connect` rising: somebody guesses passwords'
  },
  odooRequests: {
    name: 'odoo_mcp_odoo_requests_total',
    kind: 'counter',
    labels: ['tool', 'background'],
    help: 'Requests to an Odoo; background ones look at what is subscribed.',
    alarm: 'Background ones over half of all: raise `poll_interval`, or install the rule of `live install`'
  },
  exchanges: {
    name: 'odoo_mcp_odoo_request_duration_seconds',
    kind: 'histogram',
    labels: ['wire', 'access', 'outcome'],
    help: 'Single requests to an Odoo, from when they are sent to the end of their answer, by wire, read or write, and outcome.',
    alarm: '95th percentile of `ok` reads over 2 s for 10 minutes: Odoo is slow, whoever asks'
  },
  requests: {
    name: 'odoo_mcp_http_request_duration_seconds',
    kind: 'histogram',
    labels: ['method', 'route', 'status'],
    help: 'HTTP requests, streams included, from their head to the end of their answer.',
    alarm: '`429` rising: a caller is too fast; `401` or `403` rising: wrong keys, or somebody tries; `5xx` over 1 %'
  },
  info: { name: 'odoo_mcp_info', kind: 'gauge', labels: ['version'], help: 'The version of this server, always 1.' }
} as const satisfies Record<string, Measured>

/** What prom-client measures of every process, as far as it is worth an alarm. */
export const ofProcess: readonly Measured[] = [
  {
    name: 'nodejs_eventloop_lag_p99_seconds',
    kind: 'gauge',
    labels: [],
    help: 'Delay of the event loop, 99th percentile since the last scrape.',
    alarm: 'Over 0.2 for 5 minutes: the process has too little CPU, or answers are too large; everybody waits'
  },
  {
    name: 'process_resident_memory_bytes',
    kind: 'gauge',
    labels: [],
    help: 'Memory of the process.',
    alarm: 'Over 80 % of its limit, or higher every day at the same load'
  },
  {
    name: 'process_open_fds',
    kind: 'gauge',
    labels: [],
    help: 'Open sockets and files.',
    alarm: 'Over 80 % of `process_max_fds`'
  },
  {
    name: 'process_start_time_seconds',
    kind: 'gauge',
    labels: [],
    help: 'When the process began; all counters begin anew with it.',
    alarm: 'Changes without a deployment: the process has died; the end of its log says why'
  }
]

/** Everything, in the order of the documentation. */
export const measured: readonly Measured[] = [...Object.values(counted), ...stateGauges, ...ofProcess]
