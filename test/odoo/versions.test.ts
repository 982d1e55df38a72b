import t from 'tap'
import { capabilitiesOf, parseVersion } from '../../src/odoo/versions.js'

for (const [text, major] of [
  ['14.0', 14],
  ['19.0', 19],
  ['19.0+e', 19],
  ['18.0-20250101', 18],
  ['saas~18.2', 18],
  ['saas~18.2+e', 18],
  ['saas-17.4', 17],
  ['20.1a1', 20]
] as const) {
  t.test(`${text} is Odoo ${major}`, async t => {
    t.strictSame(parseVersion(text), { text, major })
  })
}

for (const text of ['', 'nginx/1.2', '19', 'v19.0', 'saas~x']) {
  t.test(`"${text}" is no version of Odoo`, async t => {
    t.equal(parseVersion(text), undefined)
  })
}

t.test('each version can do what it could when it came out', async t => {
  const of = (key: keyof ReturnType<typeof capabilitiesOf>) =>
    [14, 15, 16, 17, 18, 19].map(major => capabilitiesOf(major)[key])
  t.strictSame(of('hasAvailableModels'), [false, false, true, true, true, true])
  t.strictSame(of('usersReadModelList'), [true, false, false, false, false, false])
  t.strictSame(of('hasAnyOperator'), [false, false, false, true, true, true])
  t.strictSame(of('hasFormattedReadGroup'), [false, false, false, false, false, true])
  t.strictSame(of('hasGetViews'), [false, false, true, true, true, true])
  t.strictSame(of('listView'), ['tree', 'tree', 'tree', 'tree', 'list', 'list'])
  t.strictSame(of('hasJson2'), [false, false, false, false, false, true])
})
