import t from 'tap'
import { connect, connectOld, fastProgress, initialize, listen, messages, openSession, post } from './listen.js'

const wait = { name: 'odoo_wait', arguments: {} }

for (const era of ['modern', 'legacy'] as const) {
  t.test(`a ${era} client that asks for progress hears how many seconds its call has waited`, async t => {
    const { url, gateway } = await listen(t, { progress: fastProgress() })
    const { client } = await connect(t, url, era)
    const heard: object[] = []
    const onprogress = (progress: object) => {
      heard.push(progress)
      if (heard.length === 3) gateway.finish()
    }
    await client.callTool(wait, { onprogress })
    t.strictSame(heard.slice(0, 3), [
      { progress: 5, message: 'waiting for Odoo (5 s)' },
      { progress: 10, message: 'waiting for Odoo (10 s)' },
      { progress: 15, message: 'waiting for Odoo (15 s)' }
    ])
  })

  t.test(`progress keeps a ${era} client’s own timeout from ending a long call`, async t => {
    const { url, gateway } = await listen(t, { progress: fastProgress() })
    const { client } = await connect(t, url, era)
    setTimeout(() => gateway.finish(), 1500)
    const result = await client.callTool(wait, { onprogress: () => {}, timeout: 1000, resetTimeoutOnProgress: true })
    t.match(result.structuredContent, { tool: 'odoo_wait' })
  })

  t.test(`a ${era} call that is cancelled aborts the request to Odoo`, async t => {
    const { url, gateway } = await listen(t)
    const { client } = await connect(t, url, era)
    const cancel = new AbortController()
    const call = client.callTool(wait, { signal: cancel.signal })
    call.catch(() => {})
    await gateway.until(({ calls }) => calls.length === 1)
    cancel.abort('enough')
    await gateway.until(({ aborted }) => aborted.length === 1)
    await t.rejects(call)
    t.equal(gateway.lastCaller?.surface, 'mcp')
    const after = await client.callTool({ name: 'odoo_session', arguments: {} })
    t.match(after.structuredContent, { tool: 'odoo_session' }, 'and the connection goes on')
  })
}

t.test('a v1 client hears progress, and can cancel', async t => {
  const { url, gateway } = await listen(t, { progress: fastProgress() })
  const { client } = await connectOld(t, url)
  const cancel = new AbortController()
  const heard = new Promise(resolve => {
    client.callTool(wait, undefined, { signal: cancel.signal, onprogress: resolve }).catch(() => {})
  })
  t.match(await heard, { progress: 5, message: 'waiting for Odoo (5 s)' })
  cancel.abort()
  await gateway.until(({ aborted }) => aborted.length === 1)
})

t.test('nobody hears progress who did not ask for it', async t => {
  const { url, gateway } = await listen(t, { progress: fastProgress() })
  const session = await openSession(url)
  const call = post(url, { jsonrpc: '2.0', id: 2, method: 'tools/call', params: wait }, { 'mcp-session-id': session })
  await gateway.until(({ calls }) => calls.length === 1)
  await new Promise(resolve => setTimeout(resolve, 50))
  gateway.finish()
  t.match(await messages(await call), [{ id: 2, result: { structuredContent: { tool: 'odoo_wait' } } }])
})

t.test('a call that is done is done: no progress follows', async t => {
  const { url, gateway } = await listen(t, { progress: fastProgress() })
  const session = await openSession(url)
  const headers = { 'mcp-session-id': session }
  const call = (id: number, name: string) => {
    const params = { name, arguments: {}, _meta: { progressToken: id } }
    return post(url, { jsonrpc: '2.0', id, method: 'tools/call', params }, headers).then(messages)
  }
  const slow = call(1, 'odoo_wait')
  const quick = await call(2, 'odoo_session')
  t.equal(quick.length, 1, 'a quick call has no progress at all')
  await new Promise(resolve => setTimeout(resolve, 50))
  gateway.finish()
  const all = await slow
  t.ok(all.length > 1)
  t.match(all.at(-1), { id: 1, result: {} })
  t.strictSame([...new Set(all.slice(0, -1).map(({ params }) => params.progressToken))], [1])
})

t.test('a modern client that goes away without a word cancels its call', async t => {
  const { url, gateway } = await listen(t)
  const left = new AbortController()
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {}
  }
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'odoo_wait'
  }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...wait, _meta } })
  fetch(url, { method: 'POST', headers, body, signal: left.signal }).catch(() => {})
  await gateway.until(({ calls }) => calls.length === 1)
  left.abort()
  await gateway.until(({ aborted }) => aborted.length === 1)
})

t.test('the stream of a cancelled legacy call ends, and a batch keeps its stream for the others', async t => {
  const { url, gateway } = await listen(t)
  const headers = { 'mcp-session-id': await openSession(url) }
  const call = (id: number) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: wait })
  const cancel = (requestId: number) =>
    post(url, { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } }, headers)

  const alone = post(url, call(1), headers)
  await gateway.until(({ calls }) => calls.length === 1)
  await cancel(1)
  t.strictSame(await messages(await alone), [])

  const batch = post(url, [call(2), call(3)], headers)
  await gateway.until(({ calls }) => calls.length === 3)
  await cancel(2)
  await gateway.until(({ aborted }) => aborted.length === 2)
  gateway.finish()
  const reader = (await batch).body?.getReader()
  const { value } = (await reader?.read()) ?? {}
  t.match(new TextDecoder().decode(value), /"id":3/)
  await reader?.cancel()
})

t.test('ending a session aborts its calls', async t => {
  const { url, gateway } = await listen(t)
  const headers = { 'mcp-session-id': await openSession(url) }
  const call = post(url, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: wait }, headers)
  await gateway.until(({ calls }) => calls.length === 1)
  await fetch(url, { method: 'DELETE', headers })
  await gateway.until(({ aborted }) => aborted.length === 1)
  t.strictSame(await messages(await call), [])
  t.equal((await post(url, initialize())).status, 200)
})

for (const era of ['modern', 'legacy'] as const) {
  t.test(`a ${era} call that runs when the server closes is given its time`, async t => {
    const { url, gateway, mcp } = await listen(t)
    const { client } = await connect(t, url, era)
    const call = client.callTool(wait)
    await gateway.until(({ calls }) => calls.length === 1)
    const closed = mcp.close(10_000)
    t.equal((await post(url, initialize())).status, 503, 'nobody is let in meanwhile')
    gateway.finish()
    t.match(await call, { structuredContent: { tool: 'odoo_wait' } })
    await closed
    t.equal(gateway.aborted.length, 0)
  })

  t.test(`a ${era} call that takes longer than the server has to close is aborted`, async t => {
    const { url, gateway, mcp } = await listen(t)
    const { client } = await connect(t, url, era)
    client.callTool(wait).catch(() => {})
    await gateway.until(({ calls }) => calls.length === 1)
    await mcp.close(20)
    t.equal(gateway.aborted.length, 1)
  })
}
