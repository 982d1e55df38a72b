import t from 'tap'
import type { McpProvider } from '../../src/mcp/provider.js'
import { cuttingProxy } from './cutting-proxy.js'
import { connect, connectOld, limits, listen, openSession, post } from './listen.js'

const wait = { name: 'odoo_wait', arguments: {} }
const revision = { 'mcp-protocol-version': '2025-11-25' }

/** Five seconds pass whenever somebody looks, so that progress comes at once. */
function fastProgress() {
  let now = 0
  return { everyMs: 5, clock: () => (now += 5000) }
}

interface SseEvent {
  id: string | undefined
  retry: string | undefined
  // Whatever came, for tests to match.
  message: { id?: unknown; method?: string; params?: Record<string, unknown>; result?: object } | undefined
}

/** The events of a stream, one at a time. */
async function* events(response: Response): AsyncGenerator<SseEvent, undefined> {
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream() as never) ?? []) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const field = (name: string) =>
        block
          .split('\n')
          .find(line => line.startsWith(`${name}:`))
          ?.slice(name.length + 1)
          .trim()
      const data = field('data')
      if (data !== undefined)
        yield { id: field('id'), retry: field('retry'), message: data ? JSON.parse(data) : undefined }
    }
  }
  return undefined
}

async function next(stream: AsyncGenerator<SseEvent>): Promise<SseEvent> {
  const { value } = await stream.next()
  if (value === undefined) throw new Error('the stream has ended')
  return value
}

/** Everything until the end of the stream. */
async function rest(stream: AsyncGenerator<SseEvent>): Promise<SseEvent[]> {
  const all: SseEvent[] = []
  for await (const event of stream) all.push(event)
  return all
}

function call(url: URL, session: string, left: AbortController, progressToken?: number) {
  const params = { ...wait, ...(progressToken !== undefined && { _meta: { progressToken } }) }
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': session,
      ...revision
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params }),
    signal: left.signal
  })
}

function resume(
  url: URL,
  session: string,
  lastEventId: string | undefined,
  headers: Record<string, string> = {},
  left = new AbortController()
) {
  return fetch(url, {
    signal: left.signal,
    headers: {
      accept: 'text/event-stream',
      'mcp-session-id': session,
      ...revision,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      ...headers
    }
  })
}

t.test('a call whose stream broke runs on, and its answer is fetched once, without calling again', async t => {
  const { url, gateway } = await listen(t)
  const session = await openSession(url)
  const left = new AbortController()
  const primed = await next(events(await call(url, session, left)))
  t.equal(primed.message, undefined)
  t.equal(primed.retry, '1000')
  left.abort()
  gateway.finish()
  const answers = await rest(events(await resume(url, session, primed.id)))
  t.match(answers, [{ message: { id: 7, result: { structuredContent: { tool: 'odoo_wait' } } } }])
  t.equal(answers.length, 1)
  t.equal(gateway.calls.length, 1)
  t.equal(gateway.aborted.length, 0)
  t.strictSame(await rest(events(await resume(url, session, answers[0]?.id))), [], 'nothing follows an answer')
})

t.test('a call that still runs goes on on the new stream, with the progress that was missed and no other', async t => {
  const { url, gateway } = await listen(t, { progress: fastProgress() })
  const session = await openSession(url)
  const left = new AbortController()
  const stream = events(await call(url, session, left, 1))
  await next(stream)
  const heard = await next(stream)
  left.abort()
  const resumed = events(await resume(url, session, heard.id))
  const onward = await next(resumed)
  gateway.finish()
  const all = [heard, onward, ...(await rest(resumed))]
  t.match(all.at(-1), { message: { id: 7, result: {} } })
  const progress = all.slice(0, -1).map(({ message }) => Number(message?.params?.progress))
  t.strictSame(
    progress,
    [...new Set(progress)].sort((a, b) => a - b),
    'in order, nothing twice'
  )
  t.strictSame(progress.slice(0, 2), [5, 10], 'and nothing left out')
  t.equal(gateway.calls.length, 1)
})

for (const which of ['current', 'v1'] as const) {
  t.test(`a ${which} client gets the answer of a long call through a network that breaks`, async t => {
    const { url, gateway } = await listen(t, { progress: fastProgress() })
    const proxy = await cuttingProxy(t, url)
    const heard: number[] = []
    const onprogress = ({ progress }: { progress: number }) => {
      heard.push(progress)
      if (heard.length === 1) {
        proxy.cut()
        gateway.finish()
      }
    }
    const result =
      which === 'v1'
        ? await (await connectOld(t, proxy.url)).client.callTool(wait, undefined, { onprogress })
        : await (await connect(t, proxy.url, 'legacy')).client.callTool(wait, { onprogress })
    t.match(result, { structuredContent: { tool: 'odoo_wait' } })
    t.equal(gateway.calls.length, 1)
    t.equal(gateway.aborted.length, 0)
  })
}

