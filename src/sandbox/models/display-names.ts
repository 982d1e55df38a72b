import type { Json } from '../json.js'
import { search } from '../orm/search.js'
import type { ModelSpec } from '../orm/types.js'
import { truthy } from '../python.js'

type Search = NonNullable<ModelSpec['searchDisplayName']>

const isNegative = (operator: string) => operator.startsWith('not') || operator === '!='

/** Joins domains by "or" or by "and", each of which may be a list of several leaves. */
function join(operator: '|' | '&', domains: Json[][]): Json[] {
  return [...domains.slice(1).map(() => operator), ...domains.flat()]
}

/** Tags of contacts: with those that match come all that are below them. */
export const searchTag: Search = (env, operator, _value, plain) => {
  if (!operator.endsWith('like')) return plain
  if (operator.startsWith('not')) return undefined
  return [['id', 'child_of', search(env, env.models.need('res.partner.category'), plain)]]
}

/** Users: a login that fits exactly is enough. */
export const searchUser: Search = (env, operator, value, plain) => {
  if ((operator !== 'in' && operator !== 'ilike') || !truthy(value)) return plain
  const login: Json = ['login', 'in', typeof value === 'string' ? [value] : value]
  const found = search(env, env.models.need('res.users'), [login])
  return found.length > 0 ? [['id', 'in', found]] : plain
}

/** Products: by name, code, and for what is wanted by barcode and by the code in `[CODE] Name`. */
export const searchProduct: Search = (_env, operator, value) => {
  const both: Json[][] = [[['name', operator, value]], [['default_code', operator, value]]]
  if (isNegative(operator)) return join('&', both)
  if (operator.endsWith('like')) both.push([['barcode', 'in', [value]]])
  if (operator !== 'in' || !Array.isArray(value)) return join('|', both)
  const codes = value.flatMap(text => (typeof text === 'string' ? (/\[(.*?)\]/.exec(text)?.[1] ?? []) : []))
  const byCode = codes.map((code): Json[] => [['default_code', '=', code]])
  return join('|', [...both, [['barcode', 'in', value]], ...byCode])
}

/** Templates: by name, or by one of their variants. */
export const searchTemplate: Search = ({ context }, operator, value) => {
  const byName: Json[] = [['name', operator, value]]
  if (!truthy(context.search_product_product ?? truthy(value))) return byName
  return join(isNegative(operator) ? '&' : '|', [byName, [['product_variant_ids', operator, value]]])
}

/** States: `Name (Country)` is understood, too. */
export const searchState: Search = (_env, operator, value, plain) => {
  if (!truthy(value) || !['ilike', '=', 'in'].includes(operator)) return plain
  const names = Array.isArray(value) ? value : [value]
  const compare = operator === 'in' ? '=' : operator
  const more = names.flatMap(name => (typeof name === 'string' ? [ofCountry(name, compare)] : []))
  return join('|', [plain, ...more.filter(domain => domain.length > 0)])
}

function ofCountry(text: string, operator: string): Json[] {
  const [, name = '', country = ''] = /^(.+)\((.+)\)$/s.exec(text) ?? []
  if (name === '') return []
  const byCountry = [
    ['country_id.name', 'ilike', country.trim()],
    ['country_id.code', '=', country.trim()]
  ]
  return ['&', ['name', operator, name.trim()], '|', ...byCountry]
}

/** Banks: a BIC that begins so, or such a name. */
export const searchBank: Search = (_env, operator, value, plain) => {
  if ((operator !== 'ilike' && operator !== 'not ilike') || typeof value !== 'string' || value === '') return plain
  const domain: Json[] = ['|', ['bic', '=ilike', `${value}%`], ['name', 'ilike', value]]
  return operator === 'ilike' ? domain : ['!', ...domain]
}
