import assert from 'node:assert/strict'
import t from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { WireCall } from '../../src/odoo/wires/wire.js'
import { xmlrpc } from '../../src/odoo/wires/xmlrpc.js'
import fc, { runs } from '../fast-check.js'
import { python } from './xmlrpc-peer.js'

// The far end is xmlrpc.client of Python, which is what Odoo reads and writes with.

const execute = (args: Json[], kwargs: JsonObject = {}, method = 'search_read'): WireCall => ({
  kind: 'execute',
  database: 'lab',
  uid: 2,
  secret: 'secret',
  model: 'res.partner',
  method,
  args,
  kwargs
})
const sent = (args: Json[], kwargs: JsonObject = {}, method?: string) =>
  xmlrpc.encode(execute(args, kwargs, method)).body
const decode = (text: string, more = {}, call: WireCall = execute([])) =>
  xmlrpc.decode(call, { status: 200, headers: {}, text, complete: true, ...more }, 'http://odoo')
const reply = (value: string) =>
  `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n${value}</param>\n</params>\n</methodResponse>\n`
const result = async (value: string) => (await decode(reply(`<value>${value}</value>`))).result

/** Any text, most of it with characters that some step on the way could trip over. */
const awkward = fc.constantFrom(
  '\r',
  '\n',
  '\t',
  '\r\n',
  '<',
  '>',
  '&',
  ']]>',
  '&amp;',
  ' ',
  '😀',
  '\u0085',
  '\u2028',
  'é'
)
const xmlText = fc
  .array(fc.oneof(awkward, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 8 })
  .map(parts => parts.join('').replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''))
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 1e21, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53, 1e308, 5e-324)
)
const key = fc.oneof(xmlText, fc.constantFrom('__proto__', 'constructor', 'toString', ''))
const { value } = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    xmlText,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    // With own members only: an assignment to __proto__ would be none.
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(entries => Object.fromEntries(entries))
  )
}))

t.test('whatever is sent arrives at Python as it is, to the last bit', async t => {
  const { loads } = python(t)
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { maxLength: 3 }),
      fc.dictionary(key, value, { maxKeys: 3 }),
      async (args, kwargs) => {
        const { params, method } = await loads(sent(args, kwargs))
        assert.equal(method, 'execute_kw')
        const [database, uid, secret, model, name, ...rest] = params ?? []
        assert.deepEqual(
          [database, uid, secret, model, name],
          ['lab', { number: 'int', text: '2' }, 'secret', 'res.partner', 'search_read']
        )
        assert.deepEqual(rest.map(plain), [args, kwargs].map(comparable))
      }
    ),
    { numRuns: runs(500) }
  )
})

t.test('numbers arrive as the type that they are', async t => {
  const { loads } = python(t)
  const rows: [number, string, string][] = [
    [5, 'int', '5'],
    [-(2 ** 31), 'int', '-2147483648'],
    [2 ** 31, 'int', '2147483648'],
    [Number.MIN_SAFE_INTEGER, 'int', '-9007199254740991'],
    [1e21, 'float', '1e+21'],
    [-0, 'float', '-0.0'],
    [0.1, 'float', '0.1'],
    [5e-324, 'float', '5e-324']
  ]
  for (const [number, type, text] of rows) {
    const [list] = ((await loads(sent([number]))).params ?? []).slice(5)
    t.strictSame(list, [{ number: type, text }], String(number))
  }
})

t.test('whatever Python writes is read as it was meant', async t => {
  const { dumps } = python(t)
  await fc.assert(
    fc.asyncProperty(value, async given => {
      const written = await dumps(writable(given))
      assert.deepEqual((await decode(written)).result, withoutProto(writable(given)))
    }),
    { numRuns: runs(300) }
  )
})

const unsendable: [title: string, args: Json[], kwargs: JsonObject, detail: RegExp][] = [
  ['NUL in a text', [[1], { name: 'a\0b' }], {}, /^values\.name: the text holds the character U\+0000/],
  ['a control character in a list', [], { domain: [['name', '=', '\u001b']] }, /^domain\[0\]\[2\]: .* U\+001B/],
  ['half of a surrogate pair', [[1], { name: '\ud83d' }], {}, /^values\.name: .* U\+D83D/],
  ['U+FFFE', [[1], { name: '\ufffe' }], {}, /U\+FFFE/],
  ['U+FFFF', [[1], { name: '\uffff' }], {}, /U\+FFFF/],
  [
    'a key that XML cannot hold',
    [[1], { 'a\u0001': 1 }],
    {},
    /^values: the key "a\\u0001" holds the character U\+0001/
  ],
  ['such a keyword', [], { 'a\u0001': 1 }, /^kwargs: the key/],
  ['Infinity', [[1], { a: [Number.POSITIVE_INFINITY] }], {}, /^values\.a\[0\]: Infinity is no number/],
  ['NaN', [], { limit: Number.NaN }, /^limit: NaN is no number/],
  ['more arguments than have names', [[1], {}, '\0'], {}, /^args\[2\]: /]
]
for (const [title, args, kwargs, detail] of unsendable) {
  t.test(`${title} is refused before anything is sent, with the place`, async t => {
    t.throws(() => sent(args, kwargs, 'write'), {
      code: 'invalid_input',
      detail,
      extra: { outcome: 'not_applied', hint: /jsonrpc/ }
    })
  })
}

