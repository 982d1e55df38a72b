import type { Json, JsonObject } from '../json.js'
import type { Env } from '../orm/env.js'
import { search } from '../orm/search.js'
import type { Model, Rec, Row, Value } from '../orm/types.js'
import { brokenConstraint } from '../orm/write/integrity.js'
import { write } from '../orm/write/write.js'
import { companyOf } from './companies.js'
import { commercialCompanyName, textOf } from './res-partner-computed.js'

const addressFields = ['street', 'street2', 'city', 'zip', 'state_id', 'country_id']

/** A new lead is in the first stage and the first team, and knows what its contact tells. */
export function readyLead(env: Env, values: JsonObject): JsonObject {
  const ready = fromPartner(env, { ...values })
  if (!ready.name && ready.partner_id) {
    ready.name = `${textOf(env.tables.row('res.partner', Number(ready.partner_id))?.name)}'s opportunity`
  }
  ready.stage_id = ready.stage_id || (firstOf(env, 'crm.stage') ?? false)
  ready.team_id = ready.team_id ?? (ready.user_id ? (firstOf(env, 'crm.team') ?? false) : false)
  if (ready.date_open === undefined && ready.user_id) ready.date_open = env.now.slice(0, 19)
  ready.company_id = companyFor(env, ready)
  ready.date_last_stage_update ??= env.now.slice(0, 19)
  const won = env.tables.row('crm.stage', Number(ready.stage_id))?.is_won === true
  ready.probability ??= won ? 100 : 0
  if (env.major >= 15) ready.automated_probability ??= ready.probability
  if (won) ready.date_closed ??= env.now.slice(0, 19)
  return ready
}

/** The company of a lead. From 15 on one that nobody is responsible for has none, but for that of its contact. */
function companyFor(env: Env, { company_id, user_id, team_id, partner_id }: JsonObject): Json {
  if (env.major < 15 || user_id || team_id) return company_id ?? companyOf(env)
  const own = partner_id ? env.tables.row('res.partner', Number(partner_id))?.company_id : null
  return typeof own === 'number' ? own : false
}

function firstOf(env: Env, model: string): number | undefined {
  const rows = [...env.tables.rows(model).values()].filter(row => row.active !== false)
  return rows.sort((a, b) => Number(a.sequence) - Number(b.sequence) || a.id - b.id)[0]?.id
}

/** Choosing a contact fills in how to reach it, as long as the values do not say so themselves. */
export function fromPartner(env: Env, values: JsonObject): JsonObject {
  const partner = env.tables.row('res.partner', Number(values.partner_id))
  if (!values.partner_id || partner === undefined) return values
  const rec = { env, id: partner.id } as Rec
  const company =
    asText(commercialCompanyName(rec)) ?? textOf(env.tables.row('res.partner', Number(partner.parent_id))?.name)
  const known: { [field: string]: Row[string] | undefined } = {
    partner_name: company ?? (partner.is_company === true ? partner.name : undefined),
    contact_name: partner.is_company === true ? undefined : partner.name,
    email_from: partner.email,
    phone: partner.phone,
    mobile: env.major < 19 ? partner.mobile : undefined,
    function: partner.function,
    website: partner.website,
    lang_id: env.major >= 17 ? languageOf(env, partner) : undefined
  }
  if (addressFields.some(field => partner[field])) for (const field of addressFields) known[field] = partner[field]
  const filled = { ...values }
  for (const [field, value] of Object.entries(known)) {
    if (value === undefined || value === null || typeof value === 'object') continue
    if (filled[field] === undefined) filled[field] = value
  }
  return filled
}

function languageOf(env: Env, { lang }: Row): number | undefined {
  return [...env.tables.rows('res.lang').values()].find(row => row.code === lang)?.id
}

const asText = (value: Value) => (typeof value === 'string' ? value : null)

/** Leads in groups by stage show every stage that all teams have, and those with leads. */
export function stagesToShow(env: Env, _model: Model, ids: number[]): number[] {
  const stages = env.models.need('crm.stage')
  const domain = stages.fields.has('team_id') ? ['|', ['id', 'in', ids], ['team_id', '=', false]] : []
  return search(env.sudo(), stages, domain)
}

/** A stage that is won makes the lead so; the dates follow. */
export function afterChange(env: Env, ids: number[], changed: string[]): void {
  for (const id of ids) {
    const row = env.tables.row('crm.lead', id) as Row
    const won = env.tables.row('crm.stage', Number(row.stage_id))?.is_won === true
    if (changed.includes('probability') && (Number(row.probability) < 0 || Number(row.probability) > 100)) {
      const message = 'The probability of closing the deal should be between 0% and 100%!'
      throw brokenConstraint(env, { name: 'crm_lead_check_probability', message }, 'Check')
    }
    if (changed.includes('stage_id') && row.date_last_stage_update !== null) stageChanged(env, row, won)
    if (changed.includes('user_id') && row.user_id && row.date_open === null) set(env, row, { date_open: seconds(env) })
    const closed = Number(row.probability) >= 100 || (env.major >= 17 && row.active === false)
    if (!closed && changed.includes('probability') && row.date_closed !== null) set(env, row, { date_closed: null })
    if (closed && row.date_closed === null) set(env, row, { date_closed: seconds(env) })
  }
}

function stageChanged(env: Env, row: Row, won: boolean): void {
  if (won) {
    set(env, row, { probability: 100, automated_probability: 100, date_last_stage_update: seconds(env) })
  } else set(env, row, { date_last_stage_update: seconds(env) })
}

const seconds = ({ now }: Env) => now.slice(0, 19)

function set(env: Env, row: Row, cells: { [field: string]: string | number | null }): void {
  env.tables.update('crm.lead', row.id, cells)
}

/** Moves leads to the stage that is won. */
export function setWon(env: Env, ids: number[]): void {
  const won = [...env.tables.rows('crm.stage').values()].find(row => row.is_won === true)
  const values: { [field: string]: Json } = { active: true, probability: 100 }
  if (won !== undefined) values.stage_id = won.id
  write(env, env.models.need('crm.lead'), ids, values)
}

/** Archives leads as lost. */
export function setLost(env: Env, ids: number[], more: JsonObject): void {
  write(env, env.models.need('crm.lead'), ids, { active: false, probability: 0, automated_probability: 0, ...more })
}

/** Won, lost or neither, as 18 and later say. */
export function wonStatus({ get }: Rec): string {
  if (get('active') === false && Number(get('probability') ?? 0) === 0) return 'lost'
  return Number(get('probability') ?? 0) === 100 && get('stage_id.is_won') === true ? 'won' : 'pending'
}

/** Whole days between two moments. */
export function daysBetween(from: Value, to: Value): number {
  if (typeof from !== 'string' || typeof to !== 'string') return 0
  const at = (moment: string) => Date.parse(`${moment.slice(0, 19).replace(' ', 'T')}Z`)
  return Math.floor(Math.abs(at(to) - at(from)) / 86_400_000)
}
