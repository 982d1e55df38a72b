import { userError } from '../exceptions.js'
import type { Json, JsonObject } from '../json.js'
import { checkReadable } from '../orm/access.js'
import { zoneOf } from '../orm/domain/relative-date.js'
import type { Env } from '../orm/env.js'
import { toLocal } from '../orm/group/time-zone.js'
import { commercialOfUser } from './res-partner-rules.js'

/** The rule of portal users: what is their company's. */
export function ofUsersCommercialPartner(field: string): (env: Env) => Json[] {
  return env => [[field, 'child_of', [commercialOfUser(env)]]]
}

/** The rule of portal users: the orders of their company. On 14 those that they follow, which a draft has nobody to. */
export function ofUsersOrders(path = ''): (env: Env) => Json[] {
  return env => [
    [`${path}partner_id`, 'child_of', [commercialOfUser(env)]],
    ...(env.major < 15 ? [[`${path}state`, '!=', 'draft']] : [])
  ]
}

/** A new order gets its number, and what its customer and company tell. */
export function readyOrder(env: Env, values: JsonObject): JsonObject {
  const ready = { ...values }
  const partner = env.tables.row('res.partner', Number(ready.partner_id))
  if (!ready.name || ready.name === 'New') ready.name = nextOf(env, 'sale.order') ?? 'New'
  if (partner !== undefined) {
    ready.partner_invoice_id ??= addressOf(env, partner.id, 'invoice')
    ready.partner_shipping_id ??= addressOf(env, partner.id, 'delivery')
    ready.payment_term_id ??= (partner.property_payment_term_id as Json) ?? false
    if (values.user_id === undefined) ready.user_id = (partner.user_id as Json) ?? env.uid
  }
  if (env.major < 16) ready.pricelist_id ??= firstOf(env, 'product.pricelist') ?? false
  if (env.major >= 17) ready.validity_date ??= dayAfter(env, 30)
  ready.require_signature ??= true
  ready.require_payment ??= true
  ready.team_id ??= firstOf(env, 'crm.team') ?? false
  return ready
}

function firstOf(env: Env, model: string): number | undefined {
  return [...env.tables.rows(model).values()].find(row => row.active !== false)?.id
}

/** Counted from the day that it is where the user lives. */
function dayAfter(env: Env, days: number): string {
  const today = toLocal(env.now, zoneOf(env)).slice(0, 10)
  return new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10)
}

/** The address of a type among the contacts of a partner, else the partner itself. */
function addressOf(env: Env, partner: number, type: string): number {
  const seen = new Set<number>()
  for (let at = partner; !seen.has(at); ) {
    seen.add(at)
    const children = [...env.tables.referring('res.partner', 'parent_id', at)].sort((a, b) => a - b)
    const found = children.find(child => env.tables.row('res.partner', child)?.type === type)
    if (found !== undefined) return found
    const row = env.tables.row('res.partner', at)
    if (row?.is_company === true || typeof row?.parent_id !== 'number') break
    at = row.parent_id
  }
  return partner
}

/** The next number of a sequence. */
export function nextOf(env: Env, code: string): string | undefined {
  const sequence = [...env.tables.rows('ir.sequence').values()].find(row => row.code === code && row.active !== false)
  if (sequence === undefined) return undefined
  const number = Number(sequence.number_next)
  env.tables.update('ir.sequence', sequence.id, { number_next: number + Number(sequence.number_increment ?? 1) })
  return `${sequence.prefix ?? ''}${String(number).padStart(Number(sequence.padding ?? 0), '0')}${sequence.suffix ?? ''}`
}

/** Who gives an order to somebody else must be able to read it still (seen on 19). */
export function stillReadable(env: Env, ids: number[], changed: string[]): void {
  if (env.major >= 17 && changed.includes('user_id')) checkReadable(env, env.models.need('sale.order'), ids)
}

/** Only drafts and what was cancelled may be deleted. */
export function refuseRemoval(env: Env, ids: number[]): void {
  for (const id of ids) {
    if (['draft', 'cancel'].includes(String(env.tables.row('sale.order', id)?.state))) continue
    throw userError('You can not delete a sent quotation or a confirmed sales order. You must first cancel it.')
  }
}
