import t from 'tap'
import { noOdoo, odoos } from '../lab/odoos.js'
import { asTraveller } from '../lab/people.js'
import { testContract } from './contract.js'

// As far from UTC as a process can be, where it is tomorrow for most of the day.
process.env.TZ = 'Pacific/Kiritimati'

/** The contract as a user of another language, time zone and with two companies. Skips loudly where there is no Odoo. */
export async function testContractOfTraveller(version: string): Promise<void> {
  const odoo = (await odoos()).find(odoo => odoo.version === version)
  if (odoo === undefined) t.pass(`Odoo ${version}`, { skip: noOdoo })
  else await testContract(await asTraveller(odoo))
}
