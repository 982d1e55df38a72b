import type { JsonObject } from '../json.js'
import { groupsOf } from '../models/groups.js'
import type { Major, Release } from '../release.js'
import type { Models } from './models.js'
import type { Tables } from './tables.js'

export type Context = JsonObject

/** Who does something, in what context, in which transaction. */
export interface Env {
  readonly release: Release
  readonly major: Major
  readonly models: Models
  readonly tables: Tables
  readonly uid: number
  /** Superuser: neither rights nor rules count. */
  readonly su: boolean
  readonly context: Context
  /** Start of the transaction, UTC with microseconds: `2026-11-24 10:00:00.123456`. */
  readonly now: string
  /** The language of the context, if it is one that is installed. */
  readonly lang: string | null
  readonly tz: string | null
  /** The ids of the companies that the context activates: `allowed_company_ids`, else all of the user's. */
  readonly companies: number[]
  sudo(): Env
  withContext(more: Context): Env
  /** In this context alone. */
  inContext(context: Context): Env
  as(uid: number): Env
  /** Whether the user has a group, named as `base.group_user`. */
  hasGroup(xmlid: string): boolean
}

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
