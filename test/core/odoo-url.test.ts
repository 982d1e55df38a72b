import t from 'tap'
import { normaliseUrl } from '../../src/core/odoo-url.js'

for (const [given, normal] of [
  ['HTTPS://ERP.Example.com:443/', 'https://erp.example.com'],
  ['http://erp:8069//', 'http://erp:8069'],
  ['https://host/odoo/', 'https://host/odoo'],
  ['http://0x7f.1', 'http://127.0.0.1'],
  ['http://2130706433', 'http://127.0.0.1']
] as const) {
  t.test(`${given} is kept as ${normal}`, async t => {
    t.equal(normaliseUrl(given), normal)
  })
}

for (const [given, detail] of [
  ['erp.example.com', /is not an address/],
  ['', /is not an address/],
  ['ftp://erp', /is not http or https/],
  ['file:///etc/passwd', /is not http or https/],
  ['https://user:pass@erp', /carries a user/],
  ['https://erp/?db=x', /carries a query/],
  ['https://erp/#x', /carries a query or a fragment/]
] as const) {
  t.test(`"${given}" is no address of an Odoo`, async t => {
    t.throws(() => normaliseUrl(given), { code: 'invalid_input', detail })
  })
}
