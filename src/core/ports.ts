// Longer than other files on purpose: the one page that says how the folders talk to each other.

import type { TSchema } from '@sinclair/typebox'
import type { ErrorCode, Outcome } from './errors.js'
import type { FileFacts, FileStream } from './files.js'
import type { EndReason, Hold } from './live.js'
import type { Effect } from './policy.js'

/** JSON as every wire here speaks it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

// ---------------------------------------------------------------------------------------------------------------
// Odoo

/** A login: where, as whom and with which secret. Lives in memory only as long as a call needs it. */
export interface Credential {
  /** Base URL without a trailing slash, such as `https://erp.example.com`. */
  url: string
  database: string
  /** Login name. May be absent with `uid` or, on Odoo 19, with an API key alone. */
  username?: string
  uid?: number
  /** Password or API key: Odoo accepts both in the same place. */
  secret: string
  /** The secret is known to be an API key: Odoo's web login takes none. */
  isKey?: true
  /** The wire to use; `auto` chooses once, at login. */
  protocol: 'auto' | Protocol
}

/** The wires to Odoo. */
export type Protocol = 'jsonrpc' | 'json2' | 'xmlrpc'

export interface NamedId {
  id: number
  name: string
}

/** Who a login is and where: all that was learnt from Odoo while logging in. Holds no secret. */
export interface Identity {
  url: string
  database: string
  uid: number
  username: string
  /** The user's language code, such as `en_US`, and time zone, such as `Europe/Brussels`; null when Odoo has none. */
  lang: string | null
  tz: string | null
  company: NamedId
  companies: NamedId[]
  /** As Odoo says it, such as `19.0` or `saas~18.2`. */
  server_version: string
  /** The major version, such as 19. */
  major: number
  protocol: Protocol
}

/** The context of a call, already checked; merged over the user's own language and time zone by the adapter. */
export type OdooContext = JsonObject

/** One field as `fields_get` describes it, cut down to what checks and choices need. */
export interface FieldInfo {
  type: string
  string: string
  required: boolean
  readonly: boolean
  store: boolean
  searchable: boolean
  sortable: boolean
  /** The comodel of a relational field. */
  relation?: string
  selection?: [Json, string][]
  related?: Json
  company_dependent?: boolean
  currency_field?: string
  groups?: string
  manual?: boolean
  /** Of a one2many: the field over there that leads back. */
  relation_field?: string
  /** Of a properties field: the many2one to the record that defines them, and the field of that record. */
  definition_record?: string
  definition_record_field?: string
}

/** Fields by name, in Odoo's order. */
export type FieldMap = ReadonlyMap<string, FieldInfo>

export interface ModelInfo {
  model: string
  name: string
  transient?: boolean
}

export interface Row {
  id: number
  [field: string]: Json
}

export interface SearchQuery {
  domain: Json[]
  fields: string[]
  limit?: number
  offset?: number
  order?: string
}

export interface NameQuery {
  /** Part of a name, or all of it, as the operator says; empty for the first records. */
  name: string
  domain: Json[]
  operator: string
  limit: number
}

/** What `aggregate` groups and computes; checked, and spelled as `core/check/aggregate.ts` gives it. */
export interface AggregateQuery {
  domain: Json[]
  /** Terms such as `partner_id` and `date_order:month`; a date alone means its months. Empty: all records are one group. */
  groupBy: string[]
  /** Such as `amount_total:sum`. */
  measures: string[]
  /** A domain whose leaves compare measures. Empty: every group. */
  having: Json[]
  /** Terms and measures, selected or not; empty: the terms. What it leaves equal is ordered by the terms. */
  order: string
  limit: number
  offset: number
}

/** What a group has in common. Absent for "no value": a label, and the bounds of what is no period. */
export interface GroupKey {
  /** An id, a selection's key, the first day or second of a period in ISO 8601, …; null when the records have none. */
  value: Json
  /** What a person reads, in the language of the call. */
  label: string | null
  /** Bounds of a period, in ISO 8601: a date, or a time with `Z`. `to` is the first that is no longer in it. */
  from?: string
  to?: string
}

export interface Group {
  /** By the terms of `groupBy`, as given. */
  key: Record<string, GroupKey>
  count: number
  /** By the measures as given; null over no values. Dates are in ISO 8601. */
  measures: Record<string, Json>
  /** Finds exactly the records of the group. */
  domain: Json[]
}

