import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { type ErrorCode, errorCodes } from '../../src/core/errors.js'
import type { Json, JsonObject } from '../../src/core/json.js'
import { tools } from '../../src/tools/index.js'
import { bareNode } from '../bare-node.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { witnesses } from '../lab/witnesses.js'
import { assertNoCanary, watchedFetch } from './canary.js'
import { connectionFlags, type Flags, startServer } from './server.js'
import { fromResult, type Reply, toReply } from './surfaces.js'

/** A way in that takes the JSON of an input as it stands, however bad. */
interface Door {
  name: string
  send(tool: string, input: string | Buffer): Promise<Answer>
  close(): void
}

/** What came back: an output, or the code of a refusal. A fault of the protocol counts as `invalid_input`. */
interface Answer {
  output?: JsonObject
  code?: ErrorCode
  detail?: string
}

/** One that has a record of its own, and sees to it that nothing else is left behind. */
interface Place {
  doors: Door[]
  admin: DirectOdoo
  /** A partner that no nasty call may change. */
  id: number
  ref: string
}

for (const odoo of await witnesses()) {
  t.test(`${odoo.name}: whatever comes in, the answer is clear and the next call works`, async t => {
    const place = await prepare(t, odoo)
    const before = await look(place)
    await t.test('large inputs', t => large(t, place))
    await t.test('bytes and JSON that cannot be read, and what must not be', t => unreadable(t, place))
    await t.test('ids that are none', t => ids(t, place))
    await t.test('text of all kinds stands in Odoo as it was sent', t => texts(t, place))
    await t.test('text that Odoo cannot store is refused', t => impossibleTexts(t, place))
    await t.test('domains that are none, and keys that nobody knows', t => junk(t, place))
    await t.test('a wrong type at every key of every tool', t => wrongTypes(t, place, odoo))
    t.same(await look(place), before, 'no record was changed, and none was left behind')
    t.equal(({} as { polluted?: unknown }).polluted, undefined, 'no prototype was changed')
  })
}
if ((await odoos()).length === 0) t.pass('nasty input', { skip: noOdoo })

async function prepare(t: Test, odoo: LabOdoo): Promise<Place> {
  const admin = await logInDirectly(odoo)
  const ref = `nasty-${randomUUID()}`
  const id = await admin.call<number>('res.partner', 'create', [{ name: 'Nasty', ref }])
  const flags = { ...connectionFlags(odoo), 'allow-connect': true, 'allowed-odoo-hosts': '127.0.0.1' }
  const server = await startServer({ ...flags, 'log-level': 'info' })
  const doors = [rest(server.url), mcpHttp(server.url), stdio(flags)]
  t.teardown(async () => {
    for (const door of doors) door.close()
    await server.close()
    const left = await admin.call<number[]>('res.partner', 'search', [everyone(ref)])
    await admin.call('res.partner', 'unlink', [left])
  })
  return { doors, admin, id, ref }
}

function everyone(ref: string): Json[] {
  return [
    ['ref', '=', ref],
    ['active', 'in', [true, false]]
  ]
}

async function look({ admin, ref }: Place): Promise<Json> {
  const fields = ['name', 'ref', 'street', 'comment', 'active', 'parent_id', 'category_id', 'child_ids']
  return admin.call('res.partner', 'search_read', [everyone(ref), fields])
}

const route = (name: string) => tools.find(tool => tool.name === name)?.rest.paths[0] as string

function rest(url: string): Door {
  return {
    name: 'REST',
    async send(tool, input) {
      const headers = { 'content-type': 'application/json' }
      const response = await watchedFetch(url + route(tool), { method: 'POST', headers, body: bytes(input) })
      // What is too large has a status of its own.
      if (response.status === 413) return (await response.json()) as Answer
      return toAnswer(await toReply(response))
    },
    close() {}
  }
}

