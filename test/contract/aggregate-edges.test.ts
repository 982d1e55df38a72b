import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { Group } from '../../src/core/ports/odoo.js'
import type { LabOdoo } from '../lab/odoos.js'
import { logInDirectly } from '../lab/rpc.js'
import { sandboxAs, witnesses } from '../lab/witnesses.js'
import { connectionFlags, startServer } from './server.js'
import { rest } from './surfaces.js'

const odd = ["O'Brien", '100% _sure_', 'a\\b "c"', 'é😀', ' two  spaces ', 'Line\nbreak']

for (const odoo of [...(await witnesses()), await sandboxAs(17)]) {
  for (const protocol of ['jsonrpc', 'xmlrpc']) {
    const title = `${odoo.name} over ${protocol}: what is empty, odd or archived is grouped, and found again`
    await t.test(title, t => testEdges(t, odoo, protocol))
  }
}

/** Partners with empty values of both kinds that a database has, and with odd texts. */
async function createPartners(odoo: LabOdoo) {
  const admin = await logInDirectly(odoo)
  const ref = `edges-${randomUUID()}`
  const [parent] = await admin.call<number[]>('res.partner', 'create', [[{ name: 'Parent', ref, active: false }]])
  const rows: JsonObject[] = [
    { city: '', partner_latitude: 0 },
    { city: false, parent_id: parent as number },
    { partner_latitude: 2.5 },
    { city: 'Zürich', active: false },
    ...odd.map(city => ({ city }))
  ]
  const ids = await admin.call<number[]>('res.partner', 'create', [rows.map(row => ({ name: 'Edge', ref, ...row }))])
  return {
    parent: parent as number,
    ref,
    ids,
    async close() {
      await admin.call('res.partner', 'unlink', [ids])
      await admin.call('res.partner', 'unlink', [[parent as number]])
    }
  }
}

async function testEdges(t: Test, odoo: LabOdoo, protocol: string): Promise<void> {
  const partners = await createPartners(odoo)
  const server = await startServer({ ...connectionFlags(odoo), protocol })
  t.teardown(() => server.close())
  t.teardown(() => partners.close())
  const surface = rest(server.url)
  const domain: Json[] = [
    ['ref', '=', partners.ref],
    ['name', '=', 'Edge']
  ]
  const [first, second, third] = partners.ids

  /** The groups, each of which is searched for by its own domain and nothing else. */
  async function groupsOf(input: JsonObject): Promise<(Group & { ids: number[] })[]> {
    const { output, problem } = await surface.call('odoo_aggregate', { model: 'res.partner', domain, ...input })
    t.match(problem, undefined, JSON.stringify(input))
    const groups: (Group & { ids: number[] })[] = []
    for (const group of (output?.groups ?? []) as unknown as Group[]) {
      const search = { model: 'res.partner', domain: group.domain, fields: ['id'], order: 'id' }
      const found = await surface.call('odoo_search', search)
      t.equal(found.output?.total, group.count, `${JSON.stringify(group.domain)} ${found.problem?.detail ?? ''}`)
      groups.push({ ...group, ids: ((found.output?.records ?? []) as { id: number }[]).map(({ id }) => id) })
    }
    return groups
  }

  await t.test('text that is empty and text that is none are one group', async t => {
    const groups = await groupsOf({ group_by: ['city'], measures: ['id:min', 'id:max', 'id:avg', 'city:count'] })
    const empty = groups.filter(({ key }) => key.city?.value === null)
    t.match(empty, [{ ids: [first, second, third], key: { city: { value: null, label: null } }, count: 3 }])
    const [one, two, three] = [first, second, third] as [number, number, number]
    t.strictSame(empty[0]?.measures, {
      'id:min': one,
      'id:max': three,
      'id:avg': (one + two + three) / 3,
      'city:count': 1
    })
    t.strictSame(
      groups
        .map(({ key }) => key.city?.value)
        .filter(Boolean)
        .sort(),
      [...odd].sort()
    )
  })

  await t.test('a number that is none is 0', async t => {
    const groups = await groupsOf({ group_by: ['partner_latitude'] })
    t.strictSame(
      groups.map(({ key, count }) => [key.partner_latitude, count]),
      [
        [{ value: 0, label: '0' }, 8],
        [{ value: 2.5, label: '2.5' }, 1]
      ]
    )
  })

  await t.test('archived records are in their groups where they are asked for, and the domain says so', async t => {
    const groups = await groupsOf({
      group_by: ['active', 'city'],
      context: { active_test: false },
      having: [['__count', '<', 9]]
    })
    t.match(groups[0], {
      ids: [partners.ids[3]],
      key: { active: { value: false, label: 'false' }, city: { value: 'Zürich' } }
    })
    t.equal(groups.length, 8)
  })

  await t.test('records are grouped by a record that is archived', async t => {
    const groups = await groupsOf({ group_by: ['parent_id'], order: 'parent_id desc' })
    t.match(groups, [
      { key: { parent_id: { value: null, label: null } }, count: 8 },
      { key: { parent_id: { value: partners.parent, label: 'Parent' } }, ids: [second] }
    ])
  })

  await t.test('without a term, what is computed over nothing is null', async t => {
    const nothing = ['partner_longitude:sum', 'date:max', 'partner_longitude:count', 'active:bool_and', 'id:count']
    const measures = nothing.filter(measure => measure !== 'date:max')
    const [total] = await groupsOf({ group_by: [], measures })
    t.strictSame(Object.values(total?.measures ?? {}), [null, 0, true, 9])
    const [none] = await groupsOf({ domain: [['id', '=', 0]], group_by: [], measures })
    t.strictSame(Object.values(none?.measures ?? {}), [null, 0, null, 0])
  })

  await t.test('a field is computed over in its own groups', async t => {
    const specs = ['sum', 'avg', 'min', 'count', 'count_distinct'].map(word => `partner_latitude:${word}`)
    const input = { group_by: ['city', 'partner_latitude'], domain: [...domain, ['partner_latitude', '=', 2.5]] }
    const groups = await groupsOf({ ...input, measures: specs, order: 'partner_latitude:sum desc' })
    t.strictSame(Object.values(groups[0]?.measures ?? {}), [2.5, 2.5, 2.5, 1, 1])
  })

  if (odoo.version !== '19') return
  await t.test('a path is grouped by what it ends in', async t => {
    const groups = await groupsOf({ group_by: ['parent_id.active', 'parent_id.create_date:year', 'parent_id.city'] })
    t.match(groups.map(({ count }) => count).sort(), [1, 8])
  })
}