/** What belongs to one call and reaches down to the socket. */
export interface CallScope {
  context?: OdooContext
  /** Aborts a read, and a write that was not sent yet. A write once sent runs on; its reply is still awaited. */
  signal: AbortSignal
  /** Milliseconds since the epoch after which the call fails with `timeout`. */
  deadline: number
  /** Called for every request that goes to Odoo. */
  onRequest?: () => void
  /** Called when the reply of a write arrives whose caller has already been answered: it was applied, or how it failed. */
  onLateReply?: (result: 'applied' | ErrorCode) => void
}

/** What a method returned; records are a list of ids on every version and wire. `warning` is set when the write is certain but its answer could not be read. */
export interface CallReply {
  /** `null` when the method returned nothing, on every wire. */
  result: Json
  warning?: string
}

/**
 * One Odoo, as one user, within one call. Every method throws GatewayError only; those of writes carry `outcome`.
 * Reads may be retried and shared by the adapter, writes are sent at most once.
 */
export interface OdooPort {
  readonly identity: Identity
  /** `search_read`. */
  search(model: string, query: SearchQuery): Promise<Row[]>
  /** `read`; rows of ids that do not exist or may not be seen are absent. Rows come in the order of `ids`. */
  read(model: string, ids: number[], fields: string[]): Promise<Row[]>
  /** `search_count`. */
  count(model: string, domain: Json[]): Promise<number>
  /** The groups of a page, and whether more follow; one form for every version. */
  aggregate(model: string, query: AggregateQuery): Promise<{ groups: Group[]; more: boolean }>
  /** `name_search`: ids and display names of the records that match, in the order of the model. */
  nameSearch(model: string, query: NameQuery): Promise<NamedId[]>
  /** Cached: what the checks need of every field of a model that this user sees. `not_found` for an unknown model. */
  fields(model: string): Promise<FieldMap>
  /** Cached: the visible columns of the model's list view, left to right; none where there is no such view to be had. */
  listColumns(model: string): Promise<string[]>
  /** `fields_get` as it is, for the named fields (empty: all) and attributes (empty: all). Not cached. */
  describeFields(model: string, fields: string[], attributes: string[]): Promise<Record<string, JsonObject>>
  /** Cached: the models that this user may read, sorted by technical name. */
  models(): Promise<ModelInfo[]>
  /** What is known of a file; undefined for an empty field. `not_found` for a record that is not there, or not to be seen. */
  fileFacts(model: string, id: number, field: string): Promise<FileFacts | undefined>
  /** The whole content in base64, empty for none. */
  readFile(model: string, id: number, field: string): Promise<string>
  /**
   * The content as it comes from Odoo's web server, or the part of it that `range` names, as in HTTP (from 19 on; 14 sends
   * the whole). Undefined where that is not to be had: with an API key, or where Odoo asks for a second factor.
   */
  openFile(model: string, id: number, field: string, range?: string): Promise<FileStream | undefined>
  /** One transaction, whatever the number of rows; the new ids in order. */
  create(model: string, rows: JsonObject[]): Promise<number[]>
  write(model: string, ids: number[], values: JsonObject): Promise<CallReply>
  unlink(model: string, ids: number[]): Promise<CallReply>
  /** Any public method. `read: true` says that it changes nothing and may be treated as a read. */
  call(model: string, method: string, args: Json[], kwargs: JsonObject, options: { read: boolean }): Promise<CallReply>
}

/** A login that worked. Cheap: holds no socket of its own. */
export interface OdooLogin {
  readonly identity: Identity
  /** The port for one call. */
  port(scope: CallScope): OdooPort
}

/** What a store needs to reopen a login without asking Odoo: the identity and the secret. Sealed before it is kept. */
export interface SavedLogin {
  identity: Identity
  secret: string
  /** As in the credential. */
  isKey?: true
}

export interface OpenOdoo {
  /** Logs in. Throws `auth_failed`, `not_found` (database), `odoo_unavailable`, `policy_denied` (address), … */
  login(credential: Credential, scope: CallScope): Promise<OdooLogin & { saved: SavedLogin }>
  /** Reopens a login that worked before; asks Odoo nothing. */
  reopen(saved: SavedLogin): OdooLogin
  /** Closes all sockets. */
  close(): Promise<void>
}

// ---------------------------------------------------------------------------------------------------------------
// Callers and sessions

