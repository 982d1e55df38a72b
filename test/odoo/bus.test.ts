import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect as connectTo, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { ruleCode } from '../../src/odoo/live-rules/rule.js'
import { until } from '../contract/until.js'
import { ownRules } from '../lab/bus-rules.js'
import { odoos } from '../lab/odoos.js'
import { logInDirectly } from '../lab/rpc.js'
import { witnesses } from '../lab/witnesses.js'
import { busFor, model, type Watched, watchOf } from './bus-watch.js'

/** A TCP proxy whose connections can be cut. */
async function cuttable(t: Test, target: string) {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let isOpen = true
  const server = createServer(near => {
    if (!isOpen) return near.destroy()
    const far = connectTo(Number(port), hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    }
    near.pipe(far).pipe(near)
    return undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    isOpen = false
    for (const socket of sockets) socket.destroy()
  }
  t.teardown(() => {
    cut()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend() {
      isOpen = true
    }
  }
}

const told = (watched: Watched, id: number) => watched.looks.some(look => look !== 'all' && look.includes(id))

for (const odoo of await witnesses()) {
  const { url, database } = odoo

  t.test(`${odoo.name}: what anybody creates, changes, archives and deletes is told of by the bus`, async t => {
    const { channel, remove } = await ownRules(odoo, [model])
    t.teardown(remove)
    const direct = await logInDirectly(odoo)
    const bus = busFor(t, { url, database, channel, models: [model] })
    const watched = watchOf(odoo)
    t.equal(bus.covers(watched), false, 'nothing is covered before it is connected')
    const unwatch = bus.watch(watched)
    await until('the bus is connected', () => bus.covers(watched))
    t.equal(watched.looks[0], 'all', 'what happened until now is looked for')

    const id = await direct.call<number>(model, 'create', [{ name: 'Told of by the bus' }])
    await until('the creation is told of', () => told(watched, id))
    for (const [what, method, args] of [
      ['change', 'write', [[id], { name: 'Told of again' }]],
      ['archiving', 'write', [[id], { active: false }]],
      ['deletion', 'unlink', [[id]]]
    ] as const) {
      watched.looks.length = 0
      await direct.call(model, method, args as never)
      await until(`the ${what} is told of`, () => told(watched, id))
    }

    unwatch()
    t.equal(bus.covers(watched), false, 'nothing is covered when nobody watches')
  })

  t.test(
    `${odoo.name}: what is rolled back is not told of, and other models and databases are not covered`,
    async t => {
      const { channel, remove } = await ownRules(odoo, [model])
      t.teardown(remove)
      const direct = await logInDirectly(odoo)
      const bus = busFor(t, { url, database, channel, models: [model] })
      const [mine, other, elsewhere] = [
        watchOf(odoo),
        watchOf(odoo, 'res.partner'),
        watchOf({ ...odoo, database: 'another' })
      ]
      for (const watched of [mine, other, elsewhere]) bus.watch(watched)
      await until('the bus is connected', () => bus.covers(mine))
      t.notOk(bus.covers(other), 'a model without rules')
      t.notOk(bus.covers(elsewhere), 'another database')

      // In one transaction: the second of the two has a parent that does not exist.
      const failed = direct.call(model, 'create', [[{ name: 'Rolled back' }, { name: 'Fails', parent_id: 2147483647 }]])
      await t.rejects(failed)
      const id = await direct.call<number>(model, 'create', [{ name: 'Control' }])
      t.teardown(() => direct.call(model, 'unlink', [[id]]))
      await until('the control is told of', () => told(mine, id))
      const ids = mine.looks.filter(look => look !== 'all').flat()
      t.strictSame([...new Set(ids)], [id])
      t.strictSame([other.looks, elsewhere.looks], [[], []])
    }
  )

  t.test(`${odoo.name}: after a cut the bus is connected again, and what happened meanwhile is told of`, async t => {
    const { channel, remove } = await ownRules(odoo, [model])
    t.teardown(remove)
    const direct = await logInDirectly(odoo)
    const proxy = await cuttable(t, url)
    const bus = busFor(t, { url, busUrl: proxy.url, database, channel, models: [model] })
    const watched = watchOf(odoo)
    bus.watch(watched)
    await until('the bus is connected', () => bus.covers(watched))
    // So that there is a last id to go on from.
    const id = await direct.call<number>(model, 'create', [{ name: 'Before the cut' }])
    t.teardown(() => direct.call(model, 'unlink', [[id]]))
    await until('it works', () => told(watched, id))

    proxy.cut()
    await until('the cut is noticed', () => !bus.covers(watched))
    watched.looks.length = 0
    await direct.call(model, 'write', [[id], { name: 'Meanwhile' }])
    proxy.mend()
    await until('it is connected again', () => bus.covers(watched))
    t.ok(watched.looks.includes('all'), 'all is looked at')
    await until('the very message arrives late', () => told(watched, id))
  })
}

for (const odoo of await odoos()) {
  t.test(`${odoo.name}: what a slow transaction tells is heard, though later ones were heard before it`, async t => {
    const direct = await logInDirectly(odoo)
    const [modelId = 0] = await direct.call<number[]>('ir.model', 'search', [[['model', '=', model]]])
    const channel = `odoo-mcp-${randomBytes(16).toString('hex')}`
    const sends = (id: number) => ruleCode(model, channel, Number(odoo.version)).replace('records.ids', `[${id}]`)
    const action = (code: string) =>
      direct.call<number>('ir.actions.server', 'create', [
        { name: `test ${channel}`, model_id: modelId, state: 'code', code }
      ])
    const slow = await action(`${sends(1)}\nenv.cr.execute('SELECT pg_sleep(2)')`)
    const quick = await action(sends(2))
    t.teardown(() => direct.call('ir.actions.server', 'unlink', [[slow, quick]]))
    const run = (id: number) => direct.call('ir.actions.server', 'run', [[id]])

    const bus = busFor(t, { url: odoo.url, database: odoo.database, channel, models: [model] })
    const watched = watchOf(odoo)
    bus.watch(watched)
    await until('the bus is connected', () => bus.covers(watched))
    watched.looks.length = 0
    let isSlow = true
    const slowly = run(slow).finally(() => {
      isSlow = false
    })
    // On 14 the message of the slow one has its number from its beginning: some of these have later ones.
    while (isSlow) await run(quick)
    await slowly
    t.ok(told(watched, 2), 'control: the quick ones were heard meanwhile')
    await until('the slow one is heard, or all is looked at', () => watched.looks.includes('all') || told(watched, 1))
  })
}
