import type { Policy } from './policy.js'
import type { FieldInfo, FieldMap, OdooPort } from './ports/odoo.js'

/** So many fields at most, whatever is chosen. */
const most = 12
/** Columns of a list view are filled up to so many by score: a list of two columns says little of a record. */
const few = 8
/** The score that makes a field worth its place. */
const enough = 30

/** What the policy says of fields and of the models that they show. */
export type FieldPolicy = Pick<Policy, 'withholds' | 'mayRead'>

/** Names the fields that a tool reads of a model: see `chooseFields`. Only for none asked is the list view looked at. */
export async function fieldsToRead(
  odoo: OdooPort,
  model: string,
  asked: readonly string[],
  policy: FieldPolicy
): Promise<string[]> {
  return chooseFields(await odoo.fields(model), asked, policy, asked.length > 0 ? [] : await odoo.listColumns(model))
}

/**
 * The fields of an answer: those asked for; for `["*"]` all but binary and withheld ones; for none a representative
 * set. Withheld names among those asked for have been refused before.
 * @param columns the visible columns of the model's list view; none where there is no such view
 */
export function chooseFields(
  fields: FieldMap,
  asked: readonly string[],
  policy: FieldPolicy,
  columns: readonly string[] = []
): string[] {
  if (asked.length > 0 && !asked.includes('*')) return [...new Set(asked)]
  const readable = [...fields].filter(([name, info]) => info.type !== 'binary' && isShown(name, info, policy))
  // What is named beside "*" was asked for, be it a file.
  if (asked.includes('*')) {
    return [...new Set([...readable.map(([name]) => name), ...asked.filter(name => name !== '*')])]
  }
  return representative(new Map(readable.filter(([, { type }]) => !unreadable.has(type))), columns)
}

/** A many2one shows the name of its record, which the policy may hide. */
export function isShown(name: string, info: FieldInfo, policy: FieldPolicy): boolean {
  const namesHidden = info.type === 'many2one' && info.relation !== undefined && !policy.mayRead(info.relation)
  return !namesHidden && !policy.withholds(name, info)
}

/** What a person would look at: the name, the columns of the list view, the state; else the best by score. */
function representative(fields: FieldMap, columns: readonly string[]): string[] {
  const shown = columns.filter(name => fields.has(name) && name !== 'id')
  const status = shown.length > 0 ? ['state', 'stage_id'].filter(name => fields.has(name)) : []
  const first = [...new Set(['display_name', ...shown, ...status])]
  const atLeast = shown.length > 0 ? few : most
  const chosen = [...new Set([...first, ...byScore(fields)])].slice(0, Math.max(atLeast, first.length))
  // An amount says little without its currency, so that takes the last place if it must; so does the state.
  const needed = [...status, ...currenciesOf(chosen, fields)]
  const all = [...new Set([...chosen, ...needed])]
  if (all.length <= most) return all
  return [...all.filter(name => !needed.includes(name)).slice(0, most - needed.length), ...needed]
}

function currenciesOf(chosen: readonly string[], fields: FieldMap): string[] {
  const currencies = chosen.flatMap(name => {
    const info = fields.get(name)
    return info?.type === 'monetary' ? [info.currency_field ?? 'currency_id'] : []
  })
  return [...new Set(currencies)].filter(name => fields.has(name))
}

/** The fields that are worth a place, best first. */
function byScore(fields: FieldMap): string[] {
  return [...fields]
    .map(([name, info], index) => ({ name, index, score: score(name, info) }))
    .filter(field => field.score >= enough)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(field => field.name)
}

const knownNames: Readonly<Record<string, number>> = {
  name: 100,
  state: 45,
  stage_id: 45,
  partner_id: 45,
  amount_total: 45,
  date: 40,
  date_order: 40,
  invoice_date: 40,
  date_deadline: 35,
  invoice_date_due: 35,
  validity_date: 35,
  email: 30,
  email_from: 30,
  phone: 30,
  user_id: 30,
  login: 30,
  default_code: 30,
  list_price: 30,
  product_id: 30,
  order_id: 30,
  quantity: 20,
  product_uom_qty: 20,
  price_unit: 20,
  price_subtotal: 20,
  expected_revenue: 20,
  city: 20,
  country_id: 20,
  company_id: 15,
  team_id: 10,
  parent_id: 10
}

const noise =
  /^(image_|avatar_|message_|activity_|access_|website_message|rating_|my_activity_|has_message|create_|write_|__)/
/** Types whose values are long, or mean nothing by themselves. */
const unreadable = new Set([
  'one2many',
  'many2many',
  'html',
  'json',
  'properties',
  'properties_definition',
  'reference'
])

/** Measured on a dozen models of Odoo 14 and 19 against the columns of their list views. */
function score(name: string, info: FieldInfo): number {
  if (info.groups || noise.test(name) || name === 'id' || name === 'active') return -1
  let points = Object.hasOwn(knownNames, name) ? (knownNames[name] as number) : 0
  if (info.required) points += 15
  points += info.store ? 10 : -15
  if (info.type === 'monetary') points += 12
  if (info.type === 'date' || info.type === 'datetime') points += 10
  if (info.type === 'boolean') points -= 8
  if (name.endsWith('_count') || name.endsWith('_ids')) points -= 25
  return points
}
