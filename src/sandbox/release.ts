/** The releases of Odoo that the sandbox can behave as. */
export type Major = 14 | 17 | 19

export const majors: readonly Major[] = [14, 17, 19]

/** `common.version` of each, as the servers of Odoo answer it. */
export interface Release {
  readonly major: Major
  /** Such as `19.0`. */
  readonly serie: string
  /** Such as `19.0-20251113`; Debian's build of 14 adds `+dfsg`. */
  readonly version: string
  readonly versionInfo: readonly (number | string)[]
}

export function releaseOf(major: Major): Release {
  const serie = `${major}.0`
  return { major, serie, version: serie, versionInfo: [major, 0, 0, 'final', 0, ''] }
}

/** Whether a thing that exists from one release until another (both included) exists in this one. */
export function existsIn(major: Major, { from = 0, until = 99 }: { from?: number; until?: number }): boolean {
  return major >= from && major <= until
}
