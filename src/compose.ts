// Longer than other files: the one place that builds things, where nothing is decided.

import { networkInterfaces } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Config } from './config/config.js'
import { createGateway, type Door } from './core/door.js'
import type { ChangeSource, Resources } from './core/live.js'
import { createPolicy } from './core/policy.js'
import type { CallOutcome } from './core/ports/gateway.js'
import type { OdooExchange, OpenOdoo } from './core/ports/odoo.js'
import { createHub, type Hub } from './live/hub.js'
import { createLog, type GatewayLog } from './log.js'
import type { McpRoutes, McpRoutesOptions } from './mcp/http.js'
import type { McpProvider } from './mcp/provider.js'
import type { McpStdio, McpStdioOptions } from './mcp/stdio.js'
import type { Metrics, ServerState } from './metrics.js'
import { createOdooBus } from './odoo/bus/bus.js'
import { createOdoo } from './odoo/open.js'
import type { AddressGuardOptions } from './odoo/transport/address-guard.js'
import { prompts } from './prompts/index.js'
import { createPrompts } from './prompts/prompts.js'
import { createResources } from './resources/resources.js'
import { createMemoryStore } from './sessions/memory-store.js'
import { createSessions, type SessionRegistry } from './sessions/sessions.js'
import { internalTools, tools } from './tools/index.js'
import { version } from './version.js'

/** What both surfaces stand on. */
export interface Core {
  config: Config
  log: GatewayLog
  odoo: OpenOdoo
  sessions: SessionRegistry
  gateway: Door
  resources: Resources
  /** Tells of changes; ends with the surface. */
  hub: Hub
  /** Has every call told from now on to this one, who counts them. */
  countCalls(told: (call: CallOutcome) => void): void
  /** The same for requests to Odoos. */
  countExchanges(told: (exchange: OdooExchange) => void): void
  /** Ports that this process listens on: no caller may make it connect to itself. */
  ownPorts: number[]
}

/** Builds everything below the surfaces. Opens no connection. */
export function composeCore(config: Config, log: GatewayLog = logOf(config)): Core {
  const clock = Date.now
  const ownPorts: number[] = []
  let counter: ((call: CallOutcome) => void) | undefined
  let exchangeCounter: ((exchange: OdooExchange) => void) | undefined
  const guard = { allowedHosts: config.allowedOdooHosts, ownPorts: () => ownPorts, localAddresses }
  const odoo = createOdoo({
    connectTimeoutMs: config.timeouts.connect,
    maxConcurrency: config.maxConcurrency,
    maxQueue: config.maxQueue,
    maxResponseBytes: config.maxResponseBytes,
    retries: config.retries,
    tls: config.tls,
    guard,
    log,
    clock,
    onExchange: exchange => exchangeCounter?.(exchange)
  })
  const sessions = createSessions({
    odoo,
    store: createMemoryStore(),
    ...(config.odoo !== undefined && { configured: config.odoo }),
    allowConnect: config.allowConnect,
    idleMs: config.sessions.idleMs,
    maxMs: config.sessions.maxMs,
    maxSessions: config.sessions.max,
    maxPerPrincipal: config.sessions.maxPerPrincipal,
    loginTimeoutMs: config.timeouts.read,
    clock
  })
  const gateway = createGateway({
    tools: [...tools, ...internalTools].filter(tool => config.allowConnect || tool.access !== 'session'),
    sessions,
    policy: createPolicy(config.policy),
    limits: config.limits,
    timeouts: config.timeouts,
    log,
    clock,
    onWrite: written => hub.written(written),
    onCall: call => counter?.(call)
  })
  const resources = createResources(gateway)
  const sources = busOf(config, guard, log)
  const hub = createHub({ gateway, resources, sources, pollMs: config.live.pollMs, log })
  if (!config.tls.verify)
    log.warn({}, 'ssl_verify is off: anybody between this server and Odoo can read and change everything')
  const countCalls: Core['countCalls'] = told => {
    counter = told
  }
  const countExchanges: Core['countExchanges'] = told => {
    exchangeCounter = told
  }
  return { config, log, odoo, sessions, gateway, resources, hub, countCalls, countExchanges, ownPorts }
}

/** The bus of the default connection, where rules that tell of changes are installed. */
function busOf({ odoo, live, timeouts, tls }: Config, guard: AddressGuardOptions, log: GatewayLog): ChangeSource[] {
  if (odoo === undefined || live.bus === undefined) return []
  const { channel, models, url: busUrl } = live.bus
  const { url, database } = odoo
  const where = { url, database, channel, models, ...(busUrl !== undefined && { busUrl }) }
  return [createOdooBus({ ...where, connectTimeoutMs: timeouts.connect, tls, guard, log })]
}

/** What MCP clients see besides the tools. */
async function providersOf({ config, gateway, resources, hub }: Core): Promise<McpProvider[]> {
  const [{ mcpResources }, { mcpPrompts }] = await Promise.all([
    import('./mcp/resources.js'),
    import('./mcp/prompts.js')
  ])
  const maxResultBytes = config.limits.max_result_bytes
  return [
    mcpResources({ resources, gateway, maxResultBytes, hub }),
    mcpPrompts(createPrompts({ prompts, gateway, resources, clock: Date.now }))
  ]
}

/** The log of a process, which keeps the configured secrets out of its lines. */
export function logOf({ log, odoo, live, accessKeys }: Config): GatewayLog {
  const secrets = [odoo?.secret, live.bus?.channel, ...accessKeys.map(key => key.secret)].filter(
    secret => secret !== undefined
  )
  const created = createLog({ ...log, secrets })
  // As whoever rotates logs says it. Without a file the signal means what it always does: the terminal has gone.
  if (log.handlers.some(({ to }) => to === 'file')) process.on('SIGHUP', () => created.reopen())
  return created
}

