/** The time zone of a context, where it is the name of one: `Europe/Brussels`. Odoo ignores all others. */
export function zoneNamed(tz: string | null): string | null {
  // Names are case-sensitive in Odoo (pytz), and offsets such as +01:00 are none.
  if (tz === null || !/^[A-Z][\w+-]*(\/[\w+-]+)*$/.test(tz)) return null
  try {
    offsets(tz)
    return tz
  } catch {
    return null
  }
}

/** What a clock in the zone shows at a moment; both as `2026-11-24 10:00:00`, fractions stay. */
export function toLocal(utc: string, zone: string | null): string {
  if (zone === null) return utc
  const time = parse(utc)
  return format(time + offsets(zone)(time)) + utc.slice(19)
}

/**
 * The moment at which a clock in the zone shows this. Where the clock shows it twice or never, as pytz decides: by
 * the offset of the winter.
 */
export function toUtc(local: string, zone: string | null): string {
  if (zone === null) return local
  const time = parse(local)
  const offsetAt = offsets(zone)
  const candidates = [offsetAt(time - day), offsetAt(time + day)]
  const right = candidates.filter(offset => offsetAt(time - offset) === offset)
  return format(time - Math.min(...(right.length > 0 ? right : candidates)))
}

const day = 86_400_000
const quarterOfHour = 900_000

const parse = (text: string) => Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19) || '00:00:00'}Z`)
const format = (time: number) => new Date(time).toISOString().slice(0, 19).replace('T', ' ')

const known = new Map<string, (time: number) => number>()

/** How far the zone is ahead of UTC at a moment, in milliseconds. Throws for a name that is no zone. */
function offsets(zone: string): (time: number) => number {
  let offsetAt = known.get(zone)
  if (offsetAt === undefined) {
    offsetAt = remembering(zone)
    known.set(zone, offsetAt)
  }
  return offsetAt
}

/** Asking Intl is slow, and no zone changes its offset within a quarter of an hour. */
function remembering(zone: string): (time: number) => number {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric'
  })
  const found = new Map<number, number>()
  return time => {
    const slot = Math.floor(time / quarterOfHour)
    let offset = found.get(slot)
    if (offset === undefined) {
      const moment = slot * quarterOfHour
      offset = shownBy(clock, moment) - moment
      found.set(slot, offset)
    }
    return offset
  }
}

function shownBy(clock: Intl.DateTimeFormat, moment: number): number {
  const parts = clock.formatToParts(new Date(moment))
  const get = (type: string) => Number(parts.find(part => part.type === type)?.value)
  return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'))
}
