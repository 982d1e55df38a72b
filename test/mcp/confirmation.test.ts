import { once } from 'node:events'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import t, { type Test } from 'tap'
import { ConfirmationNeeded } from '../../src/core/confirmation.js'
import type { JsonObject } from '../../src/core/json.js'
import type { CallRequest } from '../../src/core/ports/gateway.js'
import { until } from '../contract/until.js'
import { FakeGateway } from './fake-gateway.js'
import { fastProgress, listen, messages, post } from './listen.js'

/** A gateway that wants `odoo_unlink` confirmed, and counts what it then runs. */
class AskingGateway extends FakeGateway {
  ran = 0

  override async call(request: CallRequest): Promise<JsonObject> {
    if (request.tool !== 'odoo_unlink') return super.call(request)
    if (!request.confirmed) throw new ConfirmationNeeded({ tool: 'odoo_unlink', model: 'res.partner', ids: [7] })
    this.ran += 1
    return super.call(request)
  }
}

const model = { model: 'res.partner' }
const confirm = (content: object, action = 'accept') => ({ inputResponses: { confirm: { action, content } } })
const yes = confirm({ confirm: true })

async function open(t: Parameters<typeof listen>[0]) {
  const gateway = new AskingGateway()
  const { url, requests } = await listen(t, { gateway, progress: fastProgress() })
  /** Sends `tools/call` of 2026-07-28 by hand, as `key`. */
  const send = async (args: object, more: object = {}, { key = 'ada', elicitation = {} as object | null } = {}) => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': elicitation === null ? {} : { elicitation }
    }
    const headers = {
      authorization: `Bearer ${key}`,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'odoo_unlink'
    }
    const params = { name: 'odoo_unlink', arguments: args, ...more, _meta }
    const response = await post(url, { jsonrpc: '2.0', id: 1, method: 'tools/call', params }, headers)
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    return isStream ? (await messages(response)).at(-1) : response.json()
  }
  /** Asks for a question, and gives the state that came with it. */
  const question = async (args: object = model) => {
    const { result } = await send(args)
    return { requestState: result.requestState as string }
  }
  return { url, gateway, send, question, answered: () => requests.length }
}

const problemOf = ({ result }: { result: { _meta: Record<string, unknown> } }) => result._meta['odoo-mcp/error']
const refused = (detail: RegExp) => ({ code: 'policy_denied', outcome: 'not_applied', detail, hint: String })
const invalid = { error: { code: -32602, data: { reason: 'invalid_request_state' } } }

t.test('a question is a result with a form, and a state that names nobody', async t => {
  const { send } = await open(t)
  const { result } = await send(model)
  t.match(result, {
    resultType: 'input_required',
    inputRequests: {
      confirm: {
        method: 'elicitation/create',
        params: {
          message: 'Delete 1 record of res.partner (7)? This cannot be undone.',
          requestedSchema: { type: 'object', properties: { confirm: { type: 'boolean' } }, required: ['confirm'] }
        }
      }
    }
  })
  const [, body = ''] = result.requestState.split('.')
  t.same(Object.keys(JSON.parse(String(Buffer.from(body, 'base64url'))).p), ['call', 'nonce'])
})

t.test('a yes runs the call that was asked about', async t => {
  const { gateway, send, question } = await open(t)
  t.match(await send(model, { ...(await question()), ...yes }), {
    result: { structuredContent: { tool: 'odoo_unlink' } }
  })
  t.equal(gateway.ran, 1)
})

t.test('a yes counts once, also when it is sent twice at the same time', async t => {
  const { gateway, send, question } = await open(t)
  const state = await question()
  const both = await Promise.all([send(model, { ...state, ...yes }), send(model, { ...state, ...yes })])
  t.equal(both.filter(({ result }) => result.isError !== true).length, 1)
  t.match(problemOf(await send(model, { ...state, ...yes })), refused(/has been used/))
  t.equal(gateway.ran, 1)
  const control = await send(model, { ...(await question()), ...yes })
  t.notOk(control.result.isError, 'control: another question, another yes')
  t.equal(gateway.ran, 2)
})

t.test('a no cannot be turned into a yes afterwards', async t => {
  const { gateway, send, question } = await open(t)
  const state = await question()
  t.match(problemOf(await send(model, { ...state, ...confirm({}, 'decline') })), refused(/did not agree/))
  t.match(problemOf(await send(model, { ...state, ...yes })), refused(/has been used/))
  t.equal(gateway.ran, 0)
})

t.test('a yes to one call is none to another: other arguments, another session', async t => {
  const { gateway, send, question } = await open(t)
  for (const other of [{ model: 'res.users' }, { ...model, more: 1 }, {}, { ...model, session: 'oms_h_other' }]) {
    const { requestState } = await question()
    t.match(problemOf(await send(other, { requestState, ...yes })), refused(/to another call/), JSON.stringify(other))
  }
  const { requestState } = await question({ ...model, session: 'oms_h_mine' })
  t.match(problemOf(await send({ ...model, session: 'oms_h_its' }, { requestState, ...yes })), refused(/another call/))
  t.equal(gateway.ran, 0)
})

