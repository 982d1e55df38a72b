import t from 'tap'
import { people } from '../lab/people.js'
import { logInDirectly } from '../lab/rpc.js'
import { witnesses } from '../lab/witnesses.js'
import { addCanary } from './canary.js'
import { connectionFlags, startServer } from './server.js'
import { rest } from './surfaces.js'

const some = ['res.partner', 'sale.order', 'crm.lead', 'account.move', 'product.template', 'ir.cron', 'ir.rule']

for (const odoo of await witnesses()) {
  t.test(`${odoo.name}: model listing for plain users`, async t => {
    const { sales, portal } = await people(odoo)
    for (const [who, { username, password }] of [
      ['a salesperson', sales],
      ['a portal user', portal]
    ] as const) {
      addCanary(password)
      const { api_key: _, ...base } = odoo
      const own = { ...base, username, password }
      const server = await startServer(connectionFlags(own))
      const { output } = await rest(server.url).call('odoo_get_models', {})
      const listed = ((output?.models ?? []) as { model: string }[]).map(({ model }) => model)
      const { call } = await logInDirectly(own)
      for (const model of some) {
        const mayRead = await call<boolean>(model, 'check_access_rights', ['read'], { raise_exception: false })
        t.equal(listed.includes(model), mayRead, `${model} is ${mayRead ? '' : 'not '}listed for ${who}`)
      }
      t.ok(listed.includes('res.partner'), `${who} sees partners`)
      t.notOk(listed.includes('ir.cron'), `${who} sees no scheduled actions`)
      await server.close()
    }
  })
}
