import { accessError } from '../exceptions.js'
import { hasRights, type Right, visibleIds } from '../orm/access.js'
import type { Env } from '../orm/env.js'
import type { Guard, Row } from '../orm/types.js'

/** Files are for those who may see the record that they are at, and change it to change them. */
export const attachmentGuard: Guard = {
  searchedFreely: major => major >= 18,
  allows(env, id, right) {
    const row = env.tables.row('ir.attachment', id)
    if (row === undefined) return true
    const isSystem = env.hasGroup('base.group_system')
    if (env.major < 18 && !isSystem && !env.hasGroup('base.group_user')) return false
    if (env.major < 15 && !isSystem && row.res_field) return false
    if (row.public === true && right === 'r') return true
    // From 15 on files at no record are for those who put them there.
    if (env.major >= 15 && !isSystem && !row.res_id && row.create_uid !== env.uid) return false
    return mayReach(env, row, right === 'r' ? 'r' : 'w')
  },
  refusal(env, ids, right) {
    const refused = 'Sorry, you are not allowed to access this document.'
    if (env.major < 18) return accessError(refused)
    const records = `ir.attachment(${ids.join(', ')}${ids.length === 1 ? ',' : ''})`
    const operation = right === 'r' ? 'read' : 'write'
    return accessError(
      `${refused} Please contact your system administrator.\n\n(Operation: ${operation})\n\nRecords: ${records}, User: ${env.uid}`
    )
  }
}

function mayReach(env: Env, { res_model, res_id }: Row, right: Right): boolean {
  const model = env.models.get(String(res_model))
  if (model === undefined || typeof res_id !== 'number' || res_id === 0) return true
  if (model.name === 'res.users' && res_id === env.uid) return true
  if (env.tables.row(model.name, res_id) === undefined) return true
  return hasRights(env, model, right) && visibleIds(env, model, [res_id], right).length === 1
}
