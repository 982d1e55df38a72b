import type { Database } from '../database.js'
import { forget, lastMessageId, messagesAfter } from './messages.js'

/** What becomes of the connections of the bus that are open: a farewell, a reset, or nothing any more though they stay. */
export type Manner = (typeof manners)[number]

export const manners = ['close', 'reset', 'silence'] as const

/** A websocket, or a long poll that waits. */
export interface Connection {
  /** `code`: with which a websocket says farewell. */
  drop(manner: Manner, code: number): void
}

/** The bus of a sandbox, for tests. */
export interface SandboxBus {
  /** Websockets that are open, and long polls that wait. */
  readonly connections: number
  /** Ends every connection that is open now. Websockets close with the code; default 1001, as when Odoo stops. */
  drop(manner: Manner, code?: number): void
  /** Deletes all messages, as Odoo's vacuum does with old ones: who was away meanwhile has missed them. */
  forget(): void
}

/** Tells the connections of new messages. */
export class Bus implements SandboxBus {
  readonly database: Database
  /** How long a poll waits for a message. */
  readonly pollMs: number
  readonly open = new Set<Connection>()
  /** Ids of the web sessions that polled `/websocket/peek_notifications` once. */
  readonly peeking = new Set<string>()
  private readonly listeners = new Set<() => void>()
  private readonly unlisten: () => void
  private last = 0
  private waking: NodeJS.Immediate | undefined

  constructor(database: Database, pollMs: number) {
    this.database = database
    this.pollMs = pollMs
    this.unlisten = database.tables.onCommit(() => this.committed())
  }

  get connections(): number {
    return this.open.size
  }

  drop(manner: Manner, code = 1001): void {
    for (const connection of [...this.open]) connection.drop(manner, code)
  }

  forget(): void {
    forget(this.database.tables, -1)
  }

  /** Calls the listener after messages were committed, until the returned function is called. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Waits for a message on one of the channels; until nobody waits any more, or a poll has waited long enough. */
  wait(channels: ReadonlySet<string>, last: number, left: AbortSignal): Promise<void> {
    const isThere = () => messagesAfter(this.database.tables, channels, last).length > 0
    if (isThere() || left.aborted) return Promise.resolve()
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer)
        unlisten()
        left.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, this.pollMs)
      const unlisten = this.listen(() => {
        if (isThere()) done()
      })
      left.addEventListener('abort', done)
    })
  }

  close(): void {
    this.unlisten()
    clearImmediate(this.waking)
    this.drop('close')
  }

  /** Odoo tells its listeners over PostgreSQL once the transaction is over: the one who wrote has its answer first. */
  private committed(): void {
    const last = lastMessageId(this.database.tables)
    if (last <= this.last) return
    this.last = last
    this.waking ??= setImmediate(() => {
      this.waking = undefined
      for (const listener of [...this.listeners]) listener()
    })
  }
}
