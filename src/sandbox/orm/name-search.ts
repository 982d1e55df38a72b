import { typeError } from '../exceptions.js'
import type { Json } from '../json.js'
import { truthy, typeName } from '../python.js'
import type { Env } from './env.js'
import { search } from './search.js'
import type { Model, NameQuery } from './types.js'
import { displayNameOf } from './values.js'

/** The method `name_search`: pairs of id and name. */
export function namesFound(env: Env, model: Model, given: { [name: string]: Json | undefined }): Json[] {
  const { name = '', operator = 'ilike', limit = 100 } = given
  const domain = domainOf(env, given.domain ?? given.args ?? null)
  const ids = findNames(env, model, { name, domain, operator: String(operator), limit })
  return ids.map(id => [id, displayNameOf(env.sudo(), model, id)])
}

/** A list of conditions to add more to. Odoo 19 reads the domain anyhow, and tells there what is wrong with it. */
function domainOf(env: Env, domain: Json): Json[] {
  if (!truthy(domain)) return []
  if (Array.isArray(domain)) return domain
  if (env.major >= 19) return domain as never
  throw typeError(`can only concatenate list (not "${typeName(domain)}") to list`)
}

/** The ids of records whose name matches: `_name_search` of Odoo 14 to 18. */
export function nameSearch(
  env: Env,
  model: Model,
  name: Json,
  domain: Json[],
  operator: string,
  limit?: Json
): number[] {
  return findNames(env, model, { name, domain, operator, limit: limit ?? null })
}

/** As the model looks for names; most do it as all do. */
function findNames(env: Env, model: Model, query: NameQuery): number[] {
  return model.searchName?.(env, model, query) ?? searchNames(env, model, query)
}

/** As `BaseModel` looks for names, in the order of the model. */
export function searchNames(env: Env, model: Model, { name, domain, operator, limit }: NameQuery): number[] {
  if (env.major < 19) return search(env, model, [...domain, ...leavesFor(env, model, name, operator)], { limit })
  // A domain that is none is for the search to refuse.
  const asked = Array.isArray(domain) ? [['display_name', operator, name], ...domain] : domain
  return search(env, model, asked, { limit })
}

/** The leaves that look for a name. An empty one with "ilike" is no condition at all. */
function leavesFor({ major }: Env, { nameSearch: fields, recName }: Model, name: Json, operator: string): Json[] {
  const own = recName === undefined ? [] : [recName]
  // On 14 the models that look into more do so for these only.
  const searched = major >= 15 || positive.has(operator) ? (fields ?? own) : own
  if (searched.length === 0 || (name === '' && operator === 'ilike')) return []
  const leaves: Json[] = searched.map(field => [field, operator, name])
  const isNegative = operator.startsWith('not') || operator === '!='
  return [...Array<Json>(leaves.length - 1).fill(isNegative ? '&' : '|'), ...leaves]
}

/** The operators that look for a text that is like the name. */
export const positive: ReadonlySet<string> = new Set(['=', 'ilike', '=ilike', 'like', '=like'])
