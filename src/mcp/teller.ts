/**
 * Tells of resources that have changed, one after the other. While the client is behind, a resource that changes again is
 * still told of once: what has to wait is never more than the resources that are watched.
 */
export class Teller {
  readonly #waiting = new Set<string>()
  readonly #tell: (uri: string) => Promise<void>
  #telling = false

  /** `tell` settles when the client can take more; what it throws is of no interest: who has gone need not be told. */
  constructor(tell: (uri: string) => Promise<void>) {
    this.#tell = tell
  }

  updated(uri: string): void {
    this.#waiting.add(uri)
    if (!this.#telling) void this.#drain()
  }

  /** Tells nothing more of this resource. */
  forget(uri: string): void {
    this.#waiting.delete(uri)
  }

  async #drain(): Promise<void> {
    this.#telling = true
    for (const uri of this.#waiting) {
      this.#waiting.delete(uri)
      await this.#tell(uri).catch(() => {})
    }
    this.#telling = false
  }
}
