import t, { type Test } from 'tap'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { witnesses } from '../lab/witnesses.js'
import { gone, hold, type Leaver, leavers } from './leavers.js'
import { type Proxy as OdooProxy, startProxy } from './proxy.js'
import { connectionFlags, type Flags } from './server.js'
import { until } from './until.js'
import { createWorld, type World } from './world.js'

/** A caller of its own server, whose Odoo is behind a proxy of its own. Everything is warm: only the call goes out. */
async function open(t: Test, odoo: LabOdoo, way: string, flags: Flags): Promise<{ leaver: Leaver; proxy: OdooProxy }> {
  const proxy = await startProxy(odoo.url)
  t.teardown(() => proxy.close())
  const leaver = await leavers[way]?.({ ...connectionFlags({ ...odoo, url: proxy.url }), ...flags })
  if (leaver === undefined) throw new Error(`no way in is called ${way}`)
  t.teardown(() => leaver.close())
  // In a loop: where there is little time, a busy Odoo may need more than one try.
  await until('Odoo has answered', async () => (await leaver.call('odoo_count', count)).output)
  proxy.seen.splice(0)
  return { leaver, proxy }
}

const count = { model: 'res.partner', domain: [['id', '=', 1]] }
const writes = ({ seen }: OdooProxy) => seen.filter(({ method }) => method === 'write')

async function functionOf({ admin }: World, id: number): Promise<unknown> {
  const [row] = await admin.call<{ function: unknown }[]>('res.partner', 'read', [[id], ['function']])
  return row?.function
}

const places: { odoo: LabOdoo; world: World }[] = []
for (const odoo of await witnesses()) {
  const world = await createWorld(odoo)
  t.teardown(() => world.close())
  places.push({ odoo, world })

  for (const [index, way] of Object.keys(leavers).entries()) {
    const id = world.partners[index] as number

    t.test(`${odoo.name}, ${way}: a caller who leaves`, async t => {
      const { leaver, proxy } = await open(t, odoo, way, { 'max-concurrency': '1' })

      await t.test('before the write was sent changes nothing, and the audit says so', async t => {
        const held = hold('search_count')
        proxy.beforeForward = held.gate
        const first = leaver.call('odoo_count', count)
        await held.here
        const leave = new AbortController()
        const values = { function: 'must never be written' }
        const write = await leaver.start('odoo_write', { model: 'res.partner', ids: [id], values }, leave)
        leave.abort()
        await gone(write)
        await until('the write is audited', () => leaver.audits().length === 1)
        held.letGo()
        t.match(await first, { output: { count: 1 } }, 'control: the first call was not disturbed')
        t.match(await leaver.call('odoo_count', count), { output: { count: 1 } }, 'the slot is free')
        t.match(leaver.audits(), [{ outcome: 'not_applied', code: 'cancelled', model: 'res.partner', ids: [id] }])
        t.same(writes(proxy), [], 'no write was sent')
        t.equal(await functionOf(world, id), false)
      })

      await t.test('mid-write changes nothing: applied once, audited, slot freed', async t => {
        const before = leaver.audits().length
        const held = hold('write')
        proxy.beforeAnswer = held.gate
        const leave = new AbortController()
        const values = { function: `written over ${way}` }
        const write = await leaver.start('odoo_write', { model: 'res.partner', ids: [id], values }, leave)
        await held.here
        leave.abort()
        await gone(write)
        await until('the departure is audited', () => leaver.audits().length === before + 1)
        held.letGo()
        await until('the late answer is audited', () => leaver.audits().length === before + 2)
        const about = { model: 'res.partner', ids: [id], fields: ['function'], tool: 'odoo_write' }
        t.match(leaver.audits().slice(before), [
          { ...about, outcome: 'unknown', code: 'cancelled' },
          { ...about, outcome: 'applied_late' }
        ])
        t.match(await leaver.call('odoo_count', count), { output: { count: 1 } }, 'the slot is free')
        t.match(writes(proxy), [{ left: false }], 'one write was sent, and not torn off')
        t.equal(await functionOf(world, id), `written over ${way}`)
        t.equal(leaver.audits().length, before + 2)
      })

      await t.test('during a read ends the request to Odoo', async t => {
        const held = hold('search_count')
        proxy.beforeForward = held.gate
        const leave = new AbortController()
        const read = await leaver.start('odoo_count', count, leave)
        const passed = await held.here
        t.equal(passed.left, false, 'control: it is open while the caller waits')
        leave.abort()
        await gone(read)
        await until('the connection to Odoo is closed', () => passed.left)
        t.match(await leaver.call('odoo_session', {}), { output: { uid: Number } })
        // The one that was torn off still holds the gate of the proxy, and nothing else.
        proxy.beforeForward = () => {}
        t.match(await leaver.call('odoo_count', count), { output: { count: 1 } }, 'the slot is free')
        held.letGo()
      })
    })
  }
}

