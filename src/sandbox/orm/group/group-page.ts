import { databaseError } from '../../exceptions.js'
import type { Json } from '../../json.js'

/** The groups that `offset` and `limit` leave; none, False and 0 mean all. Throws what PostgreSQL says of other values. */
export function pageOf<T>(groups: T[], offset: Json | undefined, limit: Json | undefined): T[] {
  const start = checked(offset, 'OFFSET', 'InvalidRowCountInResultOffsetClause') ?? 0
  const most = checked(limit, 'LIMIT', 'InvalidRowCountInLimitClause')
  return groups.slice(start, most === undefined ? undefined : start + most)
}

function checked(value: Json | undefined, clause: string, className: string): number | undefined {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return undefined
  const number = value === true ? 1 : value
  if (typeof number !== 'number') {
    throw databaseError(
      'InvalidTextRepresentation',
      `invalid input syntax for type bigint: "${String(number)}"\nLINE 1: ... ${clause} '${String(number)}'\n`
    )
  }
  if (number < 0) throw databaseError(className, `${clause} must not be negative\n`)
  return Math.round(number)
}
