import t, { type Test } from 'tap'
import { GatewayError } from '../../src/core/errors.js'
import type { JsonObject } from '../../src/core/json.js'
import type { EventStreams, ResourceContent, Resources } from '../../src/core/live.js'
import type { CallRequest } from '../../src/core/ports/gateway.js'
import { createDialect } from '../../src/dialect/dialect.js'
import { mcpRoutes } from '../../src/mcp/http.js'
import { until } from '../contract/until.js'
import {
  deferred,
  fakeGateway,
  fakeTools,
  key,
  listening,
  liveBearer,
  options,
  withKeys
} from '../http/fake-gateway.js'

// The surface alone: what is asked of the parts behind it, and what is made of their answers.

const uri = 'odoo://res.partner/1'

const resources: Resources = {
  parse: () => ({ kind: 'record', model: 'res.partner', id: 1 }),
  read: async (asked): Promise<ResourceContent> => {
    if (asked.includes('/binary/')) return { mimeType: 'image/png', blob: 'iVBORw==' }
    if (asked === uri) return { mimeType: 'application/json', data: { id: 1, name: 'Azure' } }
    throw new GatewayError('not_found', `uri: there is no ${asked}`)
  },
  list: async () => [
    {
      uri: 'odoo://res.partner/list',
      name: 'res.partner',
      title: 'Contact',
      description: 'x',
      mimeType: 'application/json'
    }
  ],
  complete: async () => []
}

/** Event streams that remember what they were told. */
class FakeStreams implements EventStreams {
  readonly told: [what: string, client: string, uri: string, bearer: string | undefined][] = []
  constructor(readonly open: string[]) {}
  async subscribe(client: string, uri: string, caller: CallRequest['caller']) {
    if (!this.open.includes(client)) throw new GatewayError('not_found', 'client_id: there is no such stream')
    this.told.push(['subscribe', client, uri, caller.bearer])
  }
  async unsubscribe(client: string, uri: string, caller: CallRequest['caller']) {
    const has = this.told.some(([what, of, told]) => what === 'subscribe' && of === client && told === uri)
    if (!has) throw new GatewayError('not_found', 'uri: this stream has not subscribed it')
    this.told.push(['unsubscribe', client, uri, caller.bearer])
  }
  async of() {
    return this.open
  }
}

interface Settings {
  answer?: (request: CallRequest) => Promise<JsonObject>
  keys?: boolean
  streams?: FakeStreams
}

const noLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

async function serve(t: Test, { answer, keys = false, streams = new FakeStreams([]) }: Settings = {}) {
  const gateway = {
    ...fakeGateway(answer),
    nearest: (name: string) => (name === 'odoo_serach' ? 'odoo_search' : undefined)
  }
  const errors: unknown[] = []
  const log = { ...noLog, error: (fields: object) => errors.push(fields) }
  const settings = (keys ? withKeys : options)({
    gateway,
    mount: (app, authenticate) => {
      const dialect = createDialect({ gateway, resources, streams, log })
      const limits = { idleMs: 60_000, maxSessions: 5, maxSessionsPerPrincipal: 5 }
      mcpRoutes(app, { gateway, authenticate, dialect, log, version: '1', limits, maxResultBytes: 100_000 })
    }
  })
  const { port } = await listening(t, settings)
  const url = `http://127.0.0.1:${port}/mcp`
  const post = (body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(signal && { signal })
    })
  /** A request of the dialect; the body of its answer. */
  const ask = async (method: string, params?: unknown, more: object = { id: 7 }) => {
    const response = await post({ jsonrpc: '2.0', method, ...(params !== undefined && { params }), ...more })
    t.equal(response.status, 200, 'early clients look into the body alone')
    t.equal(response.headers.get('cache-control'), 'no-store')
    return (await response.json()) as JsonObject
  }
  return { ask, post, gateway, errors, streams }
}

t.test('a tool is called without a handshake, and its output is the result as it is', async t => {
  const { ask, gateway } = await serve(t)
  const input = { model: 'res.partner' }
  t.strictSame(await ask('call_tool', { name: 'odoo_search', arguments: input }), {
    jsonrpc: '2.0',
    id: 7,
    result: { count: 0 }
  })
  t.match(gateway.calls, [
    { tool: 'odoo_search', input, caller: { principal: 'local', surface: 'rest', opens: 'bearer' } }
  ])
})

t.test('a request without an id is answered all the same, with the id null', async t => {
  const { ask } = await serve(t)
  const answer = await ask('call_tool', { name: 'odoo_search', arguments: { model: 'res.partner' } }, {})
  t.strictSame(answer, { jsonrpc: '2.0', id: null, result: { count: 0 } })
  t.match(await ask('list_tools', undefined, { id: 'text' }), { id: 'text', result: { tools: Array } })
})

t.test('tools are listed with the schema of their input', async t => {
  const { ask } = await serve(t)
  const { result } = await ask('list_tools', {})
  t.match(result, {
    tools: [{ name: 'odoo_connect', title: String, description: String, inputSchema: { type: 'object' } }]
  })
  t.equal((result as { tools: unknown[] }).tools.length, fakeTools.length)
})

