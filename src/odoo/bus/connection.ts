import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../../core/ports/log.js'
import { BusEnd, type Link, type LinkListener } from './link.js'

export interface ConnectionOptions {
  /** The link to open next: asked each time, since Odoo may have become another version meanwhile. */
  link: () => Link
  listener: LinkListener
  /** For the log. */
  url: string
  log: Log
  /** The first pause between two links, and the longest, in milliseconds. */
  pauses: { first: number; longest: number }
}

/** A connection to the bus that is opened again whenever it ends, until it is closed. */
export class Connection {
  /** Whether it would now hear of every message. */
  open = false
  readonly #options: ConnectionOptions
  readonly #closing = new AbortController()
  #failures = 0
  #wasOpen = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    void this.#run(this.#closing.signal)
  }

  close(): void {
    this.#closing.abort()
    this.open = false
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const end = await this.#once(signal)
      this.open = false
      if (signal.aborted) return
      this.#logEnd(end)
      await pause(pauseMs(this.#failures, end, this.#options.pauses), undefined, { signal }).catch(() => {})
    }
  }

  /** One link, to its end: after it, nothing that it has begun goes on. */
  async #once(signal: AbortSignal): Promise<Error> {
    const { link, listener } = this.#options
    const ended = new AbortController()
    const end = () => ended.abort()
    signal.addEventListener('abort', end, { once: true })
    // What a link still tells when its time is over is no longer heard.
    const isHeard = () => !ended.signal.aborted
    try {
      return await link()(
        {
          opened: () => {
            if (isHeard()) this.#opened()
          },
          heard: messages => {
            if (isHeard()) listener.heard(messages)
          },
          missed: () => {
            if (isHeard()) listener.missed()
          }
        },
        ended.signal
      )
    } catch (error) {
      return error as Error
    } finally {
      signal.removeEventListener('abort', end)
      end()
    }
  }

  #opened(): void {
    const { listener, log, url } = this.#options
    this.open = true
    this.#failures = 0
    log.info({ url }, this.#wasOpen ? "listening on Odoo's bus again" : "listening on Odoo's bus")
    listener.opened()
    this.#wasOpen = true
  }

  /** The first failure in a row is news, the others are details. */
  #logEnd(end: Error): void {
    const { log, url } = this.#options
    const fields = { url, reason: end.message, err: end instanceof BusEnd ? end.cause : end }
    this.#failures++
    if (this.#failures === 1) log.warn(fields, "the connection to Odoo's bus has ended; polling until it is back")
    else log.debug(fields, "no connection to Odoo's bus")
  }
}

/**
 * Milliseconds to wait before the next link: half to all of a time that doubles with every failure in a row, so that
 * not all come back at once; or longer where the other side asks for it.
 */
export function pauseMs(
  failures: number,
  end: Error,
  { first, longest }: ConnectionOptions['pauses'],
  random: () => number = Math.random
): number {
  const full = Math.min(first * 2 ** (failures - 1), longest)
  const asked = end instanceof BusEnd ? (end.retryAfterMs ?? 0) : 0
  return Math.max(full / 2 + (full / 2) * random(), asked)
}
