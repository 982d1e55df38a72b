import t from 'tap'
import type { Fault } from '../../src/sandbox/faults.js'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { until } from '../contract/until.js'
import { logInDirectly } from '../lab/rpc.js'
import { realHub } from './real.js'

// Our server speaks XML-RPC and finds Odoo failing; what happens there meanwhile is done over JSON-RPC.
const when = { wire: 'xmlrpc' } as const
const outages: Fault[] = [
  { kind: 'reset', when },
  { kind: 'status', status: 502, when },
  { kind: 'html', when },
  { kind: 'truncate', when },
  { kind: 'hang', when }
]

for (const fault of outages) {
  t.test(`what happens while Odoo fails with "${fault.kind}" is told of when it is back, and once`, async t => {
    const sandbox = await startSandbox()
    t.teardown(() => sandbox.close())
    const { url, database, users } = sandbox
    const { username, password } = users.admin
    const odoo = { name: 'sandbox', version: '19', url, database, username, password }
    const { subscribe, core } = realHub(t, odoo, { protocol: 'xmlrpc', 'odoo-timeout': '5', retries: '0' })
    const admin = await logInDirectly(odoo)
    const rows = ['Changed', 'Deleted', 'Same'].map(name => ({ name }))
    const ids = await admin.call<number[]>('res.partner', 'create', [rows])
    const [changed, deleted, same] = await Promise.all(ids.map(id => subscribe(`odoo://res.partner/${id}`)))
    if (!changed || !deleted || !same) throw new Error('three partners were created')
    const list = await subscribe('odoo://res.partner/list?fields=name&order=id%20desc&limit=1')

    const failing = sandbox.faults.add(fault)
    await until('Odoo is seen to fail', () => failing.fired > 1)
    await admin.call('res.partner', 'write', [[ids[0] as number], { name: 'Changed twice' }])
    await admin.call('res.partner', 'write', [[ids[0] as number], { name: 'Changed' }])
    await admin.call('res.partner', 'write', [[ids[0] as number], { name: 'Changed thrice' }])
    await admin.call('res.partner', 'unlink', [[ids[1] as number]])
    await admin.call('res.partner', 'create', [[{ name: 'New' }]])
    t.strictSame(
      [changed, deleted, same, list].flatMap(({ updates }) => updates),
      []
    )
    failing.remove()

    await until('all is heard of', () => changed.last && deleted.last && list.last)
    t.match(changed.updates, [{ name: 'Changed thrice' }])
    t.strictSame(deleted.updates, [{ deleted: true }])
    t.match(list.updates, [{ records: [{ name: 'New' }] }])
    t.strictSame(
      [changed, deleted, same, list].flatMap(({ ended }) => ended),
      []
    )
    t.strictSame(same.updates, [])
    t.match(core.hub.stats(), { subscriptions: 4 })
  })
}
