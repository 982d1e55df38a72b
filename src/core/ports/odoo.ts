// How this server talks to an Odoo: the adapter in `odoo` implements it, the door and the tools use it.

import type { ErrorCode } from '../errors.js'
import type { FileFacts, FileStream } from '../files.js'
import type { Json, JsonObject } from '../json.js'

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
  /** Whose turn it is when an Odoo is busy: sessions take turns, whatever the number of their calls. */
  turn?: string
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
  /** What is on its way now. */
  stats(): OdooStats
  /** Closes all sockets. */
  close(): Promise<void>
}

/** What goes on between this server and all Odoos. */
export interface OdooStats {
  /** Requests whose answer is awaited. */
  running: number
  /** Requests that wait for their turn. */
  queued: number
  /** Odoos that are not asked, because they failed again and again. */
  open_breakers: number
}

/** One request to an Odoo that has ended, for those who count. */
export interface OdooExchange {
  wire: Protocol
  access: 'read' | 'write'
  outcome: 'ok' | ErrorCode
  /** From when it was sent to the end of the answer; the wait before is not in it. */
  ms: number
}
