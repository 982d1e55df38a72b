import { GatewayError } from '../core/errors.js'
import type { JsonObject } from '../core/json.js'
import type { Hold, Looked, ResourceAddress, Subscriber, WatchTarget } from '../core/live.js'
import type { Gateway } from '../core/ports/gateway.js'
import type { Log } from '../core/ports/log.js'
import type { Identity } from '../core/ports/odoo.js'
import { deleted, gone, hashOf } from './content.js'
import { isDown, Reader } from './reader.js'
import type { LiveTime } from './time.js'
import { type Ask, Turns } from './turns.js'
import { type ListUnit, type RecordUnit, Units } from './units.js'

/** A subscription as a watch keeps it. */
export interface Listener {
  readonly uri: string
  readonly subscriber: Subscriber
  readonly hold: Hold
  /** Hash of what the subscriber knows, or `gone`. */
  seen: string
  /** The look that was the last to begin before this subscription had its first state: it knows less than that. */
  since: number
}

/** What a watch can be told besides hints. */
export interface LiveTarget extends WatchTarget {
  /** Looks at what may have changed, as far as dates of change tell, and now and then at everything by value. */
  tick(): Promise<Looked>
}

export interface WatchOptions {
  identity: Identity
  model: string
  gateway: Pick<Gateway, 'call'>
  log: Log
  time: LiveTime
  /** Told of every look that ended. */
  looked: (looked: Looked) => void
}

/** Everything is compared by value this often: computed values change without a date. */
const fullEveryMs = 60_000

/** One model as one identity sees it: what is subscribed of it, and the comparing. */
export class Watch implements LiveTarget {
  readonly identity: Identity
  readonly model: string
  readonly #options: WatchOptions
  readonly #units: Units
  readonly #turns: Turns
  readonly #over = new AbortController()
  /** Looks begun so far. */
  #begun = 0
  #fullAt: number
  /** False once Odoo has said that the model has no dates of change. */
  #dated = true

  constructor(options: WatchOptions) {
    this.identity = options.identity
    this.model = options.model
    this.#options = options
    this.#units = new Units(options.time)
    this.#turns = new Turns(options.time, ask => this.#look(ask))
    this.#fullAt = options.time.now()
  }