function mcpHttp(url: string): Door {
  return {
    name: 'MCP',
    async send(tool, input) {
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': tool
      }
      const body = bytes(toMessage(1, tool, input))
      const response = await watchedFetch(`${url}/mcp`, { method: 'POST', headers, body })
      const text = await response.text()
      if (response.headers.get('content-type')?.startsWith('application/problem+json')) {
        return { code: JSON.parse(text).code, detail: JSON.parse(text).detail }
      }
      if (response.status >= 500) throw new Error(`MCP answered ${response.status}: ${text.slice(0, 300)}`)
      return toMcpAnswer(JSON.parse(text.startsWith('{') ? text : (/^data: (\{.*)$/m.exec(text)?.[1] as string)))
    },
    close() {}
  }
}

function stdio(flags: Flags): Door {
  const settings = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  const { command, args } = bareNode(['dist/cli.js', 'stdio', ...settings])
  const process_: ChildProcessWithoutNullStreams = spawn(command, args)
  process_.stderr.on('data', chunk => assertNoCanary('stderr of stdio', String(chunk)))
  const lines = createInterface({ input: process_.stdout })[Symbol.asyncIterator]()
  let last = 0
  return {
    name: 'stdio',
    async send(tool, input) {
      last += 1
      process_.stdin.write(Buffer.concat([toMessage(last, tool, input), Buffer.from('\n')]))
      const { value, done } = await lines.next()
      if (done) throw new Error('the stdio process has ended')
      assertNoCanary('an MCP frame', value)
      const message = JSON.parse(value) as Message
      // What cannot be read has no id.
      if (message.id !== last && message.id !== null) throw new Error(`an answer to ${message.id} instead of ${last}`)
      return toMcpAnswer(message)
    },
    close: () => process_.stdin.end()
  }
}

function toMessage(id: number, tool: string, input: string | Buffer): Buffer {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'nasty', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {}
  }
  const head = `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${tool}","_meta":${JSON.stringify(_meta)},"arguments":`
  return Buffer.concat([Buffer.from(head), Buffer.from(input), Buffer.from('}}')])
}

/** Without a copy that fetch would make of text: lone bytes must arrive as they are. */
function bytes(input: string | Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(input))
}

interface Message {
  id: number | null
  result?: Parameters<typeof fromResult>[0]
  error?: { code: number; message: string }
}

function toMcpAnswer({ result, error }: Message): Answer {
  if (result !== undefined) return toAnswer(fromResult(result))
  if (error === undefined) throw new Error('neither result nor error')
  if (![-32700, -32600, -32602].includes(error.code)) throw new Error(`${error.code}: ${error.message}`)
  return { code: 'invalid_input', detail: error.message }
}

function toAnswer({ output, problem }: Reply): Answer {
  return problem === undefined ? { output } : { code: problem.code, detail: problem.detail }
}

/** The server is none the worse: an ordinary call has its answer. */
async function assertAlive(t: Test, door: Door, { id }: Place, after: string): Promise<void> {
  const input = JSON.stringify({ model: 'res.partner', domain: [['id', '=', id]] })
  const { output } = await door.send('odoo_count', input)
  if (output?.count !== 1) t.fail(`${door.name} after ${after}: ${JSON.stringify(output)}`)
}

/** Sends one input through every door; every one of them must refuse it with one of these codes. */
async function assertRefused(
  t: Test,
  place: Place,
  what: string,
  tool: string,
  input: string | Buffer | object,
  codes: ErrorCode[] = ['invalid_input']
): Promise<void> {
  const sent = typeof input === 'string' || Buffer.isBuffer(input) ? input : JSON.stringify(input)
  for (const door of place.doors) {
    const { output, code, detail } = await door.send(tool, sent)
    t.ok(code !== undefined && codes.includes(code), `${door.name}, ${tool}: ${what}`, {
      found: { code, detail: detail?.slice(0, 300), output: JSON.stringify(output)?.slice(0, 300) }
    })
    await assertAlive(t, door, place, what)
  }
}

