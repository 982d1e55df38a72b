import { OdooException, userError, validationError } from '../exceptions.js'
import type { Json, JsonObject } from '../json.js'
import type { Env } from '../orm/env.js'
import type { Cell, Rec, Row, Translations, Value } from '../orm/types.js'
import { brokenConstraint } from '../orm/write/integrity.js'
import { groupsOf } from './groups.js'
import { refuseCycles } from './hierarchies.js'
import { commercialOf, textOf } from './res-partner-computed.js'

const addressFields = ['street', 'street2', 'zip', 'city', 'state_id', 'country_id']
const commercialFields = ['vat', 'credit_limit', 'company_registry', 'industry_id', 'property_payment_term_id']

/** The commercial partner of who asks: portal users see no more than it and its contacts. */
export function commercialOfUser(env: Env): number {
  return commercialOf(env, Number(env.tables.row('res.users', env.uid)?.partner_id))
}

/** Another partner with the same VAT number. */
export function sameVat({ env, id }: Rec): Value {
  const vat = env.tables.row('res.partner', id)?.vat
  if (typeof vat !== 'string' || vat.length < 2) return null
  const own = commercialOf(env, id)
  for (const row of env.tables.rows('res.partner').values()) {
    if (row.vat === vat && row.id !== id && commercialOf(env, row.id) !== own) return row.id
  }
  return null
}

/** Choosing the type of a contact makes it a company or a person. */
export function writeCompanyType({ tables }: Env, ids: number[], value: Json): void {
  for (const id of ids) tables.update('res.partner', id, { is_company: value === 'company' })
}

/** A website gets a scheme, and a contact of a company loses the name it had for one. */
export function tidy(_env: Env, values: JsonObject): JsonObject {
  const tidied = { ...values }
  if (typeof values.website === 'string' && values.website !== '' && !/^[a-z][a-z0-9+.-]*:\/\//i.test(values.website)) {
    tidied.website = `http://${values.website}`
  }
  if (values.parent_id) tidied.company_name = false
  return tidied
}

/** What must hold of contacts, and what one takes over from its company. */
export function checkPartners(env: Env, ids: number[], changed: string[]): void {
  if (changed.includes('parent_id')) {
    refuseCycles(env, 'res.partner', 'parent_id', ids, 'You cannot create recursive Partner hierarchies.')
  }
  for (const id of ids) {
    const row = env.tables.row('res.partner', id)
    if (row === undefined) continue
    if (changed.includes('name') || changed.includes('type')) checkName(env, row)
    if (changed.includes('barcode')) checkBarcode(env, row)
    if (changed.includes('active') && row.active === false) refuseArchiving(env, id)
    synchronise(env, row, changed)
  }
}

function checkName(env: Env, row: Row): void {
  if (row.type === 'contact' && row.name === null) {
    throw brokenConstraint(env, { name: 'res_partner_check_name', message: 'Contacts require a name' }, 'Check')
  }
}

function checkBarcode(env: Env, { id, barcode }: Row): void {
  if (barcode === null) return
  for (const other of env.tables.rows('res.partner').values()) {
    if (other.barcode !== barcode || other.id === id) continue
    const who = env.major < 15 ? 'An other user' : 'Another partner'
    throw validationError(`${who} already has this barcode`)
  }
}

function activeUsersOf(env: Env, id: number): Row[] {
  return [...env.tables.referring('res.users', 'partner_id', id)]
    .map(uid => env.tables.row('res.users', uid))
    .filter(row => row !== undefined && row.active !== false) as Row[]
}

function refuseArchiving(env: Env, id: number): void {
  const users = activeUsersOf(env, id)
  if (users.length === 0) return
  if (env.major < 15) throw validationError('You cannot archive a contact linked to an internal user.')
  throw linkedToUsers(env, 'archive', users)
}

/** Contacts of users stay. On 14 it is the foreign key that says so. */
export function unlinkPartners(env: Env, ids: number[]): void {
  if (env.major < 15) return
  const users = ids.flatMap(id => activeUsersOf(env, id))
  if (users.length > 0) throw linkedToUsers(env, 'delete', users)
}

