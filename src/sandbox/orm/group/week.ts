import type { Env } from '../env.js'

/** The language in which labels are written: that of the context, else English. */
export function languageOf(env: Env): string {
  return env.lang ?? 'en_US'
}

/** The day on which weeks start by the record of the language: 1 is Monday, 7 is Sunday. */
export function weekStartOf(env: Env): number {
  const language = languageOf(env)
  for (const row of env.tables.rows('res.lang').values()) {
    if (row.code === language && typeof row.week_start === 'string') return Number(row.week_start)
  }
  return weekData(language).firstDay
}

/**
 * What CLDR says of weeks, which Odoo numbers them by. Of the languages of the sandbox only American English does not
 * follow ISO.
 */
function weekData(language: string): { firstDay: number; minimalDays: number } {
  return language === 'en_US' ? { firstDay: 7, minimalDays: 1 } : { firstDay: 1, minimalDays: 4 }
}

/** The number of the week that starts here and its year, as the label of a group says them. */
export function weekOfLabel(env: Env, start: string): { week: number; weekYear: number } {
  const { firstDay, minimalDays } = weekData(languageOf(env))
  const date = new Date(`${start.slice(0, 10)}T00:00:00Z`)
  if (env.major <= 14) return weekOfBabel(date, firstDay, minimalDays)
  return minimalDays === 4 ? { week: isoWeek(date), weekYear: isoYear(date) } : weekFromNewYear(date, firstDay)
}

const day = 86_400_000
/** Monday is 0, as in Python. */
const weekday = (date: Date) => (date.getUTCDay() + 6) % 7
const newYear = (year: number) => new Date(Date.UTC(year, 0, 1))
const dayOfYear = (date: Date) => (date.getTime() - newYear(date.getUTCFullYear()).getTime()) / day + 1
const mod = (value: number, by: number) => ((value % by) + by) % by

/** The week belongs to the year that its Thursday is in. */
function thursdayOf(date: Date): Date {
  return new Date(date.getTime() + (3 - weekday(date)) * day)
}

const isoYear = (date: Date) => thursdayOf(date).getUTCFullYear()
const isoWeek = (date: Date) => Math.ceil(dayOfYear(thursdayOf(date)) / 7)

/**
 * What Babel says on Odoo 14: it counts weeks of the language, although those that it is asked for start on Monday.
 * So 30 December 2024 is in "W53 2024" in American English, and no week is ever the first of the year to come.
 */
function weekOfBabel(date: Date, firstDay: number, minimalDays: number): { week: number; weekYear: number } {
  const count = (of: Date) => {
    const before = mod(weekday(of) - (firstDay - 1) - dayOfYear(of) + 1, 7)
    const week = Math.floor((dayOfYear(of) + before - 1) / 7)
    return 7 - before >= minimalDays ? week + 1 : week
  }
  const year = date.getUTCFullYear()
  const week = count(date)
  if (week > 0) return { week, weekYear: year }
  return { week: count(new Date(Date.UTC(year - 1, 11, 31))), weekYear: year - 1 }
}

/** From 16 on: week 1 of a language that does not follow ISO is the one with New Year's Day in it. */
function weekFromNewYear(date: Date, firstDay: number): { week: number; weekYear: number } {
  const firstWeek = (year: number) => {
    const start = newYear(year)
    return new Date(start.getTime() - mod(weekday(start) - (firstDay - 1), 7) * day)
  }
  const year = date.getUTCFullYear()
  if (date >= firstWeek(year + 1)) return { week: 1, weekYear: year + 1 }
  return { week: Math.floor((date.getTime() - firstWeek(year).getTime()) / day / 7) + 1, weekYear: year }
}