async function large(t: Test, place: Place) {
  const { doors, admin, ref } = place
  for (const size of [300_000, 5_000_000]) {
    const text = 'x'.repeat(size)
    for (const door of doors) {
      const found = await door.send(
        'odoo_count',
        JSON.stringify({ model: 'res.partner', domain: [['name', '=', text]] })
      )
      t.equal(found.output?.count, 0, `${door.name}: ${size} characters in a domain`)
      const values = { name: 'Large', ref: `${ref} large`, street: text }
      const made = await door.send('odoo_create', JSON.stringify({ model: 'res.partner', values }))
      const id = made.output?.id as number
      t.type(id, 'number', `${door.name}: ${size} characters in a value`)
      const [row] = await admin.call<{ street: string }[]>('res.partner', 'read', [[id], ['street']])
      t.ok(row?.street === text, 'all of it stands in Odoo')
      await admin.call('res.partner', 'unlink', [[id]])
      await assertAlive(t, door, place, `${size} characters`)
    }
  }
  for (const door of doors) {
    const leaves = Array.from({ length: 20_000 }, (_, index) => ['id', '!=', index + 1_000_000])
    const all = await door.send(
      'odoo_count',
      JSON.stringify({ model: 'res.partner', domain: [['ref', '=', ref], ...leaves] })
    )
    const clear = all.output?.count === 1 || ['invalid_input', 'odoo_error'].includes(all.code as string)
    t.ok(clear, `${door.name}: 20,000 leaves: ${all.output?.count ?? `${all.code} ${all.detail}`}`)
    await assertAlive(t, door, place, '20,000 leaves')
  }
  await assertRefused(t, place, '11 MB', 'odoo_count', `{"model":"${'x'.repeat(11 * 1024 * 1024)}"}`)
}

async function unreadable(t: Test, place: Place) {
  const { ref } = place
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  const inputs: [string, string | Buffer][] = [
    [
      'invalid UTF-8',
      Buffer.concat([
        Buffer.from('{"model":"res.partner","values":{"name":"'),
        Buffer.from([0xff, 0xc3, 0x28]),
        Buffer.from(`","ref":"${ref}"}}`)
      ])
    ],
    [
      'an overlong encoding',
      Buffer.concat([
        Buffer.from('{"model":"res.partner","values":{"name":"'),
        Buffer.from([0xc0, 0xaf]),
        Buffer.from(`","ref":"${ref}"}}`)
      ])
    ],
    ['40 levels', `{"model":"res.partner","values":{"ref":"${ref}","name":${deep(40)}}}`],
    ['100,000 levels', `{"model":"res.partner","values":{"ref":"${ref}","name":${deep(100_000)}}}`],
    ['100,000 open brackets', '['.repeat(100_000)],
    [
      '__proto__ in the input',
      `{"model":"res.partner","values":{"ref":"${ref}","name":"x"},"__proto__":{"polluted":1}}`
    ],
    [
      '__proto__ in the values',
      `{"model":"res.partner","values":{"ref":"${ref}","name":"x","__proto__":{"polluted":1}}}`
    ],
    [
      '__proto__, escaped',
      `{"model":"res.partner","values":{"ref":"${ref}","name":"x","\\u005f_proto__":{"polluted":1}}}`
    ],
    [
      '__proto__ in the context',
      `{"model":"res.partner","values":{"ref":"${ref}","name":"x"},"context":{"__proto__":{"polluted":1}}}`
    ],
    [
      'constructor.prototype',
      `{"model":"res.partner","values":{"ref":"${ref}","constructor":{"prototype":{"polluted":1}}}}`
    ],
    ['a constructor', `{"model":"res.partner","values":{"ref":"${ref}","constructor":"x"}}`],
    ['a name of every object', `{"model":"res.partner","values":{"ref":"${ref}","toString":"x"},"hasOwnProperty":1}`],
    ['an array', '[]'],
    ['text', '"x"'],
    ['a number', '7'],
    ['single quotes', "{'model': 'res.partner'}"],
    ['NaN', `{"model":"res.partner","values":{"ref":"${ref}","color":NaN}}`],
    ['an infinite number', `{"model":"res.partner","values":{"ref":"${ref}","name":"x","partner_latitude":1e400}}`],
    ['a cut end', `{"model":"res.partner","values":{"ref":"${ref}","name":"x"`]
  ]
  for (const [what, input] of inputs) await assertRefused(t, place, what, 'odoo_create', input)
  // No way in but the tool's own names.
  await assertRefused(t, place, 'a model of every object', 'odoo_count', { model: 'constructor' }, ['not_found'])
  await assertRefused(
    t,
    place,
    'a method of every object',
    'odoo_call',
    { model: 'res.partner', method: 'constructor', ids: [place.id] },
    ['not_found']
  )
  await assertRefused(t, place, '__proto__ as a field', 'odoo_search', { model: 'res.partner', fields: ['__proto__'] })
  await assertRefused(t, place, '__proto__ in a path', 'odoo_count', {
    model: 'res.partner',
    domain: [['parent_id.__proto__', '=', 1]]
  })
}

