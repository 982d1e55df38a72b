import t from 'tap'
import { noOdoo, odoos } from './odoos.js'
import { people } from './people.js'
import { logInDirectly } from './rpc.js'

for (const odoo of await odoos()) {
  t.test(`the people of the lab can log in to Odoo ${odoo.version}`, async t => {
    const { sales, rival, portal } = await people(odoo)
    for (const person of [sales, rival, portal]) {
      t.equal((await logInDirectly({ ...odoo, ...person })).uid, person.uid)
    }
  })
}
if ((await odoos()).length === 0) t.pass(noOdoo, { skip: noOdoo })
