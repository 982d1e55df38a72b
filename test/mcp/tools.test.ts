import t from 'tap'
import { connect, connectOld, initialize, listen, messages, openSession, post } from './listen.js'

const partner = { model: 'res.partner' }

for (const era of ['modern', 'legacy'] as const) {
  t.test(`a ${era} client lists the tools and calls one`, async t => {
    const { url, gateway } = await listen(t)
    const { client } = await connect(t, url, era)
    const { tools } = await client.listTools()
    t.strictSame(
      tools.map(tool => tool.name),
      gateway.tools.map(tool => tool.name)
    )
    const result = await client.callTool({ name: 'odoo_search', arguments: partner })
    const output = { tool: 'odoo_search', input: partner, connected: null }
    t.strictSame(result.structuredContent, output)
    t.strictSame(result.content, [{ type: 'text', text: JSON.stringify(output) }])
    t.match(result._meta, { 'odoo-mcp/requestId': /^request-\d+$/ })
    t.match(client.getInstructions(), /^Odoo records/)
  })

  t.test(`a ${era} client may call a tool by an alias that is not listed`, async t => {
    const { url } = await listen(t)
    const { client } = await connect(t, url, era)
    const result = await client.callTool({ name: 'odoo_search_read', arguments: partner })
    t.match(result.structuredContent, { tool: 'odoo_search' })
  })

  t.test(`a ${era} client sees code, detail and hint of a failure, also after listTools`, async t => {
    const { url } = await listen(t)
    const { client } = await connect(t, url, era)
    await client.listTools()
    const result = await client.callTool({ name: 'odoo_search', arguments: { model: 'gone' } })
    t.equal(result.isError, true)
    t.strictSame(result.content, [
      { type: 'text', text: 'not_found: Model gone does not exist. odoo_get_models lists the models.' }
    ])
    t.notOk('structuredContent' in result)
    t.match(result._meta, {
      'odoo-mcp/requestId': /^request-/,
      'odoo-mcp/error': { code: 'not_found', status: 404, hint: 'odoo_get_models lists the models.' }
    })
  })

  t.test(`a ${era} client that names an unknown tool is told the nearest one`, async t => {
    const { url, gateway } = await listen(t)
    const { client } = await connect(t, url, era)
    const call = client.callTool({ name: 'odoo_searhc', arguments: {} })
    await t.rejects(call, { code: -32602, message: /Unknown tool "odoo_searhc"\. Did you mean "odoo_search"\?/ })
    t.equal(gateway.calls.length, 0)
  })

  t.test(`a bug of ours shows a ${era} client nothing of itself, and the log everything`, async t => {
    const { url, log } = await listen(t)
    const { client } = await connect(t, url, era)
    const result = await client.callTool({ name: 'odoo_break', arguments: {} })
    t.match(result, { isError: true, content: [{ text: /^internal: Something went wrong/ }] })
    t.notMatch(JSON.stringify(result), /secret detail/)
    const [line] = log.lines.filter(({ level }) => level === 'error')
    t.match(line, {
      fields: { err: { message: 'secret detail of a bug' }, tool: 'odoo_break', request_id: /^request-/ }
    })
  })

  t.test(`a ${era} client may send its session handle as an argument of any tool`, async t => {
    const { url, gateway } = await listen(t)
    const { client } = await connect(t, url, era)
    const result = await client.callTool({ name: 'odoo_search', arguments: { ...partner, session: 'oms_h_1' } })
    t.equal(gateway.lastCaller?.handle, 'oms_h_1')
    t.match(result.structuredContent, { input: partner })
    t.notMatch(JSON.stringify(result), /oms_h_1/)
  })

  t.test(`a session handle of a ${era} client that is no string is refused like any wrong argument`, async t => {
    const { url, gateway } = await listen(t)
    const { client } = await connect(t, url, era)
    const result = await client.callTool({ name: 'odoo_search', arguments: { ...partner, session: 7 } })
    t.match(result, { isError: true, content: [{ text: /^invalid_input: \/session/ }] })
    t.notOk(gateway.lastCaller?.handle)
  })
}

