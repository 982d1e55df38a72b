import t, { type Test } from 'tap'
import { ownRules } from '../lab/bus-rules.js'
import type { LabOdoo } from '../lab/odoos.js'
import { noOdoo, odoos } from '../lab/odoos.js'
import { logInDirectly } from '../lab/rpc.js'
import { startSecondOdoo } from '../lab/second-odoo.js'
import { type EventStream, openEvents } from './event-stream.js'
import { connectionFlags, type Flags, startServer } from './server.js'
import { until } from './until.js'

// The figures of the whole: LIVE_CHANGES=2000 npx tap --disable-coverage test/contract/live-restart.test.ts
const changes = Number(process.env.LIVE_CHANGES ?? 150)
const records = 15

const real = await odoos()
if (real.length === 0) t.pass('nothing to restart', { skip: noOdoo })

for (const odoo of real) {
  for (const source of ['polling', 'bus'] as const) {
    t.test(
      `${odoo.name} restarted twice: by ${source}, the last state of every record arrives, and none that never was`,
      async t => {
        const second = await startSecondOdoo(odoo)
        if (second === undefined) {
          t.pass('nothing to restart', { skip: 'not an Odoo of the lab on this machine' })
          return
        }
        t.teardown(() => second.stop())
        const live = source === 'bus' ? await busOf(t, odoo) : {}
        const result = await changeWhileRestarting(t, odoo, second, live)
        t.comment(`${odoo.name}, ${source}: ${JSON.stringify(result.figures)}`)
        t.strictSame(result.lost, [], 'nothing is lost')
        t.strictSame(result.invented, [], 'nothing is invented')
        t.strictSame(result.repeated, [], 'nothing is told twice in a row')
      }
    )
  }
}

/** The settings of a bus that tells of partners. */
async function busOf(t: Test, odoo: LabOdoo): Promise<Flags> {
  const rules = await ownRules(odoo, ['res.partner'])
  t.teardown(() => rules.remove())
  return { 'live-channel': rules.channel, 'live-models': 'res.partner' }
}

/** Writes through the first server process; we listen to the second one, which goes and comes back. */
async function changeWhileRestarting(
  t: Test,
  odoo: LabOdoo,
  second: LabOdoo & { start(): Promise<void>; stop(): Promise<void> },
  live: Flags
) {
  const direct = await logInDirectly(odoo)
  const ids = await direct.call<number[]>('res.partner', 'create', [
    Array.from({ length: records }, (_, index) => ({ name: `restart ${index}`, comment: false }))
  ])
  t.teardown(() => direct.call('res.partner', 'unlink', [ids]))
  const server = await startServer({ ...connectionFlags(second), 'poll-interval': '0.2', retries: '0', ...live })
  t.teardown(() => server.close())
  const stream = await openEvents(
    server.url,
    ids.map(id => `odoo://res.partner/${id}`)
  )
  t.teardown(() => stream.close())

  const written = new Map<number, string[]>(ids.map(id => [id, []]))
  let restarts = Promise.resolve()
  for (let change = 0; change < changes; change++) {
    if (change === Math.floor(changes / 3) || change === Math.floor((changes * 2) / 3)) {
      await restarts
      await second.stop()
      restarts = second.start()
    }
    const id = ids[(change * 7) % records] as number
    const city = `c${change}`
    await direct.call('res.partner', 'write', [[id], { city }])
    written.get(id)?.push(city)
  }
  await restarts
  const last = (id: number) => written.get(id)?.at(-1)
  const heard = (id: number) => stream.of(`odoo://res.partner/${id}`).map(({ data }) => data.city as string)
  await until(
    'the last state of every record has arrived',
    () => ids.every(id => heard(id).at(-1) === last(id)),
    120_000
  )
  return judge(ids, id => written.get(id) ?? [], heard, stream)
}

function judge(ids: number[], written: (id: number) => string[], heard: (id: number) => string[], stream: EventStream) {
  const repeated = ids.flatMap(id => heard(id).filter((city, index, all) => city === all[index - 1]))
  const invented = ids.flatMap(id => heard(id).filter(city => !written(id).includes(city)))
  const lost = ids.filter(id => heard(id).at(-1) !== written(id).at(-1))
  return { repeated, invented, lost, figures: { changes, restarts: 2, events: stream.updates.length } }
}
