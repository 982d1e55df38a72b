import { OdooException } from '../exceptions.js'
import { isObject } from '../json.js'
import { checkReadable } from '../orm/access.js'
import type { Method } from '../orm/types.js'
import { create } from '../orm/write/create.js'
import { unlink } from '../orm/write/unlink.js'
import { refuseUserRemoval } from './res-users-rules.js'

/** Odoo 14 protects the superuser before it looks who may delete others. */
export const unlinkUsers: Method = {
  on: 'records',
  params: [],
  until: 14,
  run(env, model, ids) {
    checkReadable(env, model, ids)
    refuseUserRemoval(env, ids)
    unlink(env, model, ids)
    return true
  }
}

/** On 14 the module for mail refuses users without a login before anybody looks whether there may be new ones at all. */
export const createUsers: Method = {
  on: 'model',
  params: ['vals_list'],
  until: 14,
  run(env, model, _ids, { vals_list = null }) {
    const rows = Array.isArray(vals_list) ? vals_list : [vals_list]
    if (rows.some(row => isObject(row) && !row.login)) {
      const message = 'You cannot create a new user from here.\n To create new user please go to configuration panel.'
      throw new OdooException('odoo.exceptions.RedirectWarning', `${message}\n70\nGo to the configuration panel\nNone`)
    }
    const ids = create(env, model, rows)
    return Array.isArray(vals_list) ? ids : (ids[0] as number)
  }
}
