import { accessError, assertionError, userError, validationError } from '../exceptions.js'
import type { Json, JsonObject } from '../json.js'
import type { Env } from '../orm/env.js'
import type { Method, Row } from '../orm/types.js'
import type { Major } from '../release.js'
import { secretColumn } from './credentials.js'
import { idOf } from './external-ids.js'
import { groupsOf, withImplied } from './groups.js'
import { textOf } from './res-partner-computed.js'

const admin = 2

/** Sets a password; an empty one is refused. */
export function writePassword({ tables }: Env, ids: number[], value: Json): void {
  if (value === false || value === null) return
  if (value === '') throw userError('Setting empty passwords is not allowed for security reasons!')
  for (const id of ids) tables.update('res.users', id, { [secretColumn]: String(value) })
}

/** From 15 users sign with their names unless they choose otherwise. */
export function signed(env: Env, values: JsonObject): JsonObject {
  if (env.major < 15 || values.signature || typeof values.name !== 'string') return values
  return { ...values, signature: `<div>${values.name}</div>` }
}

export function checkUsers(env: Env, ids: number[], changed: string[]): void {
  for (const id of ids) {
    const row = env.tables.row('res.users', id)
    if (row === undefined) continue
    if (changed.includes('groups_id') || changed.includes('group_ids')) checkGroups(env, row)
    if (changed.includes('company_id') || changed.includes('company_ids')) checkCompanies(env, row)
  }
}

/** Until 18 a user is made a member of all implied groups; from 19 they only count as such. */
function checkGroups(env: Env, row: Row): void {
  const own = env.tables.links('res_groups_users_rel', row.id, false)
  if (env.major < 19) {
    for (const id of withImplied(env.tables, own)) env.tables.link('res_groups_users_rel', row.id, id)
  }
  const groups = groupsOf(env.tables, row.id)
  const types = ['base.group_user', 'base.group_portal', 'base.group_public'].filter(name => groups.has(name))
  if (types.length < 2) return
  if (env.major < 17) throw validationError('The user cannot have more than one user types.')
  const labels = {
    'base.group_user': 'Role / User',
    'base.group_portal': 'Role / Portal',
    'base.group_public': 'Role / Public'
  }
  const names = types.map(name => `'${labels[name as keyof typeof labels]}'`).join(', ')
  throw validationError(`User '${nameOf(env, row)}' cannot be at the same time in exclusive groups ${names}.`)
}

function checkCompanies(env: Env, row: Row): void {
  const allowed = env.tables.links('res_company_users_rel', row.id, true)
  if (typeof row.company_id !== 'number' || allowed.has(row.company_id)) return
  if (env.major < 15) throw validationError('The chosen company is not in the allowed companies for this user')
  const name = (id: number) => textOf(env.tables.row('res.company', id)?.name ?? partnerName(env, id))
  const list = [...allowed].map(name).join(', ')
  throw validationError(
    `Company ${name(row.company_id)} is not in the allowed companies for user ${nameOf(env, row)} (${list}).`
  )
}

function partnerName(env: Env, company: number): string | null {
  return textOf(env.tables.row('res.partner', Number(env.tables.row('res.company', company)?.partner_id))?.name)
}

function nameOf(env: Env, row: Row): string {
  return textOf(env.tables.row('res.partner', Number(row.partner_id))?.name) ?? ''
}

/** Nobody shuts themselves out, and the superuser stays asleep. */
export function refuseUserChange(env: Env, ids: number[], values: JsonObject): JsonObject {
  if (values.active === true && ids.includes(1)) throw userError('You cannot activate the superuser.')
  if (values.active === false && ids.includes(env.uid)) {
    throw userError("You cannot deactivate the user you're currently logged in as.")
  }
  return values
}

export function refuseUserRemoval(env: Env, ids: number[]): void {
  if (ids.includes(1)) {
    throw userError(
      'You can not remove the admin user as it is used internally for resources created by Odoo (updates, module installation, ...)'
    )
  }
  if (env.major >= 15 && ids.includes(admin)) {
    throw userError(
      'You cannot delete the admin user because it is utilized in various places (such as security configurations,...). Instead, archive it.'
    )
  }
}

/** The language and time zone of who asks; its id, too, from 15. */
export const contextGet: Method = {
  on: 'model',
  params: [],
  run(env) {
    const partner = env.tables.row('res.partner', Number(env.tables.row('res.users', env.uid)?.partner_id))
    const lang = partner?.lang ?? false
    const tz = partner?.tz ?? false
    return env.major < 15
      ? { lang: lang as Json, tz: tz as Json }
      : { lang: lang as Json, tz: tz as Json, uid: env.uid }
  }
}

/** Until 17 of who asks; from 18 of a user whose id it takes, which may only be one's own. */
export function hasGroup(major: Major): Method {
  if (major < 18) {
    return {
      on: 'model',
      params: ['group_ext_id'],
      run(env, _model, _ids, { group_ext_id }) {
        const name = String(group_ext_id)
        if (!name.includes('.')) throw assertionError(`External ID '${name}' must be fully qualified`)
        return groupsOf(env.tables, env.uid).has(name)
      }
    }
  }
  return {
    on: 'records',
    params: ['group_ext_id'],
    run(env, _model, [id = env.uid], { group_ext_id }) {
      if (id !== env.uid && !env.su && !env.hasGroup('base.group_user')) {
        throw accessError('You can ony call user.has_group() with your current user.')
      }
      if (idOf(env, String(group_ext_id)) === undefined) return false
      return groupsOf(env.tables, id).has(String(group_ext_id))
    }
  }
}
