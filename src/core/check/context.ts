import type { Json, JsonObject } from '../json.js'
import type { FieldMap, Identity, OdooContext } from '../ports/odoo.js'
import { isId, show } from './field-values.js'
import type { Names } from './names.js'
import type { Problems } from './problems.js'
import { checkOwner } from './records.js'
import { refuseExpression } from './templates.js'
import { checkField, isX2many } from './values.js'

/**
 * Checks the `context` of a call and gives it as Odoo takes it. Odoo 14 ignores a wrong language and runs with the
 * wrong company without a word, so both are judged here.
 */
export function checkContext(context: JsonObject, identity: Identity, at: string, problems: Problems): OdooContext {
  const { company_id, allowed_company_ids, ...rest } = context
  const out: OdooContext = { ...rest }
  if (
    rest.lang !== undefined &&
    !(typeof rest.lang === 'string' && /^[a-z]{2,3}(_[A-Za-z0-9]+)?(@\w+)?$/.test(rest.lang))
  ) {
    problems.add(`${at}.lang`, `${show(rest.lang)} is not a language code; expected one such as "en_US" or "fr_BE"`)
  }
  if (rest.tz !== undefined && !isTimeZone(rest.tz)) {
    problems.add(`${at}.tz`, `${show(rest.tz)} is not a time zone; expected one such as "Europe/Brussels"`)
  }
  if (rest.active_test !== undefined && typeof rest.active_test !== 'boolean') {
    problems.add(`${at}.active_test`, `${show(rest.active_test)} does not fit; expected true or false`)
  }
  const companies = checkCompanies(company_id, allowed_company_ids, identity, at, problems)
  if (companies !== undefined) out.allowed_company_ids = companies
  refuseNestedDefaults(rest, at, problems)
  return out
}

function checkCompanies(
  one: Json | undefined,
  many: Json | undefined,
  { companies }: Identity,
  at: string,
  problems: Problems
): number[] | undefined {
  if (one === undefined && many === undefined) return undefined
  if (one !== undefined && many !== undefined) {
    problems.add(at, 'company_id and allowed_company_ids are both given; expected one of them')
    return undefined
  }
  const path = one === undefined ? `${at}.allowed_company_ids` : `${at}.company_id`
  const ids = one === undefined ? many : [one]
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every(isId)) {
    problems.add(
      path,
      `${show(one === undefined ? many : one)} does not fit; expected ${one === undefined ? 'a list of company ids' : 'a company id'}`
    )
    return undefined
  }
  const foreign = ids.filter(id => !companies.some(company => company.id === id))
  if (foreign.length > 0) {
    // By id alone: names are text that people wrote, and do not belong in sentences of ours.
    const own = companies.map(({ id }) => id).join(', ')
    const hint = 'odoo_session names the companies of this user.'
    problems.add(path, `${foreign.join(', ')} is not a company of this user; expected one of ${own}`, hint)
    return undefined
  }
  return ids
}

/** `default_<field>` becomes a value of whatever is created: commands in it would go around the check of values. */
function refuseNestedDefaults(context: JsonObject, at: string, problems: Problems): void {
  for (const [key, value] of Object.entries(context)) {
    if (key.startsWith('default_') && isNested(value)) {
      problems.add(`${at}.${key}`, 'values inside a default; expected plain values or ids here, and the rest in values')
    }
  }
}

function isNested(value: Json): boolean {
  if (Array.isArray(value)) return value.some(item => typeof item === 'object' && item !== null)
  return typeof value === 'object' && value !== null
}

/** A default is a value of what is created, and is judged like one where the field is known. */
export async function checkDefaults(context: OdooContext, fields: FieldMap, at: string, names: Names): Promise<void> {
  // Wizards speak of the record that this names: a mail about it has its name for a subject.
  if (typeof context.active_model === 'string') {
    const refusal = names.policy.refusal(context.active_model, 'read')
    if (refusal !== undefined) names.problems.deny(`${at}.active_model`, refusal)
  }
  for (const [key, value] of Object.entries(context)) {
    const info = key.startsWith('default_') ? fields.get(key.slice('default_'.length)) : undefined
    if (key.startsWith('default_')) {
      // Defaults also reach records of other models that are created on the way.
      names.denyWithheld(key.slice('default_'.length), info ?? { type: 'char' }, `${at}.${key}`)
      refuseExpression(value, `${at}.${key}`, names)
    }
    if (info === undefined) continue
    if (isX2many(info) || info.type === 'many2one' || info.type === 'reference') {
      await checkField(info, value, `${at}.${key}`, names)
    }
  }
  checkOwner(defaultsOf(context), fields, `${at}.default_`, names)
}

/** The values that a context gives to what is created. */
function defaultsOf(context: OdooContext): JsonObject {
  const defaults = Object.entries(context).filter(([key]) => key.startsWith('default_'))
  return Object.fromEntries(defaults.map(([key, value]) => [key.slice('default_'.length), value]))
}

function isTimeZone(value: Json): boolean {
  if (value === false) return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: String(value) })
    return typeof value === 'string'
  } catch {
    return false
  }
}
