import { randomUUID } from 'node:crypto'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { LabOdoo } from '../lab/odoos.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { createRandom } from '../sandbox/random.js'
import type { Known } from './grouping.js'

/** Leads of one test, the same on every Odoo but for their ids: every kind of field, with and without values. */
export interface Leads {
  admin: DirectOdoo
  /** Finds them, archived ones only where they are looked for. */
  domain: Json[]
  records: Known[]
  /** Ids of countries, in the order of their names. */
  countries: number[]
  /** Ids of tags, in the order of their names. */
  tags: number[]
  close(): Promise<void>
}

/** Times at the turns of clocks of Brussels and New York, and around them. */
const times = [
  '2025-10-25 21:59:59',
  '2025-10-25 22:00:00',
  '2025-10-26 00:15:00',
  '2025-10-26 01:15:00',
  '2025-11-02 05:30:00',
  '2025-11-02 06:30:00',
  '2025-12-31 23:30:00',
  '2026-01-01 04:30:00',
  '2026-03-29 00:59:59',
  '2026-03-29 01:00:00',
  null
]
const days = ['2025-12-28', '2025-12-29', '2026-01-01', '2026-01-04', '2026-01-05', '2026-03-31', '2026-04-01', null]

export async function createLeads(odoo: LabOdoo, seed: number): Promise<Leads> {
  const admin = await logInDirectly(odoo)
  const random = createRandom(seed)
  const mark = `leads-${randomUUID()}`
  const byName = { order: 'name' }
  const countries = await admin.call<number[]>('res.country', 'search', [[['code', 'in', ['BE', 'CL', 'FR']]]], byName)
  const tags = await admin.call<number[]>('crm.tag', 'create', [['x', 'y'].map(name => ({ name: `${mark} ${name}` }))])
  const values = Array.from({ length: 40 }, () => ({
    city: random.pick(['ant', 'bee', 'cat', null]),
    color: random.below(4),
    expected_revenue: random.pick([0, 0.1, 0.2, 12.5, 1000]),
    priority: random.pick(['0', '1', '2', null]),
    active: random.chance(0.8),
    country_id: random.pick([...countries, null]),
    date_deadline: random.pick(days),
    date_conversion: random.pick(times),
    tag_ids: random.some(tags, random.below(3))
  }))
  const rows = values.map(({ tag_ids, ...row }): JsonObject => {
    const given = Object.entries(row).map(([name, value]) => [name, value ?? false])
    return {
      ...Object.fromEntries(given),
      name: 'Lead',
      type: 'opportunity',
      referred: mark,
      tag_ids: [[6, 0, tag_ids]]
    }
  })
  const ids = await admin.call<number[]>('crm.lead', 'create', [rows])
  return {
    admin,
    domain: [['referred', '=', mark]],
    records: values.map((value, index) => ({ ...value, id: ids[index] as number })),
    countries,
    tags,
    async close() {
      await admin.call('crm.lead', 'unlink', [ids])
      await admin.call('crm.tag', 'unlink', [tags])
    }
  }
}