/** How a session's secret is sent, fixed when it is opened. `default` is the connection from the settings. */
export type SessionKind = 'bearer' | 'handle' | 'implicit' | 'default'

/** A session as a call sees it. */
export interface Session {
  /** SHA-256 of the secret, hex, or `default`. Its beginning names the session in logs; worthless as a secret. */
  id: string
  kind: SessionKind
  principal: string
  odoo: OdooLogin
  /** Milliseconds since the epoch, null when it never expires. */
  expiresAt: number | null
}

/**
 * Where one MCP session or one stdio process keeps the session it connected; `null` before the first connect. The secret
 * of an ended session stays, so that later calls fail instead of reaching the default connection. Owned by the surface,
 * filled by the sessions.
 */
export interface SessionSlot {
  /** The secret of the implicit session, kept on our side. */
  secret: string | null
}

/** Who calls, as a surface has authenticated it. */
export interface Caller {
  /** `key:<name>`, `local` (keyless loopback) or `stdio`. Sessions are bound to it. */
  principal: string
  surface: 'rest' | 'mcp' | 'stdio'
  /** The session secret that came as `Authorization: Bearer`, if it was not an access key. */
  bearer?: string
  /** The session secret that came as the argument `session` or the header `Odoo-Session`. */
  handle?: string
  /** Present for a legacy MCP session and the stdio process. */
  slot?: SessionSlot
  /** What `odoo_connect` opens for this caller. */
  opens: Exclude<SessionKind, 'default'>
  requestId: string
}

/** What a session store keeps. A dump of it opens nothing: `sealed` needs the secret, of which only the hash is kept. */
export interface StoredSession {
  /** SHA-256 of the secret, hex. */
  id: string
  kind: Exclude<SessionKind, 'default'>
  principal: string
  /** Milliseconds since the epoch. */
  idleUntil: number
  /** Milliseconds since the epoch. */
  endsAt: number
  sealed: Uint8Array
}

export interface SessionStore {
  get(id: string): StoredSession | undefined
  put(session: StoredSession): void
  delete(id: string): boolean
  /** Live sessions, of one principal or of all. */
  count(principal?: string): number
  /** Removes what has expired at `now` (ms). */
  sweep(now: number): void
}

/** What `odoo_connect` was given. */
export interface ConnectRequest {
  url?: string
  database?: string
  username?: string
  password?: string
  api_key?: string
  protocol?: 'auto' | Protocol
}

export interface OpenedSession {
  session: Session
  /** The secret for the caller; absent for implicit sessions. */
  secret?: string
}

export interface Sessions {
  /** The session a caller's call uses. Never falls through a step that applies: `auth_required`. */
  resolve(caller: Caller, scope: CallScope): Promise<Session>
  open(caller: Caller, request: ConnectRequest, scope: CallScope): Promise<OpenedSession>
  /** Ends the caller's session at once. `auth_required` if there is none, `invalid_input` for the default connection. */
  close(caller: Caller): Promise<void>
  /** Ends the implicit session of a slot, if any: its MCP session or process has ended. */
  release(slot: SessionSlot): void
  /** Renews the idle time of a slot's session: an open stream counts as use. */
  touch(slot: SessionSlot): void
  /**
   * Keeps the session that this caller's calls use from becoming idle, and tells once when it has ended. The caller in
   * the hold means this session for good, whatever the surface connects to meanwhile. `auth_required` as for calls.
   */
  hold(caller: Caller, scope: CallScope, ended: (reason: EndReason) => void): Promise<Hold>
  /** A call on a session has ended, with this error if it failed. A login that Odoo refuses ends its session. */
  settled(session: Session, error?: unknown): void
  /** Whether the default connection's last call worked. */
  readonly connected: boolean
}

// ---------------------------------------------------------------------------------------------------------------
// Tools

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
    withholds(field: string, info: { type: string }): boolean
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

// ---------------------------------------------------------------------------------------------------------------
// Around

/** Structured logging: fields first, then the message, as pino has it. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Milliseconds since the epoch. */
export type Clock = () => number

/** One line per write, and one more if its reply came after its caller had gone. */
export interface AuditEntry {
  request_id: string
  session: string
  principal: string
  tool: string
  model: string
  method?: string
  ids?: number[]
  fields?: string[]
  outcome: 'applied' | Outcome | 'applied_late' | 'failed_late'
  code?: ErrorCode
}
