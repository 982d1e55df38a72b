import { randomBytes } from 'node:crypto'
import type { JsonObject } from '../core/json.js'
import type { EndReason } from '../core/live.js'

/** One event of a stream, ready to be written: `data` is JSON on one line. */
export interface StreamEvent {
  id: string
  event: string
  data: string
  /** Milliseconds that the client shall wait before it comes back when it is cut off. */
  retry?: number
}

/** Why a client has to read again what it has subscribed. */
export type Gap =
  /** Updates of these URIs were more, or larger, than what is kept for a client that does not take them. */
  | { reason: 'dropped'; uris: string[] }
  /** `Last-Event-ID` is of no stream that is still kept: what has happened since is not known. */
  | { reason: 'unknown' }

const retryMs = 2000

/** A secret of 128 bits that names a stream in the ids of its events. */
export function mintStreamKey(): string {
  return randomBytes(16).toString('base64url')
}

export function eventId(streamKey: string, seq: number): string {
  return `${streamKey}.${seq}`
}

/** The stream and the number in the id of an event; undefined for what is no id of ours. */
export function parseEventId(id: string): { streamKey: string; seq: number } | undefined {
  const [, streamKey, seq] = /^([\w-]{22})\.(\d{1,15})$/.exec(id) ?? []
  return streamKey === undefined ? undefined : { streamKey, seq: Number(seq) }
}

/** @param resumed whether everything since `Last-Event-ID` follows, as far as no gap is told */
export function established(id: string, clientId: string, resumed: boolean): StreamEvent {
  const params = { client_id: clientId, ...(resumed && { resumed }) }
  return { ...notification(id, 'notifications/connection/established', params), retry: retryMs }
}

export function gap(id: string, { reason, ...of }: Gap): StreamEvent {
  return notification(id, 'notifications/connection/gap', { reason, ...of })
}

export function closed(id: string, reason: EndReason): StreamEvent {
  return notification(id, 'notifications/connection/closed', { reason })
}

/** @param json what the URI shows now, as `jsonOf` gives it */
export function updated(id: string, uri: string, json: string): StreamEvent {
  const event = 'notifications/resources/updated'
  const params = `{"uri":${JSON.stringify(uri)},"data":${json}}`
  return { id, event, data: `{"jsonrpc":"2.0","method":"${event}","params":${params}}` }
}

const texts = new WeakMap<JsonObject, string>()

/** Data as JSON. One change is told to many streams: it becomes text once, and that is kept once. */
export function jsonOf(data: JsonObject): string {
  const known = texts.get(data)
  if (known !== undefined) return known
  const text = JSON.stringify(data)
  texts.set(data, text)
  return text
}

function notification(id: string, event: string, params: JsonObject): StreamEvent {
  return { id, event, data: JSON.stringify({ jsonrpc: '2.0', method: event, params }) }
}
