import t from 'tap'
import type { ListQuery } from '../../src/core/live.js'
import { listUri, parseUri } from '../../src/resources/uri.js'
import fc, { runs } from '../fast-check.js'

t.test('the three forms, with all they take', async t => {
  t.strictSame(parseUri('odoo://res.partner/7'), { kind: 'record', model: 'res.partner', id: 7 })
  t.strictSame(parseUri('odoo://res.partner/7?fields=name,email'), {
    kind: 'record',
    model: 'res.partner',
    id: 7,
    fields: ['name', 'email']
  })
  t.strictSame(parseUri('odoo://sale.order/list'), { kind: 'list', model: 'sale.order', query: {} })
  t.strictSame(parseUri('odoo://sale.order/list?'), { kind: 'list', model: 'sale.order', query: {} })
  const uri = 'odoo://sale.order/list?domain=%5B%5B%22state%22,%22=%22,%22sale%22%5D%5D&fields=name&limit=5&offset=10'
  t.strictSame(parseUri(`${uri}&order=date_order%20desc`), {
    kind: 'list',
    model: 'sale.order',
    query: { domain: '[["state","=","sale"]]', fields: ['name'], limit: 5, offset: 10, order: 'date_order desc' }
  })
  const raw = 'odoo://res.partner/list?domain=[["name","=","A&B"]]'
  t.throws(() => parseUri(raw), { code: 'invalid_input', detail: /unknown parameter "B"\]\]"/ }, 'a raw & ends a value')
  t.strictSame(parseUri('odoo://res.partner/binary/image_128/7'), {
    kind: 'binary',
    model: 'res.partner',
    field: 'image_128',
    id: 7
  })
  t.strictSame(parseUri(listUri('x_own.model')), { kind: 'list', model: 'x_own.model', query: {} })
})

t.test('an empty list of fields asks for the most useful ones, as in the tools', async t => {
  t.strictSame(parseUri('odoo://res.partner/list?fields='), {
    kind: 'list',
    model: 'res.partner',
    query: { fields: [] }
  })
})

const refused: [uri: string, why: RegExp][] = [
  ['', /no URI of ours/],
  ['odoo://', /no URI of ours/],
  ['http://res.partner/7', /no URI of ours/],
  ['odoo:/res.partner/7', /no URI of ours/],
  ['odoo://res.partner', /no URI of ours/],
  ['odoo://res.partner/7/', /no URI of ours/],
  ['odoo://res.partner/7/name', /no URI of ours/],
  ['odoo://res.partner/binary/image_128', /no URI of ours/],
  ['odoo:///7', /names no model/],
  ['odoo://res.partner/', /"" is no id/],
  ['odoo://res.partner/0', /"0" is no id; expected an integer from 1 to 2147483647/],
  ['odoo://res.partner/007', /"007" is no id/],
  ['odoo://res.partner/-7', /"-7" is no id/],
  ['odoo://res.partner/2147483648', /"2147483648" is no id/],
  ['odoo://res.partner/7%2C8', /"7,8" is no id/],
  ['odoo://res.partner/{id}', /"\{id\}" is no id/],
  ['odoo://res.partner/7?domain=[]', /unknown parameter "domain"; expected one of fields/],
  ['odoo://res.partner/list?domian=[]', /unknown parameter "domian".* Did you mean "domain"\?/],
  ['odoo://res.partner/list?limit=1&limit=2', /"limit" is given twice/],
  ['odoo://res.partner/list?limit=ten', /"limit" is "ten"; expected an integer/],
  ['odoo://res.partner/list?limit=', /"limit" is ""; expected an integer/],
  ['odoo://res.partner/list?offset=-1', /"offset" is "-1"/],
  ['odoo://res.partner/list?order=name+desc', /"order" has a "\+"; expected %20 for a space, or %2B for a plus/],
  ['odoo://res.partner/list?order=%zz', /a "%" that begins no %XX/],
  ['odoo://res.partner/binary/image_128/7?fields=name', /unknown parameter "fields"; expected no query/],
  ['odoo://res.partner/7#name', /has a "#"/],
  [`odoo://res.partner/list?domain=${'x'.repeat(16_400)}`, /longer than 16384 characters/]
]
for (const [uri, why] of refused) {
  t.test(`${uri.slice(0, 60) || 'an empty text'} is refused`, async t => {
    t.throws(() => parseUri(uri), {
      code: 'invalid_input',
      detail: why,
      extra: { hint: /odoo:\/\/\{model\}\/\{id\}.*odoo:\/\/\{model\}\/binary/ }
    })
  })
}

t.test('what a client encodes comes out as it was, whatever it was', async t => {
  const text = fc.string({ unit: 'grapheme', maxLength: 50 })
  const queries = fc.record({ domain: text, order: text, limit: fc.nat(), offset: fc.nat() }, { requiredKeys: [] })
  fc.assert(
    fc.property(queries, given => {
      const query = given as ListQuery
      const parts = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`)
      const read = parseUri(`odoo://res.partner/list?${parts.join('&')}`)
      t.strictSame({ ...read }, { kind: 'list', model: 'res.partner', query: { ...query } })
    }),
    { numRuns: runs(200) }
  )
})

t.test('whatever is read is an address or refused with a reason', async t => {
  const pieces = fc.constantFrom(
    'odoo://',
    'res.partner',
    '/',
    'list',
    '7',
    '?',
    'fields=',
    '&',
    '%20',
    '#',
    '{',
    'é',
    '+'
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), parts => {
      try {
        t.match(parseUri(parts.join('')), { kind: /^(record|list|binary)$/ })
      } catch (error) {
        t.match(error, { code: 'invalid_input' })
      }
    }),
    { numRuns: runs(500) }
  )
})
