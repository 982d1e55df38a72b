import t from 'tap'
import type { FileFacts, FileStream } from '../../src/core/files.js'
import type { JsonObject } from '../../src/core/json.js'
import type { OdooPort } from '../../src/core/ports/odoo.js'
import { internalTools, tools } from '../../src/tools/index.js'
import { type DoorOptions, field, models, openDoor } from '../core/fake-odoo.js'

const text = (words: string) => Buffer.from(words).toString('base64')
const facts = (more: Partial<FileFacts> = {}): FileFacts => ({ atLeast: 5, ...more })
const image = { model: 'res.partner', field: 'image_1920', id: 7 }

/** The door with the internal tools as well, and an Odoo that answers this. */
function door(answers: Partial<OdooPort>, more: Partial<DoorOptions> = {}) {
  const attachments = new Map([['datas', field('binary')]])
  const fields = async (model: string) => (model === 'ir.attachment' ? attachments : models.get(model)) as never
  return openDoor({ tools: [...tools, ...internalTools], answers: () => ({ fields, ...answers }), ...more })
}

async function* chunks(...given: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of given) yield Buffer.from(chunk, 'latin1')
}

async function textOf(output: JsonObject): Promise<string> {
  const { bytes } = output.stream as unknown as FileStream
  const all: Uint8Array[] = []
  for await (const chunk of bytes) all.push(chunk)
  return Buffer.concat(all).toString('latin1')
}

t.test('a file is its name, type, size and content', async t => {
  const read = door({ fileFacts: async () => facts(), readFile: async () => text('%PDF-1.4') })
  t.strictSame(await read.call('odoo_binary', image), {
    name: 'res.partner-7-image_1920.pdf',
    mime_type: 'application/pdf',
    size: 8,
    data: text('%PDF-1.4')
  })
  t.strictSame(read.odoo.args, [
    ['fileFacts', 'res.partner', 7, 'image_1920'].slice(1),
    ['res.partner', 7, 'image_1920']
  ])
})

const types: [said: string | undefined, content: string, type: string][] = [
  ['image/png', 'whatever', 'image/png'],
  ['Text/HTML; charset=utf-8', 'x', 'text/html'],
  ['application/octet-stream', '%PDF-1.4', 'application/pdf'],
  ['text/html\r\nX-Evil: 1', '\0', 'application/octet-stream'],
  ['nonsense', 'hello', 'text/plain'],
  [undefined, '<svg xmlns="x"/>', 'image/svg+xml'],
  [undefined, '<?xml version="1.0"?>\n<svg/>', 'image/svg+xml'],
  [undefined, '<?xml version="1.0"?><a/>', 'application/xml'],
  [undefined, '\uFEFF <!DOCTYPE html>', 'text/html'],
  [undefined, '<script>', 'text/html'],
  [undefined, `${'a'.repeat(1023)}ä`, 'text/plain'],
  [undefined, 'PK\x03\x04', 'application/zip'],
  [undefined, 'a\0b', 'application/octet-stream']
]
for (const [said, content, type] of types) {
  t.test(`${JSON.stringify(content.slice(0, 30))} that Odoo calls ${JSON.stringify(said)} is ${type}`, async t => {
    const known = facts(said === undefined ? {} : { mimeType: said })
    const { call } = door({ fileFacts: async () => known, readFile: async () => text(content) })
    t.match(await call('odoo_binary', image), { mime_type: type })
  })
}

t.test('what the caller has already is not read again', async t => {
  const sha1 = 'a'.repeat(40)
  const known = facts({ sha1, size: 5, mimeType: 'image/png' })
  const { call, odoo } = door({ fileFacts: async () => known })
  const expected = { name: 'res.partner-7-image_1920.png', mime_type: 'image/png', size: 5, etag: `"${sha1}"` }
  t.strictSame(await call('odoo_binary', { ...image, unless: ['"b"', `"${sha1}"`] }), { ...expected, unchanged: true })
  t.strictSame(await call('odoo_binary', { ...image, unless: ['*'] }), { ...expected, unchanged: true })
  t.strictSame(await call('odoo_binary', { ...image, unless: ['"b"'], form: 'facts' }), expected)
  t.strictSame(
    odoo.sent.map(({ method }) => method),
    ['fileFacts', 'fileFacts', 'fileFacts']
  )
})

