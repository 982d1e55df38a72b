import type { Method } from '../orm/types.js'
import { displayNameOf } from '../orm/values.js'
import { create } from '../orm/write/create.js'

/** A new contact of a name, of an email address, or of both as in `Name <email>`. */
export const nameCreate: Method = {
  on: 'model',
  owner: 'ResPartner',
  params: ['name'],
  run(env, model, _ids, { name }) {
    const text = typeof name === 'string' ? name : ''
    const [, before = '', address = ''] = /^(.*?)<?([^\s<>"]+@[^\s<>"]+)>?\s*$/.exec(text) ?? []
    const named = address === '' ? text : before.replaceAll('"', '').trim()
    const email = address.toLowerCase()
    const [id] = create(env, model, [{ name: named || email, ...(email !== '' && { email }) }]) as [number]
    return [id, displayNameOf(env, model, id)]
  }
}
