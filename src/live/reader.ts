import { GatewayError } from '../core/errors.js'
import type { Json, JsonObject } from '../core/json.js'
import type { ListQuery } from '../core/live.js'
import type { Gateway } from '../core/ports/gateway.js'
import type { Caller } from '../core/ports/sessions.js'

/** As many records as one call asks for: Odoo reads the dates of 500 in 12 to 20 ms, and more would hold up others. */
export const batchSize = 500

/** A session whose rights a look may use. */
export interface ReadingSession {
  sessionId: string
  caller: Caller
}

export interface ReaderOptions {
  gateway: Pick<Gateway, 'call'>
  model: string
  /** The sessions that watch, at the moment; they all show the same. */
  sessions: () => Iterable<ReadingSession>
  /** Aborted when nobody watches any more. */
  signal: AbortSignal
  now: () => number
}

export interface RecordsRead {
  rows: Map<number, JsonObject>
  /** Those that Odoo fails on; what is neither here nor in `rows` is gone, or hidden from this user. */
  failed: Map<number, GatewayError>
}

/** Reads what is watched of one model, through the door, as one of those who watch it. Throws GatewayError only. */
export class Reader {
  /** Milliseconds spent waiting for answers so far. */
  ms = 0
  readonly #options: ReaderOptions

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  /** When records were last written: whole seconds, as Odoo says it. Undefined for a model that keeps no such dates. */
  async dates(ids: number[]): Promise<Map<number, Json> | undefined> {
    const dates = new Map<number, Json>()
    try {
      for (const some of batches(ids)) {
        const rows = await this.#rowsOrNone(some, ['write_date'])
        for (const row of rows) dates.set(row.id as number, row.write_date ?? false)
      }
      return dates
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'invalid_input') return undefined
      throw error
    }
  }

  /** @param fields those that are wanted; undefined for the record as a resource shows it */
  async records(ids: number[], fields: string[] | undefined): Promise<RecordsRead> {
    const read: RecordsRead = { rows: new Map(), failed: new Map() }
    for (const some of batches(ids)) await this.#apart(some, fields, read)
    return read
  }

  /** A page as its list URI shows it; undefined when the model is gone or no longer theirs. */
  async list(query: ListQuery): Promise<JsonObject | undefined> {
    try {
      return await this.#call('odoo_search', { model: this.#options.model, ...query })
    } catch (error) {
      if (isHidden(error)) return undefined
      throw error
    }
  }

  /** One record that Odoo fails on must not hide what becomes of the others: then halves are read apart. */
  async #apart(ids: number[], fields: string[] | undefined, read: RecordsRead): Promise<void> {
    try {
      for (const row of await this.#rows(ids, fields)) read.rows.set(row.id as number, row)
    } catch (error) {
      if (isDown(error)) throw error
      if (isHidden(error) && (ids.length === 1 || (await this.#rowsOrNone(ids, ['id'])).length === 0)) return
      if (ids.length === 1) {
        read.failed.set(ids[0] as number, error as GatewayError)
        return
      }
      const middle = Math.ceil(ids.length / 2)
      await this.#apart(ids.slice(0, middle), fields, read)
      await this.#apart(ids.slice(middle), fields, read)
    }
  }

  async #rowsOrNone(ids: number[], fields: string[]): Promise<JsonObject[]> {
    try {
      return await this.#rows(ids, fields)
    } catch (error) {
      if (isHidden(error)) return []
      throw error
    }
  }

  async #rows(ids: number[], fields: string[] | undefined): Promise<JsonObject[]> {
    const { model } = this.#options
    const answer =
      fields === undefined
        ? await this.#call('odoo_record', { model, ids })
        : await this.#call('odoo_read', { model, ids, fields })
    return answer.records as JsonObject[]
  }

  /** As the first session that watches; where its login has ended, as the next one. */
  async #call(tool: string, input: JsonObject): Promise<JsonObject> {
    const { gateway, sessions, signal, now } = this.#options
    const tried = new Set<string>()
    let refusal = new GatewayError('cancelled', 'nobody watches this any more')
    for (;;) {
      const session = firstBut(tried, sessions())
      if (session === undefined) throw refusal
      tried.add(session.sessionId)
      const started = now()
      try {
        return await gateway.call({ tool, input, caller: session.caller, signal, background: true })
      } catch (error) {
        if (!(error instanceof GatewayError)) throw new GatewayError('internal', 'a look failed', { cause: error })
        if (error.code !== 'auth_required' && error.code !== 'auth_failed') throw error
        refusal = error
      } finally {
        this.ms += now() - started
      }
    }
  }
}

function firstBut(tried: Set<string>, sessions: Iterable<ReadingSession>): ReadingSession | undefined {
  for (const session of sessions) if (!tried.has(session.sessionId)) return session
  return undefined
}

function batches(ids: number[]): number[][] {
  const count = Math.ceil(ids.length / batchSize)
  return Array.from({ length: count }, (_, n) => ids.slice(n * batchSize, (n + 1) * batchSize))
}

/** Whether this user may not see what was asked for, or there is no such model any more. */
function isHidden(error: unknown): boolean {
  return error instanceof GatewayError && (error.code === 'access_denied' || error.code === 'not_found')
}

/** Failures that come of what was asked; after any other, nothing else can be asked either. */
const aboutTheQuestion = ['access_denied', 'not_found', 'odoo_error', 'validation', 'invalid_input', 'policy_denied']

export function isDown(error: unknown): boolean {
  return !(error instanceof GatewayError) || !aboutTheQuestion.includes(error.code)
}
