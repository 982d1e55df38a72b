import t from 'tap'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { type LabOdoo, odoos } from './odoos.js'

/**
 * Every Odoo that the contract is held against: the real ones at hand, and the embedded sandbox as 14 and as 19, which
 * needs no lab. Sandboxes are this process's own, and end with it.
 */
export async function witnesses(): Promise<LabOdoo[]> {
  return [...(await odoos()), await sandboxAs(14), await sandboxAs(19)]
}

/** An embedded Odoo of this process alone. */
export async function sandboxAs(version: 14 | 17 | 19): Promise<LabOdoo> {
  const sandbox = await startSandbox({ version })
  t.teardown(() => sandbox.close())
  const { url, database, users } = sandbox
  const { username, password, uid, apiKey } = users.admin
  const name = `sandbox as ${version}`
  return { name, version: String(version), url, database, username, password, uid, api_key: apiKey }
}
