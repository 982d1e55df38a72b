import t, { type Test } from 'tap'
import type { Protocol } from '../../src/core/ports/odoo.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { type Case, cases } from './cases.js'
import { connectionFlags, type Flags, startServer } from './server.js'
import { everySurface, type Reply, type Surface, twoSurfaces } from './surfaces.js'
import { createWorld, type World } from './world.js'

/** The contract against the real Odoo of a version. Skips loudly where there is none. */
export async function testContractOfReal(version: string): Promise<void> {
  const odoo = (await odoos()).find(odoo => odoo.version === version)
  if (odoo === undefined) t.pass(`Odoo ${version}`, { skip: noOdoo })
  else await testContract(odoo)
}

/**
 * The contract of every tool against one Odoo, over every wire that it has. The first wire is held to it on every
 * surface; the others on REST and one MCP client, because no surface sees the wire, and time is short in CI.
 */
export async function testContract(odoo: LabOdoo): Promise<void> {
  for (const [index, protocol] of wiresOf(odoo).entries()) {
    await testContractOver(protocol, odoo, index === 0 ? everySurface : twoSurfaces)
  }
}

/** JSON-2 came with 19, and takes API keys only. */
function wiresOf(odoo: LabOdoo): Protocol[] {
  if (Number(odoo.version) < 19) return ['jsonrpc', 'xmlrpc']
  if (odoo.api_key !== undefined) return ['jsonrpc', 'xmlrpc', 'json2']
  t.pass(`${odoo.name} over json2`, { skip: `NO API KEY: set ODOO_MCP_TEST_${odoo.version}_API_KEY` })
  return ['jsonrpc', 'xmlrpc']
}

/** What makes this Odoo the default connection over a wire; JSON-RPC and JSON-2 as `auto` chooses them. */
function flagsFor(protocol: Protocol, odoo: LabOdoo): Flags {
  const { username, ...keyAlone } = connectionFlags(odoo)
  if (protocol === 'json2') return { ...keyAlone, 'allow-connect': true }
  const named: Flags = protocol === 'xmlrpc' ? { protocol } : {}
  return { ...keyAlone, username: username as string, ...named, 'allow-connect': true }
}

function testContractOver(
  protocol: Protocol,
  odoo: LabOdoo,
  open: (url: string, stdioFlags: Flags) => Promise<Surface[]>
): Promise<unknown> {
  return t.test(`${odoo.name} over ${protocol}`, async t => {
    const world = await createWorld(odoo, protocol)
    const flags = flagsFor(protocol, odoo)
    const server = await startServer(flags)
    const surfaces = await open(server.url, flags)
    t.teardown(async () => {
      await Promise.all(surfaces.map(surface => surface.close()))
      await server.close()
      await world.close()
    })
    const all = cases(world)
    for (const contract of all) await testCase(t, contract, surfaces, world)
    for (const surface of surfaces) await testWrites(t, surface, world)
    t.comment(`${odoo.name} over ${protocol}: ${all.length + 1} contract cases, on ${surfaces.length} surfaces`)
  })
}

function testCase(t: Test, contract: Case, open: Surface[], { odoo, protocol }: World) {
  const surfaces = open.filter(({ name }) => !contract.mcpOnly || name !== 'REST')
  return t.test(`${odoo.name} over ${protocol}: ${contract.title}`, async t => {
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
function testWrites(t: Test, surface: Surface, { odoo, protocol, admin, ref, secondCompany }: World) {
  return t.test(`${odoo.name} over ${protocol}, ${surface.name}: what is written stands in Odoo`, async t => {
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
