import net from 'node:net'
import t, { type Test } from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import { type LabOdoo, noOdoo, odoos } from '../lab/odoos.js'
import { people } from '../lab/people.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { sandboxAs } from '../lab/witnesses.js'
import { installRule, newChannel, route, ruleValues, sending, thrown } from './bus-client.js'
import { tellOfChanges } from './differential-bus.js'

const real = (await odoos()).filter(({ version }) => version === '14' || version === '19')
if (real.length === 0) t.test('the bus is that of a real Odoo', { skip: noOdoo }, async () => {})

for (const odoo of real) {
  const { version } = odoo
  const sandbox = await sandboxAs(Number(version) as 14 | 19)

  t.test(`as ${version}, automation rules tell over the bus of what they tell in a real Odoo`, async t => {
    const [wanted, found] = [await tellOfChanges(t, odoo), await tellOfChanges(t, sandbox)]
    t.ok(wanted.flatMap(({ told }) => told).length > 40, 'a real Odoo tells of much')
    for (const [index, { step, told }] of wanted.entries()) {
      // In what order Odoo computes the stored fields of several records changes from one start to the next.
      t.strictSame(found[index]?.told.toSorted(), told.toSorted(), step)
      if (step.endsWith('deleted')) t.equal(found[index]?.told[0], told[0], 'and what was deleted comes first')
    }
  })

  t.test(`as ${version}, rules that are wrong, and code that fails, fail as in a real Odoo`, async t => {
    t.strictSame(await mistakes(t, sandbox), await mistakes(t, odoo))
  })

  t.test(`as ${version}, the routes of the bus answer odd requests as those of a real Odoo`, async t => {
    const channel = newChannel()
    for (const [path, params] of requests(channel)[version === '14' ? 14 : 19]) {
      const [wanted, found] = await Promise.all([odoo, sandbox].map(({ url }) => route(url, path, params)))
      t.strictSame(comparable(found), comparable(wanted), `${path} ${JSON.stringify(params)}`)
    }
  })
}

const nineteen = real.find(({ version }) => version === '19')
if (nineteen !== undefined) {
  t.test('as 19, a handshake is accepted and refused as by a real Odoo', async t => {
    const sandbox = await sandboxAs(19)
    for (const [title, headers, path] of handshakes) {
      const [wanted, found] = await Promise.all([nineteen, sandbox].map(({ url }) => handshake(url, headers, path)))
      t.strictSame(found, wanted, title)
    }
  })
}

/** What mistakes with rules lead to: the errors of each, and whether the record is as it was. */
async function mistakes(t: Test, odoo: LabOdoo): Promise<Json[]> {
  const { version } = odoo
  const { admin, sales } = await people(odoo)
  const seller = await logInDirectly({ ...odoo, ...sales })
  const model = 'res.country.group'
  const [modelId = 0] = await admin.call<number[]>('ir.model', 'search', [[['model', '=', model]]])
  const good = ruleValues(version, modelId, 'on_write', 'pass')
  const create = (by: DirectOdoo, values: JsonObject) => thrown(() => by.call('base.automation', 'create', [values]))
  const outcomes: Json[] = [
    await create(seller, good),
    await create(admin, { ...good, trigger: 'nope' }),
    await create(admin, { ...good, trigger: false }),
    await create(admin, ruleValues(version, modelId, 'on_write', 'import os')),
    (await create(admin, ruleValues(version, modelId, 'on_write', 'env['))).split('\n')[0] as string,
    await thrown(() => admin.call('bus.bus', 'search', [[]])),
    await thrown(() => admin.call('bus.bus', 'create', [{ channel: 'a', message: 'b' }]))
  ]
  const group = await admin.call<number>(model, 'create', [{ name: 'bus' }])
  t.teardown(() => admin.call(model, 'unlink', [[group]]))
  for (const code of failing(version)) {
    await t.test(code, async t => {
      await installRule(t, admin, version, model, 'on_write', code)
      outcomes.push(await thrown(() => admin.call(model, 'write', [[group], { name: 'changed' }])))
      const [row] = await admin.call<{ name: string }[]>(model, 'read', [[group], ['name']])
      outcomes.push(row?.name as string)
    })
  }
  return outcomes
}

