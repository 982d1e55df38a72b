import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { JsonObject } from '../../src/core/json.js'
import { until } from '../contract/until.js'
import { noOdoo, odoos } from '../lab/odoos.js'
import { people } from '../lab/people.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { witnesses } from '../lab/witnesses.js'
import { type Heard, realHub } from './real.js'

if ((await odoos()).length === 0) t.comment(noOdoo)

for (const odoo of await witnesses()) {
  t.test(odoo.name, async t => {
    const admin = await logInDirectly(odoo)
    const mark = `live-${randomUUID()}`
    const create = (rows: JsonObject[]) =>
      admin.call<number[]>('res.partner', 'create', [rows.map(row => ({ ...row, ref: mark }))])
    t.teardown(() => removeAll(admin, 'res.partner', [['ref', '=', mark]]))

    t.test('what somebody else creates, writes, archives and deletes in Odoo is told of', async t => {
      const { subscribe } = realHub(t, odoo)
      const [id] = (await create([{ name: 'Live' }])) as [number]
      const record = await subscribe(`odoo://res.partner/${id}`)
      const list = await subscribe(listOf([['ref', '=', mark]]))
      t.match([record.data, list.data], [{ id, name: 'Live', active: true }, { total: 1 }])

      await admin.call('res.partner', 'write', [[id], { name: 'Written' }])
      await until('the write is heard of', () => record.last?.name === 'Written' && list.last !== undefined)
      t.match(list.last, { records: [{ id }] })

      const [other] = (await create([{ name: 'Other' }])) as [number]
      await until('the create is heard of', () => list.last?.total === 2)

      await admin.call('res.partner', 'write', [[id], { active: false }])
      await until('archiving is heard of', () => record.last?.active === false && list.last?.total === 1)

      await admin.call('res.partner', 'unlink', [[id, other]])
      await until('deleting is heard of', () => record.last?.deleted === true && list.last?.total === 0)
      t.equal(record.updates.length, 3)
    })

    t.test('the last of two writes within a second is told of', async t => {
      const { subscribe } = realHub(t, odoo)
      const [id] = (await create([{ name: 'Twice' }])) as [number]
      const record = await subscribe(`odoo://res.partner/${id}?fields=name`)
      const write = async (name: string) => {
        await admin.call('res.partner', 'write', [[id], { name }])
        await until(`"${name}" is heard of`, () => record.last?.name === name)
        const [row] = await admin.call<{ write_date: string }[]>('res.partner', 'read', [[id], ['write_date']])
        return row?.write_date
      }
      let same = false
      for (let n = 0; n < 20 && !same; n++) same = (await write(`${n} first`)) === (await write(`${n} second`))
      t.ok(same, 'both writes were told of, though their dates are the same')
    })

    t.test('two hundred subscribers of one record all hear, and Odoo is asked as for one', async t => {
      const { subscribe, looks, core } = realHub(t, odoo)
      const [id] = (await create([{ name: 'Popular' }])) as [number]
      const all: Heard[] = []
      for (let n = 0; n < 200; n++) all.push(await subscribe(`odoo://res.partner/${id}?fields=name`))
      t.match(core.hub.stats(), { subscriptions: 200, watches: 1, identities: 1 })
      await admin.call('res.partner', 'write', [[id], { name: 'More popular' }])
      looks()
      await until('everybody has heard', () => all.every(({ last }) => last?.name === 'More popular'))
      const asked = looks()
      t.ok(asked.length < 100, `${asked.length} calls`)
      t.ok(asked.every(({ rpcs }) => rpcs <= 1))
      t.ok(all.every(({ updates }) => updates.length === 1))
    })

    t.test('one session watches five hundred records with two questions a tick', async t => {
      const { subscribe, looks } = realHub(t, odoo)
      const ids = await create(Array.from({ length: 500 }, (_, n) => ({ name: `Many ${n}` })))
      const all = await Promise.all(ids.map(id => subscribe(`odoo://res.partner/${id}?fields=name,city`)))
      const some = ids.filter((_, n) => n % 25 === 0)
      await admin.call('res.partner', 'write', [some, { city: 'Ghent' }])
      const heard = () => all.filter(({ last }) => last?.city === 'Ghent')
      await until('those that changed are heard of', () => heard().length === some.length)
      t.equal(all.flatMap(({ updates }) => updates).length, some.length)
      // What came while one after the other was subscribed to.
      looks()
      const asked: ReturnType<typeof looks> = []
      await until('there were two more ticks', () => asked.push(...looks()) >= 4)
      // Five hundred of them would be no tick, but one question each.
      t.ok(asked.length <= 8, `${asked.length} calls`)
      t.ok(asked.every(({ rpcs }) => rpcs === 1))
    })

    t.test('users with other rights hear what they may see, and nothing when they may not any more', async t => {
      const { subscribe, connect } = realHub(t, odoo)
      const { sales, rival } = await people(odoo)
      const seller = await connect(sales)
      const lead = { name: mark, type: 'opportunity', user_id: sales.uid }
      const [id] = (await admin.call<number[]>('crm.lead', 'create', [[lead]])) as [number]
      t.teardown(() => removeAll(admin, 'crm.lead', [['name', '=like', `${mark}%`]]))
      const theirs = await subscribe(`odoo://crm.lead/${id}`, seller)
      const ours = await subscribe(`odoo://crm.lead/${id}`)
      const list = listOf([['name', '=like', `${mark}%`]], 'crm.lead')
      const theirList = await subscribe(list, seller)
      const ourList = await subscribe(list)
      await t.rejects(subscribe(`odoo://crm.lead/${id}`, await connect(rival)), { code: /not_found|access_denied/ })

      await admin.call('crm.lead', 'write', [[id], { user_id: rival.uid, name: `${mark} given away` }])
      await until('it is gone for who had it', () => theirs.last?.deleted === true && theirList.last?.total === 0)
      await until('it is there for others', () => ours.last?.name === `${mark} given away`)
      t.match(ourList.data, { total: 1 })

      await admin.call('crm.lead', 'write', [[id], { user_id: sales.uid }])
      await until('it is back', () => theirs.last?.name === `${mark} given away` && theirList.last?.total === 1)
      t.strictSame(
        theirs.updates.map(({ deleted = false }) => deleted),
        [true, false]
      )
    })

    t.test('the same record has other data for who may see less of it', async t => {
      const { subscribe, connect } = realHub(t, odoo)
      const { portal } = await people(odoo)
      const [user] = await admin.call<{ partner_id: [number, string] }[]>('res.users', 'read', [
        [portal.uid],
        ['partner_id']
      ])
      const uri = `odoo://res.partner/${user?.partner_id[0]}`
      const theirs = await subscribe(uri, await connect(portal))
      const ours = await subscribe(uri)
      const street = `${mark} street`
      await admin.call('res.partner', 'write', [[user?.partner_id[0] as number], { street2: street }])
      await until('both have heard', () => theirs.last?.street2 === street && ours.last?.street2 === street)
      const [less, more] = [theirs, ours].map(({ last }) => Object.keys(last as JsonObject)) as [string[], string[]]
      t.strictSame(
        less.filter(field => !more.includes(field)),
        []
      )
      t.ok(less.length < more.length, `${less.length} fields of ${more.length}`)
    })

    t.test('our own writes are told of at once, whatever the clock says', async t => {
      const { subscribe, core } = realHub(t, odoo, { 'poll-interval': '600' })
      const caller = { principal: 'local', surface: 'rest', opens: 'bearer', requestId: 'test' } as const
      const call = (tool: string, input: JsonObject) =>
        core.gateway.call({
          tool,
          input: { model: 'res.partner', ...input },
          caller,
          signal: new AbortController().signal
        })
      const { id } = await call('odoo_create', { values: { name: 'Own', ref: mark } })
      const record = await subscribe(`odoo://res.partner/${id}`)
      const list = await subscribe(listOf([['ref', '=', mark]]))
      const { total } = list.data as { total: number }
      await call('odoo_write', { ids: [id as number], values: { name: 'Own written' } })
      await until('the write is heard of', () => record.last?.name === 'Own written')
      await call('odoo_call', { method: 'toggle_active', ids: [id as number] })
      // The list, too: with the next partner it has as many as before.
      await until('the call is heard of', () => record.last?.active === false && list.last?.total === total - 1)
      await call('odoo_create', { values: { name: 'Own other', ref: mark } })
      await until('the create is heard of', () => list.last?.total === total)
      await call('odoo_unlink', { ids: [id as number] })
      await until('deleting is heard of', () => record.last?.deleted === true)
    })

    t.test('a disconnected session hears that it has ended, and no more', async t => {
      const { subscribe, connect, core } = realHub(t, odoo)
      const { sales } = await people(odoo)
      const seller = await connect(sales)
      const [id] = (await create([{ name: 'Left' }])) as [number]
      const theirs = await subscribe(`odoo://res.partner/${id}`, seller)
      const signal = new AbortController().signal
      await core.gateway.call({ tool: 'odoo_disconnect', input: {}, caller: seller, signal })
      t.strictSame(theirs.ended, ['disconnected'])
      t.match(core.hub.stats(), { subscriptions: 0, watches: 0 })
      await t.rejects(subscribe(`odoo://res.partner/${id}`, seller), { code: 'auth_required' })
    })
  })
}

function listOf(domain: unknown[], model = 'res.partner'): string {
  return `odoo://${model}/list?domain=${encodeURIComponent(JSON.stringify(domain))}`
}

async function removeAll(admin: DirectOdoo, model: string, domain: [string, string, string][]): Promise<void> {
  const left = await admin.call<number[]>(model, 'search', [domain], { context: { active_test: false } })
  if (left.length > 0) await admin.call(model, 'unlink', [left])
}
