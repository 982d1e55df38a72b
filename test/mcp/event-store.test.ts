import t from 'tap'
import { EventStore } from '../../src/mcp/event-store.js'
import fc from '../fast-check.js'

const roomy = { maxEvents: 100, maxBytes: () => 10_000 }
const progress = (n: number) => ({ jsonrpc: '2.0', method: 'notifications/progress', params: { n } }) as const
const answer = (id: number, text = '') => ({ jsonrpc: '2.0', id, result: { text } }) as const

async function replayed(store: EventStore, lastEventId: string) {
  const sent: { id: string; message: object }[] = []
  await store.replayEventsAfter(lastEventId, {
    async send(id, message) {
      sent.push({ id, message })
    }
  })
  return sent
}

t.test('what came after an event is replayed in order, with the ids that it had, for its stream alone', async t => {
  const store = new EventStore(roomy)
  const first = await store.storeEvent('a', progress(1))
  await store.storeEvent('b', progress(2))
  const third = await store.storeEvent('a', progress(3))
  const fourth = await store.storeEvent('a', answer(7))
  t.strictSame(await replayed(store, first), [
    { id: third, message: progress(3) },
    { id: fourth, message: answer(7) }
  ])
  t.strictSame(await replayed(store, fourth), [])
})

const updated = (uri: string) =>
  ({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } }) as const

t.test('that a resource has changed is kept once for each stream, however often it did', async t => {
  const store = new EventStore(roomy)
  const before = store.mark('a')
  await store.storeEvent('a', updated('x'))
  const heard = await store.storeEvent('a', updated('y'))
  await store.storeEvent('b', updated('x'))
  const bytes = store.bytes
  const again = await store.storeEvent('a', updated('x'))
  t.equal(store.bytes, bytes)
  t.strictSame(await replayed(store, before), [
    { id: heard, message: updated('y') },
    { id: again, message: updated('x') }
  ])
  t.strictSame(await replayed(store, heard), [{ id: again, message: updated('x') }], 'the newest is what was missed')
})

t.test('answers are forgotten before changes, of which nobody could say that they are missing', async t => {
  const store = new EventStore({ ...roomy, maxEvents: 2 })
  const before = store.mark('a')
  await store.storeEvent('a', updated('x'))
  const first = await store.storeEvent('b', answer(1))
  await store.storeEvent('c', answer(2))
  t.match(store.refusal(first), /no longer kept/)
  t.match(await replayed(store, before), [{ message: updated('x') }])
  await store.storeEvent('a', updated('y'))
  await store.storeEvent('a', updated('z'))
  t.match(await replayed(store, before), [{ message: updated('y') }, { message: updated('z') }])
})

t.test('a stream whose name holds anything can be resumed: the SDK calls one _GET_stream', async t => {
  for (const name of ['_GET_stream', 'a.b', 'a_b_c', '1.2.3']) {
    const store = new EventStore(roomy)
    const id = store.mark(name)
    await store.storeEvent(name, progress(1))
    t.match(await replayed(store, id), [{ message: progress(1) }])
  }
})

t.test('what is stored while a stream is replayed is replayed, too', async t => {
  const store = new EventStore(roomy)
  const first = await store.storeEvent('a', progress(1))
  await store.storeEvent('a', progress(2))
  const sent: unknown[] = []
  await store.replayEventsAfter(first, {
    send: async (_id, message) => {
      sent.push(message)
      if (sent.length === 1) await store.storeEvent('a', answer(7))
    }
  })
  t.strictSame(sent, [progress(2), answer(7)])
})

t.test('an event that primes a stream has an id to go on from, and is not replayed itself', async t => {
  const store = new EventStore(roomy)
  const before = store.mark('a')
  // The SDK hands in an empty object, which its own type does not allow.
  await store.storeEvent('a', {} as never)
  await store.storeEvent('a', answer(1))
  t.match(await replayed(store, before), [{ message: answer(1) }])
  t.equal(store.size, 1)
})

t.test('an id of another store, of the future, or of nobody, is refused', async t => {
  const store = new EventStore(roomy)
  const id = await store.storeEvent('a', answer(1))
  const foreign = await new EventStore(roomy).storeEvent('a', answer(1))
  const future = id.replace('.1.', '.2.')
  t.equal(store.refusal(id), undefined)
  for (const wrong of [foreign, future, 'a', '', `${id.slice(0, 16)}.x.a`, `${id}`.replace('.1.', '.-1.')]) {
    t.match(store.refusal(wrong), /^Bad Request: Last-Event-ID is no event of this session$/, wrong)
    await t.rejects(replayed(store, wrong))
  }
})

t.test('a stream whose answer is forgotten is refused, and one that lost only progress goes on', async t => {
  const store = new EventStore({ maxEvents: 2, maxBytes: () => 10_000 })
  const a = await store.storeEvent('a', answer(1))
  const b = await store.storeEvent('b', progress(1))
  await store.storeEvent('c', progress(2))
  await store.storeEvent('b', answer(2))
  t.match(store.refusal(a), /cancelled, or its answer is no longer kept/)
  t.equal(store.refusal(b), undefined)
  t.match(await replayed(store, b), [{ message: answer(2) }])
})

t.test('an event larger than the room is sent, and not kept', async t => {
  const store = new EventStore({ maxEvents: 10, maxBytes: () => 100 })
  const start = store.mark('a')
  await store.storeEvent('a', answer(1, 'x'.repeat(200)))
  t.equal(store.size, 0)
  t.equal(store.bytes, 0)
  t.match(store.refusal(start), /no longer kept/)
})

t.test('a store that has less room than before gives it back', async t => {
  let maxBytes = 10_000
  const store = new EventStore({ maxEvents: 100, maxBytes: () => maxBytes })
  for (let n = 0; n < 10; n += 1) await store.storeEvent('a', answer(n, 'x'.repeat(100)))
  maxBytes = 500
  store.trim()
  t.ok(store.bytes <= 500)
  t.ok(store.size > 0)
})

t.test('whatever is sent, both bounds are kept, and what is kept are the newest events, whole', async () => {
  const sent = fc.array(
    fc.record({ stream: fc.constantFrom('a', '_GET_stream', 'c'), text: fc.string({ unit: 'binary' }) })
  )
  const bounds = fc.record({ maxEvents: fc.integer({ min: 1, max: 8 }), maxBytes: fc.integer({ min: 1, max: 400 }) })
  await fc.assert(
    fc.asyncProperty(sent, bounds, async (sent, { maxEvents, maxBytes }) => {
      const store = new EventStore({ maxEvents, maxBytes: () => maxBytes })
      const start = new Map(['a', '_GET_stream', 'c'].map(stream => [stream, store.mark(stream)]))
      const expected: { stream: string; message: object; bytes: number }[] = []
      for (const [n, { stream, text }] of sent.entries()) {
        const message = answer(n, text)
        await store.storeEvent(stream, message)
        expected.push({ stream, message, bytes: Buffer.byteLength(JSON.stringify(message)) })
        const total = () => expected.reduce((sum, { bytes }) => sum + bytes, 0)
        while (expected.length > maxEvents || total() > maxBytes) expected.shift()
        if (store.size !== expected.length || store.bytes !== total()) return false
      }
      for (const [stream, id] of start) {
        const messages = (await replayed(store, id)).map(({ message }) => message)
        const own = expected.filter(event => event.stream === stream).map(({ message }) => message)
        if (JSON.stringify(messages) !== JSON.stringify(own)) return false
      }
      return true
    })
  )
})
