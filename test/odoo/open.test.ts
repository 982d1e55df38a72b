import t from 'tap'
import { adapter, credential, denied, fakeOdoo, identity, raise, user } from './fake-odoo.js'
import { scope, serveHttp } from './servers.js'

t.test('a login learns who it is and where', async t => {
  const fake = await fakeOdoo(t)
  const { identity: found, saved } = await adapter(t).login({ ...credential(fake), url: `${fake.url}/` }, scope())
  t.strictSame(found, identity(fake.url))
  t.strictSame(saved, { identity: found, secret: 'admin password' })
  t.notMatch(JSON.stringify(found), 'admin password')
})

t.test('empty language and time zone are null; names of more companies are asked for', async t => {
  const fake = await fakeOdoo(t, {
    'res.users.read': () => ({ result: [{ ...user, lang: false, tz: false, company_ids: [3, 1] }] }),
    'res.company.read': ({ args }) => ({
      result: (args[0] as number[]).map(id => ({ id, display_name: `Branch ${id}` }))
    })
  })
  const login = await adapter(t).login(credential(fake), scope())
  t.match(login.identity, {
    lang: null,
    tz: null,
    company: { id: 1, name: 'YourCompany' },
    companies: [
      { id: 3, name: 'Branch 3' },
      { id: 1, name: 'YourCompany' }
    ]
  })
})

t.test('a user who may not read all companies still gets in', async t => {
  const fake = await fakeOdoo(t, {
    'res.users.read': () => ({ result: [{ ...user, company_ids: [1, 3] }] }),
    'res.company.read': () => denied
  })
  const login = await adapter(t).login(credential(fake), scope())
  t.strictSame(login.identity.companies, [
    { id: 1, name: 'YourCompany' },
    { id: 3, name: 'Company 3' }
  ])
})

t.test('other failures over the companies are failures', async t => {
  const fake = await fakeOdoo(t, {
    'res.users.read': () => ({ result: [{ ...user, company_ids: [1, 3] }] }),
    'res.company.read': () => raise('builtins.RuntimeError')
  })
  await t.rejects(adapter(t).login(credential(fake), scope()), { code: 'odoo_error' })
})

t.test('a user without companies in the answer has the current one', async t => {
  const { company_ids: _, ...rest } = user
  const fake = await fakeOdoo(t, { 'res.users.read': () => ({ result: [{ ...rest, company_id: false }] }) })
  const login = await adapter(t).login(credential(fake), scope())
  t.strictSame(login.identity.companies, [{ id: 0, name: '' }])
})

t.test('a wrong password is auth_failed, with a hint', async t => {
  const fake = await fakeOdoo(t)
  const login = adapter(t).login({ ...credential(fake), secret: 'wrong' }, scope())
  await t.rejects(login, { code: 'auth_failed', extra: { hint: /two-factor/ } })
  t.equal(fake.calls.length, 0)
})

t.test('a uid in place of a user name is proved by the first call', async t => {
  const fake = await fakeOdoo(t)
  const odoo = adapter(t)
  const { username: _, ...rest } = credential(fake)
  t.match((await odoo.login({ ...rest, uid: 2 }, scope())).identity, { uid: 2, username: 'admin' })
  t.match(fake.calls, [{ uid: 2, secret: 'admin password', model: 'res.users', method: 'read', args: [[2]] }])
  fake.methods['res.users.read'] = () => raise('odoo.exceptions.AccessDenied', 'Access Denied')
  await t.rejects(odoo.login({ ...rest, uid: 2 }, scope()), { code: 'auth_failed' })
  fake.methods['res.users.read'] = () => ({ result: [] })
  await t.rejects(odoo.login({ ...rest, uid: 99 }, scope()), { code: 'auth_failed' })
  await t.rejects(odoo.login({ ...rest, protocol: 'jsonrpc' }, scope()), {
    code: 'invalid_input',
    detail: /^username: /
  })
})

t.test('the password goes to no server that has not answered as an Odoo does', async t => {
  for (const answer of ['<html>', '{"jsonrpc":"2.0","id":1,"result":{"server_version":"nginx"}}']) {
    const bodies: string[] = []
    const url = await serveHttp(t, async (incoming, outgoing) => {
      for await (const chunk of incoming) bodies.push(String(chunk))
      outgoing.end(answer)
    })
    const login = adapter(t).login({ ...credential({ url } as never), url }, scope())
    await t.rejects(login, { code: 'odoo_unavailable', detail: 'What answers at this address is not an Odoo.' })
    t.notMatch(bodies.join(), 'admin password')
  }
})

t.test('hosts that are not allowed are refused, at login and when reopened', async t => {
  const fake = await fakeOdoo(t)
  const odoo = adapter(t, { guard: { allowedHosts: ['erp.example.com'] } })
  await t.rejects(odoo.login(credential(fake), scope()), { code: 'policy_denied' })
  t.throws(() => odoo.reopen({ identity: identity(fake.url), secret: 'x' }), { code: 'policy_denied' })
})

t.test('a saved login is reopened without asking Odoo, and then works', async t => {
  const fake = await fakeOdoo(t, { 'res.partner.search_count': () => ({ result: 7 }) })
  const { saved } = await adapter(t).login(credential(fake), scope())
  fake.calls.length = 0
  const login = adapter(t).reopen(saved)
  t.equal(fake.calls.length, 0)
  t.equal(await login.port(scope()).count('res.partner', []), 7)
  t.match(fake.calls, [{ uid: 2, secret: 'admin password' }])
})
