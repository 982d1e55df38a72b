import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import OdooAwait from 'odoo-await'
import { OdooClient } from 'odoo-xmlrpc-ts'
import t, { type Test } from 'tap'
import type { Major } from '../../src/sandbox/release.js'
import { startSandbox } from '../../src/sandbox/sandbox.js'
import { odoos } from '../lab/odoos.js'

// Clients that others wrote for the real Odoo; each does the same to the real ones at hand, where it must work too.

interface Place {
  name: string
  serie: string
  url: string
  database: string
  username: string
  password: string
}

/** The python of the system: Debian's packages are not in others. */
const python = '/usr/bin/python3'
const run = promisify(execFile)

async function sandboxes(): Promise<Place[]> {
  return Promise.all(
    ([14, 17, 19] as Major[]).map(async version => {
      const { url, database, users, close } = await startSandbox({ version })
      t.teardown(close)
      return { name: `the sandbox as ${version}`, serie: `${version}.0`, url, database, ...users.admin }
    })
  )
}

const real = (await odoos()).map(odoo => ({ ...odoo, serie: `${odoo.version}.0` }))

for (const place of [...(await sandboxes()), ...real]) {
  const { name, url, database: db, username, password } = place

  t.test(`odoo-await logs in to ${name}, searches, reads, creates, writes and unlinks`, async t => {
    const odoo = new OdooAwait({ baseUrl: url, db, username, password })
    t.equal(await odoo.connect(), 2)
    const id = await odoo.create('res.partner', { name: 'odoo-await', ref: 'foreign' })
    t.strictSame(await odoo.search('res.partner', { id, name: 'odoo-await' }), [id])
    t.strictSame(await odoo.read('res.partner', [id], ['name', 'parent_id']), [
      { id, name: 'odoo-await', parent_id: false }
    ])
    t.equal(await odoo.update('res.partner', id, { ref: 'written' }), true)
    t.strictSame(await odoo.searchRead('res.partner', { id }, ['ref']), [{ id, ref: 'written' }])
    t.equal(await odoo.delete('res.partner', id), true)
    t.strictSame(await odoo.search('res.partner', { id }), [])
    await t.rejects(odoo.update('res.partner', id, { ref: 'x' }), { message: /Record does not exist/ })
    await t.rejects(new OdooAwait({ baseUrl: url, db, username, password: 'wrong' }).connect())
  })

  t.test(`odoo-xmlrpc-ts logs in to ${name}, searches, reads, creates, writes and unlinks`, async t => {
    const odoo = new OdooClient({ url, db, username, password })
    t.match(await odoo.version(), { server_serie: place.serie, protocol_version: 1 })
    t.equal(await odoo.authenticate(), 2)
    const id = await odoo.create('res.partner', { name: 'odoo-xmlrpc-ts', ref: 'foreign' })
    const domain: [string, string, number][] = [['id', '=', id]]
    t.strictSame(await odoo.search('res.partner', domain), [id])
    t.strictSame(await odoo.read('res.partner', [id], ['name', 'ref']), [
      { id, name: 'odoo-xmlrpc-ts', ref: 'foreign' }
    ])
    t.equal(await odoo.write('res.partner', [id], { ref: 'written' }), true)
    t.strictSame(await odoo.searchRead('res.partner', domain, { fields: ['ref'] }), [{ id, ref: 'written' }])
    t.match(await odoo.fieldsGet('res.partner', ['type', 'string']), { name: { type: 'char', string: 'Name' } })
    t.equal(await odoo.unlink('res.partner', [id]), true)
    t.equal(await odoo.searchCount('res.partner', domain), 0)
    await t.rejects(odoo.write('res.partner', [id], { ref: 'x' }))
    await t.rejects(new OdooClient({ url, db, username, password: 'wrong' }).authenticate())
  })

  t.test(`xmlrpc.client of Python logs in to ${name}, searches, reads, creates, writes and unlinks`, async t => {
    t.strictSame(await script(t, 'xmlrpc_client.py', place), {
      serie: place.serie,
      uid: 2,
      refused: false,
      is_int: true,
      found: true,
      read: true,
      written: true,
      rows: true,
      types: ['float', 'int'],
      deleted: true,
      left: 0,
      missing: 2,
      private: 4,
      unknown: 1
    })
  })

  t.test(
    `OdooRPC logs in to ${name}, searches, reads, creates, writes and unlinks`,
    { skip: await noOdooRpc() },
    async t => {
      t.strictSame(await script(t, 'odoorpc_client.py', place), {
        version: place.serie,
        databases: [db],
        refused: true,
        uid: 2,
        user: 'admin',
        found: true,
        read: true,
        written: 'written',
        categories: 0,
        deleted: true,
        left: 0,
        missing: 'odoo.exceptions.MissingError',
        logged_out: true
      })
    }
  )
}

/** What a Python script of `foreign` prints of a place. */
async function script(t: Test, file: string, { url, database, username, password }: Place): Promise<unknown> {
  const path = fileURLToPath(new URL(`foreign/${file}`, import.meta.url))
  const { stdout, stderr } = await run(python, [path, url, database, username, password])
  if (stderr !== '') t.comment(stderr)
  return JSON.parse(stdout)
}

/** Why OdooRPC cannot be tried, or false. */
async function noOdooRpc(): Promise<string | false> {
  try {
    await run(python, ['-c', 'import odoorpc'])
    return false
  } catch (error) {
    if (process.env.CI_REQUIRE_ODOO === '1') throw error
    return 'NO ODOORPC FOUND: install it with "apt-get install python3-odoorpc"'
  }
}
