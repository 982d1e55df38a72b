import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { HttpRefusal } from './refusal.js'
import '../rest/route-config.js'

export interface OriginRules {
  /** Names this server has: loopback names, HOST, what the platform says. With or without a port. */
  ownHosts: readonly string[]
  /** More host names to answer to. `*` is any, honoured only with keys. */
  allowedHosts: readonly string[]
  /** Origins of pages that may call. `*` is any, honoured only with keys. */
  allowedOrigins: readonly string[]
  /** Without access keys every local caller is let in, so a page in the user's browser must be told from the user. */
  keyless: boolean
}

/** Keeps strange web pages out: by host name (rebinding), by origin and by where the browser says a request is from. */
export function guardOrigins(app: FastifyInstance, rules: OriginRules): void {
  const assertWelcome = originGuard(rules)
  app.addHook('onRequest', async request => {
    const { auth, host } = request.routeOptions.config
    // request.raw, because request.host believes X-Forwarded-Host behind a trusted proxy.
    const { method, headers, rawHeaders } = request.raw
    assertSentOnce(rawHeaders)
    const anyHost = host === 'any'
    assertWelcome(headers, { anyHost, page: auth === 'none' && (method === 'GET' || method === 'HEAD') })
  })
}

/** What the checks need to know of a route: whether it has a host check, and whether it is a public page. */
interface Place {
  anyHost: boolean
  page: boolean
}

function originGuard(rules: OriginRules): (headers: IncomingHttpHeaders, place: Place) => void {
  const names = new Set([...rules.ownHosts, ...rules.allowedHosts].map(plainHost))
  const origins = new Set(rules.allowedOrigins.map(plainOrigin))
  const anyHost = (rules.allowedHosts.includes('*') || rules.allowedHosts.length === 0) && !rules.keyless
  const anyOrigin = rules.allowedOrigins.includes('*') && !rules.keyless

  const isOwnHost = (host: Host): boolean => names.has(host.name) || names.has(`${host.name}:${host.port}`)

  const isWelcome = (origin: string, host: Host | undefined): boolean => {
    // `null` is what sandboxed frames and local files send: anybody can be that.
    if (origin === 'null') return false
    if (anyOrigin || origins.has(plainOrigin(origin))) return true
    return host !== undefined && isOwnHost(host) && isSameServer(origin, host, isOwnHost)
  }

  return (headers, place) => {
    const host = parseHost(headers.host)
    if (!place.anyHost && !anyHost && !(host !== undefined && isOwnHost(host))) {
      throw refused('This server does not answer under this host name.', 'Add it to allowed_hosts if it is yours.')
    }
    const { origin } = headers
    if (origin !== undefined && !isWelcome(origin, host)) {
      throw refused('Pages of this origin may not call this server.', 'Add the origin to allowed_origins to let it.')
    }
    if (origin === undefined && isCrossSite(headers) && !(place.page && isLink(headers))) {
      throw refused(
        'Pages of other sites may not call this server.',
        'Add their origin to allowed_origins to let them.'
      )
    }
  }
}

function isCrossSite(headers: IncomingHttpHeaders): boolean {
  return headerText(headers, 'sec-fetch-site').includes('cross-site')
}

/** A link that somebody followed to a public page, not a frame and not a script. */
function isLink(headers: IncomingHttpHeaders): boolean {
  return headerText(headers, 'sec-fetch-mode') === 'navigate' && headerText(headers, 'sec-fetch-dest') === 'document'
}

function headerText(headers: IncomingHttpHeaders, name: string): string {
  return String(headers[name] ?? '').toLowerCase()
}

/** Node takes the first of two Host or Authorization headers, a proxy in front may have judged by the second. */
const sentOnce = new Set(['host', 'authorization', 'origin', 'content-type', 'odoo-session'])

function assertSentOnce(rawHeaders: readonly string[]): void {
  const seen = new Set<string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? ''
    if (!sentOnce.has(name)) continue
    if (seen.has(name)) throw new HttpRefusal('invalid_input', `The header "${name}" was sent more than once.`)
    seen.add(name)
  }
}

interface Host {
  /** Lower case, an IPv6 address without its brackets. */
  name: string
  /** Empty when none is named. */
  port: string
}

function parseHost(value: string | undefined): Host | undefined {
  const match = /^(?:\[([\da-f:.]+)\]|([^\s:/?#@[\]]+))(?::(\d{1,5}))?$/i.exec(value ?? '')
  const name = match?.[1] ?? match?.[2]
  return name === undefined ? undefined : { name: name.toLowerCase(), port: match?.[3] ?? '' }
}

/** A configured host name the way `isOwnHost` looks it up. A bare IPv6 address has colons but no port. */
function plainHost(value: string): string {
  const host = parseHost(value)
  if (host === undefined) return value.toLowerCase()
  return host.port === '' ? host.name : `${host.name}:${host.port}`
}

function plainOrigin(value: string): string {
  return value.toLowerCase().replace(/\/$/, '')
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/** Whether a page's origin is this very server: one of its names, and the port that the request came to. */
function isSameServer(origin: string, host: Host, isOwnHost: (host: Host) => boolean): boolean {
  if (!URL.canParse(origin)) return false
  const url = new URL(origin)
  const defaultPort = defaultPorts[url.protocol]
  if (defaultPort === undefined) return false
  const page = parseHost(url.host)
  if (page === undefined || !isOwnHost(page)) return false
  return (page.port || defaultPort) === (host.port || defaultPort)
}

function refused(detail: string, hint: string): HttpRefusal {
  return new HttpRefusal('policy_denied', detail, { hint })
}