export interface HttpServer {
  app: FastifyInstance
  /** The address that it listens on, such as `http://127.0.0.1:8000`. */
  listen(): Promise<string>
  /**
   * Takes no more calls and ends the streams, waits for the calls in flight, and ends those that take longer than `graceMs`
   * (8 s). Their callers have an answer before the sockets are closed.
   */
  close(graceMs?: number): Promise<void>
}

/** REST and MCP on one HTTP server. `features` are what MCP clients see besides the tools. */
export async function composeHttp(
  core: Core,
  features: Pick<McpRoutesOptions, 'providers' | 'bus'> = {}
): Promise<HttpServer> {
  // Loaded here, so that `stdio` starts without them.
  const [{ buildApp }, { mcpRoutes }, { InFlight }, { createEventStreams }, { createDialect }] = await Promise.all([
    import('./http/app.js'),
    import('./mcp/http.js'),
    import('./mcp/in-flight.js'),
    import('./events/streams.js'),
    import('./dialect/dialect.js')
  ])
  const { config, log, gateway, sessions, resources, hub, ownPorts, odoo } = core
  const events = createEventStreams({ gateway, hub, ...config.streams })
  const providers = [...(await providersOf(core)), ...(features.providers ?? [])]
  const requests = new InFlight()
  let ready = false
  let draining = false
  let mcp: McpRoutes | undefined
  const metrics = await metricsOf(core, () => ({
    connected: gateway.connected,
    sessions: sessions.size,
    mcpSessions: mcp?.sessionCount ?? 0,
    streams: { events: events.size, listen: mcp?.listenCount ?? 0 },
    live: hub.stats(),
    odoo: odoo.stats()
  }))
  const app = await buildApp({
    gateway,
    events,
    ...(metrics !== undefined && { metrics }),
    log,
    version,
    accessKeys: config.accessKeys,
    principalOfBearer: sessions.principalOfBearer,
    ownHosts: config.ownHosts,
    loopback: config.listen.loopback,
    allowedOrigins: config.allowedOrigins,
    allowedHosts: config.allowedHosts,
    docs: config.docs,
    trustProxyHops: config.trustProxyHops,
    rate: config.rate,
    ready: () => ready,
    draining: () => draining,
    onRequest: () => requests.begin(),
    mount(app, authenticate) {
      const { idleMs, max, maxPerPrincipal } = config.sessions
      const limits = { idleMs, maxSessions: max, maxSessionsPerPrincipal: maxPerPrincipal }
      const maxResultBytes = config.limits.max_result_bytes
      mcp = mcpRoutes(app, {
        ...{ gateway, authenticate, log, version, limits, maxResultBytes, ...features, providers },
        dialect: createDialect({ gateway, resources, streams: events, log }),
        maxStreamsPerPrincipal: config.streams.maxPerPrincipal
      })
    }
  })
  return {
    app,
    async listen() {
      const address = await app.listen({ host: config.listen.host, port: config.listen.port })
      ownPorts.push(...app.addresses().flatMap(at => (typeof at === 'string' ? [] : [at.port])))
      ready = true
      return address
    },
    async close(ms = graceMs) {
      // The listener stays open: whoever comes now is told to go elsewhere, and probes are answered.
      ready = false
      draining = true
      events.close()
      hub.close()
      await drain(core, ms)
      await mcp?.close(Math.min(ms, flushMs))
      await requests.settled(Math.min(ms, flushMs))
      const closed = app.close()
      // Some clients hold connections open on which they ask nothing: nothing else would ever end those.
      app.server.closeAllConnections()
      await closed
      await odoo.close()
    }
  }
}

/**
 * Milliseconds that calls in flight may still take when the server stops. Docker kills what has not stopped after ten
 * seconds.
 */
export const graceMs = 8000

/** Milliseconds in which answers that are ready are on their way. */
const flushMs = 1000

/** Waits for the calls in flight, and for writes whose callers have left: the audit tells what became of those. */
async function drain({ gateway, odoo }: Core, ms: number): Promise<void> {
  const end = Date.now() + ms
  await gateway.drain(ms)
  while (odoo.stats().running > 0 && Date.now() < end) await setTimeout(20)
}

/** What `/metrics` serves, unless the settings say no; loaded for those who want it. */
async function metricsOf({ config, ...core }: Core, state: () => ServerState): Promise<Metrics | undefined> {
  if (!config.metrics) return undefined
  const { createMetrics } = await import('./metrics.js')
  const metrics = createMetrics({ version, state })
  core.countCalls(metrics.called)
  core.countExchanges(metrics.exchanged)
  return metrics
}

/** MCP over the standard streams of this process. */
export async function composeStdio(
  core: Core,
  streams: Pick<McpStdioOptions, 'stdin' | 'stdout'> = {}
): Promise<Omit<McpStdio, 'pause'>> {
  const { serveMcpStdio } = await import('./mcp/stdio.js')
  const { config, gateway, log, hub, odoo } = core
  const providers = await providersOf(core)
  const maxResultBytes = config.limits.max_result_bytes
  const server = serveMcpStdio({ gateway, log, version, maxResultBytes, providers, ...streams })
  return {
    closed: server.closed,
    async close(ms = graceMs) {
      server.pause()
      hub.close()
      await drain(core, ms)
      await server.close(Math.min(ms, flushMs))
      await odoo.close()
    }
  }
}

function localAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap(list => (list ?? []).map(({ address }) => address))
}
