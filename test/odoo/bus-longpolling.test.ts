import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { until } from '../contract/until.js'
import { message, type Poll, startBusPeer } from './bus-peer.js'
import { busFor, model, watchOf } from './bus-watch.js'

const odoo14 = { database: 'lab', version: '14' }
const nothing = { result: { notifications: [], channels: [] } }

t.test('long polling asks what there is, then waits, each time from the last id', async t => {
  const polls: Poll[] = []
  const answers = [{ result: [message(4, model, [1])] }, { result: [message(6, model, [2]), message(5, model, [3])] }]
  const peer = await startBusPeer(t, {
    poll(poll) {
      polls.push(poll)
      return poll.options.peek ? nothing : answers.shift()
    }
  })
  const bus = busFor(t, { url: peer.url, channel: 'odoo-mcp-unguessable' })
  const watched = watchOf({ ...odoo14, url: peer.url })
  bus.watch(watched)
  await until('it has polled', () => polls.length === 4)
  t.strictSame(polls, [
    { channels: ['odoo-mcp-unguessable'], last: 0, options: { peek: true } },
    { channels: ['odoo-mcp-unguessable'], last: 0, options: {} },
    { channels: ['odoo-mcp-unguessable'], last: 4, options: {} },
    { channels: ['odoo-mcp-unguessable'], last: 6, options: {} }
  ])
  t.strictSame(watched.looks, ['all', [1], [2, 3]])
  t.ok(bus.covers(watched), 'covered while the poll waits')
  t.equal(peer.requests[0]?.path, '/web/login?db=lab')
  t.equal(peer.requests.at(-1)?.headers.cookie, 'session_id=anonymous')
  t.notOk('x-odoo-database' in (peer.requests.at(-1)?.headers ?? {}))
})

t.test('a poll that is never answered is given up, and all is looked at after it', async t => {
  let polls = 0
  const peer = await startBusPeer(t, {
    poll({ options }) {
      if (options.peek) return nothing
      polls++
      return undefined
    }
  })
  const bus = busFor(t, { url: peer.url, times: { pollTimeout: 50 } })
  const watched = watchOf({ ...odoo14, url: peer.url })
  bus.watch(watched)
  await until('it polls again', () => polls > 1)
  t.strictSame(watched.looks.slice(0, 2), ['all', 'all'])
})

t.test('woken for nothing, it looks at everything: the message had an earlier id', async t => {
  let polls = 0
  const peer = await startBusPeer(t, {
    poll({ options }) {
      if (options.peek) return nothing
      polls++
      return polls === 1 ? { result: [] } : undefined
    }
  })
  const bus = busFor(t, { url: peer.url })
  const watched = watchOf({ ...odoo14, url: peer.url })
  bus.watch(watched)
  await until('it polls again', () => polls === 2)
  t.strictSame(watched.looks, ['all', 'all'])
  t.equal(peer.requests.length, 4, 'over the same link: a cookie, a peek, two polls')
})

t.test('what was told lately is asked for again beside the poll: a slow transaction may have told late', async t => {
  const peeks: number[] = []
  const polls: number[] = []
  const all = [message(10, model, [1]), message(12, model, [2])]
  const peer = await startBusPeer(t, {
    poll({ last, options: { peek = false } }, response) {
      const asked = peek ? peeks : polls
      asked.push(last)
      if (!peek) return polls.length === 1 ? { result: all } : undefined
      if (peeks.length !== 2)
        return { result: { notifications: peeks.length === 1 ? [] : [message(11, model, [3]), ...all] } }
      // Its failing is the business of the poll.
      response.writeHead(502).end()
      return undefined
    }
  })
  const bus = busFor(t, { url: peer.url, times: { peekAgain: 20 } })
  const watched = watchOf({ ...odoo14, url: peer.url })
  bus.watch(watched)
  await until('it has asked again a few times', () => peeks.length >= 5)
  t.strictSame(polls, [0, 12], 'the poll goes on from the last id')
  t.strictSame([...new Set(peeks)], [0])
  t.strictSame(watched.looks, ['all', [1, 2], [3]], 'nothing is told twice')
})

