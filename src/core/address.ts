import ipaddr from 'ipaddr.js'

/** An IP address in one spelling, IPv4 never in the form of IPv6; undefined for anything else. */
export function plainAddress(text: string): string | undefined {
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
  const address = ipaddr.parse(plain)
  return address instanceof ipaddr.IPv6 ? `${address.parts.slice(0, 4).map(toHex).join(':')}::/64` : plain
}

function toHex(part: number): string {
  return part.toString(16)
}