t.test('resources are listed, and read as text or as bytes', async t => {
  const { ask } = await serve(t)
  t.match(await ask('list_resources'), { result: { resources: [{ uri: 'odoo://res.partner/list' }] } })
  t.strictSame((await ask('read_resource', { uri })).result, {
    contents: [{ uri, mimeType: 'application/json', text: '{"id":1,"name":"Azure"}' }]
  })
  const binary = 'odoo://res.partner/binary/image_128/1'
  t.strictSame((await ask('read_resource', { uri: binary })).result, {
    contents: [{ uri: binary, mimeType: 'image/png', blob: 'iVBORw==' }]
  })
  t.match(await ask('read_resource', { uri: 'odoo://res.partner/9' }), { error: { code: -32000 } })
})

t.test('a subscription without client_id is for all event streams of the session', async t => {
  const { ask, streams } = await serve(t, { streams: new FakeStreams(['a', 'b']) })
  t.match(await ask('subscribe_resource', { uri }), { result: { uri, client_ids: ['a', 'b'] } })
  t.match(await ask('subscribe_resource', { uri, client_id: 'b' }), { result: { uri, client_ids: ['b'] } })
  t.match(await ask('unsubscribe_resource', { uri }), { result: { uri, client_ids: ['a', 'b'] } })
  t.strictSame(
    streams.told.map(([what, client]) => `${what} ${client}`),
    ['subscribe a', 'subscribe b', 'subscribe b', 'unsubscribe a', 'unsubscribe b']
  )
  t.match(await ask('subscribe_resource', { uri, client_id: 'c' }), { error: { data: { code: 'not_found' } } })
})

t.test('to end a subscription without client_id is for those streams that have it', async t => {
  const { ask } = await serve(t, { streams: new FakeStreams(['a', 'b']) })
  await ask('subscribe_resource', { uri, client_id: 'b' })
  t.match(await ask('unsubscribe_resource', { uri }), { result: { client_ids: ['b'] } })
  t.match(await ask('unsubscribe_resource', { uri: 'odoo://res.partner/2' }), {
    error: { data: { code: 'not_found' } }
  })
})

t.test('a subscription before any event stream is open is refused, with the next step', async t => {
  const { ask, streams } = await serve(t)
  for (const method of ['subscribe_resource', 'unsubscribe_resource']) {
    t.match(await ask(method, { uri }), {
      error: { code: -32000, data: { code: 'not_found', hint: /Open GET \/events first/ } }
    })
  }
  t.equal(streams.told.length, 0)
})

const refusals: [what: string, body: object, code: number, message: RegExp][] = [
  [
    'an unknown method',
    { method: 'call_tol', params: {} },
    -32003,
    /"call_tol" is not known. Did you mean "call_tool"\?/
  ],
  ['a method that is nothing like ours', { method: 'frobnicate' }, -32003, /^method: "frobnicate" is not known\.$/],
  ['an unknown tool', { method: 'call_tool', params: { name: 'odoo_serach' } }, -32004, /Did you mean "odoo_search"\?/],
  [
    'a tool that is nothing like ours',
    { method: 'call_tool', params: { name: 'x' } },
    -32004,
    /^name: "x" is not a tool$/
  ],
  ['no name of a tool', { method: 'call_tool' }, -32004, /^name: /],
  ['an unknown key', { method: 'call_tool', params: { name: 'odoo_search', args: {} } }, -32004, /^args: /],
  [
    'arguments that are a list',
    { method: 'call_tool', params: { name: 'odoo_search', arguments: [] } },
    -32004,
    /^input/
  ],
  ['no uri', { method: 'read_resource', params: {} }, -32004, /^uri: /],
  ['a uri that is no text', { method: 'subscribe_resource', params: { uri: 1 } }, -32004, /^uri: /],
  ['params of list_tools', { method: 'list_tools', params: { cursor: 'x' } }, -32004, /^cursor: /],
  ['no jsonrpc', { jsonrpc: undefined, method: 'list_tools' }, -32002, /^jsonrpc: is missing; expected "2.0"$/],
  ['another jsonrpc', { jsonrpc: '1.0', method: 'list_tools' }, -32002, /^jsonrpc: is "1.0"; expected "2.0"$/],
  ['an id that is an object', { id: {}, method: 'list_tools' }, -32002, /^id: is an object; expected/],
  ['params that are a list', { method: 'list_tools', params: [] }, -32002, /^params: is a list; expected an object$/]
]
for (const [what, body, code, message] of refusals) {
  t.test(`${what} is refused with ${code}, and nothing is called`, async t => {
    const { post, gateway, errors } = await serve(t)
    const answer = (await (await post({ jsonrpc: '2.0', id: 1, ...body })).json()) as JsonObject
    t.match(answer, { jsonrpc: '2.0', error: { code, message, data: { code: 'invalid_input', status: 400 } } })
    t.equal(answer.id, 'id' in body ? null : 1)
    t.equal(gateway.calls.filter(({ input }) => !Array.isArray(input)).length, 0)
    t.equal(errors.length, 0)
  })
}