t.test('the state of somebody else, a changed one and one of another server are invalid', async t => {
  const { gateway, send, question } = await open(t)
  const { requestState } = await question()
  t.match(await send(model, { requestState, ...yes }, { key: 'bob' }), invalid)
  const elsewhere = await (await open(t)).question()
  t.match(await send(model, { ...elsewhere, ...yes }), invalid)
  const [version, body = '', mac] = requestState.split('.')
  const envelope = JSON.parse(String(Buffer.from(body, 'base64url')))
  const forged = Buffer.from(JSON.stringify({ ...envelope, exp: envelope.exp + 1 })).toString('base64url')
  for (const state of [`${version}.${forged}.${mac}`, `${requestState}x`, 'x', '']) {
    t.match(await send(model, { requestState: state, ...yes }), invalid, state.slice(0, 8))
  }
  t.equal(gateway.ran, 0)
  t.notOk((await send(model, { requestState, ...yes })).result.isError, 'control: it was good for whom it was made')
})

t.test('a state is good for ten minutes', async t => {
  const { gateway, send, question } = await open(t)
  const [early, late] = [await question(), await question()]
  const { now } = Date
  t.teardown(() => {
    Date.now = now
  })
  Date.now = () => now() + 590_000
  t.notOk((await send(model, { ...early, ...yes })).result.isError, 'control: a bit before')
  Date.now = () => now() + 602_000
  t.match(await send(model, { ...late, ...yes }), invalid)
  t.equal(gateway.ran, 1)
})

t.test('an answer without a question is asked about, and so is a state without an answer', async t => {
  const { gateway, send, question } = await open(t)
  const asks = { result: { resultType: 'input_required' } }
  t.match(await send(model, yes), asks)
  t.match(await send(model, await question()), asks)
  t.match(await send(model, { ...(await question()), inputResponses: { other: { action: 'accept' } } }), asks)
  t.equal(gateway.ran, 0)
})

t.test('whoever does not offer forms is not asked', async t => {
  const { gateway, send } = await open(t)
  for (const elicitation of [null, { url: {} }]) {
    t.match(problemOf(await send(model, {}, { elicitation })), refused(/asks first/))
  }
  for (const elicitation of [{}, { form: {} }, { form: {}, url: {} }]) {
    t.match(await send(model, {}, { elicitation }), { result: { resultType: 'input_required' } }, 'control')
  }
  t.equal(gateway.ran, 0)
})

/** A client of 2025-11-25 whose person is asked by `ask`. */
async function legacy(t: Test, url: URL, ask: (signal: AbortSignal) => Promise<object>) {
  const versionNegotiation = { mode: 'legacy' as const }
  const client = new Client({ name: 'asked', version: '1' }, { capabilities: { elicitation: {} }, versionNegotiation })
  client.setRequestHandler('elicitation/create', async (_request, ctx) => (await ask(ctx.mcpReq.signal)) as never)
  await client.connect(new StreamableHTTPClientTransport(url))
  t.teardown(() => client.close())
  return client
}

const unlink = { name: 'odoo_unlink', arguments: model }

t.test('while a person of 2025-11-25 thinks, progress says what the call waits for', async t => {
  const { url, gateway } = await open(t)
  const told: (string | undefined)[] = []
  let answer: (said: object) => void
  const said = new Promise<object>(resolve => {
    answer = resolve
  })
  const client = await legacy(t, url, () => said)
  const onprogress = ({ message }: { message?: string | undefined }) => {
    told.push(message)
    if (told.length === 3) answer({ action: 'accept', content: { confirm: true } })
  }
  const result = await client.callTool(unlink, { onprogress })
  t.match(result.structuredContent, { tool: 'odoo_unlink' })
  t.match(told[1], /^waiting for the user to confirm \(\d+ s\)$/)
  t.equal(gateway.ran, 1)
})

t.test('a call that is cancelled while its person thinks is over: a late yes does nothing', async t => {
  const { url, gateway, answered } = await open(t)
  const cancel = new AbortController()
  const thinking = new AbortController()
  const client = await legacy(t, url, async () => {
    cancel.abort('enough')
    await once(thinking.signal, 'abort')
    return { action: 'accept', content: { confirm: true } }
  })
  await t.rejects(client.callTool(unlink, { signal: cancel.signal }))
  const before = answered()
  thinking.abort()
  await until('the late yes has come', () => answered() > before)
  await client.ping()
  t.equal(gateway.ran, 0)
})

t.test('a client of 2025-11-25 that fails to ask is refused as the contract says', async t => {
  const { url, gateway } = await open(t)
  const client = await legacy(t, url, () => Promise.reject(new Error('no window to show it in')))
  t.match(problemOf({ result: (await client.callTool(unlink)) as never }), refused(/has not answered/))
  t.equal(gateway.ran, 0)
})