// These wait for time to pass, so many of them wait at once: two of each Odoo, which all log in first.
t.test('a deadline that passes', async t => {
  t.jobs = 8
  for (const [index, way] of Object.keys(leavers).entries()) {
    for (const { odoo, world } of places) deadline(t, odoo, world, way, world.partners[index] as number)
  }
})

const newest = (await odoos()).at(-1)
if (newest === undefined) t.pass('leaving', { skip: noOdoo })
else {
  t.jobs = 4
  for (const way of Object.keys(leavers).filter(way => way !== 'REST')) {
    const title = `${way}: progress reaches a client whose call is held, and never follows the result`
    t.test(title, { buffered: true }, async t => {
      const { leaver, proxy } = await open(t, newest, way, {})
      // The warm-up's, of which a busy Odoo may need several.
      const before = leaver.frames().length
      const tokens: unknown[] = []
      for (const round of ['one', 'two']) {
        const held = hold('search_count')
        proxy.beforeForward = held.gate
        let heard = 0
        const onprogress = () => {
          heard += 1
        }
        const reply = leaver.call('odoo_count', count, { onprogress })
        await until('the first notification arrives', () => heard > 0)
        held.letGo()
        t.match(await reply, { output: { count: 1 } }, round)
        const { params } = leaver.frames().findLast(({ method }) => method === 'notifications/progress') ?? {}
        t.match(params, { progress: Number, message: /^waiting for Odoo \(\d+ s\)$/ })
        tokens.push((params as { progressToken?: unknown } | undefined)?.progressToken)
      }
      // While the second call was held for a whole interval, nothing more was heard of the first.
      const kinds = leaver
        .frames()
        .slice(before)
        .map(({ params, result }) => {
          if (result !== undefined) return 'result'
          return `progress ${tokens.indexOf((params as { progressToken?: unknown }).progressToken) + 1}`
        })
      t.match(kinds.join(', '), /^(progress 1, )+result, (progress 2, )+result$/)
    })
  }
}

function deadline(t: Test, odoo: LabOdoo, world: World, way: string, id: number): void {
  t.test(`${odoo.name}, ${way}`, { buffered: true }, async t => {
    const { leaver, proxy } = await open(t, odoo, way, { 'odoo-timeout': '5', 'write-timeout': '3' })

    await t.test('during a read is a timeout, and ends the request to Odoo', async t => {
      const held = hold('search_count')
      proxy.beforeForward = held.gate
      const { problem } = await leaver.call('odoo_count', count)
      t.match(problem, { code: 'timeout', status: 504, outcome: undefined })
      const passed = await held.here
      await until('the connection to Odoo is closed', () => passed.left)
      held.letGo()
    })

    await t.test('during a write is a timeout whose outcome is unknown, and the audit tells it later', async t => {
      const before = leaver.audits().length
      const held = hold('write')
      proxy.beforeAnswer = held.gate
      const values = { function: `timed out over ${way}` }
      const { problem } = await leaver.call('odoo_write', { model: 'res.partner', ids: [id], values })
      t.match(problem, { code: 'timeout', outcome: 'unknown' })
      await held.here
      held.letGo()
      await until('the late answer is audited', () => leaver.audits().length === before + 2)
      t.match(leaver.audits().slice(before), [
        { outcome: 'unknown', code: 'timeout' },
        { outcome: 'applied_late', code: undefined }
      ])
      t.match(writes(proxy), [{ left: false }])
      t.equal(await functionOf(world, id), `timed out over ${way}`)
    })
  })
}
