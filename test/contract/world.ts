import { randomUUID } from 'node:crypto'
import type { Protocol } from '../../src/core/ports/odoo.js'
import type { LabOdoo } from '../lab/odoos.js'
import { type People, people } from '../lab/people.js'
import { addCanary } from './canary.js'

/** Records of one test run in a real Odoo, found again by their `ref`. */
export interface World extends People {
  odoo: LabOdoo
  major: number
  /** The wire that our server speaks to it. */
  protocol: Protocol
  /** Marks the partners of this run. */
  ref: string
  /** Ids of five partners of this run, `Contract 1` to `Contract 5`, in order. */
  partners: number[]
  close(): Promise<void>
}

export async function createWorld(odoo: LabOdoo, protocol: Protocol = 'jsonrpc'): Promise<World> {
  const everybody = await people(odoo)
  const { admin } = everybody
  for (const { password } of [everybody.sales, everybody.rival, everybody.portal]) addCanary(password)
  const ref = `contract-${randomUUID()}`
  const rows = [1, 2, 3, 4, 5].map(n => ({ name: `Contract ${n}`, ref, city: n % 2 === 0 ? 'Even' : 'Odd' }))
  const partners = await admin.call<number[]>('res.partner', 'create', [rows])
  return {
    ...everybody,
    odoo,
    major: Number(odoo.version),
    protocol,
    ref,
    partners,
    async close() {
      const left = await admin.call<number[]>('res.partner', 'search', [[['ref', '=', ref]]])
      if (left.length > 0) await admin.call('res.partner', 'unlink', [left])
    }
  }
}
