import { Type } from '@sinclair/typebox'
import { inputCheck } from '../core/check/input.js'
import { liftConfirm } from '../core/confirmation.js'
import { GatewayError } from '../core/errors.js'
import type { JsonObject } from '../core/json.js'
import type { EventStreams, Resources } from '../core/live.js'
import type { Gateway } from '../core/ports/gateway.js'
import type { Caller } from '../core/ports/sessions.js'
import { AnyJson, Exact, toJsonSchema } from '../core/schemas.js'

/** What the methods stand on. */
export interface DialectParts {
  gateway: Pick<Gateway, 'tools' | 'find' | 'nearest' | 'call'>
  resources: Resources
  streams: EventStreams
}

export interface DialectCall {
  params: JsonObject
  caller: Caller
  signal: AbortSignal
}

/** A method of the dialect: params in, `result` out. Throws GatewayError for what a caller may see. */
export type DialectMethod = (call: DialectCall) => Promise<JsonObject>

const checkNothing = inputCheck(Exact({}))
const checkCall = inputCheck(Exact({ name: Type.String(), arguments: Type.Optional(AnyJson) }))
const checkUri = inputCheck(Exact({ uri: Type.String() }))
const checkSubscription = inputCheck(Exact({ uri: Type.String(), client_id: Type.Optional(Type.String()) }))

/** All methods by name, as early clients call them. */
export function dialectMethods({ gateway, resources, streams }: DialectParts): ReadonlyMap<string, DialectMethod> {
  const toolList = gateway.tools.map(({ name, title, description, input }) => ({
    name,
    title,
    description,
    inputSchema: toJsonSchema(input)
  }))

  /** The streams that a subscription is for: the one that is named, or all that the session has. */
  const streamsOf = async ({ client_id }: JsonObject, caller: Caller): Promise<string[]> => {
    if (client_id !== undefined) return [client_id as string]
    const open = await streams.of(caller)
    if (open.length > 0) return open
    throw new GatewayError('not_found', 'client_id: no event stream of this session is open', {
      hint: 'Open GET /events first: its first event has a client_id.'
    })
  }

  return new Map<string, DialectMethod>([
    [
      'call_tool',
      async ({ params, caller, signal }) => {
        const { name, arguments: input } = checkCall(params) as { name: string; arguments?: unknown }
        // Asked before the door, to which an internal tool is one like any other.
        const tool = gateway.find(name)
        if (tool === undefined) throw unknownTool(name, gateway.nearest(name))
        return gateway.call({ tool: name, ...liftConfirm(input, tool.access), caller, signal })
      }
    ],
    [
      'list_tools',
      async ({ params }) => {
        checkNothing(params)
        return { tools: toolList }
      }
    ],
    [
      'list_resources',
      async ({ params, ...request }) => {
        checkNothing(params)
        return { resources: (await resources.list(request)).map(resource => ({ ...resource })) }
      }
    ],
    [
      'read_resource',
      async ({ params, ...request }) => {
        const { uri } = checkUri(params) as { uri: string }
        const content = await resources.read(uri, request)
        const { mimeType } = content
        return {
          contents: ['blob' in content ? { uri, ...content } : { uri, mimeType, text: JSON.stringify(content.data) }]
        }
      }
    ],
    [
      'subscribe_resource',
      async ({ params, caller, signal }) => {
        const { uri } = checkSubscription(params) as { uri: string }
        const subscribe = (client: string) => streams.subscribe(client, uri, caller, signal)
        const client_ids = await doneFor(await streamsOf(params, caller), subscribe)
        return { uri, client_ids, message: 'Changes are told by notifications/resources/updated.' }
      }
    ],
    [
      'unsubscribe_resource',
      async ({ params, caller }) => {
        const { uri } = checkSubscription(params) as { uri: string }
        const unsubscribe = (client: string) => streams.unsubscribe(client, uri, caller)
        const client_ids = await doneFor(await streamsOf(params, caller), unsubscribe)
        return { uri, client_ids, message: 'Changes are no longer told.' }
      }
    ]
  ])
}

/** The streams for which it worked: one of many may have ended meanwhile, or never have had the URI. Throws if for none. */
async function doneFor(clients: string[], act: (client: string) => Promise<void>): Promise<string[]> {
  const settled = await Promise.allSettled(clients.map(act))
  const done = clients.filter((_client, index) => settled[index]?.status === 'fulfilled')
  const failure = settled.find(result => result.status === 'rejected')
  if (done.length === 0 && failure !== undefined) throw failure.reason
  return done
}

function unknownTool(name: string, near: string | undefined): GatewayError {
  const meant = near === undefined ? '' : `. Did you mean "${near}"?`
  return new GatewayError('invalid_input', `name: "${name.slice(0, 80)}" is not a tool${meant}`, {
    hint: 'The method list_tools lists them.'
  })
}
