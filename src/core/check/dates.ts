/**
 * Odoo stores a datetime as UTC text without a zone, `2026-11-22 14:30:00`, whole seconds. On write it rejects ISO 8601
 * with `T`, `Z`, an offset or a fraction, and cuts a date after ten characters (seen on 14 and 19). So ISO 8601 is
 * converted here, and a time given for a date is refused instead of cut.
 */

export type Converted = { value: string } | { problem: string }

const datePattern = /^\d{4}-\d{2}-\d{2}$/
const datetimePattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i

/** A date field takes `YYYY-MM-DD`, a day that exists. */
export function toOdooDate(text: string): Converted {
  if (!datePattern.test(text)) {
    return { problem: `${quote(text)} is not a date; expected YYYY-MM-DD without a time` }
  }
  if (!isRealDay(text)) return { problem: `${quote(text)} is not a day that exists; expected YYYY-MM-DD` }
  return { value: text }
}

/** A datetime field takes ISO 8601; no offset means UTC, a fraction of a second is dropped as Odoo stores none. */
export function toOdooDatetime(text: string): Converted {
  const expected = 'expected ISO 8601 such as 2026-11-22T14:30:00Z'
  const match = datetimePattern.exec(text)
  if (match === null) return { problem: `${quote(text)} is not a date and time; ${expected}` }
  const [, day = '', minutes, seconds = '00', zone] = match
  if (!isRealDay(day)) return { problem: `${quote(text)} is not a day that exists; ${expected}` }
  if (minutes === undefined) return { value: text }
  const time = Date.parse(`${day}T${minutes}:${seconds}${isoZone(zone)}`)
  if (Number.isNaN(time)) return { problem: `${quote(text)} is not a time that exists; ${expected}` }
  const utc = new Date(time).toISOString()
  // An offset can lead out of the years that Python knows, 1 to 9999.
  if (!isRealDay(utc.slice(0, 10))) return { problem: `${quote(text)} is not a time that Odoo can store; ${expected}` }
  return { value: utc.slice(0, 19).replace('T', ' ') }
}

function isoZone(zone: string | undefined): string {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 'Z'
  return zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`
}

function isRealDay(day: string): boolean {
  if (!datePattern.test(day)) return false
  const time = Date.parse(`${day}T00:00:00Z`)
  // Date.parse rolls 30 February over in some forms; the round trip does not.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day) && !day.startsWith('0000')
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
