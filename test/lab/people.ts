import { createHash } from 'node:crypto'
import type { Json } from '../../src/core/json.js'
import { ensureLanguage } from './languages.js'
import type { LabOdoo } from './odoos.js'
import { type DirectOdoo, logInDirectly } from './rpc.js'

export interface Person {
  uid: number
  username: string
  password: string
}

/** Users that the tests log in as, besides the administrator of the lab. */
export interface People {
  admin: DirectOdoo
  /** A salesperson who sees only their own leads and orders, and may not write products. */
  sales: Person
  /** Another one, like the first. */
  rival: Person
  portal: Person
  /** The id of a second company, which `sales` may work in and `rival` may not. */
  secondCompany: number
}

/** Creates the users that are not there yet; safe to run from several processes. */
export async function people(odoo: LabOdoo): Promise<People> {
  const admin = await logInDirectly(odoo)
  const secondCompany = await ensure(admin, 'res.company', [['name', '=', 'odoo-mcp second']], {
    name: 'odoo-mcp second'
  })
  const [mainCompany] = await admin.call<{ company_id: [number, string] }[]>('res.users', 'read', [
    [admin.uid],
    ['company_id']
  ])
  const companies = (...ids: number[]) => ({ company_id: ids[0] as number, company_ids: [[6, 0, ids]] })
  const main = (mainCompany as { company_id: [number, string] }).company_id[0]
  const salesGroups = ['base.group_user', 'sales_team.group_sale_salesman']
  return {
    admin,
    secondCompany,
    sales: await person(admin, odoo, 'sales', salesGroups, companies(main, secondCompany)),
    rival: await person(admin, odoo, 'rival', salesGroups, companies(main)),
    portal: await person(admin, odoo, 'portal', ['base.group_portal'], companies(main))
  }
}

/**
 * The same Odoo with the login of an administrator who reads French, lives where the day begins, and works in two
 * companies: who sees that a text, a time or a company was taken for granted.
 */
export async function asTraveller(odoo: LabOdoo): Promise<LabOdoo> {
  const { admin, secondCompany } = await people(odoo)
  await ensureLanguage(admin, Number(odoo.version), 'fr_FR')
  const field = Number(odoo.version) >= 19 ? 'group_ids' : 'groups_id'
  const [own] = await admin.call<{ company_id: [number, string]; [groups: string]: Json }[]>('res.users', 'read', [
    [admin.uid],
    ['company_id', field]
  ])
  const { company_id, [field]: groups } = own as { company_id: [number, string]; [groups: string]: Json }
  const { uid, username, password } = await person(admin, odoo, 'traveller', [], {
    company_id: company_id[0],
    company_ids: [[6, 0, [company_id[0], secondCompany]]],
    [field]: [[6, 0, groups as number[]]],
    lang: 'fr_FR',
    tz: 'Pacific/Kiritimati'
  })
  const { name, version, url, database } = odoo
  return { name: `${name}, far from home`, version, url, database, username, password, uid }
}

async function person(
  admin: DirectOdoo,
  odoo: LabOdoo,
  name: string,
  groups: string[],
  values: { [field: string]: Json }
): Promise<Person> {
  const username = `odoo-mcp-${name}`
  // Strong and the same in every run: tests look for it in everything that leaves the server.
  const password = `pw-${createHash('sha256').update(`${odoo.url} ${name} ${odoo.password}`).digest('hex')}`
  const ids = await Promise.all(groups.map(group => groupId(admin, group)))
  const field = Number(odoo.version) >= 19 ? 'group_ids' : 'groups_id'
  const uid = await ensure(
    admin,
    'res.users',
    [
      ['login', '=', username],
      ['active', 'in', [true, false]]
    ],
    {
      name: `Lab ${name}`,
      login: username,
      password,
      email: `${username}@example.com`,
      tz: 'Europe/Brussels',
      [field]: [[6, 0, ids]],
      ...values
    }
  )
  return { uid, username, password }
}

async function groupId(admin: DirectOdoo, xmlid: string): Promise<number> {
  const [, id] = await admin.call<[string, number]>('ir.model.data', 'check_object_reference', xmlid.split('.'))
  return id
}

async function ensure(
  admin: DirectOdoo,
  model: string,
  domain: Json[],
  values: { [field: string]: Json }
): Promise<number> {
  const find = async () => (await admin.call<number[]>(model, 'search', [domain]))[0]
  const found = await find()
  if (found !== undefined) return found
  try {
    return await admin.call<number>(model, 'create', [values], { context: { no_reset_password: true } })
  } catch (error) {
    // Another test process was faster: names and logins are unique.
    const other = await find()
    if (other !== undefined) return other
    throw error
  }
}