function linkedToUsers(env: Env, what: 'archive' | 'delete', users: Row[]): OdooException {
  const names = users
    .map(({ partner_id }) => textOf(env.tables.row('res.partner', Number(partner_id))?.name))
    .join(', ')
  const refused = `You cannot ${what} contacts linked to an active user.`
  if (!env.su && !groupsOf(env.tables, env.uid).has('base.group_erp_manager')) {
    const advice = 'Ask an administrator to archive their associated user first.'
    return validationError(`${refused}\n${advice}\n\nLinked active users :\n${names}`)
  }
  const advice =
    what === 'archive'
      ? 'You first need to archive their associated user.'
      : 'You should rather archive them after archiving their associated user.'
  // Who may archive the users is sent to them: Odoo's text holds the whole action.
  const action = `{'type': 'ir.actions.act_window', 'res_model': 'res.users', 'context': {'create': False}, 'view_mode': 'form', 'views': [[False, 'form']], 'res_id': ${users[0]?.id}}`
  return new OdooException(
    'odoo.exceptions.RedirectWarning',
    `${refused}\n${advice}\n\nLinked active users : ${names}\n${action}\nGo to users\nNone`
  )
}

/** A contact has the address of its company, and all within one share its commercial fields. */
function synchronise(env: Env, row: Row, changed: readonly string[]): void {
  const parent = typeof row.parent_id === 'number' ? env.tables.row('res.partner', row.parent_id) : undefined
  if (parent !== undefined && (changed.includes('parent_id') || changed.includes('type'))) {
    if (row.type === 'contact' && addressFields.some(name => parent[name])) copyCells(env, parent, row, addressFields)
    if (row.is_company !== true) copyCells(env, parent, row, commercialFields)
  }
  if (parent !== undefined && env.major >= 19) synchroniseUp(env, row, parent, changed)
  const address = row.type === 'contact' || parent === undefined ? addressFields.filter(has(changed)) : []
  const commercial = parent === undefined || row.is_company === true ? commercialFields.filter(has(changed)) : []
  if (address.length === 0 && commercial.length === 0) return
  for (const childId of env.tables.referring('res.partner', 'parent_id', row.id)) {
    const child = env.tables.row('res.partner', childId) as Row
    if (child.type === 'contact') copyCells(env, row, child, address)
    if (child.is_company !== true) copyCells(env, row, child, commercial)
    synchroniseDown(env, child, address, commercial)
  }
}

/** On 19 a contact's new address becomes its company's, and so that of all contacts there. */
function synchroniseUp(env: Env, row: Row, parent: Row, changed: readonly string[]): void {
  if (row.type !== 'contact' || !changed.some(name => name === 'parent_id' || addressFields.includes(name))) return
  if (addressFields.every(name => (row[name] ?? null) === (parent[name] ?? null))) return
  copyCells(env, row, parent, addressFields)
  synchronise(env, parent, addressFields)
}

function synchroniseDown(env: Env, row: Row, address: string[], commercial: string[]): void {
  if (row.is_company === true) return
  const changed = [...(row.type === 'contact' ? address : []), ...commercial]
  for (const childId of env.tables.referring('res.partner', 'parent_id', row.id)) {
    const child = env.tables.row('res.partner', childId) as Row
    copyCells(env, row, child, child.type === 'contact' ? changed : commercial)
    synchroniseDown(env, child, address, commercial)
  }
}

const has = (names: readonly string[]) => (name: string) => names.includes(name)

function copyCells(env: Env, from: Row, to: Row, names: readonly string[]): void {
  const cells: { [name: string]: Cell | Translations } = {}
  for (const name of names) {
    const value = from[name] ?? null
    if (name in from && (to[name] ?? null) !== value) cells[name] = value
  }
  if (Object.keys(cells).length > 0) env.tables.update('res.partner', to.id, { ...cells, write_date: env.now })
}

/** A contact whose users work for one company cannot belong to another. */
export function checkCompany(env: Env, ids: number[], company: Json): void {
  for (const id of ids) {
    const users = activeUsersOf(env, id)
    if (company && users.some(({ company_id }) => company_id !== company)) {
      throw userError('The selected company is not compatible with the companies of the related user(s)')
    }
  }
}
