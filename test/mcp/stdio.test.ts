import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import t from 'tap'
import { serveMcpStdio } from '../../src/mcp/stdio.js'
import { FakeGateway } from './fake-gateway.js'
import { initialize, memoryLog } from './listen.js'

/** Serves stdio within this process; the transport is the client's end of the pipes. */
function serve(gateway: FakeGateway) {
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  const stdio = serveMcpStdio({ gateway, log: memoryLog(), version: '0.0.0', maxResultBytes: 100_000, stdin, stdout })
  // Frames look the same from both ends.
  return { stdio, stdin, transport: new StdioServerTransport(stdout, stdin) }
}

const modes = { modern: { pin: '2026-07-28' }, legacy: 'legacy', negotiating: 'auto' } as const

for (const [era, mode] of Object.entries(modes)) {
  t.test(`a ${era} client lists, connects, calls and cancels over stdio`, async t => {
    const gateway = new FakeGateway()
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
    await client.connect(serve(gateway).transport)
    t.teardown(() => client.close())

    const { tools } = await client.listTools()
    const needsSession = tools.filter(tool => 'session' in (tool.inputSchema.properties ?? {}))
    t.strictSame(needsSession, [], 'the process has one session of its own')
    t.match(await client.callTool({ name: 'odoo_connect', arguments: {} }), { structuredContent: {} })
    const result = await client.callTool({ name: 'odoo_session', arguments: {} })
    t.match(result.structuredContent, { connected: 'connected' })
    t.match(result._meta, { 'odoo-mcp/requestId': /^[\w-]{36}$/ })
    const failure = await client.callTool({ name: 'odoo_search', arguments: { model: 'gone' } })
    t.match(failure, { isError: true, content: [{ text: /^not_found: .* odoo_get_models/ }] })

    const cancel = new AbortController()
    client.callTool({ name: 'odoo_wait', arguments: {} }, { signal: cancel.signal }).catch(() => {})
    await gateway.until(({ calls }) => calls.at(-1)?.tool === 'odoo_wait')
    cancel.abort()
    await gateway.until(({ aborted }) => aborted.length === 1)
    t.match(await client.callTool({ name: 'odoo_session', arguments: {} }), { structuredContent: {} })
  })
}

t.test('a v1 client lists and calls over stdio', async t => {
  const client = new OldClient({ name: 'old', version: '1' })
  // The v1 types do not know exactOptionalPropertyTypes.
  await client.connect(serve(new FakeGateway()).transport as Parameters<OldClient['connect']>[0])
  t.teardown(() => client.close())
  t.match(await client.listTools(), { tools: [{ name: 'odoo_connect' }] })
  t.match(await client.callTool({ name: 'odoo_session', arguments: {} }), { structuredContent: {} })
})

t.test('stdout carries protocol frames only, whatever comes in, and the process ends with stdin', async t => {
  const script = fileURLToPath(new URL('stdio-server.ts', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, script])
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const send = (text: string) => child.stdin.write(`${text}\n`)
  send(JSON.stringify(initialize()))
  send('this is not JSON')
  send('{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"odoo_break","arguments":{}}}')
  send('{"jsonrpc":"2.0","id":3,"method":"nonsense"}')
  send('{"jsonrpc":"2.0","id":4,"method":"ping"}')
  await stdout.until('"id":4')
  await stdout.until('"id":2')
  child.stdin.end()
  const [code] = await once(child, 'close')
  t.equal(code, 0)
  t.match(stderr.text(), /call failed/, 'the log goes elsewhere')
  t.match(stderr.text(), /released 1/)
  const frames = stdout
    .text()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  t.ok(frames.every(frame => frame.jsonrpc === '2.0'))
  t.strictSame(frames.map(({ id }) => id ?? 0).sort(), [0, 1, 2, 3, 4])
  t.match(
    frames.find(({ id }) => id === null),
    { error: { code: -32700 } }
  )
})

t.test('the end of stdin aborts the running call, releases the slot and settles `closed`', async t => {
  const gateway = new FakeGateway()
  const { stdio, stdin } = serve(gateway)
  const params = { name: 'odoo_wait', arguments: { session: 'oms_h_1' } }
  stdin.write(`${JSON.stringify(initialize())}\n`)
  stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params })}\n`)
  await gateway.until(({ calls }) => calls.length === 1)
  t.match(gateway.lastCaller, { principal: 'stdio', surface: 'stdio', opens: 'implicit', handle: 'oms_h_1' })
  stdin.end()
  await stdio.closed
  t.equal(gateway.aborted.length, 1)
  t.strictSame(gateway.released, [gateway.lastCaller?.slot])
})

t.test('`close` lets go of stdin', async t => {
  const gateway = new FakeGateway()
  const { stdio, stdin } = serve(gateway)
  await stdio.close()
  await stdio.closed
  t.ok(stdin.destroyed)
  t.equal(gateway.released.length, 1)
})

/** Collects a stream's text, and waits for some. */
function collect(stream: NodeJS.ReadableStream) {
  let text = ''
  let notice = () => {}
  stream.on('data', chunk => {
    text += chunk
    notice()
  })
  const until = async (part: string) => {
    while (!text.includes(part)) {
      await new Promise<void>(resolve => {
        notice = resolve
      })
    }
  }
  return { text: () => text, until }
}
