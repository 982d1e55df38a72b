import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import WebSocket from 'ws'
import type { Json, JsonObject } from '../../src/core/json.js'
import { until } from '../contract/until.js'
import type { DirectOdoo } from '../lab/rpc.js'

/** A message of the bus as a listener gets it, without what only 14 or only later releases say around it. */
export interface Told {
  id: number
  payload: JsonObject
}

export interface Listener {
  told: Told[]
  /** What was told since the last call, once the message `{"end": n}` that this sends has come. */
  since(send: (payload: JsonObject) => Promise<unknown>): Promise<Told[]>
}

/** A channel that nobody else knows. */
export function newChannel(): string {
  return `test-${randomBytes(12).toString('hex')}`
}

/** Listens on the bus of a real Odoo or the sandbox until the test ends: by long polls on 14, else by a websocket. */
export async function listen(t: Test, url: string, version: string, channel: string): Promise<Listener> {
  const told: Told[] = []
  await (version === '14' ? pollFor(t, url, channel, told) : openSocket(t, url, channel, told))
  let ends = 0
  return {
    told,
    async since(send) {
      const end = ++ends
      await send({ end: String(end) })
      await until('the end of the messages has come', () => told.some(({ payload }) => payload.end === String(end)))
      return told.splice(0).filter(({ payload }) => payload.end === undefined)
    }
  }
}

/** Calls a JSON route. */
export async function route(url: string, path: string, params: JsonObject, signal?: AbortSignal): Promise<JsonObject> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, params }),
    ...(signal !== undefined && { signal })
  })
  return (await response.json()) as JsonObject
}

async function pollFor(t: Test, url: string, channel: string, told: Told[]): Promise<void> {
  const ended = new AbortController()
  t.teardown(() => ended.abort())
  const poll = async (last: number): Promise<void> => {
    const params = { channels: [channel], last }
    const { result } = await route(url, '/longpolling/poll', params, ended.signal)
    const found = (result as JsonObject[]).map(({ id, message }) => ({ id, payload: message }) as unknown as Told)
    told.push(...found)
    return poll(found.at(-1)?.id ?? last)
  }
  poll(0).catch(error => {
    if (!ended.signal.aborted) throw error
  })
}

async function openSocket(t: Test, url: string, channel: string, told: Told[]): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket`, { origin: url })
  t.teardown(() => socket.terminate())
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('message', data => {
    for (const { id, message } of JSON.parse(String(data))) told.push({ id, payload: message.payload })
  })
  socket.send(JSON.stringify({ event_name: 'subscribe', data: { channels: [channel], last: 0 } }))
}

/** Code that sends on a channel, as Python. */
export function sending(version: string, channel: string, payload: string): string {
  return version === '14'
    ? `env['bus.bus'].sendone('${channel}', ${payload})`
    : `env['bus.bus']._sendone('${channel}', 'test', ${payload})`
}

/** Values of a rule that runs code, in the shape of a release. */
export function ruleValues(version: string, modelId: number, trigger: string, code: string): JsonObject {
  const values = { name: `odoo-mcp test ${trigger}`, model_id: modelId, trigger }
  if (version === '14') return { ...values, state: 'code', code }
  return { ...values, action_server_ids: [[0, 0, { name: 'send', model_id: modelId, state: 'code', code }]] }
}

/** Creates a rule that tells of an event on a channel; it is deleted when the test ends. */
export async function installRule(
  t: Test,
  admin: DirectOdoo,
  version: string,
  model: string,
  trigger: string,
  code: string
): Promise<number> {
  const [modelId = 0] = await admin.call<number[]>('ir.model', 'search', [[['model', '=', model]]])
  const rule = await admin.call<number>('base.automation', 'create', [ruleValues(version, modelId, trigger, code)])
  t.teardown(() => removeRule(admin, version, rule))
  return rule
}

/** Deletes a rule, and on 14 the action that it leaves behind. */
async function removeRule(admin: DirectOdoo, version: string, rule: number): Promise<void> {
  const fields = version === '14' ? ['action_server_id'] : ['name']
  const [row] = await admin.call<{ action_server_id?: [number, string] }[]>('base.automation', 'read', [[rule], fields])
  await admin.call('base.automation', 'unlink', [[rule]])
  if (row?.action_server_id) await admin.call('ir.actions.server', 'unlink', [[row.action_server_id[0]]])
}

/** What a call throws, as its class and message. */
export async function thrown(call: () => Promise<Json>): Promise<string> {
  try {
    await call()
    return 'nothing'
  } catch (error) {
    return (error as Error).message
  }
}
