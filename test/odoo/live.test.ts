import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { ErrorCode } from '../../src/core/errors.js'
import type { OdooLogin, OdooPort } from '../../src/core/ports/odoo.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { adapter } from './fake-odoo.js'
import { scope } from './servers.js'

const lab = await odoos()
if (lab.length === 0) t.test('the adapter against a real Odoo', { skip: noOdoo }, () => {})

for (const odoo of lab) {
  t.test(`the adapter against Odoo ${odoo.version}`, async t => {
    const { url, database, username, password } = odoo
    const login = await adapter(t).login({ url, database, username, secret: password, protocol: 'auto' }, scope())
    const port = (context = {}) => login.port(scope({ context }))
    logins(t, odoo)
    reading(t, odoo, port)
    writing(t, port)
    models(t, odoo, login, await withoutPortal(t, odoo))
    for (const [title, call, code] of failures) {
      t.test(`${title}: ${code}`, async t => {
        await t.rejects(call(port()), { code })
      })
    }
  })
}

type MakePort = (context?: Record<string, string | boolean>) => OdooPort

/** Most of these are recorded as well: here the recordings prove to be true still. */
const failures: [string, (port: OdooPort) => Promise<unknown>, ErrorCode][] = [
  ['an unknown model', port => port.count('res.nope', []), 'not_found'],
  ['the fields of an unknown model', port => port.fields('res.nope'), 'not_found'],
  ['an unknown method', port => port.call('res.partner', 'nope', [], {}, { read: false }), 'not_found'],
  ['a private method', port => port.call('res.partner', '_search', [[]], {}, { read: false }), 'policy_denied'],
  ['an unknown field', port => port.search('res.partner', { domain: [], fields: ['nope'] }), 'invalid_input'],
  ['an unknown field in a domain', port => port.count('res.partner', [['nope', '=', 1]]), 'invalid_input'],
  [
    'an unknown field in order',
    port => port.search('res.partner', { domain: [], fields: [], order: 'nope' }),
    'invalid_input'
  ],
  ['a malformed domain', port => port.count('res.partner', ['&', ['name', '=', 'a']]), 'invalid_input'],
  ['text where a number belongs', port => port.count('res.partner', [['id', '=', 'abc']]), 'invalid_input'],
  ['a negative limit', port => port.search('res.partner', { domain: [], fields: ['id'], limit: -1 }), 'invalid_input'],
  [
    'a selection value that does not exist',
    port => port.create('res.partner', [{ name: 'x', type: 'bogus' }]),
    'invalid_input'
  ],
  ['writing what does not exist', port => port.write('res.partner', [2147483647], { name: 'x' }), 'not_found'],
  ['deleting what does not exist', port => port.unlink('res.partner', [2147483647]), 'not_found'],
  ['a required field left out', port => port.create('product.template', [{ name: false }]), 'validation'],
  [
    'a link to what does not exist',
    port => port.create('res.partner', [{ name: 'x', country_id: 2147483647 }]),
    'conflict'
  ],
  ['too few arguments', port => port.call('res.partner', 'write', [[1]], {}, { read: false }), 'invalid_input']
]

function logins(t: Test, { url, database, username, password, uid, api_key }: LabOdoo) {
  const good = { url, database, username, secret: password, protocol: 'auto' as const }

  t.test('an API key works in place of the password', { skip: api_key ? false : 'no API key is known' }, async t => {
    const { identity } = await adapter(t).login({ ...good, secret: api_key ?? '' }, scope())
    t.equal(identity.username, username)
  })

  t.test('a uid works in place of the user name', { skip: uid ? false : 'no uid is known' }, async t => {
    const { identity } = await adapter(t).login(
      { url, database, uid: uid ?? 0, secret: password, protocol: 'auto' },
      scope()
    )
    t.equal(identity.username, username)
  })

  // Once only: after ten failures Odoo 14 refuses everybody at this address for a minute.
  t.test('a wrong password is refused', async t => {
    await t.rejects(adapter(t).login({ ...good, secret: randomUUID() }, scope()), { code: 'auth_failed' })
    await adapter(t).login(good, scope())
  })

  t.test('a database that does not exist is named', async t => {
    const database = `nodb-${randomUUID()}`
    const detail = `The database "${database}" does not exist on this Odoo.`
    await t.rejects(adapter(t).login({ ...good, database }, scope()), { code: 'not_found', detail })
  })

  t.test('a path of Odoo that is not its root is no Odoo', async t => {
    const login = adapter(t).login({ ...good, url: `${url}/nope` }, scope())
    await t.rejects(login, { code: 'odoo_unavailable', detail: 'What answers at this address is not an Odoo.' })
  })
}