t.test('a stream passes through, and is looked at where Odoo does not say what it is', async t => {
  const stream: FileStream = { status: 200, bytes: chunks('%P', 'DF-1.4', ' and more'), length: 17 }
  const { call, odoo } = door({ fileFacts: async () => facts(), openFile: async () => stream })
  const output = await call('odoo_binary', { ...image, form: 'stream', range: 'bytes=0-' })
  t.match(output, { mime_type: 'application/pdf', stream: { status: 200, length: 17 } })
  t.equal(await textOf(output), '%PDF-1.4 and more')
  t.strictSame(odoo.args[1], ['res.partner', 7, 'image_1920', 'bytes=0-'])
})

t.test('a long stream is read no further than it must be', async t => {
  let taken = 0
  const endless = async function* () {
    for (;;) {
      taken++
      yield Buffer.alloc(512, 'a')
    }
  }
  const stream: FileStream = { status: 200, bytes: endless() }
  const { call } = door({ fileFacts: async () => facts(), openFile: async () => stream })
  t.match(await call('odoo_binary', { ...image, form: 'stream' }), { mime_type: 'text/plain' })
  t.equal(taken, 2)
})

t.test("the web server's word is taken, and a part is not looked at", async t => {
  const streams: [stream: Partial<FileStream>, type: string][] = [
    [{ mimeType: 'text/css; charset=utf-8' }, 'text/css'],
    [{ mimeType: 'application/octet-stream' }, 'application/pdf'],
    [{ status: 206 }, 'application/octet-stream']
  ]
  for (const [more, type] of streams) {
    const stream: FileStream = { status: 200, bytes: chunks('%PDF-1.4'), ...more }
    const { call } = door({ fileFacts: async () => facts(), openFile: async () => stream })
    t.match(await call('odoo_binary', { ...image, form: 'stream' }), { mime_type: type })
  }
})

t.test('without a stream the content is read', async t => {
  const { call } = door({ fileFacts: async () => facts(), readFile: async () => text('hello') })
  t.match(await call('odoo_binary', { ...image, form: 'stream' }), { data: text('hello') })
})

t.test('what is too large is refused before it is read, and when it is', async t => {
  const large = 16 * 1024 * 1024 + 1
  for (const known of [facts({ atLeast: large }), facts({ atLeast: 1, size: large })]) {
    const { refused, odoo } = door({ fileFacts: async () => known })
    t.match(await refused('odoo_binary', image), {
      code: 'invalid_input',
      detail: 'image_1920 of res.partner 7 has 16.00 MiB; expected at most 16 MiB',
      extra: { hint: /GET \/binary/ }
    })
    t.notOk(odoo.sent.some(({ method }) => method === 'readFile'))
  }
  const content = Buffer.alloc(large).toString('base64')
  const { refused } = door({ fileFacts: async () => facts(), readFile: async () => content })
  t.match(await refused('odoo_binary', image), { code: 'invalid_input' })
  const just = Buffer.alloc(large - 1).toString('base64')
  const { call } = door({ fileFacts: async () => facts({ size: large - 1 }), readFile: async () => just })
  t.match(await call('odoo_binary', image), { size: large - 1 })
})

const refusals: [title: string, input: JsonObject, code: string, detail: RegExp][] = [
  [
    'a field of another type',
    { ...image, field: 'name' },
    'invalid_input',
    /^field: "name" of res\.partner is of type char/
  ],
  ['a field that is not there', { ...image, field: 'image' }, 'invalid_input', /^field: unknown field "image"/],
  ['a withheld field', { ...image, field: 'signup_token' }, 'policy_denied', /^field: .*withheld/],
  ['a model that is hidden', { ...image, model: 'ir.mail_server' }, 'policy_denied', /^model: /],
  ['an id that is none', { ...image, id: '7' }, 'invalid_input', /^id: /],
  ['no id', { model: 'res.partner', field: 'image_1920' }, 'invalid_input', /^id: missing/],
  ['an empty field', image, 'not_found', /^image_1920 of res\.partner 7 is empty/]
]
for (const [title, input, code, detail] of refusals) {
  t.test(`${title} is ${code}`, async t => {
    const { refused, odoo } = door({})
    t.match(await refused('odoo_binary', input), { code, detail })
    t.notOk(odoo.sent.some(({ method }) => method === 'readFile' || method === 'openFile'))
  })
}

t.test('no client finds the tool', async t => {
  const { gateway } = door({})
  t.equal(gateway.find('odoo_binary'), undefined)
  t.notOk([...gateway.tools, ...gateway.unlisted].some(({ name }) => name === 'odoo_binary'))
})
