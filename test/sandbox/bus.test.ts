import { once } from 'node:events'
import http from 'node:http'
import t, { type Test } from 'tap'
import WebSocket from 'ws'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.js'
import { until } from '../contract/until.js'
import { logInDirectly } from '../lab/rpc.js'
import { installRule, listen, newChannel, route, ruleValues, sending } from './bus-client.js'
import { post, sandboxFor } from './clients.js'

const channel = newChannel()

/** A sandbox that tells of changed tags on a channel, and what changes a tag. */
async function telling(t: Test, options: SandboxOptions) {
  const sandbox = await sandboxFor(t, options)
  const version = String(sandbox.version)
  const admin = await logInDirectly({ ...sandbox, ...sandbox.users.admin })
  const tag = await admin.call<number>('res.partner.category', 'create', [{ name: 'a' }])
  const code = sending(version, channel, "{'end': record.name}")
  const [model = 0] = await admin.call<number[]>('ir.model', 'search', [[['model', '=', 'res.partner.category']]])
  // It goes with the sandbox.
  await admin.call('base.automation', 'create', [ruleValues(version, model, 'on_write', code)])
  const rename = (name: string) => admin.call('res.partner.category', 'write', [[tag], { name }])
  return { sandbox, admin, version, rename, ring: ({ end }: { end: string }) => rename(end) }
}

