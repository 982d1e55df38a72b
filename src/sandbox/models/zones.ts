/** The time zones to choose from: those that Node.js knows, with UTC. Odoo offers those of its host. */
export const zones: [string, string][] = [...Intl.supportedValuesOf('timeZone'), 'UTC']
  .filter((zone, index, all) => all.indexOf(zone) === index)
  .sort()
  .map(zone => [zone, zone])

/** The languages of the sandbox. */
export const languages: [string, string][] = [
  ['en_US', 'English (US)'],
  ['fr_FR', 'French / Français']
]

/** What a time zone is ahead of UTC at a moment, as `+0100`. */
export function offsetOf(zone: unknown, now: string): string {
  if (typeof zone !== 'string' || zone === '') return '+0000'
  const moment = new Date(`${now.slice(0, 19).replace(' ', 'T')}Z`)
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
  const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  return name === 'GMT' ? '+0000' : name.slice(3).replace(':', '')
}
