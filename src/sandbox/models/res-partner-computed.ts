import type { Env } from '../orm/env.js'
import type { Rec, Row, Value } from '../orm/types.js'
import { total } from './account-amounts.js'
import { groupsOf } from './groups.js'

const partnerRow = ({ tables }: Env, id: number): Row | undefined => tables.row('res.partner', id)

/** The first partner upwards that is a company, or the topmost. */
export function commercialPartner({ env, id }: Rec): number {
  return commercialOf(env, id)
}

/** As `commercialPartner`, of an id. */
export function commercialOf(env: Env, id: number): number {
  const seen = new Set<number>()
  for (let at = id; ; ) {
    const row = partnerRow(env, at)
    if (row === undefined || row.is_company === true || typeof row.parent_id !== 'number' || seen.has(at)) return at
    seen.add(at)
    at = row.parent_id
  }
}

/** The name of the company that a contact belongs to. */
export function commercialCompanyName({ env, id }: Rec): Value {
  const commercial = partnerRow(env, commercialOf(env, id))
  if (commercial?.is_company === true) return textOf(commercial.name)
  return textOf(partnerRow(env, id)?.company_name)
}

const typeNames: { [type: string]: readonly [until16: string, from17: string] } = {
  invoice: ['Invoice Address', 'Invoice'],
  delivery: ['Delivery Address', 'Delivery'],
  other: ['Other Address', 'Other']
}

/** `Company, Name` for those within a company; an address without a name goes by its type. */
export function completeName(record: Rec): string {
  const { env, id } = record
  const row = partnerRow(env, id)
  if (row === undefined) return ''
  let name = textOf(row.name) ?? ''
  const tidy = (text: string) => (env.major < 17 ? text : text.trim())
  if (typeof row.parent_id !== 'number' && !row.company_name) return tidy(name)
  if (name === '') name = typeNames[String(row.type)]?.[env.major < 17 ? 0 : 1] ?? ''
  if (row.is_company === true) return tidy(name)
  const company = commercialCompanyName(record) ?? textOf(partnerRow(env, Number(row.parent_id))?.name) ?? ''
  return `${company}, ${name}`.trim()
}

/** The complete name with what the context wants to see besides it. */
export function shownName(record: Rec): string {
  const { env, id } = record
  const { show_address, show_address_only, address_inline, show_email, show_vat, partner_show_db_id } = env.context
  const row = partnerRow(env, id)
  const address = () => addressOf(record)
  let name = env.major < 17 && show_address_only ? address() : completeName(record)
  if (env.major >= 17 && partner_show_db_id) name = `${name} (${id})`
  const email = show_email && row?.email ? ` <${row.email}>` : ''
  const vat = show_vat && row?.vat ? (env.major < 17 ? ` ‒ ${row.vat}` : ` - ${row.vat}`) : ''
  if (env.major < 17) {
    if (show_address) name = `${name}\n${address()}`
    name = name.replaceAll('\n\n', '\n').replaceAll('\n\n', '\n')
    if (address_inline) name = name.replaceAll('\n', ', ')
    return name + email + vat
  }
  name += email
  if (show_address) name = `${name}\n${address()}`
  return (name + vat).replace(/\s+\n/g, '\n').trim()
}

/** `"Name" <email>`. Without an email 14 says an empty text, later ones false. */
export function emailFormatted({ env, id }: Rec): Value {
  const row = partnerRow(env, id)
  const email = textOf(row?.email)
  if (!email) return env.major < 17 ? '' : null
  const name = textOf(row?.name) ?? 'False'
  const normalized = env.major < 17 || !/^[^@\s]+@[^@\s]+$/.test(email.trim()) ? email : email.trim().toLowerCase()
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}" <${normalized}>`
}

/** False for the partners of internal users; nobody else's. */
export function isShared({ env, id }: Rec): boolean {
  for (const uid of env.tables.referring('res.users', 'partner_id', id)) {
    const user = env.tables.row('res.users', uid)
    if (uid === 1 || (user?.active !== false && groupsOf(env.tables, uid).has('base.group_user'))) return false
  }
  return true
}

/** The address in the way of its country, the company first. */
export function contactAddress(record: Rec): string {
  const company = commercialCompanyName(record)
  return company ? `${company}\n${addressOf(record)}` : addressOf(record)
}

function addressOf(record: Rec): string {
  const { env, id } = record
  const row = partnerRow(env, id)
  const country = env.tables.row('res.country', Number(row?.country_id))
  const state = env.tables.row('res.country.state', Number(row?.state_id))
  const parts: { [name: string]: string } = {
    street: textOf(row?.street) ?? '',
    street2: textOf(row?.street2) ?? '',
    city: textOf(row?.city) ?? '',
    zip: textOf(row?.zip) ?? '',
    state_code: textOf(state?.code) ?? '',
    state_name: textOf(state?.name) ?? '',
    country_code: textOf(country?.code) ?? '',
    country_name: (typeof row?.country_id === 'number' && String(record.get('country_id.name') ?? '')) || ''
  }
  const format =
    textOf(country?.address_format) ?? '%(street)s\n%(street2)s\n%(city)s %(state_code)s %(zip)s\n%(country_name)s'
  return format.replace(/%\((\w+)\)s/g, (_all, name: string) => parts[name] ?? '')
}

/** What is open on the posted invoices of a partner and its contacts. */
export function balanceOf(env: Env, id: number, type: string): number {
  let sum = 0
  const commercial = commercialOf(env, id)
  for (const move of env.tables.rows('account.move').values()) {
    if (move.move_type !== type || move.state !== 'posted' || move.payment_state === 'paid') continue
    if (typeof move.partner_id === 'number' && commercialOf(env, move.partner_id) === commercial) {
      sum += total({ env, id: move.id })
    }
  }
  return sum
}

/** A column as text. */
export function textOf(cell: Row[string] | undefined): string | null {
  if (typeof cell === 'string') return cell
  if (typeof cell === 'object' && cell !== null) return cell.en_US ?? null
  return typeof cell === 'number' ? String(cell) : null
}
