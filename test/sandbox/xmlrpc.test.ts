import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { OdooException } from '../../src/sandbox/exceptions.js'
import type { Json } from '../../src/sandbox/json.js'
import { readMethodCall } from '../../src/sandbox/wires/xmlrpc-read.js'
import { writeFault, writeResponse } from '../../src/sandbox/wires/xmlrpc-write.js'
import fc, { runs } from '../fast-check.js'
import { execute, post, sandboxFor } from './clients.js'

// The far end is xmlrpc.client of Python, which is what Odoo reads and writes with.

/** Asks Python something; the answers come in order. */
type Ask = (
  question: object
) => Promise<{ params?: Json; method?: Json; fault?: Json; error?: [string, string] } & string>

function farEnd(t: Test): Ask {
  const script = fileURLToPath(new URL('foreign/xmlrpc_far_end.py', import.meta.url))
  const python: ChildProcess = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => python.kill())
  const lines = createInterface({ input: python.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  return async question => {
    python.stdin?.write(`${JSON.stringify(question)}\n`)
    const { value } = await lines.next()
    return JSON.parse(value)
  }
}

/** Texts of XML's characters. A carriage return is not among them: XML knows one line end only. */
const text = fc
  .string({ unit: 'binary', maxLength: 20 })
  .map(value => value.replace(/[^\t\n -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''))
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).filter(value => !Number.isInteger(value))
const { value } = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    int,
    double,
    fc.boolean(),
    fc.constantFrom('<&>', ']]>', '__proto__', '&amp;', ' '),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constant('__proto__')), tie('value'), { maxKeys: 4 })
  )
}))

t.test('what Python writes is read as it was meant, None included', async t => {
  const ask = farEnd(t)
  const params = fc.array(fc.oneof(value, fc.constant(null)), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(params, text, async (given, name) => {
      const method = `m${name}`
      const read = readMethodCall(await ask({ dumps: [given, method] }))
      assert.equal(JSON.stringify(read), JSON.stringify({ method, params: given }))
    }),
    { numRuns: runs(300) }
  )
})

t.test('what is written is read by Python as it was meant', async t => {
  const ask = farEnd(t)
  for (const major of [14, 19] as const) {
    await fc.assert(
      fc.asyncProperty(value, async given => {
        const { params } = await ask({ loads: writeResponse(major, given) })
        assert.equal(JSON.stringify(params), JSON.stringify([given]))
      }),
      { numRuns: runs(150) }
    )
    const fault = await ask({ loads: writeFault(major, 2, 'a <b> & c\nd') })
    t.strictSame(fault, { fault: [2, 'a <b> & c\nd'] })
    t.strictSame(await ask({ loads: writeFault(major, 'AccessDenied', 'x') }), { fault: ['AccessDenied', 'x'] })
  }
})

const call = (values: string) =>
  `<methodCall><methodName>m</methodName><params><param>${values}</param></params></methodCall>`

/** Documents that Python reads, and those that it refuses: this reader must say the same of each. */
const documents = [
  '',
  'text',
  '<methodCall>',
  '<methodCall/>',
  '<methodCall></methodcall>',
  '<hello/>',
  '<methodCall><params/></methodCall>',
  '<methodCall><methodName>a</methodName></methodCall>',
  '<?xml version="1.0" encoding="utf-8"?>\n<!-- a --><methodCall><methodName>a</methodName></methodCall>\n<!-- b -->\n',
  '<methodCall><methodName>a</methodName></methodCall><methodCall/>',
  '<methodCall a="1" b=\'2\' ><methodName >a</methodName ></methodCall >',
  '<methodCall><methodName>a<![CDATA[<b>]]>c</methodName></methodCall>',
  '<methodCall><methodName>&#97;&#x62;&lt;&gt;&amp;&quot;&apos;</methodName></methodCall>',
  '<methodCall><methodName>&foo;</methodName></methodCall>',
  '<methodCall><methodName>&#0;</methodName></methodCall>',
  '<methodCall><methodName>a & b</methodName></methodCall>',
  '<methodCall><methodName>a\u0001b</methodName></methodCall>',
  call('<value>bare</value>'),
  call('<value>a\r\nb\rc</value>'),
  call('<value></value>'),
  call('<value> <int>5</int> </value>'),
  call('<value><i8>1099511627776</i8></value>'),
  call('<value><i4>-7</i4></value>'),
  call('<value><int>x</int></value>'),
  call('<value><int>1.5</int></value>'),
  call('<value><int></int></value>'),
  call('<value><double>1e3</double></value>'),
  call('<value><double>-.5</double></value>'),
  call('<value><double>1,5</double></value>'),
  call('<value><boolean>1</boolean></value>'),
  call('<value><boolean>true</boolean></value>'),
  call('<value><nil/></value>'),
  call('<value><ex:nil xmlns:ex="urn:x"/></value>'),
  call('<value><foo>1</foo></value>'),
  call('<value><array><data/></array></value>'),
  call('<value><array><data><value><int>1</int></value><value>b</value></data></array></value>'),
  call('<value><struct/></value>'),
  call('<value><struct><member><name>a</name><value><struct></struct></value></member></struct></value>'),
  call('<value><struct><member><name>__proto__</name><value><int>1</int></value></member></struct></value>')
]