/** A websocket that hears of the channel. */
async function subscribe(t: Test, { url }: Sandbox, last = 0, options: WebSocket.ClientOptions = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket`, { origin: url, ...options })
  t.teardown(() => socket.terminate())
  const frames: { id: number; message: { type: string; payload: { end: string } } }[][] = []
  socket.on('message', data => frames.push(JSON.parse(String(data))))
  const closed = once(socket, 'close').then(([code, reason]) => `${code} ${reason}`)
  await once(socket, 'open')
  socket.send(JSON.stringify({ event_name: 'subscribe', data: { channels: [channel], last } }))
  return { socket, frames, closed, heard: () => frames.flat().map(({ message }) => message.payload.end) }
}

const poll = (url: string, last: number) => route(url, '/longpolling/poll', { channels: [channel], last })

for (const version of [14, 17, 19] as const) {
  t.test(`as ${version}, a rule tells of a change after the commit, and of none that was rolled back`, async t => {
    const { sandbox, admin, rename, ring } = await telling(t, { version })
    const listener = await listen(t, sandbox.url, String(version), channel)
    await rename('b')
    await t.rejects(admin.call('res.partner.category', 'write', [[1], { name: 'c', parent_id: 1 }]))
    await ring({ end: 'last' })
    await until('the last message has come', () => listener.told.some(({ payload }) => payload.end === 'last'))
    t.strictSame(
      listener.told.map(({ payload }) => payload.end),
      ['b', 'last']
    )
  })
}

t.test('who comes back with the last id hears what was missed, until the messages are forgotten', async t => {
  const { sandbox, rename } = await telling(t, { version: 19 })
  const first = await subscribe(t, sandbox)
  await rename('b')
  const [[{ id } = { id: 0 }] = []] = await until('the first message has come', () => first.frames[0] && first.frames)
  first.socket.terminate()
  await rename('c')
  await rename('d')
  const second = await subscribe(t, sandbox, id)
  await until('both have come', () => second.heard().length === 2)
  t.strictSame(second.heard(), ['c', 'd'])
  const missed = () => route(sandbox.url, '/bus/has_missed_notifications', { last_notification_id: id })
  t.match(await missed(), { result: false })
  sandbox.bus.forget()
  t.match(await missed(), { result: true })
  const third = await subscribe(t, sandbox, id)
  await rename('e')
  await until('the next has come', () => third.heard().length > 0)
  t.strictSame(third.heard(), ['e'])
})

t.test('messages are kept as long as the parameter says', async t => {
  const { sandbox, admin, rename } = await telling(t, { version: 19 })
  await rename('b')
  await admin.call('ir.config_parameter', 'create', [{ key: 'bus.gc_retention_seconds', value: '0' }])
  await rename('c')
  const peek = { channels: [channel], last: 0, is_first_poll: true }
  const { result } = await route(sandbox.url, '/websocket/peek_notifications', peek)
  t.match(result, { notifications: [{ message: { payload: { end: 'c' } } }] })
  t.equal((result as { notifications: unknown[] }).notifications.length, 1)
})

t.test('a poll that waits long enough is answered with nothing, and the next one hears', async t => {
  const { sandbox, rename } = await telling(t, { version: 14, pollMs: 50 })
  t.match(await poll(sandbox.url, 0), { result: [] })
  const waiting = poll(sandbox.url, 0)
  await rename('b')
  t.match(await waiting, { result: [{ channel, message: { end: 'b' } }] })
  t.equal(sandbox.bus.connections, 0)
})

t.test('faults meet polls: 429, silence, and an answer that comes late', async t => {
  const { sandbox, rename } = await telling(t, { version: 14 })
  const when = { wire: 'bus', method: 'poll' } as const
  sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 3, when, times: 1 })
  const body = JSON.stringify({ params: { channels: [channel], last: 0 } })
  t.match(await post(`${sandbox.url}/longpolling/poll`, body), { status: 429, headers: { 'retry-after': '3' } })

  sandbox.faults.add({ kind: 'hang', when, times: 1 })
  const left = new AbortController()
  const hanging = route(sandbox.url, '/longpolling/poll', { channels: [channel], last: 0 }, left.signal)
  await until('the poll hangs', () => sandbox.counts.faults.hang === 1)
  await rename('b')
  left.abort()
  await t.rejects(hanging, { name: 'AbortError' })

  sandbox.faults.add({ kind: 'delay', ms: 5, when, times: 1 })
  t.match(await poll(sandbox.url, 0), { result: [{ message: { end: 'b' } }] })
})

t.test('polls that wait can be dropped, and those whose caller leaves are forgotten', async t => {
  const { sandbox, rename } = await telling(t, { version: 14 })
  const waits = () => until('the poll waits', () => sandbox.bus.connections === 1)
  for (const manner of ['close', 'reset'] as const) {
    const request = http.request(`${sandbox.url}/longpolling/poll`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' }
    })
    const failed = once(request, 'error')
    request.end(JSON.stringify({ params: { channels: [channel], last: 0 } }))
    await waits()
    sandbox.bus.drop(manner)
    t.match(await failed, [{ code: 'ECONNRESET' }], manner)
  }
  const left = new AbortController()
  const leaving = route(sandbox.url, '/longpolling/poll', { channels: [channel], last: 0 }, left.signal)
  await waits()
  left.abort()
  await t.rejects(leaving)
  await until('nobody waits', () => sandbox.bus.connections === 0)

  let answered = false
  const silent = new AbortController()
  const dead = route(sandbox.url, '/longpolling/poll', { channels: [channel], last: 0 }, silent.signal)
  dead.then(
    () => {
      answered = true
    },
    () => undefined
  )
  await waits()
  sandbox.bus.drop('silence')
  await rename('b')
  t.match(await poll(sandbox.url, 0), { result: [{ message: { end: 'b' } }] }, 'a new poll is answered')
  t.notOk(answered, 'the dead one is not')
  silent.abort()
})

t.test('faults meet websockets: half-open, 429, a page of HTML, a reset, and no answer', async t => {
  const { sandbox, rename } = await telling(t, { version: 19 })
  const when = { path: '/websocket' }
  sandbox.faults.add({ kind: 'half-open', when, times: 1 })
  const dead = await subscribe(t, sandbox)
  let ponged = false
  dead.socket.on('pong', () => {
    ponged = true
  })
  dead.socket.ping()
  await rename('b')
  const live = await subscribe(t, sandbox)
  await until('the other hears', () => live.heard().length > 0)
  t.strictSame([dead.heard(), ponged, dead.socket.readyState], [[], false, WebSocket.OPEN])

  const refused = async () => {
    const socket = new WebSocket(`${sandbox.url.replace('http', 'ws')}/websocket`, { origin: sandbox.url })
    const [error] = await once(socket, 'error')
    return (error as Error).message
  }
  sandbox.faults.add({ kind: 'status', status: 429, when, times: 1 })
  t.match(await refused(), '429')
  sandbox.faults.add({ kind: 'html', when, times: 1 })
  t.match(await refused(), '200')
  sandbox.faults.add({ kind: 'reset', when, times: 1 })
  t.match(await refused(), /ECONNRESET|socket hang up/)

  sandbox.faults.add({ kind: 'hang', when, times: 1 })
  const hanging = new WebSocket(`${sandbox.url.replace('http', 'ws')}/websocket`, { origin: sandbox.url })
  hanging.on('error', () => undefined)
  await until('it hangs', () => sandbox.counts.faults.hang === 1)
  t.equal(hanging.readyState, WebSocket.CONNECTING)
  hanging.terminate()
  sandbox.faults.add({ kind: 'truncate', when, times: 1 })
  t.ok(await subscribe(t, sandbox), 'a fault that spoils answers leaves websockets alone')
  t.equal(sandbox.counts.calls({ wire: 'bus', method: 'websocket' }), 7)
})

t.test('websockets that are open can be dropped in each way', async t => {
  const { sandbox, rename } = await telling(t, { version: 19 })
  const polite = await subscribe(t, sandbox)
  sandbox.bus.drop('close', 4002)
  t.match(await polite.closed, /^4002/)
  const rude = await subscribe(t, sandbox)
  await until('it is there', () => sandbox.bus.connections === 1)
  sandbox.bus.drop('reset')
  t.match(await rude.closed, /^1006/)
  const dead = await subscribe(t, sandbox)
  await until('it is there', () => sandbox.bus.connections === 1)
  sandbox.bus.drop('silence')
  const live = await subscribe(t, sandbox)
  await rename('b')
  await until('the other hears', () => live.heard().length > 0)
  t.strictSame([dead.heard(), dead.socket.readyState], [[], WebSocket.OPEN])
  await sandbox.close()
  t.match(await live.closed, /^1001/, 'and all of them end with the sandbox')
})

t.test('websockets close as those of Odoo: too many frames, outdated, without a session', async t => {
  const { sandbox, rename } = await telling(t, { version: 19 })
  const hasty = await subscribe(t, sandbox)
  for (let n = 0; n < 12; n++) hasty.socket.send('{}')
  t.match(await hasty.closed, /^1013/)

  const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0.0.0' }
  const old = await subscribe(t, sandbox, 0, { headers })
  t.equal(await old.closed, '1000 OUTDATED_VERSION')

  const stray = await subscribe(t, sandbox, 0, { headers: { 'x-odoo-database': sandbox.database } })
  t.match(await stray.closed, /^4001/)

  const params = { db: sandbox.database, login: 'sales', password: 'sales' }
  const login = await post(`${sandbox.url}/web/session/authenticate`, JSON.stringify({ params }))
  const cookie = String(login.headers['set-cookie']?.[0]?.split(';')[0])
  const user = await subscribe(t, sandbox, 0, { headers: { cookie } })
  await rename('b')
  await until('the user hears', () => user.heard().length > 0)
  const json = { 'content-type': 'application/json', cookie }
  await post(`${sandbox.url}/web/session/destroy`, '{"params": {}}', { headers: json })
  await rename('c')
  t.match(await user.closed, /^4001/)
})

t.test('what is no message for the bus is passed over', async t => {
  const { sandbox, rename } = await telling(t, { version: 19 })
  const { socket, heard } = await subscribe(t, sandbox)
  for (const wrong of [
    '{bad',
    '5',
    '{"event_name": "nope"}',
    '{"event_name": "subscribe", "data": {"channels": [1]}}'
  ]) {
    socket.send(wrong)
  }
  socket.send(JSON.stringify({ event_name: 'subscribe', data: { channels: [1], last: 0 } }))
  socket.send(JSON.stringify({ event_name: 'subscribe', data: { channels: [channel], last: 'x' } }))
  await rename('b')
  await until('the message has come', () => heard().length > 0)
  t.strictSame(heard(), ['b'])
})

t.test('a changed line of an order is a write to the order: its date of change moves, and its rules fire', async t => {
  const { sandbox, admin } = await telling(t, { version: 19 })
  await installRule(t, admin, '19', 'sale.order', 'on_write', sending('19', channel, "{'order': record.id}"))
  const [line] = await admin.call<{ id: number; order_id: [number, string] }[]>('sale.order.line', 'search_read', [
    [['state', '=', 'draft']],
    ['order_id']
  ])
  const { id = 0, order_id: [order] = [0] } = line ?? {}
  const changed = () => admin.call<{ write_uid: [number, string] }[]>('sale.order', 'read', [[order], ['write_uid']])
  t.match(await changed(), [{ write_uid: [1] }])
  await admin.call('sale.order.line', 'write', [[id], { product_uom_qty: 7 }])
  t.match(await changed(), [{ write_uid: [2] }])
  const peek = { channels: [channel], last: 0, is_first_poll: true }
  t.match(await route(sandbox.url, '/websocket/peek_notifications', peek), {
    result: { notifications: [{ message: { payload: { order } } }] }
  })
})

t.test('a rule fires for the records of its domain only, and not when it is archived', async t => {
  const { sandbox, admin } = await telling(t, { version: 17 })
  const model = 'res.partner.category'
  const rule = await installRule(t, admin, '17', model, 'on_create', sending('17', channel, "{'end': record.name}"))
  await admin.call('base.automation', 'write', [[rule], { filter_domain: "[('name', '=', 'yes')]" }])
  await admin.call(model, 'create', [[{ name: 'yes' }, { name: 'no' }]])
  await admin.call('base.automation', 'write', [[rule], { active: false }])
  await admin.call(model, 'create', [{ name: 'yes' }])
  const peek = { channels: [channel], last: 0, is_first_poll: true }
  const { result } = await route(sandbox.url, '/websocket/peek_notifications', peek)
  t.match(result, { notifications: [{ message: { payload: { end: 'yes' } } }] })
  t.equal((result as { notifications: unknown[] }).notifications.length, 1)
})

t.test('programs in other languages drop connections and messages over HTTP', async t => {
  const { sandbox, rename } = await telling(t, { version: 19, control: true })
  const { frames, closed } = await subscribe(t, sandbox)
  await rename('b')
  await until('the message has come', () => frames.length > 0)
  const drop = (manner: string) =>
    post(`${sandbox.url}/sandbox/bus/connections?manner=${manner}`, '', { method: 'DELETE' })
  t.match(await drop('nicely'), { status: 400, text: /not one of close, reset, silence/ })
  t.match(await drop('close'), { status: 200, text: '{"dropped":1}' })
  t.match(await closed, /^1001/)
  t.match(await post(`${sandbox.url}/sandbox/bus/messages`, '', { method: 'DELETE' }), { status: 200 })
  t.strictSame((await subscribe(t, sandbox)).heard(), [])
})
