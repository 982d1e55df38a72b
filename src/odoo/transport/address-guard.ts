import ipaddr from 'ipaddr.js'

export interface AddressGuardOptions {
  /**
   * What may be reached: exact host, `*.example.com` (its subdomains), an IP address, each optionally with `:port`,
   * or `*` for any host. `null` = any host.
   */
  allowedHosts: readonly string[] | null
  /** The ports this server listens on itself, asked for at every connection. */
  ownPorts?: () => readonly number[]
  /** The addresses of this machine besides loopback, for the check of its own ports. */
  localAddresses?: () => readonly string[]
}

/** Decides where connections may go. Pure: looks nothing up. */
export interface AddressGuard {
  /** Whether the settings let an Odoo at this URL be used at all. */
  hostAllowed(url: URL): boolean
  /** Whether a socket may talk to this IP address. False for what is no address. */
  addressAllowed(address: string, port: number): boolean
}

export function createAddressGuard({ allowedHosts, ownPorts, localAddresses }: AddressGuardOptions): AddressGuard {
  const patterns = allowedHosts?.map(toPattern) ?? null
  const listed = (address: string, port: number, exactPort: boolean) =>
    patterns?.some(p => p.host === address && (p.port === port || (p.port === undefined && !exactPort))) ?? false
  const isLocal = (address: string) =>
    isLoopback(address) || (localAddresses?.().some(local => toAddress(local) === address) ?? false)

  return {
    hostAllowed(url) {
      if (patterns === null) return true
      const host = toHost(url.hostname)
      const port = portOf(url)
      return patterns.some(p => (p.port === undefined || p.port === port) && matches(p.host, host))
    },
    addressAllowed(address, port) {
      const normal = toAddress(address)
      if (normal === undefined) return false
      // The own port needs its port listed too: listing 127.0.0.1 for an Odoo beside us must not open the way to us.
      if (ownPorts?.().includes(port) && isLocal(normal) && !listed(normal, port, true)) return false
      return !isForbidden(normal) || listed(normal, port, false)
    }
  }
}

/** The port of a URL, also when it is the scheme's own. */
export function portOf(url: URL): number {
  return url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80
}

interface Pattern {
  host: string
  port?: number
}

/** Also reads `http://host:port`, since people paste URLs. */
function toPattern(text: string): Pattern {
  const trimmed = text.trim().toLowerCase()
  // A bare IPv6 address: its colons are not a port's.
  if (ipaddr.IPv6.isValid(trimmed)) return { host: toAddress(trimmed) ?? trimmed }
  const [, wildcard = '', rest = trimmed] = /^(?:https?:\/\/)?(\*\.)?(.*)$/.exec(trimmed) ?? []
  if (rest === '*' || !URL.canParse(`http://${rest}`)) return { host: rest }
  // Not from the parsed URL: that drops port 80.
  const [, port] = /^(?:\[[^\]]*\]|[^:/]*):(\d+)/.exec(rest) ?? []
  return { host: wildcard + toHost(new URL(`http://${rest}`).hostname), ...(port && { port: Number(port) }) }
}

/** A host name as patterns hold it: lower case, no final dot, addresses without brackets and in one form. */
function toHost(hostname: string): string {
  const bare = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
  return toAddress(bare) ?? bare
}

/** One spelling for every address; IPv4-mapped ones (`::ffff:10.0.0.1`) become IPv4. Scope ids are dropped. */
function toAddress(text: string): string | undefined {
  const bare = text.replace(/%.*$/, '')
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : undefined
}

function matches(pattern: string, host: string): boolean {
  if (pattern === '*') return true
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern
}

function isLoopback(address: string): boolean {
  const range = ipaddr.parse(address).range()
  // 0.0.0.0 and :: lead to this machine, too.
  return range === 'loopback' || range === 'unspecified'
}

const forbiddenRanges: ReadonlyArray<[ipaddr.IPv4 | ipaddr.IPv6, number]> = [
  '0.0.0.0/8',
  '169.254.0.0/16', // link-local; 169.254.169.254 is the metadata service of AWS, Azure, Google, Oracle …
  '100.100.100.200/32', // metadata service of Alibaba Cloud
  '192.0.0.192/32', // metadata service of Oracle Cloud Classic
  '168.63.129.16/32', // platform service of Azure
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
  '::/128',
  'fe80::/10', // link-local
  'fd00:ec2::254/128', // metadata service of AWS over IPv6
  'fd20:ce::254/128', // of Google over IPv6
  '64:ff9b::/96', // NAT64: any IPv4 address in IPv6 clothes
  '64:ff9b:1::/48',
  '::/96', // IPv4-compatible, deprecated, other than ::1
  '::ffff:0:0:0/96', // IPv4-translated
  '2002::/16', // 6to4, and
  '2001::/32', // Teredo: any IPv4 address again
  'ff00::/8' // multicast
].map(range => ipaddr.parseCIDR(range))

function isForbidden(normal: string): boolean {
  const address = ipaddr.parse(normal)
  if (address.range() === 'loopback') return false
  return forbiddenRanges.some(
    ([range, bits]) => range.kind() === address.kind() && address.match([range, bits] as never)
  )
}