t.test('a login that XML cannot hold is refused by name, and never shown', async t => {
  const login = { kind: 'authenticate', database: 'lab', username: 'x', secret: 'topsecret\0' } as const
  t.throws(() => xmlrpc.encode(login), {
    code: 'invalid_input',
    detail: /^password: the text holds the character U\+0000/
  })
  try {
    xmlrpc.encode(login)
  } catch (error) {
    t.notMatch(JSON.stringify(error), 'topsecret')
  }
})

t.test('the common service is asked for the version and to log in', async t => {
  const { loads } = python(t)
  const version = xmlrpc.encode({ kind: 'version' })
  t.match(version, { method: 'POST', path: '/xmlrpc/2/common', headers: { 'content-type': 'text/xml; charset=utf-8' } })
  t.match(await loads(version.body), { method: 'version', params: [] })
  const login = xmlrpc.encode({ kind: 'authenticate', database: 'lab', username: 'ann', secret: 'a & <b>\r' })
  t.equal(login.path, '/xmlrpc/2/common')
  t.match(await loads(login.body), { method: 'authenticate', params: ['lab', 'ann', 'a & <b>\r', { dict: [] }] })
  t.equal(xmlrpc.encode(execute([])).path, '/xmlrpc/2/object')
})

t.test('replies hold what XML-RPC has, as the JSON wires would give it', async t => {
  const rows: [string, Json][] = [
    ['<int>5</int>', 5],
    ['<i4>-5</i4>', -5],
    ['<i8>1099511627776</i8>', 1099511627776],
    ['<double>-.5e3</double>', -500],
    ['<boolean>0</boolean>', false],
    ['bare', 'bare'],
    ['', ''],
    ['<string></string>', ''],
    ['<string> \n </string>', ' \n '],
    ['<string>a\r\nb\rc</string>', 'a\r\nb\rc'],
    ['<string>&lt;&#65;&amp;</string>', '<A&'],
    ['<string>a<![CDATA[<b>]]>c</string>', 'a<b>c'],
    ['<string>fact \u0001ctl \u000b x</string>', 'fact \u0001ctl \u000b x'],
    ['<nil/>', null],
    ['<base64>aGVs\nbG8=\n</base64>', 'aGVsbG8='],
    ['<dateTime.iso8601>20261124T10:20:30</dateTime.iso8601>', '2026-11-24 10:20:30'],
    ['<array><data></data></array>', []],
    ['<struct></struct>', {}],
    ['<struct><member><name>a</name><value>b</value></member></struct>', { a: 'b' }]
  ]
  for (const [xml, value] of rows) t.strictSame(await result(xml), value, xml)
})

t.test('a member __proto__ is dropped and replaces nothing, as from JSON', async t => {
  const member = (name: string) => `<member><name>${name}</name><value><struct></struct></value></member>`
  const read = await result(`<struct>${member('__proto__')}${member('constructor')}</struct>`)
  t.strictSame(Object.keys(read as object), ['constructor'])
  t.equal(Object.getPrototypeOf(read), Object.prototype)
})

t.test('a reply of megabytes is read in pieces, and others get their turn', async t => {
  const text = '😀'.repeat(200_000)
  let turns = 0
  let reading = true
  const takeTurns = () => {
    turns++
    if (reading) setImmediate(takeTurns)
  }
  takeTurns()
  const read = await result(`<string>${text}</string>`)
  reading = false
  t.ok(read === text, 'the text is whole')
  t.ok(turns > 4, `others had ${turns} turns meanwhile`)
})

const broken = [
  '<int>1.5</int>',
  '<int></int>',
  '<i8>x</i8>',
  '<double>1,5</double>',
  '<double>inf</double>',
  '<boolean>true</boolean>',
  '<foo>1</foo>',
  '<string>&unknown;</string>',
  '<string>a & b</string>',
  '<string>open',
  '<struct><member><name>a</name></member></struct>',
  '<struct><member><value>a</value><value>b</value><name>c</name></member></struct>',
  '<struct><member><name>a</name><value>b</value><name>c</name></member></struct>',
  '<struct><member><value><int>1</int></value><name>c</name></member></struct>',
  '<array><data></array></data>'
]
for (const xml of broken) {
  t.test(`a reply that holds ${xml} cannot be read, but says that the call succeeded`, async t => {
    const { result, warning } = await decode(reply(`<value>${xml}</value>`))
    t.equal(result, null)
    t.match(warning, /could not be read/)
  })
}

