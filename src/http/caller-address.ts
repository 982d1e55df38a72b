import type { FastifyRequest } from 'fastify'
import { plainAddress } from '../core/address.js'

/**
 * The address that a request came from, as far as proxies are trusted. Where the proxies say something that is no
 * address, it is that of the nearest of them.
 */
export function callerAddress({ ip, socket }: FastifyRequest): string {
  return plainAddress(withoutPort(ip)) ?? plainAddress(socket.remoteAddress ?? '') ?? 'unknown'
}

/** Some proxies write `203.0.113.9:4711` and `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text
}