async function ids(t: Test, place: Place) {
  const values = { street: 'changed' }
  for (const list of [
    '[9007199254740992]',
    '[1e400]',
    '[-1]',
    '[0]',
    '[1.5]',
    '["1"]',
    '[null]',
    '[true]',
    '[[1]]',
    '[]',
    '1',
    '"1"',
    '{}',
    '[2147483648]'
  ]) {
    await assertRefused(t, place, list, 'odoo_read', `{"model":"res.partner","ids":${list}}`)
    await assertRefused(t, place, list, 'odoo_unlink', `{"model":"res.partner","ids":${list}}`)
    await assertRefused(
      t,
      place,
      list,
      'odoo_call',
      `{"model":"res.partner","method":"write","ids":${list},"args":[{"street":"x"}]}`
    )
    await assertRefused(
      t,
      place,
      list,
      'odoo_write',
      `{"model":"res.partner","ids":${list},"values":${JSON.stringify(values)}}`
    )
    // Among the arguments, too.
    if (list === '1') continue
    await assertRefused(
      t,
      place,
      list,
      'odoo_call',
      `{"model":"res.partner","method":"write","args":[${list},{"street":"x"}]}`
    )
  }
  for (const value of ['9007199254740992', '1e400', '-1', '1.5', '"1"', '{}']) {
    await assertRefused(
      t,
      place,
      value,
      'odoo_write',
      `{"model":"res.partner","ids":[${place.id}],"values":{"category_id":[[4,${value}]]}}`
    )
    await assertRefused(t, place, value, 'odoo_search', `{"model":"res.partner","limit":${value}}`)
    if (value === '9007199254740992') continue
    await assertRefused(t, place, value, 'odoo_search', `{"model":"res.partner","offset":${value}}`)
  }
}

async function texts(t: Test, { doors, admin, ref }: Place) {
  const samples: Record<string, string> = {
    emoji: '😀 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇧🇪',
    'right to left': 'שלום עליכם \u202eabc\u202c مرحبا',
    'control characters': 'a\u0001\u0007\b\t\n\f\r\u001b[31m\u007f\u0085b',
    'line separators': 'a\u2028b\u2029c\ufeffd\u00a0e\ufffdf\uffff',
    combining: 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢ e\u0301 é',
    'what others would read as code': `'; DROP TABLE x; -- {{7*7}} %s %(a)s \${x} <script> \\ \\u0000 " \\n`
  }
  for (const door of doors) {
    for (const [what, text] of Object.entries(samples)) {
      const values = { name: `${what} ${text}`, ref: `${ref} text`, street: text }
      const made = await door.send('odoo_create', JSON.stringify({ model: 'res.partner', values }))
      const id = made.output?.id as number
      const read = await door.send('odoo_read', JSON.stringify({ model: 'res.partner', ids: [id], fields: ['street'] }))
      t.same(read.output?.records, [{ id, street: text }], `${door.name}: ${what}`)
      const [row] = await admin.call<{ street: string }[]>('res.partner', 'read', [[id], ['street']])
      t.equal(row?.street, text, `${what} in Odoo`)
      const domain = [
        ['ref', '=', `${ref} text`],
        ['street', '=', text]
      ]
      const found = await door.send('odoo_count', JSON.stringify({ model: 'res.partner', domain }))
      t.equal(found.output?.count, 1, `${door.name}: ${what} is found again`)
      await admin.call('res.partner', 'unlink', [[id]])
    }
  }
}