t.test(`of ${documents.length} documents, good and bad, this reader says what Python says`, async t => {
  const ask = farEnd(t)
  for (const document of documents) {
    const python = await ask({ loads: document })
    const [name, message] = python.error ?? []
    const wanted = name === undefined ? python : { error: [name, message] }
    t.strictSame(JSON.stringify(ours(document)), JSON.stringify(wanted), JSON.stringify(document).slice(0, 90))
  }
})

t.test('what no field of Odoo takes, and what this reader does not take, is refused', async t => {
  t.match(ours(call('<value><base64>YQ==</base64></value>')), { error: ['builtins.TypeError'] })
  t.match(ours('<!DOCTYPE a [<!ENTITY b "c">]><methodCall/>'), { error: ['xml.parsers.expat.ExpatError'] })
  t.match(ours(call('<value><dateTime.iso8601>20261124T10:20:30</dateTime.iso8601></value>')), {
    params: ['2026-11-24 10:20:30']
  })
})

t.test('ints beyond 32 bits and None cannot be written', async t => {
  t.throws(() => writeResponse(19, 2 ** 31), {
    className: 'builtins.OverflowError',
    message: 'int exceeds XML-RPC limits'
  })
  t.match(writeResponse(19, 2 ** 31 - 1), '<int>2147483647</int>')
  const none = { className: 'builtins.TypeError', message: 'cannot marshal None unless allow_none is enabled' }
  t.throws(() => writeResponse(19, undefined), none)
  t.throws(() => writeResponse(19, [{ a: null }]), none)
})

t.test('14 answers with control characters that no parser reads; 19 drops them', async t => {
  t.match(writeResponse(14, 'a\u0001b'), '<string>a\u0001b</string>')
  t.match(writeResponse(19, 'a\u0001b\tc'), '<string>ab\tc</string>')
})

for (const key of ['__proto__', 'constructor', 'toString']) {
  t.test(`a key ${key} is a key like any other, on every wire`, async t => {
    const sandbox = await sandboxFor(t)
    const { admin } = sandbox.users
    const name = `<member><name>${key}</name><value><struct><member><name>polluted</name><value>1</value></member></struct></value></member>`
    const text = (value: string) => `<param><value>${value}</value></param>`
    const params = [sandbox.database, '2', admin.password, 'res.partner', 'create'].map(text).join('')
    const values = text(`<array><data><value><struct>${name}</struct></value></data></array>`)
    const body = `<methodCall><methodName>execute_kw</methodName><params>${params}${values}</params></methodCall>`
    t.match((await post(`${sandbox.url}/xmlrpc/2/object`, body)).text, `Invalid field '${key}'`)
    const given = JSON.parse(`{"${key}": {"polluted": 1}}`)
    t.match((await execute(sandbox, 'res.partner', 'create', [given])).text, `Invalid field '${key}'`)
    const headers = { 'content-type': 'application/json', authorization: `bearer ${admin.apiKey}` }
    const create = `{"vals_list": [{"${key}": {"polluted": 1}}]}`
    t.match(
      (await post(`${sandbox.url}/json/2/res.partner/create`, create, { headers })).text,
      `Invalid field '${key}'`
    )
    const named = `{"domain": [], "${key}": {"polluted": 1}}`
    t.match(
      (await post(`${sandbox.url}/json/2/res.partner/search`, named, { headers })).text,
      `unexpected keyword argument '${key}'`
    )
    t.equal(({} as { polluted?: number }).polluted, undefined)
  })
}

/** What the reader makes of a document, in the far end's words. */
function ours(document: string) {
  try {
    const { method, params } = readMethodCall(document)
    return { params, method }
  } catch (error) {
    if (!(error instanceof OdooException)) throw error
    return { error: [error.className, error.message] }
  }
}
