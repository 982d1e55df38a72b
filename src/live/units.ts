import type { Json } from '../core/json.js'
import type { ListQuery, ResourceAddress } from '../core/live.js'
import type { ReadingSession } from './reader.js'
import type { LiveTime } from './time.js'
import type { Listener } from './watch.js'

/** One record, with those who want to know of it. */
export interface RecordUnit {
  readonly id: number
  /** By the fields that are wanted of it. */
  readonly views: Map<string, RecordView>
  /** When it was last written, as Odoo says it; undefined before we asked. */
  date: Json | undefined
  /** When we first saw that date. */
  datedAt: number
  /** To be read whatever its date says. */
  owed: boolean
  /** Since when it cannot be seen. */
  goneAt: number | undefined
}

interface RecordView {
  /** Undefined for the record as resources show it. */
  fields: string[] | undefined
  listeners: Set<Listener>
}

/** A list, with those who want to know of it. */
export interface ListUnit {
  query: ListQuery
  listeners: Set<Listener>
}

/**
 * A date has whole seconds, and is that of the beginning of its transaction. So a record may be written again with the
 * date that we know, by what began in the same second and ends as late as Odoo lets it: `limit_time_real`, 120 s.
 * Counted from when we saw the date, by our clock alone, so that no difference of clocks matters.
 */
const warmMs = 120_000

/** What is gone is asked for in every tick this long, in case it comes back at once; later only when all is compared. */
const longGoneMs = 60_000

/** What is subscribed of one model. */
export class Units {
  readonly records = new Map<number, RecordUnit>()
  readonly lists = new Map<string, ListUnit>()
  readonly #time: LiveTime

  constructor(time: LiveTime) {
    this.#time = time
  }

  get empty(): boolean {
    return this.records.size === 0 && this.lists.size === 0
  }

  add(address: ResourceAddress, listener: Listener): void {
    if (address.kind === 'record') {
      const unit = this.#unit(address.id)
      unit.owed = true
      const fields = address.fields
      const view = unit.views.get(fieldsKey(fields)) ?? { fields, listeners: new Set() }
      unit.views.set(fieldsKey(fields), view)
      view.listeners.add(listener)
    } else if (address.kind === 'list') {
      const key = JSON.stringify(address.query)
      const list = this.lists.get(key) ?? { query: address.query, listeners: new Set() }
      this.lists.set(key, list)
      list.listeners.add(listener)
    }
  }

  remove(address: ResourceAddress, listener: Listener): void {
    if (address.kind === 'record') {
      const unit = this.records.get(address.id)
      const key = fieldsKey(address.fields)
      const listeners = unit?.views.get(key)?.listeners
      listeners?.delete(listener)
      if (listeners?.size === 0) unit?.views.delete(key)
      if (unit?.views.size === 0) this.records.delete(address.id)
    } else if (address.kind === 'list') {
      const key = JSON.stringify(address.query)
      const listeners = this.lists.get(key)?.listeners
      listeners?.delete(listener)
      if (listeners?.size === 0) this.lists.delete(key)
    }
  }

  /** Lets a list come after all others. */
  postpone(list: ListUnit): void {
    const key = JSON.stringify(list.query)
    if (this.lists.get(key) !== list) return
    this.lists.delete(key)
    this.lists.set(key, list)
  }

  /** The sessions that watch, the longest first; each as often as it watches. */
  *sessions(): Iterable<ReadingSession> {
    for (const { views } of this.records.values()) {
      for (const { listeners } of views.values()) for (const { hold } of listeners) yield hold
    }
    for (const { listeners } of this.lists.values()) for (const { hold } of listeners) yield hold
  }

  /** The records, those together that are read with one call. */
  byFields(
    units: RecordUnit[]
  ): { fields: string[] | undefined; of: { unit: RecordUnit; listeners: Set<Listener> }[] }[] {
    const groups = new Map<string, ReturnType<Units['byFields']>[number]>()
    for (const unit of units) {
      for (const [key, { fields, listeners }] of unit.views) {
        const group = groups.get(key) ?? { fields, of: [] }
        groups.set(key, group)
        group.of.push({ unit, listeners })
      }
    }
    return [...groups.values()]
  }

  /** Notes the date of a record that is there. */
  dated(unit: RecordUnit, date: Json): void {
    // It was gone: whatever its date says, its subscribers think so.
    if (unit.goneAt !== undefined) unit.owed = true
    if (unit.date === date) return
    unit.date = date
    unit.datedAt = this.#time.now()
    unit.owed = true
  }

  found(unit: RecordUnit, there: boolean): void {
    if (there) unit.goneAt = undefined
    else unit.goneAt ??= this.#time.now()
  }

  /** Whether its content may be another than it was. Rows that were written past Odoo's ORM may have no date at all. */
  due(unit: RecordUnit): boolean {
    return unit.owed || unit.date === false || (unit.goneAt === undefined && this.#time.now() - unit.datedAt < warmMs)
  }

  longGone({ goneAt, owed }: RecordUnit): boolean {
    return !owed && goneAt !== undefined && this.#time.now() - goneAt > longGoneMs
  }

  owe(id: number): void {
    const unit = this.records.get(id)
    if (unit !== undefined) unit.owed = true
  }

  #unit(id: number): RecordUnit {
    const known = this.records.get(id)
    if (known !== undefined) return known
    const datedAt = Number.NEGATIVE_INFINITY
    const unit: RecordUnit = { id, views: new Map(), date: undefined, datedAt, owed: true, goneAt: undefined }
    this.records.set(id, unit)
    return unit
  }
}

function fieldsKey(fields: string[] | undefined): string {
  return fields === undefined ? '' : JSON.stringify([...fields].sort())
}
