import { valueError } from '../../exceptions.js'
import { repr } from '../../python.js'
import type { Env } from '../env.js'
import { toLocal, toUtc, zoneNamed } from '../group/time-zone.js'
import { weekStartOf } from '../group/week.js'

/** A date or datetime that a domain of Odoo 19 names: ISO, or relative to now such as `today -7d` and `=monday`. */
export interface ParsedDate {
  /** `2026-11-24` or `2026-11-24 10:00:00`, UTC. */
  text: string
  isDate: boolean
  isRelative?: boolean
}

export function relativeDate(value: string, env: Env): ParsedDate {
  const iso = isoDate(value)
  if (!(iso instanceof Error)) return iso
  if (/^\d+-/.test(value)) throw iso
  const terms = value.split(/\s+/).filter(term => term !== '')
  if (terms.length === 0) throw valueError('Empty date value')
  const isDate = terms[0] === 'today'
  if (isDate || terms[0] === 'now') terms.shift()
  // The clock of the user, on which days begin and end.
  const zone = zoneOf(env)
  const moment = new Date(`${toLocal(env.now.slice(0, 19), zone).replace(' ', 'T')}Z`)
  if (isDate) moment.setUTCHours(0, 0, 0)
  for (const term of terms) apply(moment, term, value, weekStartOf(env) % 7)
  const text = moment.toISOString().slice(0, 19).replace('T', ' ')
  return isDate
    ? { text: text.slice(0, 10), isDate, isRelative: true }
    : { text: toUtc(text, zone), isDate, isRelative: true }
}

/** The time zone of the context, else of the user. */
export function zoneOf(env: Env): string | null {
  const zone = zoneNamed(env.tz)
  if (env.context.tz) return zone
  const user = env.tables.row('res.users', env.uid)
  const tz = env.tables.row('res.partner', Number(user?.partner_id))?.tz
  return zoneNamed(typeof tz === 'string' ? tz : null)
}

/** `date.fromisoformat` and `datetime.fromisoformat` of Python. */
function isoDate(value: string): ParsedDate | Error {
  try {
    return parseIso(value)
  } catch (error) {
    return error as Error
  }
}

function parseIso(value: string): ParsedDate {
  if (value.length <= 10) {
    const match = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(value)
    if (match === null) throw valueError(`Invalid isoformat string: ${repr(value)}`)
    return { text: existing(match, value), isDate: true }
  }
  const match =
    /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?(Z|[+-]\d{2}:?\d{2})?$/.exec(value)
  if (match === null) throw valueError(`Invalid isoformat string: ${repr(value)}`)
  const [, , , , hour = '00', minute = '00', second = '00', , zone] = match
  if (zone !== undefined) throw valueError(`expecting only datetimes with no timezone: ${repr(value)}`)
  const day = existing(match, value)
  for (const [part, most, what] of [
    [hour, 23, 'hour must be in 0..23'],
    [minute, 59, 'minute must be in 0..59'],
    [second, 59, 'second must be in 0..59']
  ] as const) {
    if (Number(part) > most) throw valueError(what)
  }
  return { text: `${day} ${hour}:${minute}:${second}`, isDate: false }
}

function existing([, year = '', month = '', day = '']: RegExpExecArray, _value: string): string {
  if (Number(month) < 1 || Number(month) > 12) throw valueError('month must be in 1..12')
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  if (Number(day) < 1 || Number(day) > days) throw valueError('day is out of range for month')
  return `${year}-${month}-${day}`
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

function apply(moment: Date, term: string, value: string, weekStart: number): void {
  const invalid = () => valueError(`Invalid term ${repr(term)} in expression date: ${repr(value)}`)
  const operator = term[0] as string
  if (!'+-='.includes(operator) || term.length < 3) throw invalid()
  const word = term.slice(1)
  if (weekdays.includes(word) || word === 'week_start') {
    toWeekday(moment, operator, word, weekStart)
    return
  }
  const match = /^(\d+)([dwmyHMS])$/.exec(word)
  if (match === null) throw invalid()
  const [, digits = '', unit = ''] = match
  if (operator === '=') setPart(moment, Number(digits), unit, invalid)
  else add(moment, operator === '+' ? Number(digits) : -Number(digits), unit)
}

/** Within the week of the user's language, which starts on `weekStart`: 0 is Sunday. */
function toWeekday(moment: Date, operator: string, word: string, weekStart: number): void {
  const wanted = word === 'week_start' ? weekStart : weekdays.indexOf(word)
  const inWeek = (weekday: number) => (weekday - weekStart + 7) % 7
  let days = inWeek(wanted) - inWeek(moment.getUTCDay())
  if (operator === '+' && days < 0) days += 7
  if (operator === '-' && days > 0) days -= 7
  if (operator === '=') moment.setUTCHours(0, 0, 0)
  moment.setUTCDate(moment.getUTCDate() + days)
}

function add(moment: Date, number: number, unit: string): void {
  switch (unit) {
    case 'd':
    case 'w':
      moment.setUTCDate(moment.getUTCDate() + number * (unit === 'w' ? 7 : 1))
      return
    case 'm':
    case 'y':
      addMonths(moment, unit === 'y' ? number * 12 : number)
      return
    default:
      moment.setTime(moment.getTime() + number * { H: 3_600_000, M: 60_000, S: 1000 }[unit as 'H' | 'M' | 'S'])
  }
}

/** The 31st of a shorter month is its last day. */
function addMonths(moment: Date, months: number): void {
  const day = moment.getUTCDate()
  moment.setUTCDate(1)
  moment.setUTCMonth(moment.getUTCMonth() + months)
  const last = new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + 1, 0)).getUTCDate()
  moment.setUTCDate(Math.min(day, last))
}

function setPart(moment: Date, number: number, unit: string, invalid: () => Error): void {
  if (unit === 'w') throw invalid()
  if ('dmy'.includes(unit)) moment.setUTCHours(0, 0, 0)
  if (unit === 'd') moment.setUTCDate(number)
  else if (unit === 'm') moment.setUTCMonth(number - 1)
  else if (unit === 'y') moment.setUTCFullYear(number)
  else if (unit === 'H') moment.setUTCHours(number, 0, 0)
  else if (unit === 'M') moment.setUTCMinutes(number, 0)
  else moment.setUTCSeconds(number)
}
