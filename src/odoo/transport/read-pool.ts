import type { Pool } from 'undici'

/** The connections that reads share, and that can be given up for new ones. */
export class ReadPool {
  readonly #create: () => Pool
  readonly #retired = new Set<Pool>()
  #pool: Pool

  constructor(create: () => Pool) {
    this.#create = create
    this.#pool = create()
  }

  get pool(): Pool {
    return this.#pool
  }

  /**
   * The next reads get new connections; those on their way keep theirs. To be called when one got no answer at all: the
   * way to Odoo may have changed, and each idle connection would cost another read its time.
   */
  renew(): void {
    const old = this.#pool
    this.#retired.add(old)
    this.#pool = this.#create()
    const forget = () => this.#retired.delete(old)
    // It rejects when it is destroyed meanwhile.
    old.close().then(forget, forget)
  }

  async destroy(): Promise<void> {
    await Promise.all([this.#pool, ...this.#retired].map(pool => pool.destroy()))
  }
}
