import t, { type Test } from 'tap'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { sandboxAs } from '../lab/witnesses.js'
import { connectionFlags, startServer } from './server.js'
import { mcpHttp, modern, rest, type Surface } from './surfaces.js'

/** One Odoo over one wire through the whole server, and a way past everything of ours. */
export interface Place {
  odoo: LabOdoo
  major: number
  isSandbox: boolean
  protocol: 'jsonrpc' | 'xmlrpc' | 'json2'
  /** REST and MCP. */
  surfaces: [Surface, Surface]
  /** The administrator's own login over JSON-RPC. */
  admin: DirectOdoo
}

export type Wired = Omit<Place, 'surfaces'>

/** The real Odoos and the sandbox as 14, 17 and 19, each over every wire that it has. */
async function wired(): Promise<Wired[]> {
  const sandboxes = [await sandboxAs(14), await sandboxAs(17), await sandboxAs(19)]
  const places: Wired[] = []
  for (const odoo of [...(await odoos()), ...sandboxes]) {
    const major = Number(odoo.version)
    const admin = await logInDirectly(odoo)
    const json2 = major >= 19 && odoo.api_key !== undefined
    for (const protocol of ['jsonrpc', 'xmlrpc', ...(json2 ? ['json2'] : [])] as Place['protocol'][]) {
      places.push({ odoo, major, isSandbox: sandboxes.includes(odoo), protocol, admin })
    }
  }
  if (places.every(({ isSandbox }) => isSandbox)) t.pass('the facts of a real Odoo', { skip: noOdoo })
  return places
}

const places = await wired()

/** Runs a test in every place, or in those that have what it is about. */
export function everywhere(
  title: string,
  test: (t: Test, place: Place) => Promise<void>,
  where: (place: Wired) => boolean = () => true
): void {
  for (const place of places.filter(where)) {
    const { odoo, protocol } = place
    t.test(`${title} (${odoo.name}, ${protocol})`, async t => {
      const server = await startServer({ ...connectionFlags(odoo), protocol, 'log-level': 'warn' })
      const mcp = await mcpHttp(server.url, modern)
      t.teardown(async () => {
        await mcp.close()
        await server.close()
      })
      await test(t, { ...place, surfaces: [rest(server.url), mcp] })
    })
  }
}

/** Creates records past everything of ours; they are deleted when the test ends. */
export async function records(t: Test, admin: DirectOdoo, model: string, rows: object[]): Promise<number[]> {
  const ids = await admin.call<number[]>(model, 'create', [rows as never])
  t.teardown(() => remove(admin, model, ids))
  return ids
}

/** Deletes those of the records that are still there. */
export async function remove(admin: DirectOdoo, model: string, ids: number[]): Promise<void> {
  const left = await admin.call<number[]>(model, 'search', [[['id', 'in', ids]]], { context: { active_test: false } })
  if (left.length > 0) await admin.call(model, 'unlink', [left])
}
