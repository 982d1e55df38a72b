import type { Env } from '../orm/env.js'
import type { Rec } from '../orm/types.js'

/** The company that who asks works for just now. */
export function companyOf(env: Env): number | false {
  const [allowed] = Array.isArray(env.context.allowed_company_ids) ? env.companies : []
  const own = env.tables.row('res.users', env.uid)?.company_id
  return allowed ?? (typeof own === 'number' ? own : false)
}

/** The currency of the record's company, else of who asks. */
export function currencyOf({ env, id }: Rec): number | null {
  const own = env.tables.row('res.partner', id)?.company_id
  return currencyOfCompany(env, typeof own === 'number' ? own : companyOf(env))
}

/** The currency that a company keeps its books in. */
export function currencyOfCompany(env: Env, company: unknown): number | null {
  const currency = env.tables.row('res.company', Number(company))?.currency_id
  return typeof currency === 'number' ? currency : null
}

/** The rule of records that belong to a company or to none. */
export function ofCompanies(env: Env, operator = 'in'): (string | [string, string, number[] | boolean])[] {
  return ['|', ['company_id', '=', false], ['company_id', operator, env.companies]]
}
