import type { Tables } from '../orm/tables.js'

/** The external ids of all groups of a user, with those that they imply. */
export function groupsOf(tables: Tables, uid: number): Set<string> {
  const names = namesOf(tables)
  const groups = new Set<string>()
  for (const id of withImplied(tables, tables.links('res_groups_users_rel', uid, false))) {
    const name = names.get(id)
    if (name !== undefined) groups.add(name)
  }
  return groups
}

/** The ids of some groups and of all that they imply, however far. */
export function withImplied(tables: Tables, ids: Iterable<number>): Set<number> {
  const all = new Set(ids)
  for (const id of all) for (const implied of tables.links('res_groups_implied_rel', id, false)) all.add(implied)
  return all
}

const cache = new WeakMap<Tables, { size: number; writes: number; names: Map<number, string> }>()

/** External ids by group; looked up anew when something was committed or an external id was added. */
function namesOf(tables: Tables): Map<number, string> {
  const rows = tables.rows('ir.model.data')
  const known = cache.get(tables)
  if (known !== undefined && known.size === rows.size && known.writes === tables.writes) return known.names
  const names = new Map<number, string>()
  for (const { model, module, name, res_id } of rows.values()) {
    if (model === 'res.groups') names.set(Number(res_id), `${module}.${name}`)
  }
  cache.set(tables, { size: rows.size, writes: tables.writes, names })
  return names
}
