import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import { type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.js'
import type { LabOdoo } from '../lab/odoos.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import type { GroupCase } from './group-cases.js'

export type Version = NonNullable<SandboxOptions['version']>

/** An Odoo with records to group. */
export interface Side {
  odoo: DirectOdoo
  leads: Leads
}

/** A sandbox for one test, with records to group. */
export async function openSandbox(t: Test, version: Version): Promise<Side> {
  const sandbox = await startSandbox({ version })
  t.teardown(() => sandbox.close())
  const odoo = await logInDirectly({ ...sandbox, ...sandbox.users.admin })
  return { odoo, leads: await createLeads(odoo) }
}

/** Sends each case to a real Odoo and to a sandbox of its release; what they answer must be the same. */
export async function compareGroups(t: Test, lab: LabOdoo, method: string, cases: GroupCase[]): Promise<void> {
  const odoo = await logInDirectly(lab)
  const real = { odoo, leads: await createLeads(odoo) }
  t.teardown(() => real.leads.remove())
  const sandbox = await openSandbox(t, Number(lab.version) as Version)
  for (const { model = 'crm.lead', domain = [], args, kwargs = {} } of cases) {
    const of = async ({ odoo, leads }: Side) =>
      comparable(await outcomeOf(odoo, model, method, [[...leads.domain, ...domain], ...args], kwargs))
    t.strictSame(await of(sandbox), await of(real), `${method} ${JSON.stringify({ model, domain, args, kwargs })}`)
  }
}

/** The records that the groups of these tests are of; they exist on every Odoo under ids of its own. */
export interface Leads {
  /** Finds the leads, and the contact of one of them. */
  domain: Json[]
  remove(): Promise<void>
}

/** Creates leads that differ in all that they are grouped by here. */
async function createLeads(odoo: DirectOdoo): Promise<Leads> {
  const mark = `Grouped ${randomBytes(4).toString('hex')}`
  const country = async (code: string) =>
    (await odoo.call<number[]>('res.country', 'search', [[['code', '=', code]]]))[0]
  const [belgium, france] = [(await country('BE')) as number, (await country('FR')) as number]
  const partner = await odoo.call<number>('res.partner', 'create', [{ name: mark, country_id: france, city: 'Lille' }])
  const tags: number[] = []
  for (const name of ['second', 'first']) tags.push(await odoo.call('crm.tag', 'create', [{ name: `${mark} ${name}` }]))
  const rows: JsonObject[] = [
    { name: 'A', expected_revenue: 100.1, date_deadline: '2026-10-05', tag_ids: [[6, 0, tags]], priority: '0' },
    { name: 'B', expected_revenue: 250.2, date_deadline: '2026-10-11', country_id: belgium, priority: '0' },
    { name: 'C', expected_revenue: 0.3, date_deadline: '2026-12-31', country_id: france, priority: '1' },
    {
      name: 'D',
      expected_revenue: 0,
      date_deadline: '2027-01-01',
      country_id: france,
      tag_ids: [[6, 0, tags.slice(1)]]
    },
    { name: 'E', expected_revenue: 7, partner_id: partner, country_id: false, tag_ids: [[6, 0, tags.slice(0, 1)]] },
    { name: 'F', expected_revenue: -40, date_deadline: '2024-12-30', country_id: belgium, priority: '0' }
  ]
  const ids: number[] = []
  for (const row of rows) {
    const values = { ...row, name: `${mark} ${row.name}`, type: 'opportunity' }
    ids.push(await odoo.call('crm.lead', 'create', [values]))
  }
  return {
    domain: [['name', 'like', mark]],
    async remove() {
      await odoo.call('crm.lead', 'unlink', [ids])
      await odoo.call('crm.tag', 'unlink', [tags])
      await odoo.call('res.partner', 'unlink', [[partner]])
    }
  }
}

/** What a call gives, or the error that it throws. */
async function outcomeOf(odoo: DirectOdoo, model: string, method: string, args: Json[], kwargs: JsonObject) {
  try {
    return await odoo.call<Json>(model, method, args, kwargs)
  } catch (error) {
    const text = String((error as Error).message)
    // What PostgreSQL says goes on with the SQL that it did not like.
    return { error: text.startsWith('psycopg2') ? (text.split('\n')[0] as string) : text }
  }
}

/**
 * Groups without what differs from one Odoo to the next: names in place of ids, and no marks. The names are in the
 * groups themselves, as [id, name].
 */
function comparable(groups: Json): Json {
  const names = new Map<string, string>()
  collect(groups, names)
  return replaced(groups, names)
}

function collect(value: Json, names: Map<string, string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, names)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (isPair(item)) names.set(`${fieldOf(key)} ${item[0]}`, unmarked(item[1]))
    }
  }
}

const isPair = (value: Json): value is [number, string] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'string'
const fieldOf = (path: string) => path.split('.').at(-1)
const unmarked = (text: string) => text.replace(/Grouped [0-9a-f]{8}/g, '§')

function replaced(value: Json, names: Map<string, string>): Json {
  if (typeof value === 'string') return unmarked(value)
  if (isPair(value)) return unmarked(value[1])
  if (Array.isArray(value)) {
    const [field, operator, id] = value
    const name = value.length === 3 && operator === '=' ? names.get(`${field} ${id}`) : undefined
    if (name !== undefined) return [field as Json, operator as Json, name]
    return value.map(item => replaced(item, names))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, names)]))
}
