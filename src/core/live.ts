// What the parts of live updates share. The hub knows no socket, the surfaces no Odoo, and the sources no data.

import type { GatewayError } from './errors.js'
import type { JsonObject } from './json.js'
import type { Identity } from './ports/odoo.js'
import type { Caller } from './ports/sessions.js'

// ---------------------------------------------------------------------------------------------------------------
// Resources

/** What an `odoo://` URI names; its model, fields and domain are not checked yet: the door does that. */
export type ResourceAddress =
  | { kind: 'record'; model: string; id: number; fields?: string[] }
  | { kind: 'list'; model: string; query: ListQuery }
  | { kind: 'binary'; model: string; field: string; id: number }

/** The query of a list URI; the input of `odoo_search` but for the model. `domain` stays text: the door parses it. */
export interface ListQuery {
  domain?: string
  fields?: string[]
  limit?: number
  offset?: number
  order?: string
}

export type ResourceContent =
  | { mimeType: 'application/json'; data: JsonObject }
  /** `blob`: base64. */
  | { mimeType: string; blob: string }

/** Who asks for a resource. */
export interface ResourceRequest {
  caller: Caller
  signal: AbortSignal
}

export interface ListedResource {
  uri: string
  name: string
  title: string
  description: string
  mimeType: string
}

/** `odoo://` URIs, for every surface. All of it goes through the door, as calls of tools. */
export interface Resources {
  /** Throws `invalid_input` for what is no URI of ours, with the three forms as a hint. Asks nobody. */
  parse(uri: string): ResourceAddress
  /** Throws what the tool behind it throws; `not_found` when the record does not exist or is not the caller's to see. */
  read(uri: string, request: ResourceRequest): Promise<ResourceContent>
  /** The lists of the models that people use and that this user may read. */
  list(request: ResourceRequest): Promise<ListedResource[]>
  /**
   * Models, fields of `given.model` (`file`: those that hold files), or ids of it (by name) that fit `value`; best first,
   * 100 at most. None where nothing can be said, of an unknown model for example.
   */
  complete(
    part: 'model' | 'field' | 'file' | 'id',
    value: string,
    given: Readonly<Record<string, string>>,
    request: ResourceRequest
  ): Promise<string[]>
}

// ---------------------------------------------------------------------------------------------------------------
// Sources of change

/**
 * Something that says where a look may be worthwhile, such as the bus of an Odoo; our own writes and the clock are built
 * into the hub. It never says what has changed: that is read again, by each who wants to know, with their own rights.
 */
export interface ChangeSource {
  /** Calls `target.look` whenever that may be worthwhile, until the returned function is called. */
  watch(target: WatchTarget): () => void
  /** Whether it would now tell of every change of this model, whoever makes it: then the clock may tick slowly. */
  covers?(target: WatchTarget): boolean
  /** Ends what it keeps open besides its targets, such as a socket. */
  close?(): void
}

/** One model as one identity sees it, with everything that is subscribed of it. */
export interface WatchTarget {
  readonly identity: Identity
  readonly model: string
  /**
   * Compares what is subscribed with what it was: of these records, or of all. Lists are always looked at. Looks never
   * overlap: one that is asked for meanwhile comes after, once, for all that asked. Never rejects.
   */
  look(ids?: readonly number[]): Promise<Looked>
}

/** What came of a look. */
export interface Looked {
  /** Whether anything had changed. */
  changed: boolean
  /** Milliseconds that Odoo took. */
  ms: number
  /** Why nothing could be compared; the next look has everything to catch up with. */
  failure?: GatewayError
}

/** A write that passed through us and was, or may have been, applied. */
export interface Written {
  identity: Identity
  model: string
  /** Those that it names; empty when they are not known, as with unknown methods. */
  ids: number[]
}

// ---------------------------------------------------------------------------------------------------------------
// Subscriptions

/** Why a session has ended. */
export type EndReason = 'disconnected' | 'replaced' | 'expired' | 'auth_failed' | 'closed' | 'shutdown'

/** A session that is kept in use, and the caller that always means it, whatever its surface connects to meanwhile. */
export interface Hold {
  /** SHA-256 of the secret, or `default`. */
  sessionId: string
  identity: Identity
  caller: Caller
  /** Lets go; calling it again does nothing. */
  release(): void
}

/** A change as its subscriber may see it. */
export interface ResourceUpdate {
  /** As it was subscribed. */
  uri: string
  /** What the URI shows now; `{"deleted": true}`, once, when the record is gone or no longer theirs. */
  data: JsonObject
}

export interface Subscriber {
  caller: Caller
  /** Must not throw and must not wait. */
  updated(update: ResourceUpdate): void
  /** The session has ended, and with it this subscription: there is nothing left to close. Must not throw. */
  ended(reason: EndReason): void
}

export interface Subscription {
  uri: string
  /** What the URI showed when the subscription began. */
  data: JsonObject
  /** Ends it; calling it again does nothing. */
  close(): void
}

export interface LiveStats {
  subscriptions: number
  /** Pairs of identity and model that are looked at. */
  watches: number
  /** Identities with at least one watch. */
  identities: number
  /** Databases whose watches tick slower because too many identities watch them. */
  slowed: number
  /** Watches whose changes a bus tells of. */
  covered: number
}

/** Subscriptions to records and lists, shared as far as the rights of their subscribers are the same. */
export interface LiveHub {
  /**
   * Reads first, so that a wrong URI fails here, as the read does. Binary URIs are `invalid_input`; over the limit of
   * subscriptions is `busy`.
   */
  subscribe(uri: string, subscriber: Subscriber, signal: AbortSignal): Promise<Subscription>
  stats(): LiveStats
  /** Ends every subscription with `shutdown`. */
  close(): void
}

/** The event streams of `GET /events`, for the surfaces that subscribe on behalf of them. */
export interface EventStreams {
  /** Subscribes one stream of the caller's session; `not_found` when there is no such stream of theirs. */
  subscribe(clientId: string, uri: string, caller: Caller, signal: AbortSignal): Promise<void>
  unsubscribe(clientId: string, uri: string, caller: Caller): Promise<void>
  /** The ids of all open streams of the caller's session. */
  of(caller: Caller): Promise<string[]>
}
