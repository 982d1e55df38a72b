import { networkInterfaces } from 'node:os'
import type { FastifyInstance } from 'fastify'
import type { Config } from './config/config.js'
import { createGateway } from './core/door.js'
import { createPolicy } from './core/policy.js'
import type { Gateway, OpenOdoo } from './core/ports.js'
import { createLog, type GatewayLog } from './log.js'
import type { McpRoutes, McpRoutesOptions } from './mcp/http.js'
import type { McpStdio, McpStdioOptions } from './mcp/stdio.js'
import { createOdoo } from './odoo/open.js'
import { createMemoryStore } from './sessions/memory-store.js'
import { createSessions, type SessionRegistry } from './sessions/sessions.js'
import { tools } from './tools/index.js'
import { version } from './version.js'

/** What both surfaces stand on. */
export interface Core {
  config: Config
  log: GatewayLog
  odoo: OpenOdoo
  sessions: SessionRegistry
  gateway: Gateway
  /** Ports that this process listens on: no caller may make it connect to itself. */
  ownPorts: number[]
}

/** Builds everything below the surfaces. Opens no connection. */
export function composeCore(config: Config, log: GatewayLog = logOf(config)): Core {
  const clock = Date.now
  const ownPorts: number[] = []
  const odoo = createOdoo({
    connectTimeoutMs: config.timeouts.connect,
    maxConcurrency: config.maxConcurrency,
    maxResponseBytes: config.maxResponseBytes,
    retries: config.retries,
    tls: config.tls,
    guard: { allowedHosts: config.allowedOdooHosts, ownPorts: () => ownPorts, localAddresses },
    log,
    clock
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
    tools: config.allowConnect ? tools : tools.filter(tool => tool.access !== 'session'),
    sessions,
    policy: createPolicy(config.policy),
    limits: config.limits,
    timeouts: config.timeouts,
    log,
    clock
  })
  if (!config.tls.verify)
    log.warn({}, 'ssl_verify is off: anybody between this server and Odoo can read and change everything')
  return { config, log, odoo, sessions, gateway, ownPorts }
}

/** The log of a process, which keeps the configured secrets out of its lines. */
export function logOf({ log, odoo, accessKeys }: Config): GatewayLog {
  const secrets = [odoo?.secret, ...accessKeys.map(key => key.secret)].filter(secret => secret !== undefined)
  return createLog({ ...log, secrets })
}

export interface HttpServer {
  app: FastifyInstance
  /** The address that it listens on, such as `http://127.0.0.1:8000`. */
  listen(): Promise<string>
  /** Takes no more calls, waits `graceMs` (10 s) for those in flight, then ends streams, sessions and sockets. */
  close(graceMs?: number): Promise<void>
}

/** REST and MCP on one HTTP server. `features` are what MCP clients see besides the tools. */
export async function composeHttp(
  core: Core,
  features: Pick<McpRoutesOptions, 'providers' | 'bus'> = {}
): Promise<HttpServer> {
  // Loaded here, so that `stdio` starts without them.
  const [{ buildApp }, { mcpRoutes }, { InFlight }] = await Promise.all([
    import('./http/app.js'),
    import('./mcp/http.js'),
    import('./mcp/in-flight.js')
  ])
  const { config, log, gateway, sessions, ownPorts, odoo } = core
  const requests = new InFlight()
  let ready = false
  let mcp: McpRoutes | undefined
  const app = await buildApp({
    gateway,
    log,
    version,
    accessKeys: config.accessKeys,
    principalOfBearer: sessions.principalOfBearer,
    ownHosts: ownHosts(config),
    loopback: config.listen.loopback,
    allowedOrigins: config.allowedOrigins,
    allowedHosts: config.allowedHosts,
    docs: config.docs,
    trustProxyHops: config.trustProxyHops,
    ready: () => ready,
    onRequest: () => requests.begin(),
    mount(app, authenticate) {
      const { idleMs, max, maxPerPrincipal } = config.sessions
      const limits = { idleMs, maxSessions: max, maxSessionsPerPrincipal: maxPerPrincipal }
      const maxResultBytes = config.limits.max_result_bytes
      mcp = mcpRoutes(app, { gateway, authenticate, log, version, limits, maxResultBytes, ...features })
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
    async close(graceMs = 10_000) {
      ready = false
      const closed = app.close()
      await mcp?.close(graceMs)
      await requests.settled(graceMs)
      // Some clients hold connections open on which they ask nothing: nothing else would ever end those.
      app.server.closeAllConnections()
      await closed
      await odoo.close()
    }
  }
}

/** MCP over the standard streams of this process. */
export async function composeStdio(
  { config, gateway, log }: Core,
  streams: Pick<McpStdioOptions, 'stdin' | 'stdout'> = {}
): Promise<McpStdio> {
  const { serveMcpStdio } = await import('./mcp/stdio.js')
  return serveMcpStdio({ gateway, log, version, maxResultBytes: config.limits.max_result_bytes, ...streams })
}

function ownHosts({ listen }: Config): string[] {
  const platform = process.env.RENDER_EXTERNAL_HOSTNAME
  return ['localhost', '127.0.0.1', '::1', listen.host, ...(platform ? [platform] : [])]
}

function localAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap(list => (list ?? []).map(({ address }) => address))
}
