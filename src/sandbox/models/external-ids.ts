import type { Env } from '../orm/env.js'

/** The id behind an external id such as `base.group_user`. */
export function idOf(env: Env, xmlid: string): number | undefined {
  return find(env, xmlid)?.id
}

/** The model and id behind an external id. */
export function find(env: Env, xmlid: string): { model: string; id: number } | undefined {
  const dot = xmlid.indexOf('.')
  const [module, name] = [xmlid.slice(0, dot), xmlid.slice(dot + 1)]
  for (const row of env.tables.rows('ir.model.data').values()) {
    if (row.name === name && row.module === module) return { model: String(row.model), id: Number(row.res_id) }
  }
  return undefined
}
