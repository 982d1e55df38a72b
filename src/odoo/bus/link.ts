import type { BusReply } from './bus-net.js'
import type { BusMessage } from './messages.js'

/** Where the bus is, and what is listened to. */
export interface BusAddress {
  /** Base URL without a trailing slash. */
  url: string
  database: string
  channel: string
}

/** What a link tells while it lasts. */
export interface LinkListener {
  /** From here on it would hear of every message. */
  opened(): void
  heard(messages: BusMessage[]): void
  /** There was a message that cannot be had any more. */
  missed(): void
}

/**
 * One connection to the bus, from opening to its end. Always ends by throwing: BusEnd, or what `signal` aborts with.
 * Whoever has opened it aborts `signal` after its end, too: then nothing of it may go on.
 */
export type Link = (listener: LinkListener, signal: AbortSignal) => Promise<never>

/** Why a link has ended, in words for the log. */
export class BusEnd extends Error {
  /** How long the other side wants to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(why: string, options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(why, options)
    this.retryAfterMs = options.retryAfterMs
  }
}

/** What a reply of another status than expected means. */
export function refusal({ status, headers }: Pick<BusReply, 'status' | 'headers'>): BusEnd {
  const seconds = Number(headers['retry-after'])
  return new BusEnd(`HTTP ${status}`, seconds > 0 ? { retryAfterMs: Math.min(seconds, 3600) * 1000 } : {})
}
