/** Chunks that may wait for a reader who is behind, besides those that come while somebody looks. */
const maxWaiting = 16

/**
 * A stream whose writer can know whether its reader keeps up. The SDK's own streams take everything and keep it until it
 * is read, so a client that reads nothing would cost ever more memory.
 */
export class PacedStream {
  readonly response: Response
  #waiters: (() => void)[] = []
  #hasRoom = () => true

  /** Begins with `opening`, or nothing; then everything that comes of `source`, whose body only this may read. */
  constructor(source: Response, opening = '') {
    const reader = source.body?.getReader()
    const body = new ReadableStream<Uint8Array>(
      {
        start: controller => {
          if (opening !== '') controller.enqueue(new TextEncoder().encode(opening))
          this.#hasRoom = () => (controller.desiredSize ?? 1) > 0
          void this.#pump(reader, controller)
        },
        pull: () => this.#go(),
        cancel: reason => {
          this.#end()
          return reader?.cancel(reason)
        }
      },
      { highWaterMark: maxWaiting }
    )
    this.response = new Response(body, source)
  }

  /** Settles when what is written now need not wait long: at once, unless the reader is behind, or when it has left. */
  async room(): Promise<void> {
    if (!this.#hasRoom()) await new Promise<void>(resolve => this.#waiters.push(resolve))
  }

  async #pump(
    reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
    controller: ReadableStreamDefaultController<Uint8Array>
  ): Promise<void> {
    try {
      for (let read = await reader?.read(); read?.value; read = await reader?.read()) controller.enqueue(read.value)
      controller.close()
    } catch (error) {
      controller.error(error)
    } finally {
      this.#end()
    }
  }

  #end(): void {
    this.#hasRoom = () => true
    this.#go()
  }

  #go(): void {
    for (const resolve of this.#waiters.splice(0)) resolve()
  }
}
