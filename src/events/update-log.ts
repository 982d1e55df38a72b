/** An update that was put into a log: its number, and what the resource shows now, as JSON. */
export interface LoggedUpdate {
  seq: number
  uri: string
  json: string
}

/** What its reader is told next: an update, or that the newest updates of some URIs were not kept. */
export type NextEntry = { kind: 'update'; update: LoggedUpdate } | { kind: 'lost'; seq: number; uris: string[] }

export interface LogLimits {
  /** URIs of which an update is kept. */
  maxUpdates: number
  /** Characters of JSON that are kept, but for a single update that is larger; asked at every update. */
  maxSize(): number
}

/**
 * The newest update of every URI, for one reader: what it has not had yet, and what it had, in case it did not arrive.
 * An update tells all there is to know of its URI, so a newer one takes the place of an older one. What there is no
 * room for goes oldest first, and its URI is remembered as lost until it changes again.
 */
export class UpdateLog {
  readonly #limits: LogLimits
  // Both by URI and in the order of their numbers; all in `#taken` are older than all in `#waiting`.
  #taken = new Map<string, LoggedUpdate>()
  #waiting = new Map<string, LoggedUpdate>()
  /** The number of the update that was dropped, by its URI. */
  readonly #lost = new Map<string, number>()
  /** The highest number in `#lost`: all that is kept is newer. */
  #lostUpTo = 0
  #size = 0
  #seq = 0
  #position = 0

  constructor(limits: LogLimits) {
    this.#limits = limits
  }

  /** The number of what the reader was told last. */
  get position(): number {
    return this.#position
  }

  /** Updates that the reader has not had. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Characters of JSON that are kept, read or not. */
  get size(): number {
    return this.#size
  }

  add(uri: string, json: string): void {
    this.forget(uri)
    this.#seq += 1
    this.#waiting.set(uri, { seq: this.#seq, uri, json })
    this.#size += json.length
    this.#trim()
  }

  /** Drops what is known of a URI that nobody wants to hear of any more. */
  forget(uri: string): void {
    for (const kept of [this.#taken, this.#waiting]) {
      this.#size -= kept.get(uri)?.json.length ?? 0
      kept.delete(uri)
    }
    this.#lost.delete(uri)
  }

  /** What the reader has not been told, oldest first; from then on it counts as told. */
  next(): NextEntry | undefined {
    if (this.#lostUpTo > this.#position) {
      const uris = [...this.#lost].filter(([, seq]) => seq > this.#position).map(([uri]) => uri)
      this.#position = this.#lostUpTo
      if (uris.length > 0) return { kind: 'lost', seq: this.#position, uris }
    }
    const [update] = this.#waiting.values()
    if (update === undefined) return undefined
    this.#waiting.delete(update.uri)
    this.#taken.set(update.uri, update)
    this.#position = update.seq
    return { kind: 'update', update }
  }

  /** The reader has had everything up to this number, and nothing after it. False for a number it was never told. */
  rewind(seq: number): boolean {
    if (seq > this.#position) return false
    const again = [...this.#taken].filter(([, update]) => update.seq > seq)
    for (const [uri] of again) this.#taken.delete(uri)
    this.#waiting = new Map([...again, ...this.#waiting])
    this.#position = seq
    return true
  }

  #trim(): void {
    const maxSize = this.#limits.maxSize()
    // The newest update is kept whatever its size: it could never be delivered otherwise.
    while (this.#count > 1 && (this.#count > this.#limits.maxUpdates || this.#size > maxSize)) this.#dropOldest()
  }

  get #count(): number {
    return this.#taken.size + this.#waiting.size
  }

  #dropOldest(): void {
    const from = this.#taken.size > 0 ? this.#taken : this.#waiting
    const [oldest] = from.values()
    if (oldest === undefined) return
    from.delete(oldest.uri)
    this.#size -= oldest.json.length
    this.#lost.set(oldest.uri, oldest.seq)
    this.#lostUpTo = oldest.seq
  }
}
