import type { Json } from '../../core/json.js'
import type { Term } from './source.js'

/**
 * The bounds of a group's period, out of the domain that Odoo gives with the group: the conditions of its terms come in
 * the order of the terms, before those of the query.
 * @param before the terms before this one
 */
export function boundsOf(domain: Json[], { path }: Term, before: readonly Term[]): [start: string, end: string] {
  const own = conditions(domain).filter(([at]) => at === path)
  // Several terms may be of one date: its months and its quarters.
  const index = before.filter(term => term.path === path).length
  const bound = (sign: string) => String(own.filter(([, operator]) => operator === sign)[index]?.[2])
  return [bound('>='), bound('<')]
}

/** The leaves of a domain, those inside `any` with their whole path. */
function conditions(domain: Json[], prefix = ''): [path: string, operator: string, value: Json][] {
  return domain.flatMap(node => {
    if (!Array.isArray(node)) return []
    const [path, operator, value] = node as [string, string, Json]
    if (operator === 'any') return conditions(value as Json[], `${prefix}${path}.`)
    return [[`${prefix}${path}`, operator, value]]
  })
}

/**
 * The bound of a period of times, as an instant. Where a clock is turned back an hour comes twice: Odoo begins periods
 * at its second coming, PostgreSQL counts both into one group (seen on 14 and 19). So a bound is the first of the two.
 * @param bound in Odoo's UTC form, `2026-10-25 01:00:00`
 * @param tz the time zone of the call, from `knownZone`
 */
export function firstComing(bound: string, tz: string | null): string {
  if (tz === null) return bound
  const instant = Date.parse(`${bound.replace(' ', 'T')}Z`)
  const before = offset(instant - 6 * hour, tz)
  const earlier = instant - (before - offset(instant, tz))
  const isSame = earlier < instant && offset(earlier, tz) === before
  return isSame ? new Date(earlier).toISOString().slice(0, 19).replace('T', ' ') : bound
}

/** The one name of a time zone whose clocks are known here; null for others. Callers may write it in any case. */
export function knownZone(tz: string | null): string | null {
  if (tz === null) return null
  try {
    return new Intl.DateTimeFormat('en', { timeZone: tz }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

const hour = 3_600_000

/** By the one name of their zones, of which there are a few hundred. */
const clocks = new Map<string, Intl.DateTimeFormat>()

/** How far the clocks of a time zone are ahead of UTC at an instant, in milliseconds. */
function offset(instant: number, tz: string): number {
  let clock = clocks.get(tz)
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-CA', { timeZone: tz, hourCycle: 'h23', ...digits })
    clocks.set(tz, clock)
  }
  const parts = Object.fromEntries(clock.formatToParts(instant).map(({ type, value }) => [type, value]))
  const { year, month, day, hour, minute, second } = parts
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - instant
}

const digits = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit'
} as const
