import t, { type Test } from 'tap'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { type Case, cases } from './cases.js'
import { connectionFlags, startServer } from './server.js'
import { everySurface, type Reply, type Surface } from './surfaces.js'
import { createWorld, type World } from './world.js'

/** The contract against the real Odoo of a version. Skips loudly where there is none. */
export async function testContractOfReal(version: string): Promise<void> {
  const odoo = (await odoos()).find(odoo => odoo.version === version)
  if (odoo === undefined) t.pass(`Odoo ${version}`, { skip: noOdoo })
  else await testContract(odoo)
}

/** The contract of every tool, on every surface, against one Odoo. */
export async function testContract(odoo: LabOdoo): Promise<void> {
  const world = await createWorld(odoo)
  const flags = connectionFlags(odoo)
  const server = await startServer({ ...flags, 'allow-connect': true })
  const surfaces = await everySurface(server.url, { ...flags, 'allow-connect': true })
  t.teardown(async () => {
    await Promise.all(surfaces.map(surface => surface.close()))
    await server.close()
    await world.close()
  })
  for (const contract of cases(world)) await testCase(contract, surfaces, world)
  for (const surface of surfaces) await testWrites(surface, world)
}

function testCase(contract: Case, everySurface: Surface[], { odoo }: World) {
  const surfaces = everySurface.filter(({ name }) => !contract.mcpOnly || name !== 'REST')
  return t.test(`${odoo.name}: ${contract.title}`, async t => {
    const replies = await Promise.all(surfaces.map(surface => surface.call(contract.tool, contract.input)))
    for (const [index, reply] of replies.entries()) {
      const { name } = surfaces[index] as Surface
      assertReply(t, name, reply, contract)
      t.same(withoutId(reply), withoutId(replies[0] as Reply), `${name} says the same as the first`)
    }
  })
}

function assertReply(t: Test, name: string, { output, problem }: Reply, expected: Case): void {
  if (expected.problem === undefined) {
    t.match({ output, problem }, { output: expected.output, problem: undefined }, name)
    return
  }
  const { code, detail, hint, outcome } = expected.problem
  t.match(problem, { code, detail, ...(hint && { hint }), ...(outcome && { outcome }) }, name)
}

/** Request ids differ from call to call; everything else is the same on every surface. */
function withoutId({ output, problem }: Reply): unknown {
  if (problem === undefined) return output
  const { request_id, ...rest } = problem
  return rest
}

/** Creates, changes, calls and deletes over one surface, and looks at the result past everything of ours. */
function testWrites(surface: Surface, { odoo, admin, ref, secondCompany }: World) {
  return t.test(`${odoo.name}, ${surface.name}: what is written stands in Odoo`, async t => {
    const one = await surface.call('odoo_create', {
      model: 'res.partner',
      values: { name: 'Written 1', ref, child_ids: [[0, 0, { name: 'Child' }]] },
      context: { company_id: 1 }
    })
    const id = one.output?.id as number
    t.match(one.output, { id: Number, message: `Created res.partner ${id}.` })

    const many = await surface.call('odoo_create', {
      model: 'res.partner',
      values: [
        { name: 'Written 2', ref },
        { name: 'Written 3 ✓ é 😀', ref }
      ]
    })
    const ids = many.output?.ids as [number, number]
    t.equal(ids.length, 2)

    const written = await surface.call('odoo_write', {
      model: 'res.partner',
      ids: [id, ids[0], id],
      values: { comment: 'now', company_id: secondCompany }
    })
    t.match(written.output, { updated: 2, result: true, message: 'Updated 2 records of res.partner.' })

    const archived = await surface.call('odoo_call', { model: 'res.partner', method: 'action_archive', ids: [ids[1]] })
    t.same(archived.output, { result: null }, 'a method that returns nothing')

    const rows = await admin.call<{ name: string; active: boolean; child_ids: number[] }[]>('res.partner', 'read', [
      [id, ...ids],
      ['name', 'active', 'company_id', 'child_ids']
    ])
    t.match(rows, [
      { name: 'Written 1', active: true, company_id: [secondCompany, String], child_ids: [Number] },
      { name: 'Written 2', active: true, company_id: [secondCompany, String] },
      { name: 'Written 3 ✓ é 😀', active: false, company_id: false }
    ])

    const all = [id, ...ids, ...(rows[0]?.child_ids ?? [])]
    const deleted = await surface.call('odoo_unlink', { model: 'res.partner', ids: all })
    t.match(deleted.output, { deleted: 4, result: true, message: 'Deleted 4 records of res.partner.' })
    t.same(
      await admin.call('res.partner', 'search', [
        [
          ['id', 'in', all],
          ['active', 'in', [true, false]]
        ]
      ]),
      []
    )
  })
}
