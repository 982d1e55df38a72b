import { userError } from '../exceptions.js'
import type { Major } from '../release.js'
import { checkReadable } from './access.js'
import type { Method, Model } from './types.js'
import { displayNameOf, valueAt } from './values.js'
import { copyAll } from './write/copy.js'
import { create, rowsOf } from './write/create.js'
import { unlink } from './write/unlink.js'
import { write } from './write/write.js'

/** Methods that change records. */
export function writing(major: Major): { [name: string]: Method } {
  return {
    create: {
      on: 'model',
      params: ['vals_list'],
      run(env, model, _ids, { vals_list }) {
        const ids = create(env, model, rowsOf(vals_list ?? null))
        return Array.isArray(vals_list) ? ids : (ids[0] as number)
      }
    },
    write: {
      on: 'records',
      params: ['vals'],
      run(env, model, ids, { vals }) {
        if (ids.length > 0 && model.readsFirst?.(major).includes('w')) checkReadable(env, model, ids)
        write(env, model, ids, vals ?? null)
        return true
      }
    },
    unlink: {
      on: 'records',
      params: [],
      castsIds: true,
      run(env, model, ids) {
        if (ids.length > 0 && model.readsFirst?.(major).includes('u')) checkReadable(env, model, ids)
        unlink(env, model, ids)
        return true
      }
    },
    copy: {
      on: 'records',
      params: ['default?'],
      run: (env, model, ids, given) => copyAll(env, model, ids, given.default ?? null)
    },
    name_create: {
      on: 'model',
      params: ['name'],
      run(env, model, _ids, { name }) {
        if (model.recName === undefined) return false
        const [id] = create(env, model, [{ [model.recName]: name ?? false }]) as [number]
        // An empty name is none for 17 and later.
        return [id, displayNameOf(env, model, id) || (major >= 17 ? false : '')]
      }
    },
    action_archive: archiving(false),
    action_unarchive: archiving(true),
    toggle_active: {
      on: 'records',
      params: [],
      run(env, model, ids) {
        assertActive(model)
        const active = ids.filter(id => valueAt(env.sudo(), model, id, 'active') === true)
        write(env, model, active, { active: false })
        write(
          env,
          model,
          ids.filter(id => !active.includes(id)),
          { active: true }
        )
        return undefined
      }
    }
  }
}

/** Returns None, which XML-RPC cannot say. */
function archiving(active: boolean): Method {
  return {
    on: 'records',
    params: [],
    run(env, model, ids) {
      assertActive(model)
      write(
        env,
        model,
        ids.filter(id => (valueAt(env.sudo(), model, id, 'active') === true) !== active),
        { active }
      )
      return undefined
    }
  }
}

function assertActive(model: Model): void {
  if (!model.hasActive) throw userError(`You cannot archive records of ${model.description}.`)
}