/** A resource that tells its subscribers when `change` is called. */
function watched() {
  const told = new Set<(uri: string) => void>()
  const provider: McpProvider = {
    resources: {
      list: async () => [{ uri: 'test://watched', name: 'watched' }],
      templates: async () => [],
      read: async uri => ({ contents: [{ uri, text: '' }] }),
      async watch(uri, _request, { updated }) {
        if (!uri.startsWith('test://watched')) return undefined
        const tell = (changed: string) => changed === uri && updated()
        told.add(tell)
        return () => told.delete(tell)
      }
    }
  }
  return { provider, told, change: (uri = 'test://watched') => [...told].map(tell => tell(uri)) }
}

const subscribe = (uri = 'test://watched') => ({
  jsonrpc: '2.0',
  id: 2,
  method: 'resources/subscribe',
  params: { uri }
})

t.test('who comes back takes the place of a connection that died without a word', async t => {
  const { provider, change } = watched()
  const { url, gateway } = await listen(t, { providers: [provider] })
  const session = await openSession(url)
  await (await post(url, subscribe(), { 'mcp-session-id': session })).text()
  const deadStream = events(await resume(url, session, undefined))
  const deadCall = events(await call(url, session, new AbortController()))

  const stream = await resume(url, session, (await next(deadStream)).id)
  t.equal(stream.status, 200)
  change()
  t.match(await next(events(stream)), { message: { params: { uri: 'test://watched' } } })
  t.strictSame(await rest(deadStream), [], 'there is one stream to tell it on')

  const answer = await resume(url, session, (await next(deadCall)).id)
  t.equal(answer.status, 200)
  gateway.finish()
  t.match(await rest(events(answer)), [{ message: { id: 7, result: {} } }])
  t.strictSame(await rest(deadCall), [])
  t.equal(gateway.calls.length, 1, 'without calling again')
})

t.test('updates that came while the stream of GET was broken are replayed, even if none came before', async t => {
  const { provider, told, change } = watched()
  const { url } = await listen(t, { providers: [provider] })
  const session = await openSession(url)
  await (await post(url, subscribe(), { 'mcp-session-id': session })).text()
  await (await post(url, subscribe('test://watched/2'), { 'mcp-session-id': session })).text()
  const left = new AbortController()
  const opened = await resume(url, session, undefined, {}, left)
  const primed = await next(events(opened))
  t.equal(primed.retry, '1000')
  left.abort()
  // Until the server has noticed, what is sent goes into the broken connection, and into what is replayed.
  for (let n = 0; n < 3; n += 1) {
    change()
    change('test://watched/2')
    await new Promise(setImmediate)
  }
  change()
  const again = events(await resume(url, session, primed.id))
  const updated = (uri: string) => ({ message: { method: 'notifications/resources/updated', params: { uri } } })
  t.match(await next(again), updated('test://watched/2'), 'once, however often it changed')
  t.match(await next(again), updated('test://watched'))
  change()
  t.match(await next(again), updated('test://watched'), 'and the stream goes on')
  await fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': session } })
  t.equal(told.size, 0, 'a subscription ends with its session')
})

t.test('a client of an older revision gets no event without content, which it would not understand', async t => {
  const { url } = await listen(t)
  const session = await openSession(url, '2025-06-18')
  const opened = await resume(url, session, undefined, { 'mcp-protocol-version': '2025-06-18' })
  const reader = opened.body?.getReader()
  t.equal(new TextDecoder().decode((await reader?.read())?.value), ': open\n\n')
  await reader?.cancel()
})

for (const which of ['current', 'v1'] as const) {
  t.test(`a ${which} client hears that something has changed through a network that breaks`, async t => {
    const { provider, told, change } = watched()
    const { url } = await listen(t, { providers: [provider] })
    const proxy = await cuttingProxy(t, url)
    let heard = 0
    let notice = () => {}
    const hears = (count: number) =>
      new Promise<void>(resolve => {
        notice = () => heard >= count && resolve()
        notice()
      })
    const onUpdate = () => {
      heard += 1
      notice()
    }
    if (which === 'v1') {
      const { client } = await connectOld(t, proxy.url)
      client.fallbackNotificationHandler = async () => onUpdate()
      await client.subscribeResource({ uri: 'test://watched' })
    } else {
      const { client } = await connect(t, proxy.url, 'legacy')
      client.setNotificationHandler('notifications/resources/updated', onUpdate)
      await client.subscribeResource({ uri: 'test://watched' })
    }
    t.equal(told.size, 1)
    change()
    await hears(1)
    proxy.cut()
    change()
    change()
    await hears(2)
    change()
    await hears(3)
    t.equal(heard, 3, 'and of two that it missed once')
  })
}

