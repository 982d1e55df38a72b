import t from 'tap'
import { until } from '../contract/until.js'
import { message, startBusPeer } from './bus-peer.js'
import { busFor, model, watchOf } from './bus-watch.js'

const odoo16 = { database: 'lab', version: '16' }

t.test(
  'a websocket means the database by an anonymous cookie, has an Origin, and sends no header of a login',
  async t => {
    const peer = await startBusPeer(t)
    const bus = busFor(t, { url: peer.url, channel: 'odoo-mcp-unguessable' })
    const watched = watchOf({ ...odoo16, url: peer.url })
    bus.watch(watched)
    await until('it has subscribed', () => peer.frames.length > 0)
    t.strictSame(JSON.parse(peer.frames[0] as string), {
      event_name: 'subscribe',
      data: { channels: ['odoo-mcp-unguessable'], last: 0 }
    })
    const [login, handshake] = peer.requests
    t.equal(login?.path, '/web/login?db=lab')
    t.equal(handshake?.path, '/websocket')
    t.match(handshake?.headers, { origin: peer.url, cookie: 'session_id=anonymous', 'user-agent': 'odoo-mcp' })
    for (const name of ['x-odoo-database', 'authorization']) t.notOk(name in (handshake?.headers ?? {}), name)
  }
)

t.test('after every end it connects again, goes on from the last id, and all is looked at', async t => {
  const peer = await startBusPeer(t)
  const bus = busFor(t, { url: peer.url })
  const watched = watchOf({ ...odoo16, url: peer.url })
  bus.watch(watched)
  for (const [last, code] of [
    [0, 1001],
    [7, 4001],
    [9, 4002],
    [9, 1013]
  ] as const) {
    await until('it has subscribed', () => peer.frames.length > 0)
    const [frame = ''] = peer.frames.splice(0)
    t.equal(JSON.parse(frame).data.last, last)
    t.equal(watched.looks.at(-1), 'all')
    const [socket] = peer.sockets
    if (last === 0) socket?.send(JSON.stringify([message(7, model, [1])]))
    if (last === 7) socket?.send(JSON.stringify([message(9, model, [2]), message(8, model, [3])]))
    if (last !== 9) await until('the message is heard', () => watched.looks.at(-1) !== 'all')
    socket?.close(code)
    // The next one may be there at once.
    await until('it has noticed', () => socket !== undefined && !peer.sockets.has(socket))
  }
  t.strictSame(
    watched.looks.filter(look => look !== 'all'),
    [[1], [2, 3]]
  )
})

t.test('a websocket that has fallen silent is given up, though nobody closed it', async t => {
  const peer = await startBusPeer(t, { pong: false })
  const bus = busFor(t, { url: peer.url, times: { ping: 50 } })
  bus.watch(watchOf({ ...odoo16, url: peer.url }))
  await until('it has connected a second time', () => peer.frames.length > 1)

  const control = await startBusPeer(t)
  // Slower, so that no stall of this process is taken for silence.
  const other = busFor(t, { url: control.url, times: { ping: 1000 } })
  const watched = watchOf({ ...odoo16, url: control.url })
  other.watch(watched)
  await until('it has been asked three times', () => control.pings >= 3)
  t.equal(control.frames.length, 1, 'control: one that answers is kept')
  t.ok(other.covers(watched))
})

t.test('a flood of messages about one model becomes one look, and what is not ours is passed over', async t => {
  const peer = await startBusPeer(t)
  const bus = busFor(t, { url: peer.url })
  const watched = watchOf({ ...odoo16, url: peer.url })
  bus.watch(watched)
  await until('it has subscribed', () => peer.frames.length > 0)
  const [socket] = peer.sockets
  const flood = Array.from({ length: 12 }, (_, i) => message(i + 1, model, [5]))
  const foreign = [
    { id: 20, message: { type: 'mail.message/insert', payload: { model, ids: [6] } } },
    { id: 21, message: { type: 'odoo-mcp/changed', payload: { model: 7, ids: [6] } } },
    { id: 22, message: { type: 'odoo-mcp/changed', payload: { model, ids: 6 } } },
    { id: 23, message: 'text' },
    { id: 'x', message: { type: 'odoo-mcp/changed', payload: { model, ids: [6] } } },
    message(24, 'res.partner', [6]),
    null
  ]
  for (const frame of ['no json', '{"no":"list"}', JSON.stringify([...foreign, ...flood])]) socket?.send(frame)
  socket?.send(JSON.stringify([message(30, model, [])]))
  await until('the last message is heard', () => watched.looks.length >= 3)
  t.strictSame(watched.looks, ['all', [5], 'all'], 'a message without ids means all')
})

for (const [status, why] of [
  [400, 'no Origin'],
  [429, 'too many'],
  [500, 'the port without a bus'],
  [503, 'in maintenance']
] as const) {
  t.test(`a handshake that is answered ${status} (${why}) is tried again, and polling goes on meanwhile`, async t => {
    let refusals = 3
    const peer = await startBusPeer(t, {
      instead(path, answer) {
        if (path !== '/websocket' || refusals === 0) return false
        refusals--
        answer(status)
        return true
      }
    })
    const lines: string[] = []
    const note = (level: string) => (_: object, text: string) => lines.push(`${level}: ${text}`)
    const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
    const bus = busFor(t, { url: peer.url, log })
    const watched = watchOf({ ...odoo16, url: peer.url })
    bus.watch(watched)
    await until('it has been refused', () => refusals < 3)
    t.equal(bus.covers(watched), false)
    await until('it is connected in the end', () => bus.covers(watched))
    t.strictSame(
      lines.filter(line => !line.startsWith('debug: connection to')).map(line => line.split(':')[0]),
      ['warn', 'debug', 'debug', 'info'],
      'one warning, however often it fails'
    )
  })
}

t.test('without the cookie, where only the bus can be reached, it connects all the same', async t => {
  const peer = await startBusPeer(t, {
    instead(path, answer) {
      if (!path.startsWith('/web/login')) return false
      answer(404)
      return true
    }
  })
  const bus = busFor(t, { url: peer.url })
  const watched = watchOf({ ...odoo16, url: peer.url })
  bus.watch(watched)
  await until('it is connected', () => bus.covers(watched))
  t.notOk('cookie' in (peer.requests.at(-1)?.headers ?? {}))
})

t.test('when nobody watches any more the socket is closed, and watching again opens one', async t => {
  const peer = await startBusPeer(t)
  const bus = busFor(t, { url: peer.url })
  const watched = watchOf({ ...odoo16, url: peer.url })
  const unwatch = [bus.watch(watched), bus.watch(watched)]
  await until('it is connected', () => peer.sockets.size === 1)
  unwatch[0]?.()
  unwatch[0]?.()
  await until('it has subscribed', () => bus.covers(watched))
  unwatch[1]?.()
  await until('the socket is closed', () => peer.sockets.size === 0)
  t.notOk(bus.covers(watched))
  bus.watch(watched)
  await until('it is connected again', () => bus.covers(watched))
  bus.close()
  await until('close ends it, too', () => peer.sockets.size === 0)
  t.notOk(bus.covers(watched))
})