t.test('a reply that is nested too deeply cannot be read, and is not read on', async t => {
  const nested = (levels: number) =>
    reply(`${'<value><array><data>'.repeat(levels)}<value>x</value>${'</data></array></value>'.repeat(levels)}`)
  t.match(await decode(nested(1000)), { warning: undefined })
  for (const levels of [1001, 100_000]) {
    t.match(await decode(nested(levels)), { result: null, warning: /could not be read/ })
  }
})

t.test('a reply that broke off says as much as has come', async t => {
  const cut = (text: string) => decode(text, { complete: false })
  t.match(await cut(reply('<value><int>1</int></value>').slice(0, 70)), { result: null, warning: /Odoo did this/ })
  await t.rejects(cut("<?xml version='1.0'?>\n<methodResponse>\n<fau"), {
    code: 'odoo_error',
    extra: { outcome: 'unknown' }
  })
  await t.rejects(cut('<?xml versi'), { code: 'odoo_unavailable', extra: { outcome: 'unknown' } })
})

const foreign = [
  '',
  '<html><body>Welcome</body></html>',
  '{"jsonrpc": "2.0", "id": 1, "result": true}',
  '<!DOCTYPE a [<!ENTITY b "bbbb">]><methodCall>&b;</methodCall>',
  '<methodCall><methodName>m</methodName><params/></methodCall>',
  '<'.repeat(100)
]
for (const text of foreign) {
  t.test(`what answers ${JSON.stringify(text.slice(0, 40))} is no Odoo`, async t => {
    await t.rejects(decode(text), { code: 'odoo_unavailable', detail: /not an Odoo/, extra: { outcome: 'unknown' } })
  })
}

t.test('a message that is XML-RPC, but no answer, cannot be read', async t => {
  const unreadable = { code: 'odoo_error', extra: { outcome: 'unknown' } }
  await t.rejects(decode('<methodResponse></methodResponse>'), unreadable)
  await t.rejects(decode('<methodResponse><fault></fault></methodResponse>'), unreadable)
  await t.rejects(
    decode('<methodResponse><fault><value><struct></struct></value></fault></methodResponse>'),
    unreadable
  )
  t.match(await decode('<methodResponse><params></params></methodResponse>'), { warning: /could not be read/ })
  const two = '<param><value>1</value></param>'.repeat(2)
  t.match(await decode(`<methodResponse><params>${two}</params></methodResponse>`), { warning: /could not be read/ })
})

t.test('an HTTP status that is not 200 means what it means on every wire', async t => {
  await t.rejects(decode('', { status: 404 }), { code: 'odoo_unavailable', detail: /not an Odoo/ })
  await t.rejects(decode('', { status: 413 }), { code: 'invalid_input', extra: { outcome: 'not_applied' } })
})

t.test('what gives no version is no Odoo', async t => {
  const version = (xml: string) => decode(reply(`<value>${xml}</value>`), {}, { kind: 'version' })
  const member = '<member><name>server_version</name><value>19.0</value></member>'
  t.strictSame(await version(`<struct>${member}</struct>`), { result: '19.0' })
  await t.rejects(version('<struct></struct>'), { code: 'odoo_unavailable' })
  await t.rejects(version('19'), { code: 'odoo_unavailable' })
})

/** What Python read, with its types, as JavaScript has it. */
function plain(read: Json): Json {
  if (typeof read !== 'object' || read === null) return read
  if (Array.isArray(read)) return read.map(plain)
  const { number, text, dict } = read as { number?: string; text?: string; dict?: [string, Json][] }
  if (number !== undefined) return Number(text)
  return Object.fromEntries((dict ?? []).map(([name, item]) => [name, plain(item)]))
}

/** Objects without regard to their prototypes, which fast-check varies. */
function comparable(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(comparable)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, comparable(item)]))
}

/** What Python can write: no None, and no integers beyond 32 bits. */
function writable(value: Json): Json {
  if (value === null) return false
  if (typeof value === 'number') return Number.isInteger(value) && value !== (value | 0) ? 0.5 : value === 0 ? 0 : value
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(writable)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, writable(item)]))
}

function withoutProto(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutProto)
  const kept = Object.entries(value).filter(([name]) => name !== '__proto__')
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutProto(item)]))
}
