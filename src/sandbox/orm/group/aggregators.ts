import type { Env } from '../env.js'
import type { Field } from '../types.js'

const summed = new Set(['integer', 'float', 'monetary', 'many2one_reference'])

/** How a field is aggregated when nobody says: `group_operator` until 17, `aggregator` from 18 on. */
export function aggregatorOf(env: Env, { name, type, aggregator }: Field): string | undefined {
  if (aggregator !== undefined) return aggregator ?? undefined
  // Seen on 19.
  if (env.major >= 18 && (type === 'many2one_reference' || name === 'sequence')) return undefined
  return summed.has(type) && name !== 'id' ? 'sum' : undefined
}
