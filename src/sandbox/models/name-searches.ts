import type { Json } from '../json.js'
import type { Env } from '../orm/env.js'
import { positive, searchNames } from '../orm/name-search.js'
import { limitOf, matcher, search } from '../orm/search.js'
import type { Model, NameQuery } from '../orm/types.js'
import { truthy } from '../python.js'

/** Products: by their code alone where one fits, else those whose code matches, then those whose name does. */
export function searchProductNames(env: Env, model: Model, query: NameQuery): number[] | undefined {
  const { name, operator, domain, limit } = query
  if (!truthy(name)) return undefined
  const find = (leaves: Json[], most: Json = limit) => search(env, model, [...leaves, ...domain], { limit: most })
  const isPositive = positive.has(operator)
  for (const field of isPositive ? ['default_code', 'barcode'] : []) {
    const exact = find([[field, '=', name]])
    if (exact.length > 0) return exact
  }
  if (operator.startsWith('not ') || operator === '!=' || operator === '<>') {
    return find([['name', operator, name], '|', ['default_code', operator, name], ['default_code', '=', false]])
  }
  const byCode = find([['default_code', operator, name]])
  const rest = typeof limit === 'number' && limit > 0 ? limit - byCode.length : null
  if (rest !== null && rest <= 0) return byCode
  const found = [
    ...byCode,
    ...find(
      [
        ['id', 'not in', byCode],
        ['name', operator, name]
      ],
      rest
    )
  ]
  // A name as it is displayed: `[CODE] Name`.
  const code = isPositive && typeof name === 'string' ? /\[(.*?)\]/.exec(name)?.[1] : undefined
  return found.length > 0 || code === undefined ? found : find([['default_code', '=', code]])
}

/** Countries: two letters are a code first. */
export function searchCountryNames(env: Env, model: Model, query: NameQuery): number[] | undefined {
  const { name, operator, domain, limit } = query
  const isNegative = operator.startsWith('not ') || operator === '!='
  if (typeof name !== 'string' || name.length !== 2 || (env.major >= 19 && isNegative)) return undefined
  const first = search(env, model, [['code', env.major >= 19 ? operator : 'ilike', name], ...domain], { limit })
  const rest = env.major >= 19 && typeof limit === 'number' ? limit - first.length : limit
  if (typeof rest === 'number' && rest <= 0 && env.major >= 19) return first
  const others = searchNames(env, model, { ...query, domain: [['id', 'not in', first], ...domain], limit: rest })
  return [...first, ...others]
}

/** Odoo 14 takes the last name of a path for the one that is looked for. */
export function searchLastName(env: Env, model: Model, query: NameQuery): number[] | undefined {
  if (env.major >= 17 || typeof query.name !== 'string') return undefined
  const last = query.name.split(' / ').at(-1) as string
  return last === query.name ? undefined : searchNames(env, model, { ...query, name: last })
}

/** Odoo 14 gives the partners first whose display name matches, before those with such a reference and so on. */
export function searchPartnerNames(env: Env, model: Model, query: NameQuery): number[] | undefined {
  const { name, operator, limit } = query
  if (env.major >= 15 || !truthy(name) || !positive.has(operator)) return undefined
  const most = limitOf(limit)
  const found = searchNames(env, model, { ...query, limit: null })
  const isNamed = matcher(env.sudo(), model, [['display_name', operator, name]])
  const ranked = [...found.filter(isNamed), ...found.filter(id => !isNamed(id))]
  return ranked.slice(0, most)
}
