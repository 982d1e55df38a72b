import type { Json } from '../json.js'
import type { Env } from '../orm/env.js'
import { timestamp } from '../orm/env.js'
import type { Tables } from '../orm/tables.js'
import type { Row } from '../orm/types.js'
import type { Major } from '../release.js'

/** A message as the bus delivers it; 14 says the channel, too. */
export interface Message {
  id: number
  channel: Json
  message: Json
}

/** How long a listener that names no last id is told of what was sent before it came. */
const recentMs = 50_000

/** How long Odoo keeps messages, unless `bus.gc_retention_seconds` (19) says otherwise. */
function retentionMs({ major, tables }: { major: Major; tables: Tables }): number {
  if (major < 19) return 100_000
  for (const { key, value } of tables.rows('ir.config_parameter').values()) {
    if (key === 'bus.gc_retention_seconds') return Number(value) * 1000
  }
  return 86_400_000
}

/** Puts a message on the bus. Listeners get it when the transaction is committed, if it is. */
export function send(env: Env, channel: Json, message: Json): void {
  const { tables } = env
  // Odoo's vacuum comes once a day; here messages go as soon as it might have come.
  forget(tables, retentionMs(env))
  tables.insert('bus.bus', {
    id: tables.nextId('bus.bus'),
    channel: JSON.stringify(channel),
    message: JSON.stringify(message),
    create_uid: env.uid,
    create_date: env.now,
    write_uid: env.uid,
    write_date: env.now
  })
}

/** Deletes the messages that are older than so many milliseconds. */
export function forget(tables: Tables, olderThanMs: number): void {
  const limit = timestamp(new Date(Date.now() - olderThanMs))
  // They are in the order in which they were sent.
  for (const row of tables.rows('bus.bus').values()) {
    if (String(row.create_date) > limit) return
    tables.remove('bus.bus', row.id)
  }
}

/** The messages on some channels after an id; 0 for the recent ones. */
export function messagesAfter(tables: Tables, channels: ReadonlySet<string>, last: number): Message[] {
  const limit = timestamp(new Date(Date.now() - recentMs))
  const isNew = (row: Row) => (last === 0 ? String(row.create_date) > limit : row.id > last)
  const found: Message[] = []
  for (const row of tables.rows('bus.bus').values()) {
    if (!isNew(row) || !channels.has(String(row.channel))) continue
    found.push({ id: row.id, channel: JSON.parse(String(row.channel)), message: JSON.parse(String(row.message)) })
  }
  return found
}

/** The id of the latest message that is still there; 0 without one. */
export function lastMessageId(tables: Tables): number {
  let last = 0
  for (const id of tables.rows('bus.bus').keys()) last = Math.max(last, id)
  return last
}

/** Channels as the rows of messages name them. */
export function channelSet(names: Iterable<Json>): Set<string> {
  return new Set([...names].map(name => JSON.stringify(name)))
}
