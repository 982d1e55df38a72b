import type { BusNet } from './bus-net.js'
import type { BusAddress, Link } from './link.js'
import { longpollingLink } from './longpolling.js'
import { websocketLink } from './websocket.js'

/** All in milliseconds. */
export interface BusTimes {
  /** For what Odoo answers at once. */
  openTimeout: number
  /** How often a websocket is asked whether it is still there. */
  ping: number
  /** How long a poll may take. Odoo answers after 50 s at the latest (14, 15). */
  pollTimeout: number
  /** How often what was told lately is asked for again, for messages of slow transactions (14, 15). */
  peekAgain: number
  /** The first pause before it is connected again, and the longest. */
  firstPause: number
  longestPause: number
}

export const usualTimes: BusTimes = {
  openTimeout: 15_000,
  ping: 15_000,
  pollTimeout: 65_000,
  peekAgain: 10_000,
  firstPause: 1000,
  longestPause: 60_000
}

/** The links to the bus of an Odoo of this major version. All of one kind go on where the one before them ended. */
export function busLinks({ net, address, times }: { net: BusNet; address: BusAddress; times: BusTimes }) {
  const { openTimeout: openTimeoutMs, ping: pingMs, pollTimeout: pollTimeoutMs, peekAgain: peekAgainMs } = times
  const websocket = websocketLink({ net, address, openTimeoutMs, pingMs })
  const longpolling = longpollingLink({ net, address, openTimeoutMs, pollTimeoutMs, peekAgainMs })
  return (major: number): Link => (major >= 16 ? websocket : longpolling)
}
