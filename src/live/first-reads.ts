import pLimit from 'p-limit'

/** So many at a time: more than an Odoo is asked at once, and far fewer than may wait for it. */
const most = 32

/**
 * The reads with which subscriptions begin. A client that subscribes to hundreds of records at once, or hundreds of
 * clients that come back after a restart, wait here for each other: they would fill the queue of their Odoo and be
 * refused, and a browser does not try again.
 */
export class FirstReads {
  readonly #lines = new Map<string, ReturnType<typeof pLimit>>()

  /** @param odoo whose reads wait for each other, such as its address: an Odoo that hangs holds up no other */
  async run<T>(odoo: string, read: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(odoo) ?? pLimit(most)
    this.#lines.set(odoo, line)
    try {
      return await line(read)
    } finally {
      if (line.activeCount + line.pendingCount === 0) this.#lines.delete(odoo)
    }
  }
}
