import type { Env } from '../orm/env.js'
import { hasColumn } from '../orm/models.js'
import type { Cell, Row, Translations } from '../orm/types.js'
import { createRandom, type Random } from './random.js'

export type Cells = { [field: string]: Cell | Translations | undefined }

/** Puts records straight into the tables. */
export interface Seeder {
  readonly env: Env
  readonly seed: number
  readonly random: Random
  /** Adds a record and gives its id; leaves out what this release has no model or field for. */
  insert(model: string, cells: Cells, xmlid?: string): number
  link(table: string, left: number, right: number): void
  /** The id of a record that was inserted with this external id. */
  id(xmlid: string): number
  /** A date so many days from today. */
  day(offset: number): string
  /** A moment so many days from now, at an hour of the day. */
  moment(offset: number, hour?: number): string
}

/** How long ago the oldest record was made. */
const age = 90

export function createSeeder(env: Env, seed: number): Seeder {
  const { tables } = env
  const random = createRandom(seed)
  // Dates are drawn apart: releases differ in how many records they have, and the names should not.
  const dates = createRandom(seed + 1)
  const ids = new Map<string, number>()
  const blanks = new Map<string, Blank>()
  const now = Date.parse(`${env.now.slice(0, 19).replace(' ', 'T')}Z`)
  const at = (milliseconds: number) => new Date(milliseconds).toISOString().replace('T', ' ').slice(0, 19)

  const blank = (model: string) => {
    const known = blanks.get(model) ?? blankOf(env, model)
    blanks.set(model, known)
    return known
  }

  function insert(model: string, cells: Cells, xmlid?: string): number {
    if (env.models.get(model) === undefined) return 0
    const { row: empty, columns, translated } = blank(model)
    const id = tables.nextId(model)
    const made = now - Math.floor(dates.next() * age * 86_400_000)
    const micros = String(dates.between(0, 999_999)).padStart(6, '0')
    const changed = made + Math.floor((now - made) * dates.next() * 0.5)
    const row: Row = { ...empty, id, create_date: `${at(made)}.${micros}`, write_date: `${at(changed)}.${micros}` }
    for (const [name, value] of Object.entries(cells)) {
      if (value === undefined || !(columns.has(name) || name.endsWith('_secret'))) continue
      row[name] = translated.has(name) && typeof value === 'string' ? { en_US: value } : value
    }
    tables.insert(model, row)
    if (xmlid !== undefined) name(xmlid, model, id)
    return id
  }

  function name(xmlid: string, model: string, id: number): void {
    const dot = xmlid.indexOf('.')
    ids.set(xmlid, id)
    const cells = { module: xmlid.slice(0, dot), name: xmlid.slice(dot + 1), model, res_id: id, noupdate: false }
    insert('ir.model.data', cells)
  }

  return {
    env,
    seed,
    random,
    insert,
    link: (table, left, right) => tables.link(table, left, right),
    id(xmlid) {
      const id = ids.get(xmlid)
      if (id === undefined) throw new Error(`the sandbox has no ${xmlid} yet`)
      return id
    },
    day: offset => at(now + offset * 86_400_000).slice(0, 10),
    moment: (offset, hour = 9) =>
      `${at(now + offset * 86_400_000).slice(0, 10)} ${String(hour).padStart(2, '0')}:${String(random.between(0, 59)).padStart(2, '0')}:00`
  }
}

interface Blank {
  row: Row
  columns: ReadonlySet<string>
  translated: ReadonlySet<string>
}

/** A row of nothing but its constant defaults. */
function blankOf(env: Env, name: string): Blank {
  const row: Row = { id: 0 }
  const columns = new Set<string>()
  const translated = new Set<string>()
  for (const field of env.models.need(name).fields.values()) {
    if (!hasColumn(field) || field.name === 'id') continue
    columns.add(field.name)
    if (field.translate) translated.add(field.name)
    const { default: given } = field
    row[field.name] = typeof given === 'function' || given === undefined || given === false ? null : (given as Cell)
    if (given === false && field.type === 'boolean') row[field.name] = false
  }
  if (columns.has('create_uid')) row.create_uid = 1
  if (columns.has('write_uid')) row.write_uid = 1
  // V8 copies what came from JSON far faster than what was put together key by key.
  return { row: JSON.parse(JSON.stringify(row)), columns, translated }
}