t.test('a v1 client lists the tools, calls one, and reads an error after listTools', async t => {
  const { url } = await listen(t)
  const { client } = await connectOld(t, url)
  t.match(await client.listTools(), { tools: [{ name: 'odoo_connect' }] })
  const result = await client.callTool({ name: 'odoo_search', arguments: partner })
  t.match(result, { structuredContent: { tool: 'odoo_search' } })
  const failure = await client.callTool({ name: 'odoo_search', arguments: { model: 'gone' } })
  t.match(failure, { isError: true, content: [{ text: /^not_found: .* odoo_get_models/ }] })
})

t.test('a modern call carries its caller and opens sessions by handle, a legacy one into its slot', async t => {
  const { url, gateway } = await listen(t)
  const modern = await connect(t, url, 'modern', 'ann')
  await modern.client.callTool({ name: 'odoo_session', arguments: {} })
  t.match(gateway.lastCaller, { principal: 'key:ann', surface: 'mcp', opens: 'handle' })
  t.notOk(gateway.lastCaller?.slot)
  const legacy = await connect(t, url, 'legacy', 'bob')
  await legacy.client.callTool({ name: 'odoo_session', arguments: {} })
  t.match(gateway.lastCaller, { principal: 'key:bob', surface: 'mcp', opens: 'implicit', slot: { secret: null } })
})

t.test('what one legacy session connects, another does not see', async t => {
  const { url } = await listen(t)
  const one = await connect(t, url, 'legacy')
  const other = await connect(t, url, 'legacy')
  await one.client.callTool({ name: 'odoo_connect', arguments: {} })
  const seen = async ({ client }: typeof one) => {
    const { structuredContent } = await client.callTool({ name: 'odoo_session', arguments: {} })
    return (structuredContent as { connected: unknown }).connected
  }
  t.equal(await seen(one), 'connected')
  t.equal(await seen(other), null)
})

t.test('concurrent modern callers never get each other’s caller, though their servers are shared', async t => {
  const { url, gateway } = await listen(t)
  const keys = Array.from({ length: 20 }, (_, index) => `key${index}`)
  const call = async (key: string) => {
    const { client } = await connect(t, url, 'modern', key)
    for (let round = 0; round < 3; round += 1) {
      await client.callTool({ name: 'odoo_search', arguments: { model: key } })
    }
  }
  await Promise.all(keys.map(call))
  const mixed = gateway.calls.filter(
    ({ input, caller }) => `key:${(input as typeof partner).model}` !== caller.principal
  )
  t.strictSame(mixed, [])
  t.equal(gateway.calls.length, 60)
})

t.test('only the modern list shows the argument session', async t => {
  const { url } = await listen(t)
  const shown = async (era: 'modern' | 'legacy') => {
    const { client } = await connect(t, url, era)
    const { tools } = await client.listTools()
    return tools.filter(tool => 'session' in (tool.inputSchema.properties ?? {})).length
  }
  t.equal(await shown('modern'), 9)
  t.equal(await shown('legacy'), 0)
})

t.test('no capability is declared but tools', async t => {
  const { url } = await listen(t)
  const [answer] = await messages(await post(url, initialize()))
  t.strictSame(answer.result.capabilities, { tools: {} })
  const { client } = await connect(t, url, 'modern')
  t.strictSame(client.getServerCapabilities(), { tools: {} })
})

for (const [asked, answered] of [
  ['2025-11-25', '2025-11-25'],
  ['2025-06-18', '2025-06-18'],
  ['2025-03-26', '2025-03-26'],
  ['2099-01-01', '2025-11-25'],
  ['2026-07-28', '2025-11-25']
] as const) {
  t.test(`initialize with revision ${asked} is answered with ${answered}`, async t => {
    const { url } = await listen(t)
    const [answer] = await messages(await post(url, initialize(asked)))
    t.match(answer.result, { protocolVersion: answered, serverInfo: { name: 'odoo-mcp', version: '0.0.0' } })
  })
}

t.test('a batch of revision 2025-03-26 is answered message by message', async t => {
  const { url } = await listen(t)
  const session = await openSession(url, '2025-03-26')
  const batch = [
    { jsonrpc: '2.0', id: 'a', method: 'tools/call', params: { name: 'odoo_search', arguments: partner } },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { jsonrpc: '2.0', id: 'b', method: 'ping' }
  ]
  const answers = await messages(await post(url, batch, { 'mcp-session-id': session }))
  t.strictSame(answers.map(({ id }) => id).sort(), ['a', 'b'])
  t.match(answers.find(({ id }) => id === 'a').result, { structuredContent: { tool: 'odoo_search' } })
})