async function impossibleTexts(t: Test, place: Place) {
  const { ref } = place
  for (const text of ['a\\u0000b', '\\u0000', '\\ud83d', 'a\\ude00b', '\\ude00\\ud83d']) {
    const inputs: [tool: string, input: string, codes?: ErrorCode[]][] = [
      ['odoo_create', `{"model":"res.partner","values":{"ref":"${ref}","name":"x","street":"${text}"}}`],
      ['odoo_create', `{"model":"res.partner","values":{"ref":"${ref}","name":"x","comment":"${text}"}}`],
      [
        'odoo_create',
        `{"model":"res.partner","values":{"ref":"${ref}","name":"x","child_ids":[[0,0,{"name":"${text}"}]]}}`
      ],
      ['odoo_create', `{"model":"res.partner","values":{"ref":"${ref}","name":"x","${text}":1}}`],
      ['odoo_count', `{"model":"res.partner","domain":[["name","=","${text}"]]}`],
      ['odoo_count', `{"model":"res.partner","domain":[["name","ilike","${text}"]]}`],
      ['odoo_count', `{"model":"res.partner","domain":[["name","in",["${text}"]]]}`],
      ['odoo_count', `{"model":"res.partner","domain":[["parent_id","=","${text}"]]}`],
      ['odoo_count', `{"model":"res.partner","domain":[["parent_id","ilike","${text}"]]}`],
      ['odoo_count', `{"model":"res.partner","domain":[["parent_id","child_of","${text}"]]}`],
      ['odoo_count', `{"model":"res.partner","domain":[["type","=","${text}"]]}`],
      ['odoo_count', `{"model":"res.partner","domain":[["type",">","${text}"]]}`],
      ['odoo_count', `{"model":"res.partner","domain":[["${text}","=",1]]}`],
      ['odoo_count', `{"model":"${text}"}`],
      ['odoo_search', `{"model":"res.partner","fields":["${text}"]}`],
      ['odoo_search', `{"model":"res.partner","order":"${text}"}`],
      ['odoo_count', `{"model":"res.partner","context":{"lang":"${text}"}}`],
      ['odoo_count', `{"model":"res.partner","context":{"tz":"${text}"}}`],
      ['odoo_call', `{"model":"res.partner","method":"name_search","args":["${text}"]}`],
      ['odoo_call', `{"model":"res.partner","method":"name_search","kwargs":{"name":"${text}"}}`],
      ['odoo_call', `{"model":"res.partner","method":"${text}"}`, ['invalid_input', 'policy_denied']]
    ]
    for (const [tool, input, codes] of inputs) await assertRefused(t, place, input, tool, input, codes)
  }
}

async function junk(t: Test, place: Place) {
  const domains: Json[] = [
    "[('name', '=', 'x')]",
    '[["name","=","x"]',
    '[[',
    '',
    ' ',
    'null',
    '{}',
    '"x"',
    '7',
    'name = x',
    '[["name","=","x"]] or 1=1',
    '[["__proto__","=",1]]',
    '{"__proto__":[]}',
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
    ['&'],
    ['|', ['name', '=', 'x']],
    ['!'],
    [['name', '=', 'x'], '&'],
    [[]],
    [[[]]],
    [['name']],
    [['name', '=']],
    [['name', '=', 'x', 'y']],
    ['name', '=', 'x'],
    [['name', 'LIKE', 'x']],
    [['name', '=', ['x']]],
    [['name', 'in', 'x']],
    [['name', 'in', [['x']]]],
    [[1, '=', 2]],
    [['', '=', 'x']],
    [['name.', '=', 'x']],
    [['.name', '=', 'x']],
    [['name; drop', '=', 'x']],
    [null],
    [7],
    [{}],
    7,
    true,
    {}
  ]
  for (const domain of domains) {
    await assertRefused(t, place, JSON.stringify(domain).slice(0, 80), 'odoo_count', { model: 'res.partner', domain })
    const kwargs = { domain, fields: ['name'] }
    await assertRefused(t, place, JSON.stringify(domain).slice(0, 80), 'odoo_call', {
      model: 'res.partner',
      method: 'search_read',
      kwargs
    })
  }
  for (const tool of tools) {
    if (tool.access === 'session') continue
    await assertRefused(t, place, 'an unknown key', tool.name, { ...valid(tool.name, place), unknown: 1 })
    await assertRefused(t, place, 'a key in capitals', tool.name, { ...valid(tool.name, place), Model: 'res.partner' })
  }
}

