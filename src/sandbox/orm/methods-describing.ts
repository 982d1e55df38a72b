import { truthy } from '../python.js'
import type { Major } from '../release.js'
import { checkRights, hasAccess, hasRights, rightNamed } from './access.js'
import type { Method } from './types.js'
import { fieldsGet } from './view/fields-get.js'
import { fieldsViewGet, getView, getViews, loadViews } from './view/views.js'
import { defaultGet } from './write/defaults.js'

/** Methods that tell of a model: its fields, defaults, views, and what one may do with it. */
export function describing(major: Major): { [name: string]: Method } {
  return {
    fields_get: {
      on: 'model',
      params: ['allfields?', 'attributes?'],
      run: (env, model, _ids, { allfields, attributes }) => fieldsGet(env, model, allfields, attributes)
    },
    default_get: {
      on: 'model',
      params: [major >= 19 ? 'fields' : 'fields_list'],
      run: (env, model, _ids, given) => defaultGet(env, model, given.fields ?? given.fields_list ?? null)
    },
    check_access_rights: {
      on: 'model',
      params: ['operation', 'raise_exception?'],
      run(env, model, _ids, { operation, raise_exception }) {
        const right = rightNamed(operation)
        if (raise_exception === undefined || truthy(raise_exception)) checkRights(env, model, right)
        return hasRights(env, model, right)
      }
    },
    has_access: {
      on: 'records',
      from: 18,
      params: ['operation'],
      run: (env, model, ids, { operation }) => hasAccess(env, model, ids, rightNamed(operation))
    },
    flush: nothing(15),
    invalidate_cache: nothing(15),
    get_views: {
      on: 'model',
      from: 16,
      params: ['views', 'options?'],
      run: (env, model, _ids, { views, options }) => getViews(env, model, views ?? null, options)
    },
    get_view: {
      on: 'model',
      from: 16,
      params: ['view_id?', 'view_type?'],
      run: (env, model, _ids, { view_id, view_type }) => getView(env, model, view_id, view_type)
    },
    fields_view_get: {
      on: 'model',
      until: 16,
      params: ['view_id?', 'view_type?', 'toolbar?', 'submenu?'],
      run: (env, model, _ids, { view_id, view_type, toolbar }) => fieldsViewGet(env, model, view_id, view_type, toolbar)
    },
    load_views: {
      on: 'model',
      until: 15,
      params: ['views', 'options?'],
      run: (env, model, _ids, { views, options }) => loadViews(env, model, views ?? null, options)
    }
  }
}

/** Methods about the cache, which callers could use until they were renamed. */
function nothing(until: number): Method {
  return { on: 'model', params: ['fnames?', 'ids?'], until, run: () => undefined }
}
