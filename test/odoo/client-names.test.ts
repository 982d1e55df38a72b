import t, { type Test } from 'tap'
import { adapter, credential, denied, type FakeOdoo, fakeOdoo, raise } from './fake-odoo.js'
import { scope } from './servers.js'

const arch = '<list><field name="name"/><field name="city"/></list>'
const view = { result: { views: { list: { arch, id: 7 } } } }

async function logIn(t: Test, methods: FakeOdoo['methods'], version = '19.0') {
  const fake = await fakeOdoo(t, methods)
  fake.version = version
  const login = await adapter(t).login(credential(fake), scope())
  fake.calls.length = 0
  return { fake, port: (context = {}) => login.port(scope({ context })) }
}

for (const [version, key] of [
  ['14.0', 'args'],
  ['18.0', 'args'],
  ['19.0', 'domain']
] as const) {
  t.test(`the names of Odoo ${version} are searched by its own words, ${key} among them`, async t => {
    const pairs = [
      [7, 'Ada'],
      [8, false],
      [9, 'too many']
    ]
    const { fake, port } = await logIn(t, { 'res.partner.name_search': () => ({ result: pairs }) }, version)
    const query = { name: 'a', domain: [['id', '>', 1]], operator: 'like', limit: 2 }
    t.strictSame(await port({ active_test: false }).nameSearch('res.partner', query), [
      { id: 7, name: 'Ada' },
      { id: 8, name: '' }
    ])
    const context = { lang: 'en_US', tz: 'Europe/Brussels', active_test: false }
    const kwargs = { name: 'a', [key]: query.domain, operator: 'like', limit: 2, context }
    t.match(fake.calls, [{ args: [], kwargs }])
  })
}

t.test('a list view is fetched once, for every language and however many wait', async t => {
  const { fake, port } = await logIn(t, { 'res.partner.get_views': () => view })
  const both = await Promise.all([port().listColumns('res.partner'), port().listColumns('res.partner')])
  const french = await port({ lang: 'fr_FR', default_name: 'x' }).listColumns('res.partner')
  t.strictSame([...both, french], Array(3).fill(['name', 'city']))
  t.equal(fake.calls.length, 1)
  t.same(fake.calls[0]?.kwargs, { context: { lang: 'en_US', tz: 'Europe/Brussels' } })
})

t.test('a list view that Odoo refuses is none, and is not asked for again', async t => {
  const { fake, port } = await logIn(t, { 'res.partner.get_views': () => denied })
  for (let time = 0; time < 2; time++) t.strictSame(await port().listColumns('res.partner'), [])
  t.equal(fake.calls.length, 1)
})

t.test('a login that Odoo refuses meanwhile is told by the search, not by the view', async t => {
  const refuse = () => raise('odoo.exceptions.AccessDenied', 'Access Denied')
  const { fake, port } = await logIn(t, { 'res.partner.get_views': refuse })
  for (let time = 0; time < 2; time++) t.strictSame(await port().listColumns('res.partner'), [])
  t.equal(fake.calls.length, 2, 'nothing was learnt of the view')
})
