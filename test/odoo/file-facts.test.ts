import t from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { FileFacts } from '../../src/core/files.js'
import type { Json } from '../../src/core/json.js'
import type { Row } from '../../src/core/ports/odoo.js'
import { type FactReads, fetchFacts } from '../../src/odoo/files/facts.js'
import { adapter, denied, fakeOdoo, identity } from './fake-odoo.js'
import { scope } from './servers.js'

/** What is asked of Odoo, and what it says. */
function reads(row: Record<string, Json> | undefined, attachment?: Record<string, Json> | GatewayError, major = 19) {
  const asked: Json[] = []
  const given: FactReads = {
    major,
    sizes: async (model, id, fields) => {
      asked.push([model, id, fields])
      return row as Row | undefined
    },
    attachment: async domain => {
      asked.push(domain)
      if (attachment instanceof GatewayError) throw attachment
      return attachment as Row | undefined
    }
  }
  return { ...given, asked }
}

const sizes: [text: Json, facts: Partial<FileFacts> | undefined][] = [
  [false, undefined],
  ['', undefined],
  ['70.00 bytes', { size: 70, atLeast: 70 }],
  ['1023.00 bytes', { size: 1023, atLeast: 1023 }],
  ['1.21 Kb', { atLeast: 1233 }],
  ['16.00 Mb', { atLeast: 16_771_973 }],
  ['2.00 Gb', { atLeast: 2_142_114_938 }],
  // As PostgreSQL says it of a column, which holds base64.
  ['4 kB', { atLeast: 2688 }],
  ['22 MB', { atLeast: 16_908_288 }],
  ['12 bytes', { atLeast: 8 }],
  ['in words of an addon', { atLeast: 1 }]
]
for (const [text, facts] of sizes) {
  t.test(`${JSON.stringify(text)} is ${JSON.stringify(facts)}`, async t => {
    t.strictSame(await fetchFacts(reads({ id: 7, image: text }), 'res.partner', 7, 'image'), facts)
  })
}

t.test('an attachment knows the most of itself', async t => {
  const sha1 = 'a'.repeat(40)
  const row = { id: 7, datas: '11.72 Mb', name: 'a.png', mimetype: 'image/png', checksum: sha1, file_size: 12_289_638 }
  const asked = reads({ ...row, type: 'binary' })
  t.strictSame(await fetchFacts(asked, 'ir.attachment', 7, 'raw'), {
    size: 12_289_638,
    atLeast: 12_289_638,
    mimeType: 'image/png',
    sha1,
    name: 'a.png'
  })
  t.match(asked.asked, [['ir.attachment', 7, ['datas', 'name', 'mimetype', 'checksum']]])
  t.equal(asked.asked.length, 1)
  const bare = {
    ...row,
    name: false,
    mimetype: false,
    checksum: 'md5',
    file_size: 0,
    res_model: false,
    res_field: false
  }
  t.strictSame(await fetchFacts(reads(bare), 'ir.attachment', 7, 'datas'), { atLeast: 12_284_067 })
})

t.test('a link has no content', async t => {
  const link = reads({ id: 7, datas: false, type: 'url' })
  await t.rejects(fetchFacts(link, 'ir.attachment', 7, 'datas'), { code: 'not_found', detail: /is a link/ })
})

t.test('a record that is not there is not_found', async t => {
  await t.rejects(fetchFacts(reads(undefined), 'res.partner', 7, 'image'), { code: 'not_found' })
})

t.test('of other fields the attachment behind them is asked, but not in Odoo 14', async t => {
  const row = { id: 7, image: '1.00 Kb' }
  const behind = { id: 70, mimetype: 'image/png', checksum: 'b'.repeat(40), file_size: 1024, name: 'image' }
  const asked = reads(row, behind)
  t.strictSame(await fetchFacts(asked, 'res.partner', 7, 'image'), {
    size: 1024,
    atLeast: 1024,
    mimeType: 'image/png',
    sha1: 'b'.repeat(40)
  })
  t.strictSame(asked.asked[1], [
    ['res_model', '=', 'res.partner'],
    ['res_field', '=', 'image'],
    ['res_id', '=', 7]
  ])
  const old = reads(row, behind, 14)
  t.strictSame(await fetchFacts(old, 'res.partner', 7, 'image'), { atLeast: 1018 })
  t.equal(old.asked.length, 1)
})

t.test('who may not read attachments knows less; another failure is one', async t => {
  const row = { id: 7, image: '70.00 bytes' }
  const refused = reads(row, new GatewayError('access_denied', 'no'))
  t.strictSame(await fetchFacts(refused, 'res.partner', 7, 'image'), { size: 70, atLeast: 70 })
  await t.rejects(fetchFacts(reads(row, new GatewayError('timeout', 'no')), 'res.partner', 7, 'image'), {
    code: 'timeout'
  })
})

t.test('facts and content are asked with and without bin_size, whatever the caller says', async t => {
  const fake = await fakeOdoo(t, {
    'res.partner.read': ({ kwargs }) => {
      const { bin_size } = kwargs.context as { bin_size: boolean }
      return { result: [{ id: 7, image: bin_size ? '5.00 bytes' : 'aGVsbG8=' }] }
    },
    'ir.attachment.search_read': () => denied
  })
  const login = adapter(t).reopen({ identity: identity(fake.url), secret: 'admin password' })
  for (const bin_size of [true, false]) {
    const odoo = login.port(scope({ context: { bin_size, lang: 'fr_FR' } }))
    t.strictSame(await odoo.fileFacts('res.partner', 7, 'image'), { size: 5, atLeast: 5 })
    t.equal(await odoo.readFile('res.partner', 7, 'image'), 'aGVsbG8=')
  }
  t.ok(fake.calls.every(({ kwargs }) => (kwargs.context as { lang: string }).lang === 'fr_FR'))
})

t.test('the content of what has gone meanwhile is empty', async t => {
  const fake = await fakeOdoo(t, { 'res.partner.read': () => ({ result: [] }) })
  const login = adapter(t).reopen({ identity: identity(fake.url), secret: 'admin password' })
  t.equal(await login.port(scope()).readFile('res.partner', 7, 'image'), '')
})
