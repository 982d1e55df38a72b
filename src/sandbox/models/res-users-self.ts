import { isObject, type Json, type JsonObject } from '../json.js'
import type { Env } from '../orm/env.js'
import type { Method } from '../orm/types.js'
import { write } from '../orm/write/write.js'

/** What users may change of themselves without any right to change users. */
const own = new Set([
  'signature',
  'action_id',
  'company_id',
  'email',
  'name',
  'image_1920',
  'lang',
  'tz',
  'api_key_ids',
  'notification_type'
])
const ownSince19 = new Set([...own, 'phone', 'out_of_office_from', 'out_of_office_message', 'out_of_office_to'])

/** As any model's `write`, but that users may change some fields of their own. */
export const writeUsers: Method = {
  on: 'records',
  params: ['vals'],
  run(env, model, ids, { vals = null }) {
    if (isOwnChange(env, ids, vals)) write(env.sudo(), model, ids, withoutForeignCompany(env, vals))
    else write(env, model, ids, vals)
    return true
  }
}

function isOwnChange(env: Env, ids: number[], values: Json): values is JsonObject {
  if (ids.length !== 1 || ids[0] !== env.uid || !isObject(values)) return false
  const allowed = env.major < 19 ? own : ownSince19
  return Object.keys(values).every(name => allowed.has(name))
}

/** A company that the user does not work for is left out, not refused. */
function withoutForeignCompany({ tables, uid }: Env, { company_id, ...values }: JsonObject): JsonObject {
  const isTheirs = tables.links('res_company_users_rel', uid, true).has(Number(company_id))
  return isTheirs ? { ...values, company_id: company_id as Json } : values
}
