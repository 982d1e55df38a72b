// The tools and the one door to them: implemented by `core` and `tools`, used by the surfaces.

import type { TSchema } from '@sinclair/typebox'
import type { ErrorCode } from '../errors.js'
import type { Json, JsonObject } from '../json.js'
import type { EndReason, Hold } from '../live.js'
import type { Effect } from '../policy.js'
import type { OdooPort } from './odoo.js'
import type { Caller, ConnectRequest, OpenedSession, Session, SessionSlot } from './sessions.js'

export interface Limits {
  default_limit: number
  max_limit: number
  /** Bytes of text that an MCP answer may have before it is cut between records. */
  max_result_bytes: number
}

export interface PolicySummary {
  read_only: boolean
  allowed_models: string[]
  denied_models: string[]
}

export interface ToolContext {
  odoo: OdooPort
  session: Session
  sessions: { open(request: ConnectRequest): Promise<OpenedSession>; close(): Promise<void> }
  limits: Limits
  policy: {
    summary: PolicySummary
    mayRead(model: string): boolean
    withholds(field: string, info: { type: string; related?: Json }): boolean
  }
  signal: AbortSignal
}

export type Access = 'session' | 'read' | 'write' | 'destructive'

/** A tool, seen from the surfaces and the door: its schemas are known only as schemas. */
export interface Tool {
  name: string
  aliases: readonly Alias[]
  title: string
  description: string
  access: Access
  /** What it does to the model in its input; `call` asks the table of ORM methods. */
  effect: Effect | 'call'
  input: TSchema
  output: TSchema
  /** The key of the output that a surface with little room may deliver in part: a list, or an object by its members. */
  rows?: string
  rest: { paths: readonly string[]; methods: readonly ('GET' | 'POST')[] }
  /** Called by our own surfaces alone, for something that they show in another form: no client finds it. */
  internal?: true
  /** An input that works on a fresh Odoo, for OpenAPI and docs. */
  example: JsonObject
  /** Input and output are checked by the door against the schemas. */
  run(input: never, ctx: ToolContext): Promise<unknown>
}

/** Another name for a tool, accepted when called but not listed, with the argument names it had. */
export interface Alias {
  name: string
  /** Old argument name to ours, such as `{ args: 'domain' }`. */
  rename?: Readonly<Record<string, string>>
  /** Where new names are not enough: the whole input as ours. What it does not understand it leaves, to be refused. */
  map?(input: JsonObject): JsonObject
}

export interface CallRequest {
  /** A tool's name or an alias. */
  tool: string
  /** As received: undefined means `{}`. */
  input: unknown
  caller: Caller
  /** Aborted when the caller leaves. */
  signal: AbortSignal
  /** The person behind the caller has been asked, and has said yes to just this call. */
  confirmed?: true
  /** Nobody waits for it: it is one of many looks at what is subscribed, and logged as a detail. */
  background?: true
}

/** A call that has come through the door, for those who count. */
export interface CallOutcome {
  tool: string
  outcome: 'ok' | ErrorCode
  ms: number
  /** Requests that went to Odoo. */
  rpcs: number
  /** As in the request. */
  background: boolean
}

/** The one door to the tools, and what surfaces may know of them. */
export interface Gateway {
  /** The tools that this server's policy lets be listed, in order. */
  readonly tools: readonly Tool[]
  /** Those it does not: they can be called by whoever knows them, to be told that the policy refuses it. */
  readonly unlisted: readonly Tool[]
  /** The tool behind a name or an alias, listed or not; undefined when there is none, or none for clients. */
  find(name: string): Tool | undefined
  /** The nearest tool name to a wrong one, if any is near. */
  nearest(name: string): string | undefined
  /** Runs a tool. Throws GatewayError for everything a caller may see; anything else is a bug. */
  call(request: CallRequest): Promise<JsonObject>
  /** Ends the implicit session of a slot. */
  release(slot: SessionSlot): void
  /** Renews the idle time of a slot's session: an open stream counts as use. */
  touch(slot: SessionSlot): void
  /** Keeps the session of a caller in use until it is released, and tells once when it has ended. */
  hold(caller: Caller, signal: AbortSignal, ended: (reason: EndReason) => void): Promise<Hold>
  /** Whether the default connection's last call worked. */
  readonly connected: boolean
}
