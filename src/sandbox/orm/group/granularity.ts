import { attributeError } from '../../exceptions.js'
import type { Env } from '../env.js'
import type { Field } from '../types.js'
import { toLocal, toUtc, zoneNamed } from './time-zone.js'
import { languageOf, weekOfLabel, weekStartOf } from './week.js'

/** Periods that records are grouped by. */
export type TimeGranularity = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

const timeGranularities = new Set(['hour', 'day', 'week', 'month', 'quarter', 'year'])

export function isTimeGranularity(name: string): name is TimeGranularity {
  return timeGranularities.has(name)
}

/** Numbers of a date that Odoo 19 groups by, whatever the year. */
const numbers: { [granularity: string]: (local: string) => number } = {
  year_number: local => Number(local.slice(0, 4)),
  quarter_number: local => Math.ceil(Number(local.slice(5, 7)) / 3),
  month_number: local => Number(local.slice(5, 7)),
  iso_week_number: isoWeek,
  day_of_year: local => daysBetween(`${local.slice(0, 4)}-01-01`, local) + 1,
  day_of_month: local => Number(local.slice(8, 10)),
  // Sunday is 0, whatever day the week of the language starts on.
  day_of_week: local => asDate(local).getUTCDay(),
  hour_number: local => Number(local.slice(11, 13)),
  minute_number: local => Number(local.slice(14, 16)),
  second_number: local => Number(local.slice(17))
}

export const numberGranularities = Object.keys(numbers)

export function isNumberGranularity(name: string): boolean {
  return Object.hasOwn(numbers, name)
}

/** A number of a date or datetime, on the clock of the context's time zone. */
export function numberOf(env: Env, field: Field, value: string, granularity: string): number {
  const local = field.type === 'datetime' ? toLocal(value, zoneNamed(env.tz)) : value
  return numbers[granularity]?.(local) ?? 0
}

/** A period: its first day (or second, on the local clock) stands for it while records are grouped. */
export interface Period {
  /** `2026-10-01` or `2026-09-30 22:00:00`, UTC. */
  from: string
  /** Where the next one begins. */
  to: string
  /** As the user reads it: `October 2026`. */
  label: string
}

/** The beginning of the period that a value falls into, on the local clock. */
export function periodStart(env: Env, field: Field, value: string, granularity: TimeGranularity): string {
  if (field.type === 'date') return startOf(env, `${value.slice(0, 10)} 00:00:00`, granularity).slice(0, 10)
  return startOf(env, toLocal(value, zoneNamed(env.tz)), granularity)
}

function startOf(env: Env, local: string, granularity: TimeGranularity): string {
  switch (granularity) {
    case 'hour':
      return `${local.slice(0, 13)}:00:00`
    case 'day':
      return `${local.slice(0, 10)} 00:00:00`
    case 'week': {
      // Odoo 14 starts every week on Monday, later ones on the day of the language.
      const first = env.major <= 14 ? 1 : weekStartOf(env)
      const weekday = asDate(local).getUTCDay() || 7
      return `${addDays(local, -((weekday - first + 7) % 7))} 00:00:00`
    }
    case 'month':
      return `${local.slice(0, 7)}-01 00:00:00`
    case 'quarter': {
      const month = Math.floor((Number(local.slice(5, 7)) - 1) / 3) * 3 + 1
      return `${local.slice(0, 4)}-${String(month).padStart(2, '0')}-01 00:00:00`
    }
    case 'year':
      return `${local.slice(0, 4)}-01-01 00:00:00`
  }
}

/** The bounds of a period in UTC, and its name in the language of the context. */
export function periodOf(env: Env, field: Field, start: string, granularity: TimeGranularity): Period {
  const end = endOf(start, granularity)
  const label = labelOf(env, field, start, granularity)
  if (field.type === 'date') return { from: start.slice(0, 10), to: end.slice(0, 10), label }
  const zone = zoneNamed(env.tz)
  return { from: toUtc(start, zone), to: toUtc(end, zone), label }
}

const months: { [granularity: string]: number } = { month: 1, quarter: 3, year: 12 }

function endOf(start: string, granularity: TimeGranularity): string {
  const end = asDate(start)
  if (granularity === 'hour') end.setUTCHours(end.getUTCHours() + 1)
  else if (granularity === 'day') end.setUTCDate(end.getUTCDate() + 1)
  else if (granularity === 'week') end.setUTCDate(end.getUTCDate() + 7)
  else end.setUTCMonth(end.getUTCMonth() + (months[granularity] ?? 0))
  return end.toISOString().slice(0, 19).replace('T', ' ')
}

/** The letter of a quarter, where it is not Q. */
const quarterLetters: { [language: string]: string } = { es: 'T', fr: 'T', it: 'T', nl: 'K', pt: 'T' }

function labelOf(env: Env, { type }: Field, start: string, granularity: TimeGranularity): string {
  const language = languageOf(env)
  const year = start.slice(0, 4)
  const day = start.slice(8, 10)
  switch (granularity) {
    case 'hour': {
      if (type === 'date') throw attributeError("'datetime.date' object has no attribute 'hour'")
      const hour = String(Number(start.slice(11, 13)) % 12 || 12).padStart(2, '0')
      return `${hour}:00 ${day} ${monthName(language, start, 'short')}`
    }
    case 'day':
      return `${day} ${monthName(language, start, 'short')} ${year}`
    case 'week': {
      const { week, weekYear } = weekOfLabel(env, start)
      return `W${week} ${String(weekYear).padStart(4, '0')}`
    }
    case 'month':
      return `${monthName(language, start, 'long')} ${year}`
    case 'quarter': {
      const letter = quarterLetters[language.slice(0, 2)] ?? 'Q'
      return `${letter}${Math.ceil(Number(start.slice(5, 7)) / 3)} ${year}`
    }
    case 'year':
      return year
  }
}

/** The name of the month as it stands in a date. */
function monthName(language: string, start: string, month: 'short' | 'long'): string {
  const format = new Intl.DateTimeFormat(language.replace('_', '-'), { day: '2-digit', month, timeZone: 'UTC' })
  return format.formatToParts(asDate(start)).find(({ type }) => type === 'month')?.value ?? ''
}

function asDate(text: string): Date {
  return new Date(`${text.slice(0, 10)}T${text.slice(11, 19) || '00:00:00'}Z`)
}

function addDays(text: string, days: number): string {
  const date = asDate(text.slice(0, 10))
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

function daysBetween(from: string, to: string): number {
  return Math.round((asDate(to.slice(0, 10)).getTime() - asDate(from).getTime()) / 86_400_000)
}

function isoWeek(local: string): number {
  const weekday = asDate(local).getUTCDay() || 7
  // The week belongs to the year that its Thursday is in.
  const thursday = addDays(local, 4 - weekday)
  return Math.floor(daysBetween(`${thursday.slice(0, 4)}-01-01`, thursday) / 7) + 1
}