t.test('a link that has ended asks for nothing more, and takes no message from the one after it', async t => {
  let polls = 0
  let peeks = 0
  const peer = await startBusPeer(t, {
    poll({ options }, response) {
      // What comes now comes for the link that is open.
      if (options.peek) return { result: ++peeks === 6 ? [message(5, model, [3])] : [] }
      polls++
      // A link that hears something and then breaks, four times; the fifth waits.
      if (polls % 2 === 1 && polls < 9) return { result: [message(10 + polls, model, [1])] }
      if (polls < 9) response.destroy()
      return undefined
    }
  })
  const bus = busFor(t, { url: peer.url, times: { peekAgain: 300, firstPause: 1, longestPause: 2 } })
  const watched = watchOf({ ...odoo14, url: peer.url })
  bus.watch(watched)
  await until('the fifth link waits', () => polls === 9)
  t.equal(peeks, 5, 'each has asked once at its start')
  await until('it has asked again', () => peeks >= 6)
  await until('what it was told is looked at', () => watched.looks.at(-1)?.[0] === 3)
  await pause(200)
  t.equal(peeks, 6, 'it alone has asked again')
})

for (const [what, poll] of [
  ['"bus.Bus unavailable" of a worker', () => ({ error: { code: 200, data: { message: 'bus.Bus unavailable' } } })],
  ['an error without words', () => ({ error: true })],
  ['an error without data', () => ({ error: { code: 200 } })]
] as const) {
  t.test(`${what} is no bus: it is not covered, and tried again`, async t => {
    let asked = 0
    const peer = await startBusPeer(t, {
      poll({ options }) {
        if (!options.peek) return undefined
        asked++
        return asked < 3 ? poll() : nothing
      }
    })
    const bus = busFor(t, { url: peer.url })
    const watched = watchOf({ ...odoo14, url: peer.url })
    bus.watch(watched)
    await until('it has been refused', () => asked > 0)
    t.strictSame([bus.covers(watched), watched.looks], [false, []])
    await until('it is connected in the end', () => bus.covers(watched))
  })
}

for (const [status, body] of [
  [200, '<h1>It works!</h1>'],
  [404, 'Not Found'],
  [429, ''],
  [502, 'Bad Gateway']
] as const) {
  t.test(`a poll that is answered ${status} ${JSON.stringify(body)} is tried again`, async t => {
    let refusals = 2
    const peer = await startBusPeer(t, {
      poll({ options }, response) {
        if (refusals === 0) return options.peek ? nothing : undefined
        refusals--
        response.writeHead(status, { 'content-type': 'text/html' }).end(body)
        return undefined
      }
    })
    const bus = busFor(t, { url: peer.url })
    const watched = watchOf({ ...odoo14, url: peer.url })
    bus.watch(watched)
    await until('it is connected in the end', () => bus.covers(watched))
    t.equal(refusals, 0)
  })
}

t.test('a server that is overloaded or away when asked for the cookie is asked again later', async t => {
  const statuses = [429, 502, 503]
  const peer = await startBusPeer(t, {
    instead(path, answer) {
      const status = path.startsWith('/web/login') ? statuses.shift() : undefined
      if (status !== undefined) answer(status)
      return status !== undefined
    },
    poll: ({ options }) => (options.peek ? nothing : undefined)
  })
  const bus = busFor(t, { url: peer.url })
  const watched = watchOf({ ...odoo14, url: peer.url })
  bus.watch(watched)
  await until('it is connected in the end', () => bus.covers(watched))
  t.strictSame(statuses, [])
  t.notOk(
    peer.requests.slice(0, 3).some(({ path }) => path.startsWith('/longpolling')),
    'nothing else is asked before'
  )
})
