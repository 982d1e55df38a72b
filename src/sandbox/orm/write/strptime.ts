import { valueError } from '../../exceptions.js'
import { repr } from '../../python.js'

const directives: { [letter: string]: string } = {
  Y: '(?<Y>\\d{4})',
  m: '(?<m>1[0-2]|0[1-9]|[1-9])',
  d: '(?<d>3[01]|[12]\\d|0[1-9]|[1-9]| [1-9])',
  H: '(?<H>2[0-3]|[01]\\d|\\d)',
  M: '(?<M>[0-5]\\d|\\d)',
  S: '(?<S>6[01]|[0-5]\\d|\\d)'
}

/** A moment as `datetime.strptime` of Python reads it: `2026-11-24 10:00:00`. What the format does not name is its start. */
export function strptime(text: string, format: string): string {
  const match = new RegExp(`^${patternOf(format)}`).exec(text)
  if (match === null) throw valueError(`time data ${repr(text)} does not match format '${format}'`)
  const rest = text.slice(match[0].length)
  if (rest !== '') throw valueError(`unconverted data remains: ${rest}`)
  const { Y = '1900', m = '1', d = '1', H = '0', M = '0', S = '0' } = match.groups ?? {}
  if (Number(Y) === 0) throw valueError('year 0 is out of range')
  if (Number(d) > daysIn(Number(Y), Number(m))) throw valueError('day is out of range for month')
  if (Number(S) > 59) throw valueError('second must be in 0..59')
  const two = (part: string) => part.trim().padStart(2, '0')
  return `${Y}-${two(m)}-${two(d)} ${two(H)}:${two(M)}:${two(S)}`
}

/** The format as a regular expression; a blank is any number of blanks. */
function patternOf(format: string): string {
  if (/(^|[^%])%$/.test(format)) throw valueError(`stray % in format '${format}'`)
  return format.replaceAll(/%(.)|\s+/g, (_, letter?: string) =>
    letter === undefined ? '\\s+' : (directives[letter] ?? '')
  )
}

/** How many days the month has, whatever century. */
function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}
