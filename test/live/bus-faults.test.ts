import t from 'tap'
import { createHub } from '../../src/live/hub.js'
import type { Fault } from '../../src/sandbox/faults.js'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { until } from '../contract/until.js'
import { memoryLog } from '../core/fake-odoo.js'
import { ownRules } from '../lab/bus-rules.js'
import { logInDirectly } from '../lab/rpc.js'
import { busFor } from '../odoo/bus-watch.js'
import { realHub } from './real.js'

/** So rarely is polled here that only the bus can have told. */
const never = 3_600_000
const when = { wire: 'bus' } as const

for (const version of [14, 19] as const) {
  t.test(`on the bus of ${version}, no fault of the line loses a change`, async t => {
    const sandbox = await startSandbox({ version, ...(version === 14 && { pollMs: 500 }) })
    t.teardown(() => sandbox.close())
    const { url, database, users } = sandbox
    const { username, password } = users.admin
    const odoo = { name: 'sandbox', version: String(version), url, database, username, password }
    const admin = await logInDirectly(odoo)
    const { channel } = await ownRules(odoo, ['res.partner'])
    const bus = busFor(t, {
      ...{ url, database, channel, models: ['res.partner'] },
      times: { ping: 300, openTimeout: 1500, pollTimeout: 1500, peekAgain: 300 }
    })
    const { subscribe } = realHub(t, odoo, {}, ({ gateway, resources }) =>
      createHub({ gateway, resources, sources: [bus], pollMs: never, log: memoryLog() })
    )
    const [id] = await admin.call<[number]>('res.partner', 'create', [[{ name: 'On the line' }]])
    const partner = await subscribe(`odoo://res.partner/${id}`)
    const connected = () => until('the bus is listened to', () => sandbox.bus.connections > 0)
    const write = (city: string) => admin.call('res.partner', 'write', [[id], { city }])
    const heard = (city: string) => until(`${city} is heard of`, () => partner.last?.city === city)

    await connected()
    await write('plain')
    await heard('plain')

    sandbox.bus.drop('silence')
    await write('silent')
    await heard('silent')

    await connected()
    sandbox.bus.drop('reset')
    await write('forgotten')
    sandbox.bus.forget()
    await heard('forgotten')

    const faults: Fault[] = [
      { kind: 'status', status: 429, retryAfter: 0, when },
      { kind: 'hang', when },
      { kind: 'half-open', when }
    ]
    for (const fault of faults) {
      await connected()
      const failing = sandbox.faults.add(fault)
      sandbox.bus.drop('close')
      await until(`the bus fails with ${fault.kind}`, () => failing.fired > 0)
      await write(fault.kind)
      sandbox.bus.forget()
      failing.remove()
      await heard(fault.kind)
    }
    t.strictSame(
      partner.updates.map(({ city }) => city),
      ['plain', 'silent', 'forgotten', 'status', 'hang', 'half-open'],
      'each once'
    )
    t.strictSame(partner.ended, [])
  })
}