  /** Adds a subscription whose first state was just read. */
  add(address: ResourceAddress, listener: Omit<Listener, 'since'>): Listener {
    const added = Object.assign(listener, { since: this.#begun })
    this.#units.add(address, added)
    return added
  }

  remove(address: ResourceAddress, listener: Listener): void {
    this.#units.remove(address, listener)
  }

  get empty(): boolean {
    return this.#units.empty
  }

  look(ids?: readonly number[]): Promise<Looked> {
    if (ids === undefined) return this.#turns.ask({ all: true })
    const watched = ids.filter(id => this.#units.records.has(id))
    if (watched.length === 0 && this.#units.lists.size === 0) return Promise.resolve({ changed: false, ms: 0 })
    return this.#turns.ask({ ids: watched })
  }

  tick(): Promise<Looked> {
    return this.#turns.ask({ tick: true })
  }

  close(): void {
    this.#turns.close()
    this.#over.abort()
  }

  async #look(ask: Ask): Promise<Looked> {
    const { gateway, log, time } = this.#options
    const sessions = () => this.#units.sessions()
    const { model, identity } = this
    const reader = new Reader({ gateway, model, sessions, signal: this.#over.signal, now: time.now })
    const looked: Looked = { changed: false, ms: 0 }
    try {
      looked.changed = await this.#compare(ask, reader)
    } catch (error) {
      looked.failure = error instanceof GatewayError ? error : new GatewayError('internal', 'a look failed')
      // Whoever was hinted at is still to be looked at.
      for (const id of ask.ids) this.#units.owe(id)
      if (looked.failure.code === 'internal') log.error({ err: error, model }, 'a look at what is subscribed failed')
      else log.debug({ model, database: identity.database, code: looked.failure.code }, 'a look did not succeed')
    }
    looked.ms = reader.ms
    if (!this.#over.signal.aborted) this.#options.looked(looked)
    return looked
  }

  async #compare({ all, tick, ids }: Ask, reader: Reader): Promise<boolean> {
    const now = this.#options.time.now()
    const turn = ++this.#begun
    const full = all || (tick && now - this.#fullAt >= fullEveryMs)
    let changed = false
    if (tick && this.#dated) changed = await this.#compareDates(full, turn, reader)
    const units = [...this.#units.records.values()].filter(
      unit => full || ids.has(unit.id) || (tick && (!this.#dated || this.#units.due(unit)))
    )
    changed = (await this.#compareRecords(units, turn, reader)) || changed
    changed = (await this.#compareLists(turn, reader)) || changed
    if (full) this.#fullAt = now
    return changed
  }

  /** One question for all: whose date is another is due, and who has none is gone. */
  async #compareDates(full: boolean, turn: number, reader: Reader): Promise<boolean> {
    const units = [...this.#units.records.values()].filter(unit => full || !this.#units.longGone(unit))
    if (units.length === 0) return false
    const dates = await reader.dates(units.map(({ id }) => id))
    if (dates === undefined) {
      this.#dated = false
      return false
    }
    let changed = false
    for (const unit of units) {
      const date = dates.get(unit.id)
      if (date === undefined) changed = this.#tellGone(unit, turn) || changed
      else this.#units.dated(unit, date)
    }
    return changed
  }

  async #compareRecords(units: RecordUnit[], turn: number, reader: Reader): Promise<boolean> {
    // What is asked for from here on is asked for anew.
    for (const unit of units) unit.owed = false
    let changed = false
    try {
      for (const { fields, of } of this.#units.byFields(units)) {
        const { rows, failed } = await reader.records(
          of.map(({ unit }) => unit.id),
          fields
        )
        for (const { unit, listeners } of of) {
          const row = rows.get(unit.id)
          if (failed.has(unit.id)) continue
          this.#units.found(unit, row !== undefined)
          changed = this.#tell(listeners, row, turn) || changed
        }
        for (const [id, error] of failed) this.#unreadable(error, id)
      }
    } catch (error) {
      for (const unit of units) unit.owed = true
      throw error
    }
    return changed
  }

  async #compareLists(turn: number, reader: Reader): Promise<boolean> {
    let changed = false
    for (const list of [...this.#units.lists.values()]) {
      changed = (await this.#compareList(list, turn, reader)) || changed
    }
    return changed
  }

  async #compareList(list: ListUnit, turn: number, reader: Reader): Promise<boolean> {
    try {
      return this.#tell(list.listeners, await reader.list(list.query), turn)
    } catch (error) {
      // Should it be this one alone that is never answered in time, the others have their turn in the next look.
      this.#units.postpone(list)
      if (isDown(error)) throw error
      this.#unreadable(error as GatewayError)
      return false
    }
  }

  #tellGone(unit: RecordUnit, turn: number): boolean {
    this.#units.found(unit, false)
    let changed = false
    for (const { listeners } of unit.views.values()) changed = this.#tell(listeners, undefined, turn) || changed
    return changed
  }

  /** Tells those to whom this is new. */
  #tell(listeners: Set<Listener>, content: JsonObject | undefined, turn: number): boolean {
    const hash = content === undefined ? gone : hashOf(content)
    const news = [...listeners].filter(({ since, seen }) => since < turn && seen !== hash)
    for (const listener of news) {
      // Telling one may have ended others.
      if (!listeners.has(listener)) continue
      listener.seen = hash
      listener.subscriber.updated({ uri: listener.uri, data: content ?? deleted })
    }
    return news.length > 0
  }

  /** Odoo fails on this one alone: its subscribers keep what they know, and it is tried again. */
  #unreadable(error: GatewayError, id?: number): void {
    this.#options.log.debug({ model: this.model, id, code: error.code }, 'what is subscribed cannot be read')
  }
}
