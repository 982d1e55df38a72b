import { isIPv6 } from 'node:net'
import type { Credential } from '../core/ports/odoo.js'
import type { Listen } from './listen.js'
import type { Setting } from './setting.js'
import type { AccessKey, Values } from './values.js'

export const guardSettings = {
  access_keys: {
    kind: 'secrets',
    variables: ['MCP_API_KEY'],
    description: 'Keys that let programs in, `name=secret` with 32 characters or more'
  },
  allow_connect: {
    kind: 'boolean',
    description: 'Whether callers may log in themselves; default: over HTTP, and on stdio without a default Odoo'
  },
  allowed_odoo_hosts: {
    kind: 'list',
    description: 'Hosts that callers may connect to; default: that of the default Odoo, without one on loopback any'
  },
  allowed_origins: { kind: 'list', description: 'Origins of web pages that may call, besides our own' },
  allowed_hosts: { kind: 'list', description: 'Host names that this server answers to, besides its own' },
  trust_proxy: {
    kind: 'integer',
    default: '0',
    minimum: 0,
    maximum: 16,
    description: 'Number of proxies in front of this server'
  },
  requests_per_minute: {
    kind: 'integer',
    minimum: 0,
    maximum: 1000000,
    description: 'Requests per minute and caller; 0 is no limit; default: 120, and 0 on loopback without access keys'
  },
  burst: {
    kind: 'integer',
    default: '60',
    minimum: 1,
    maximum: 1000000,
    description: 'Requests that a caller may send at once, before requests_per_minute counts'
  }
} as const satisfies Record<string, Setting>

export interface Guards {
  accessKeys: readonly AccessKey[]
  allowConnect: boolean
  /** Patterns of hosts that may be connected to; null means any. */
  allowedOdooHosts: readonly string[] | null
  allowedOrigins: readonly string[]
  allowedHosts: readonly string[]
  trustProxyHops: number
  /** Of each caller; `perMinute` 0 is no limit. */
  rate: { perMinute: number; burst: number }
}

export function guards(values: Values, { surface, listen }: Listen, odoo: Credential | undefined): Guards {
  values.otherwise('allow_connect', String(surface === 'http' || odoo === undefined))
  // Whoever is alone on this machine need not be slowed.
  values.otherwise('requests_per_minute', listen.loopback && !values.has('access_keys') ? '0' : '120')
  const found: Guards = {
    accessKeys: values.accessKeys('access_keys'),
    allowConnect: values.boolean('allow_connect'),
    allowedOdooHosts: allowedOdooHosts(values, odoo),
    allowedOrigins: values.items('allowed_origins', isOrigin, 'origins such as "https://app.example.com", or "*"'),
    allowedHosts: values.items('allowed_hosts', isHost, 'host names such as "mcp.example.com", or "*"'),
    trustProxyHops: values.integer('trust_proxy'),
    rate: { perMinute: values.integer('requests_per_minute'), burst: values.integer('burst') }
  }
  if (surface === 'http') reportUnguarded(values, listen, found)
  return found
}

function allowedOdooHosts(values: Values, odoo: Credential | undefined): readonly string[] | null {
  if (odoo !== undefined && URL.canParse(odoo.url)) values.otherwise('allowed_odoo_hosts', new URL(odoo.url).host)
  if (values.text('allowed_odoo_hosts') === undefined) return null
  return values.items('allowed_odoo_hosts', isOdooHost, 'hosts such as "erp.example.com" or "*.example.com:8069"')
}

/** What the address guard understands: a host or an address, a port behind it, `*.` or a scheme before it. */
function isOdooHost(text: string): boolean {
  return (
    text === '*' ||
    isHostAndPort(
      text
        .replace(/^https?:\/\//i, '')
        .replace(/^\*\./, '')
        .replace(/\/$/, '')
    )
  )
}

function isHost(text: string): boolean {
  return text === '*' || isHostAndPort(text)
}

function isHostAndPort(text: string): boolean {
  return isIPv6(text) || /^(\[[\da-f:.]+\]|[\w-]+(\.[\w-]+)*\.?)(:\d{1,5})?$/i.test(text)
}

function isOrigin(text: string): boolean {
  return text === '*' || /^[a-z][a-z\d+.-]*:\/\/[^\s/?#@*]+\/?$/i.test(text)
}

/** What listens is guarded: these combinations would let a stranger in, or reach anywhere. */
function reportUnguarded(values: Values, { host, loopback }: Listen['listen'], guards: Guards): void {
  const isKeyless = guards.accessKeys.length === 0
  if (!loopback && isKeyless) {
    values.tell(
      'host',
      `${host} can be reached from outside, and no access key is set; expected access_keys (MCP_API_KEY) with 32 characters or more, or the host 127.0.0.1`
    )
  }
  if (!loopback && guards.allowConnect && guards.allowedOdooHosts === null) {
    values.tell(
      'host',
      `${host} can be reached from outside, and callers could connect to any address; expected allowed_odoo_hosts or odoo_url`
    )
  }
  for (const [name, items] of [
    ['allowed_origins', guards.allowedOrigins],
    ['allowed_hosts', guards.allowedHosts]
  ] as const) {
    if (items.includes('*') && isKeyless)
      values.tell(name, '"*" without access keys would let every web page in; expected names')
  }
}
