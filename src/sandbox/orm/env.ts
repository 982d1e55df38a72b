import { groupsOf } from '../models/groups.js'
import type { Release } from '../release.js'
import type { Context, Env, Models, Tables } from './types.js'

export interface EnvOptions {
  release: Release
  models: Models
  tables: Tables
  uid: number
  su?: boolean
  context?: Context
  /** Default: the time of the clock. */
  now?: string
}

/** Somebody's view of the database for one transaction. */
export function createEnv(options: EnvOptions): Env {
  const { release, models, tables, uid, su = false, context = {}, now = timestamp(new Date()) } = options
  const change = (more: Partial<EnvOptions>) => createEnv({ ...options, now, ...more })
  let groups: ReadonlySet<string> | undefined
  return {
    release,
    major: release.major,
    models,
    tables,
    uid,
    su,
    context,
    now,
    get lang() {
      const { lang } = context
      return typeof lang === 'string' && languages(tables).has(lang) ? lang : null
    },
    tz: typeof context.tz === 'string' ? context.tz : null,
    get companies() {
      const allowed = context.allowed_company_ids
      if (Array.isArray(allowed) && allowed.length > 0) return allowed.filter(id => typeof id === 'number')
      return [...tables.links('res_company_users_rel', uid, true)].sort((a, b) => a - b)
    },
    sudo: () => (su ? change({}) : change({ su: true })),
    withContext: more => change({ context: { ...context, ...more } }),
    inContext: context => change({ context }),
    as: other => change({ uid: other, su: false }),
    hasGroup(xmlid) {
      groups ??= groupsOf(tables, uid)
      return groups.has(xmlid)
    }
  }
}

/** A moment as PostgreSQL keeps it: UTC with microseconds. */
export function timestamp(moment: Date): string {
  const iso = moment.toISOString()
  // The clock of JavaScript ends at milliseconds; the rest makes two moments of one millisecond differ.
  const micros = String(Math.floor(performance.now() * 1000) % 1000).padStart(3, '0')
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${micros}`
}

/** The codes of the languages that are installed. */
export function languages(tables: Tables): ReadonlySet<string> {
  const codes = new Set<string>()
  for (const row of tables.rows('res.lang').values()) if (row.active !== false) codes.add(String(row.code))
  return codes
}
