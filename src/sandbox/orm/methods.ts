import { existsIn, type Major } from '../release.js'
import { describing } from './methods-describing.js'
import { reading, searching } from './methods-reading.js'
import { writing } from './methods-writing.js'
import type { Method, Model } from './types.js'

/** The methods that every model has in one release. */
export function methodsOf(major: Major): Map<string, Method> {
  const all = { ...reading(major), ...searching(major), ...writing(major), ...describing(major) }
  return new Map(Object.entries(all).filter(([, method]) => existsIn(major, method)))
}

/** Whether a name is a method of Odoo's models that callers may not use: `@api.private` came with 19. */
export function isPrivate(major: Major, name: string): boolean {
  if (name.startsWith('_') || (major <= 18 && name === 'init')) return true
  return major >= 19 && privateSince19.has(name)
}

const privateSince19 = new Set(
  'exists browse sudo with_context with_user with_company with_env fetch search_fetch mapped filtered filtered_domain sorted grouped ensure_one check_access new init flush_model flush_recordset invalidate_model invalidate_recordset modified'.split(
    ' '
  )
)

/** Whether records have an attribute of this name that is no method for callers: a field, or a method of Python. */
export function isAttribute(model: Model, name: string): boolean {
  return model.fields.has(name) || attributes.has(name)
}

const attributes = new Set(
  'browse clear_caches ensure_one env filtered filtered_domain ids mapped modified pool sorted sudo user_has_groups with_company with_context with_env with_user'.split(
    ' '
  )
)