t.test('what is not JSON is a parse error', async t => {
  const { post } = await serve(t)
  t.match(await (await post('{"jsonrpc":')).json(), { jsonrpc: '2.0', id: null, error: { code: -32700 } })
})

t.test('what a tool throws has the number of its code, and the whole problem in data', async t => {
  const failing = async () => {
    throw new GatewayError('conflict', 'somebody was faster', { outcome: 'not_applied', retryable: true })
  }
  const { ask } = await serve(t, { answer: failing })
  t.match(await ask('call_tool', { name: 'odoo_create', arguments: { model: 'res.partner' } }), {
    error: {
      code: -32000,
      message: 'somebody was faster',
      data: { code: 'conflict', status: 409, outcome: 'not_applied', retryable: true, request_id: String }
    }
  })
  const busy = async () => {
    throw new GatewayError('busy', 'full', { retry_after_s: 2 })
  }
  const second = await serve(t, { answer: busy })
  const arguments_ = { model: 'res.partner' }
  t.match(await second.ask('call_tool', { name: 'odoo_search', arguments: arguments_ }), {
    error: { code: -32001, data: { retry_after_s: 2 } }
  })
})

t.test('a bug shows nothing of itself and is logged', async t => {
  const buggy = async () => {
    throw new Error('secret detail')
  }
  const { post, errors } = await serve(t, { answer: buggy })
  const params = { name: 'odoo_search', arguments: { model: 'res.partner' } }
  const response = await post({ jsonrpc: '2.0', id: 1, method: 'call_tool', params })
  const text = await response.text()
  t.notMatch(text, /secret detail/)
  t.match(JSON.parse(text), { error: { code: -32603, data: { code: 'internal' } } })
  t.match(errors, [{ err: { message: 'secret detail' } }])
})

const notDialect: [what: string, body: object, headers: Record<string, string>][] = [
  ['ping', { method: 'ping' }, {}],
  ['a method of MCP', { method: 'tools/list' }, {}],
  ['a request with an MCP session', { method: 'list_tools' }, { 'mcp-session-id': 'x' }],
  ['a request with a protocol version', { method: 'list_tools' }, { 'mcp-protocol-version': '2025-11-25' }],
  ['a request with the header of a method', { method: 'list_tools' }, { 'mcp-method': 'list_tools' }],
  ['a request with the envelope of MCP', { method: 'list_tools', params: { _meta: {} } }, {}],
  ['no method at all', {}, {}]
]
for (const [what, body, headers] of notDialect) {
  t.test(`${what} is left to MCP`, async t => {
    const { post } = await serve(t)
    const response = await post({ jsonrpc: '2.0', id: 1, ...body }, headers)
    const answer = (await response.json()) as JsonObject
    t.not(response.status, 200)
    t.match(answer, { error: { code: Number } })
    t.notMatch(answer, { error: { data: { type: /^urn:odoo-mcp/ } } })
  })
}

t.test('initialize opens an MCP session as ever', async t => {
  const { post } = await serve(t)
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } }
  const response = await post(
    { jsonrpc: '2.0', id: 1, method: 'initialize', params },
    { accept: 'application/json, text/event-stream' }
  )
  t.equal(response.status, 200)
  t.type(response.headers.get('mcp-session-id'), 'string')
  await response.body?.cancel()
})

t.test('where there are keys it needs one, and takes the session from the Authorization header', async t => {
  const { post, gateway } = await serve(t, { keys: true })
  const body = { jsonrpc: '2.0', method: 'call_tool', params: { name: 'odoo_search', arguments: { model: 'a' } } }
  const refused = await post(body)
  t.equal(refused.status, 401)
  t.equal(refused.headers.get('www-authenticate'), 'Bearer')
  t.equal(gateway.calls.length, 0)
  t.equal((await post(body, { authorization: `Bearer ${key}` })).status, 200)
  t.equal((await post(body, { authorization: `Bearer ${liveBearer}` })).status, 200)
  t.match(gateway.calls, [
    { caller: { principal: 'key:ci', bearer: undefined } },
    { caller: { principal: 'key:desk', bearer: liveBearer } }
  ])
})

t.test('a call is aborted when its client leaves', async t => {
  const started = deferred<AbortSignal>()
  const { post } = await serve(t, {
    answer: ({ signal }) => {
      started.resolve(signal)
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new GatewayError('cancelled', 'left')))
      })
    }
  })
  const leaving = new AbortController()
  const params = { name: 'odoo_search', arguments: { model: 'a' } }
  const answer = post({ jsonrpc: '2.0', id: 1, method: 'call_tool', params }, {}, leaving.signal)
  const signal = await started.promise
  t.equal(signal.aborted, false)
  leaving.abort()
  await t.rejects(answer)
  await until('the call is aborted', () => signal.aborted)
})
