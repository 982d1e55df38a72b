import ipaddr from 'ipaddr.js'

const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const plainIPv4 = new RegExp(`^${byte}(?:\\.${byte}){3}$`)

/** An IP address in one spelling, IPv4 never in the form of IPv6; undefined for anything else. */
export function plainAddress(text: string): string | undefined {
  // Most are, and every request asks: to read and write it takes 50 times as long.
  if (plainIPv4.test(text)) return text
  // A link-local address may name its interface.
  const [address = ''] = text.split('%', 1)
  return ipaddr.isValid(address) && !/^\d+$/.test(address) ? ipaddr.process(address).toString() : undefined
}

/**
 * Whom limits take for one caller: an IPv4 address, or the /64 of an IPv6 one, of which anybody has 2^64. Anything that
 * is no address is one and the same.
 */
export function addressGroup(text: string): string {
  const plain = plainAddress(text)
  if (plain === undefined) return 'none'
  if (plainIPv4.test(plain)) return plain
  const { parts } = ipaddr.IPv6.parse(plain)
  return `${parts.slice(0, 4).map(toHex).join(':')}::/64`
}

function toHex(part: number): string {
  return part.toString(16)
}
