import { missingError } from '../exceptions.js'
import { isObject, type Json } from '../json.js'
import type { Major } from '../release.js'
import { checkRights, checkRules } from './access.js'
import type { Env } from './env.js'
import { formattedReadGroup, formattedReadGroupingSets } from './group/formatted-read-group.js'
import { readGroup } from './group/read-group.js'
import { namesFound } from './name-search.js'
import { read } from './read.js'
import { count, search } from './search.js'
import type { Method, Model } from './types.js'
import { displayNameOf } from './values.js'

/** Methods that read records. */
export function reading(major: Major): { [name: string]: Method } {
  return {
    read: {
      on: 'records',
      params: ['fields?', 'load?'],
      takesNoIds: true,
      run: (env, model, ids, { fields, load }) => read(env, model, ids, fields, load)
    },
    name_get: {
      on: 'records',
      params: [],
      until: 17,
      run(env, model, ids) {
        checkRights(env, model, 'r')
        const missing = ids.filter(id => env.tables.row(model.name, id) === undefined)
        if (missing.length > 0) throw missingError(model.name, missing.slice(0, 1), env.uid)
        checkRules(env, model, ids, 'r')
        return ids.map(id => [id, displayNameOf(env, model, id)])
      }
    },
    exists: {
      on: 'records',
      params: [],
      until: 18,
      run: (env, model, ids) => ids.filter(id => env.tables.row(model.name, id) !== undefined)
    },
    get_metadata: { on: 'records', params: [], run: metadata },
    search_read: {
      on: 'model',
      params: ['domain?', 'fields?', 'offset?', 'limit?', 'order?'],
      ...(major >= 17 && { passesOn: { to: '_read_format', params: ['load'] } }),
      run(env, model, _ids, { domain, fields, offset, limit, order, load }) {
        const ids = search(env, model, domain ?? [], { offset, limit, order })
        // Archived records of relations show as if it had not been said.
        const { active_test: _, ...context } = env.context
        return read(env.inContext(context), model, ids, fields, load)
      }
    },
    web_search_read: {
      on: 'model',
      params:
        major >= 17
          ? ['domain', 'specification', 'offset?', 'limit?', 'order?']
          : ['domain?', 'fields?', 'offset?', 'limit?', 'order?'],
      run(env, model, _ids, { domain, fields, specification, offset, limit, order }) {
        const names = fields ?? (isObject(specification) ? Object.keys(specification) : undefined)
        const records = read(env, model, search(env, model, domain ?? [], { offset, limit, order }), names)
        return { length: count(env, model, domain ?? []), records }
      }
    }
  }
}

function metadata(env: Env, model: Model, ids: number[]): Json {
  const fields = ['create_uid', 'create_date', 'write_uid', 'write_date']
  return read(env, model, ids, fields).map(row => ({ ...row, noupdate: false, xmlid: false }))
}

/** Methods that look for records and count them. */
export function searching(major: Major): { [name: string]: Method } {
  const domain = major <= 14 ? 'args' : 'domain'
  return {
    search: {
      on: 'model',
      params: [domain, 'offset?', 'limit?', 'order?', ...(major <= 14 ? ['count?'] : [])],
      run(env, model, _ids, given) {
        const found = search(env, model, given[domain] === undefined ? [] : given[domain], given)
        return given.count ? found.length : found
      }
    },
    search_count: {
      on: 'model',
      params: [domain, ...(major >= 17 ? ['limit?'] : [])],
      run: (env, model, _ids, given) => count(env, model, given[domain] === undefined ? [] : given[domain], given.limit)
    },
    name_search: {
      on: 'model',
      params: ['name?', major >= 19 ? 'domain?' : 'args?', 'operator?', 'limit?'],
      run: (env, model, _ids, given) => namesFound(env, model, given)
    },
    read_group: {
      on: 'model',
      params: ['domain', 'fields', 'groupby', 'offset?', 'limit?', 'orderby?', 'lazy?'],
      run: (env, model, _ids, given) => readGroup(env, model, given)
    },
    formatted_read_group: {
      on: 'model',
      from: 19,
      owner: 'Base',
      params: ['domain', 'groupby?', 'aggregates?', 'having?', 'offset?', 'limit?', 'order?'],
      run: (env, model, _ids, given) => formattedReadGroup(env, model, given)
    },
    formatted_read_grouping_sets: {
      on: 'model',
      from: 19,
      owner: 'Base',
      params: ['domain', 'grouping_sets', 'aggregates?', 'order?'],
      run: (env, model, _ids, given) => formattedReadGroupingSets(env, model, given)
    }
  }
}