function reading(t: Test, { version, url, database, username }: LabOdoo, port: MakePort) {
  t.test('the identity is complete', async t => {
    const { identity } = port()
    t.match(identity, { url, database, username, major: Number(version), protocol: 'jsonrpc', lang: /^[a-z]{2}/ })
    t.ok(identity.companies.some(({ id, name }) => id === identity.company.id && name === identity.company.name))
  })

  t.test('pages hold what was asked for, in order', async t => {
    const page = (offset: number) =>
      port().search('res.partner', { domain: [], fields: ['name'], limit: 2, offset, order: 'id' })
    const [first, second] = [await page(0), await page(2)]
    const ids = [...first, ...second].map(({ id }) => id)
    t.equal(ids.length, 4)
    t.strictSame(
      ids,
      [...ids].sort((a, b) => a - b)
    )
    t.strictSame(Object.keys(first[0] ?? {}).sort(), ['id', 'name'])
    t.ok((await port().count('res.partner', [])) >= 4)
  })

  t.test('missing records are left out, for stored and for computed fields', async t => {
    const [row] = await port().search('res.partner', { domain: [], fields: [], limit: 1 })
    const id = row?.id ?? 0
    const rows = await port().read('res.partner', [2147483647, id], ['name', 'contact_address'])
    t.strictSame(
      rows.map(row => row.id),
      [id]
    )
  })

  t.test('many reads at once are all answered', async t => {
    const counts = await Promise.all(Array.from({ length: 30 }, () => port().count('res.country', [])))
    t.equal(new Set(counts).size, 1)
  })

  t.test('fields say what the checks need to know', async t => {
    const fields = await port().fields('res.partner')
    t.match(fields.get('country_id'), {
      type: 'many2one',
      relation: 'res.country',
      store: true,
      searchable: true,
      sortable: true
    })
    t.equal(fields.get('display_name')?.readonly, true)
    t.ok(Array.isArray(fields.get('type')?.selection))
    const all = await port().describeFields('res.partner', ['name'], [])
    t.strictSame(Object.keys(all), ['name'])
    t.ok(Object.keys(all.name ?? {}).length > 5)
  })
}

function writing(t: Test, port: MakePort) {
  t.test('a record lives and dies', async t => {
    const name = `odoo-mcp ${randomUUID()}`
    const ids = await port().create('res.partner', [{ name }, { name: `${name} é 😀` }])
    t.equal(ids.length, 2)
    t.same(await port().write('res.partner', ids, { city: 'Ghent' }), { result: true })
    const rows = await port().read('res.partner', [...ids].reverse(), ['name', 'city'])
    t.match(rows, [
      { name: `${name} é 😀`, city: 'Ghent' },
      { name, city: 'Ghent' }
    ])

    t.strictSame(await port().call('res.partner', 'action_archive', [ids], {}, { read: false }), { result: null })
    t.equal(await port().count('res.partner', [['id', 'in', ids]]), 0, 'archived')
    t.equal(await port({ active_test: false }).count('res.partner', [['id', 'in', ids]]), 2)

    t.same(await port().unlink('res.partner', ids), { result: true })
    t.strictSame(await port().read('res.partner', ids, ['name']), [])
  })

  t.test('a list with one bad row creates nothing', async t => {
    const name = `odoo-mcp ${randomUUID()}`
    const creating = port().create('res.partner', [{ name }, { name, nope: 1 }])
    await t.rejects(creating, { code: 'invalid_input', extra: { outcome: 'not_applied' } })
    t.equal(await port().count('res.partner', [['name', '=', name]]), 0)
  })

  t.test('a caller who leaves before the call has left it undone', async t => {
    const name = `odoo-mcp ${randomUUID()}`
    const gone = adapterPort(t, port, AbortSignal.abort())
    await t.rejects(gone.create('res.partner', [{ name }]), { code: 'cancelled', extra: { outcome: 'not_applied' } })
    t.equal(await port().count('res.partner', [['name', '=', name]]), 0)
  })
}

function models(t: Test, odoo: LabOdoo, login: OdooLogin, noPortal: string | false) {
  t.test('the models that may be read are listed, and only those', async t => {
    const found = await login.port(scope()).models()
    const names = found.map(({ model }) => model)
    t.ok(names.includes('res.partner') && names.includes('sale.order'))
    t.notOk(names.includes('mail.thread'), 'an abstract model')
    t.strictSame(names, [...names].sort())
  })

  t.test('a portal user sees the few models that are his', { skip: noPortal }, async t => {
    const { url, database } = odoo
    const portal = { url, database, username: 'portal', secret: 'portal', protocol: 'auto' as const }
    const { identity, port } = await adapter(t).login(portal, scope())
    t.ok(identity.company.id > 0)
    const names = (await port(scope()).models()).map(({ model }) => model)
    t.ok(names.includes('res.partner'))
    t.notOk(names.includes('ir.config_parameter') || names.includes('crm.lead'))
    await t.rejects(port(scope()).count('crm.lead', []), { code: 'access_denied' })
  })
}

function adapterPort(t: Test, port: MakePort, signal: AbortSignal): OdooPort {
  return adapter(t).reopen({ identity: port().identity, secret: 'never sent' }).port(scope({ signal }))
}

/** Why the portal user of Odoo's demo data cannot be used, or false. */
async function withoutPortal(t: Test, { url, database, username, password }: LabOdoo): Promise<string | false> {
  const odoo = adapter(t)
  const login = await odoo.login({ url, database, username, secret: password, protocol: 'auto' }, scope())
  const found = await login.port(scope()).count('res.users', [['login', '=', 'portal']])
  return found === 1 ? false : 'this Odoo has no demo data'
}
