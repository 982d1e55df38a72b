import t from 'tap'
import { odoos } from '../lab/odoos.js'
import { testContract } from './contract.js'

// Versions 14 and 19 have files of their own, so that they run at the same time.
const others = (await odoos()).filter(({ version }) => version !== '14' && version !== '19')
for (const odoo of others) await testContract(odoo)
if (others.length === 0) t.pass('no other version was named in the environment')
