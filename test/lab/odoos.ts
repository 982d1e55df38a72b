import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A real Odoo that tests may use and change. */
export interface LabOdoo {
  /** For titles of tests, such as `Odoo 19`. */
  name: string
  /** The major version, such as `19`. */
  version: string
  url: string
  database: string
  username: string
  password: string
  /** Absent where only a password is known. */
  uid?: number
  api_key?: string
}

/**
 * The real Odoos at hand: what `npm run lab` has started, and those named by ODOO_MCP_TEST_<version>_URL, _DATABASE,
 * _USERNAME, _PASSWORD and _API_KEY (version 14 to 20), which win. With CI_REQUIRE_ODOO=1, having none is an error.
 */
export async function odoos(): Promise<LabOdoo[]> {
  const found: LabOdoo[] = []
  for (let version = 14; version <= 20; version++) {
    const odoo = fromEnvironment(String(version)) ?? (await fromLab(String(version)))
    if (odoo) found.push(odoo)
  }
  if (found.length > 0 || process.env.CI_REQUIRE_ODOO !== '1') return found
  throw new Error('CI_REQUIRE_ODOO is set, but no Odoo was found: start one with "npm run lab -- up 19".')
}

/** What a test says when it skips for want of an Odoo. */
export const noOdoo = 'NO ODOO FOUND: start one with "npm run lab -- up 19" (or set ODOO_MCP_TEST_19_URL and so on)'

function fromEnvironment(version: string): LabOdoo | undefined {
  const get = (name: string) => process.env[`ODOO_MCP_TEST_${version}_${name}`]
  const url = get('URL')
  if (!url) return undefined
  const [database, username, password] = ['DATABASE', 'USERNAME', 'PASSWORD'].map(name => {
    const value = get(name)
    if (!value) throw new Error(`ODOO_MCP_TEST_${version}_URL is set, but ODOO_MCP_TEST_${version}_${name} is not.`)
    return value
  }) as [string, string, string]
  const api_key = get('API_KEY')
  return { name: `Odoo ${version}`, version, url, database, username, password, ...(api_key && { api_key }) }
}

async function fromLab(version: string): Promise<LabOdoo | undefined> {
  const path = join(process.env.ODOO_MCP_LAB || '/var/tmp/odoo-mcp-lab', `${version}.json`)
  try {
    return { ...JSON.parse(await readFile(path, 'utf8')), name: `Odoo ${version}`, version }
  } catch (error) {
    // The lab removes the file when it stops that Odoo.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