t.test('nobody resumes the stream of another session, not even with its event id', async t => {
  const { url, gateway } = await listen(t)
  const ann = { authorization: 'Bearer ann' }
  const bob = { authorization: 'Bearer bob' }
  const [annOne, annTwo] = [await openSession(url, undefined, ann), await openSession(url, undefined, ann)]
  const bobs = await openSession(url, undefined, bob)
  const headers = { 'mcp-session-id': annOne, ...ann, ...revision }
  const called = post(url, { jsonrpc: '2.0', id: 7, method: 'tools/call', params: wait }, headers)
  const stream = events(await called)
  const { id } = await next(stream)
  gateway.finish()
  t.match(await rest(stream), [{ message: { id: 7 } }])
  const foreign = { status: 400, body: { error: { code: -32000, message: /no event of this session/ } } }
  const seen = async (response: Response) => ({ status: response.status, body: await response.json() })
  t.match(await seen(await resume(url, annTwo, id, ann)), foreign, 'another session of the same principal')
  t.match(await seen(await resume(url, bobs, id, bob)), foreign, 'a session of somebody else')
  t.match(await seen(await resume(url, annOne, id, bob)), { status: 404 }, 'somebody else in the same session')
  t.match(await seen(await resume(url, bobs, 'nonsense', bob)), foreign)
  t.match(await rest(events(await resume(url, annOne, id, ann))), [{ message: { id: 7 } }], 'its owner does')
})

t.test('a client that asks for an answer which is no longer kept is told so', async t => {
  const events_ = { maxEvents: 2, maxBytes: 10_000, maxTotalBytes: 10_000 }
  const { url, gateway } = await listen(t, { limits: { ...limits, events: events_ } })
  const session = await openSession(url)
  const left = new AbortController()
  const { id } = await next(events(await call(url, session, left)))
  left.abort()
  gateway.finish()
  const ping = () => post(url, { jsonrpc: '2.0', id: 9, method: 'ping' }, { 'mcp-session-id': session })
  for (let n = 0; n < 3; n += 1) await (await ping()).text()
  const refused = await resume(url, session, id)
  t.equal(refused.status, 400)
  t.match(await refused.json(), { error: { message: /cancelled, or its answer is no longer kept/ } })
})

for (const which of ['current', 'v1'] as const) {
  t.test(`a ${which} client that cancels a call does not hang on its stream: coming back, it is refused`, async t => {
    const { url, gateway, requests } = await listen(t)
    const cancel = new AbortController()
    const options = { signal: cancel.signal }
    const call: Promise<unknown> =
      which === 'v1'
        ? (await connectOld(t, url)).client.callTool(wait, undefined, options)
        : (await connect(t, url, 'legacy')).client.callTool(wait, options)
    call.catch(() => {})
    await gateway.until(({ calls }) => calls.length === 1)
    cancel.abort()
    await gateway.until(({ aborted }) => aborted.length === 1)
    const resumed = () => requests.find(({ lastEventId }) => lastEventId !== undefined)
    while (resumed()?.status === undefined) await new Promise(resolve => setTimeout(resolve, 10))
    t.equal(resumed()?.status, 400)
    await t.rejects(call)
  })
}

t.test('sessions share the room for what is kept: the more there are, the less each has', async t => {
  const events_ = { maxEvents: 100, maxBytes: 10_000, maxTotalBytes: 1200 }
  const { url } = await listen(t, { limits: { ...limits, events: events_ } })
  const session = await openSession(url)
  const asked = async () => {
    const headers = { 'mcp-session-id': session, ...revision }
    const params = { name: 'odoo_search', arguments: { model: 'x'.repeat(300) } }
    const stream = events(await post(url, { jsonrpc: '2.0', id: 3, method: 'tools/call', params }, headers))
    const { id } = await next(stream)
    await rest(stream)
    return (await resume(url, session, id)).status
  }
  t.equal(await asked(), 200, 'alone, it has all the room')
  await openSession(url)
  t.equal(await asked(), 400, 'with another, half of it')
})

t.test('when a session has ended, nothing of it is left: no stream, no timer', async t => {
  const { url, gateway, mcp } = await listen(t)
  const timers = () => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
  const before = timers()
  for (let n = 0; n < 5; n += 1) {
    const session = await openSession(url)
    const left = new AbortController()
    const { id } = await next(events(await call(url, session, left)))
    left.abort()
    const resumed = await resume(url, session, id)
    const stream = await resume(url, session, undefined)
    await fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': session } })
    t.strictSame(await rest(events(resumed)), [], 'a resumed stream ends with its session')
    await stream.text()
    t.equal((await resume(url, session, id)).status, 404)
  }
  t.equal(mcp.sessionCount, 0)
  t.equal(gateway.aborted.length, 5)
  t.ok(timers() <= before + 1, 'one may be of the HTTP server')
})