/** An input that each tool would take, and that changes nothing even if it got through. */
function valid(tool: string, { id, ref }: Place): JsonObject {
  const model = 'res.partner'
  const inputs: Record<string, JsonObject> = {
    // Nobody listens there: a wrong password must never reach an Odoo.
    // Each time another database, because one that fails five times in a row is left alone.
    odoo_connect: { url: 'http://127.0.0.1:9', database: randomUUID(), username: 'x' },
    odoo_create: { model, values: { name: 'Walk', ref: `${ref} walk` } },
    odoo_write: { model, ids: [id], values: { ref } },
    odoo_unlink: { model, ids: [2147483647] },
    odoo_read: { model, ids: [id], fields: ['name'] },
    odoo_search: { model, domain: [['id', '=', id]], fields: ['name'], limit: 1 },
    odoo_count: { model, domain: [['id', '=', id]] },
    odoo_get_fields: { model, fields: ['name'] },
    odoo_get_models: { limit: 1 },
    odoo_call: { model, method: 'name_search', kwargs: { limit: 1 } },
    odoo_session: {}
  }
  return inputs[tool] ?? { model }
}

const wrong: Json[] = [null, true, 7, 'x', [], {}, [[]]]
const refusals: ErrorCode[] = ['invalid_input', 'policy_denied', 'not_found', 'validation']

async function wrongTypes(t: Test, place: Place, { version }: LabOdoo) {
  const { doors, admin, ref } = place
  const tried = { sent: 0, refused: 0, answered: 0 }
  for (const tool of tools.filter(({ name }) => name !== 'odoo_disconnect')) {
    const allowed: string[] = [...refusals, ...extra(tool.name)]
    for (const key of [...Object.keys(tool.input.properties ?? {}), 'session']) {
      for (const door of doors) {
        const found: string[] = []
        for (const value of wrong) {
          const { output, code, detail } = await door.send(
            tool.name,
            JSON.stringify({ ...valid(tool.name, place), [key]: value })
          )
          tried.sent += 1
          if (code === undefined) tried.answered += 1
          else tried.refused += 1
          const isFine = code === undefined ? output !== undefined : allowed.includes(code)
          const isSession = key === 'session' && code === 'auth_required'
          if (!isFine && !isSession)
            found.push(`${JSON.stringify(value)}: ${code} (${errorCodes[code as ErrorCode]?.status}) ${detail}`)
        }
        t.same(found, [], `${door.name}: ${tool.name}.${key}`)
        await assertAlive(t, door, place, `${tool.name}.${key}`)
      }
    }
  }
  // A create with an empty context is a create.
  const made = await admin.call<number[]>('res.partner', 'search', [everyone(`${ref} walk`)])
  await admin.call('res.partner', 'unlink', [made])
  t.comment(`Odoo ${version}: ${tried.sent} calls, ${tried.refused} refused, ${tried.answered} answered`)
  t.ok(tried.refused > tried.answered)
}

/** What else some tools may answer: arguments of a method are Odoo's own matter, and nobody listens at the address. */
function extra(tool: string): ErrorCode[] {
  if (tool === 'odoo_call') return ['odoo_error']
  return tool === 'odoo_connect' ? ['odoo_unavailable'] : []
}