/** Code that fails when it runs. */
function failing(version: string): string[] {
  return [
    'nope()',
    "env['nope']._sendone('a', 'b', 1)",
    "env['bus.bus'].nope('a')",
    'record.nope',
    "records.ids['a']",
    version === '14' ? "env['bus.bus']._sendone('a', 'b', 1)" : "env['bus.bus'].sendone('a', 1)",
    version === '14' ? "env['bus.bus'].sendone('a')" : "env['bus.bus']._sendone('a', 'b')",
    sending(version, 'a', 'nope')
  ]
}

function requests(channel: string): { 14: [string, JsonObject][]; 19: [string, JsonObject][] } {
  const poll = '/longpolling/poll'
  const peek = '/websocket/peek_notifications'
  const missed = '/bus/has_missed_notifications'
  return {
    14: [
      [poll, { channels: [channel], last: 0, options: { peek: true } }],
      [poll, { channels: [channel], last: 999_999_999, options: { peek: true } }],
      [poll, { channels: [1], last: 0 }],
      [poll, { channels: 5, last: 0 }],
      [poll, { last: 0 }],
      [poll, { channels: [channel] }],
      ['/longpolling/send', { channel: 5, message: 1 }],
      ['/longpolling/send', { channel: 'a' }],
      ['/longpolling/send', { channel, message: { a: ['é', null, true] } }],
      [poll, { channels: [channel], last: 0 }],
      [peek, { channels: [channel], last: 0, is_first_poll: true }]
    ],
    19: [
      [peek, { channels: [channel], last: 0 }],
      [peek, { channels: [1], last: 0, is_first_poll: true }],
      [peek, { channels: [channel], is_first_poll: true }],
      [missed, { last_notification_id: 0 }],
      [missed, { last_notification_id: 999_999_999 }],
      [missed, {}]
    ]
  }
}

/** An answer without ids of messages and tracebacks. */
function comparable(answer: JsonObject | undefined): Json {
  const text = JSON.stringify(answer, (key, value) => (key === 'debug' ? undefined : value))
  return JSON.parse(text.replace(/"id":\d+,"channel"/g, '"channel"'))
}

const websocket: Record<string, string | undefined> = {
  Host: 'localhost',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  Origin: 'http://localhost',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': Buffer.alloc(16, 1).toString('base64')
}
const browser = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36'

const handshakes: [title: string, headers: Record<string, string | undefined>, path?: string][] = [
  ['as it should be', {}],
  ['with a slash at the end', {}, '/websocket/'],
  ['from another origin', { Origin: 'https://example.com' }],
  ['without an origin', { Origin: undefined }],
  ['without an origin and a key', { Origin: undefined, 'Sec-WebSocket-Key': undefined }],
  ['of another version', { 'Sec-WebSocket-Version': '8' }],
  ['with a key that is no base64', { 'Sec-WebSocket-Key': 'abc' }],
  ['with a key that is too short', { 'Sec-WebSocket-Key': 'YWJj' }],
  ['without an upgrade', { Upgrade: undefined, Connection: 'keep-alive' }],
  ['of a browser that knows no version', { 'User-Agent': browser }],
  ['of a browser that knows the version', { 'User-Agent': browser }, '/websocket?version=19.0-2'],
  ['of another program', { 'User-Agent': 'python-requests/2.32' }]
]

/** The status and length of an answer to a handshake, whether it sets a cookie, and how it closes at once if it does. */
function handshake(url: string, headers: Record<string, string | undefined>, path = '/websocket') {
  const { hostname, port } = new URL(url)
  const lines = Object.entries({ ...websocket, ...headers }).filter(([, value]) => value !== undefined)
  const request = `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = net.connect(Number(port), hostname, () => socket.write(request))
    socket.on('error', reject)
    socket.on('data', data => {
      text += data.toString('latin1')
      const [head = '', body = ''] = text.split('\r\n\r\n')
      const isOpen = head.startsWith('HTTP/1.1 101')
      if (
        !text.includes('\r\n\r\n') ||
        (isOpen && headers['User-Agent'] === browser && path === '/websocket' && !body)
      ) {
        return
      }
      socket.destroy()
      const status = head.slice(9, 12)
      const length = /content-length: (\d+)/i.exec(head)?.[1]
      const accept = /sec-websocket-accept: (.*)/i.exec(head)?.[1]
      resolve({ status, length, accept, cookie: /set-cookie/i.test(head), close: isOpen ? body.slice(4) : '' })
    })
  })
}
