import { GatewayError } from '../../src/core/errors.js'
import type { JsonObject } from '../../src/core/json.js'
import type { EndReason, Hold } from '../../src/core/live.js'
import type { CallRequest, Gateway } from '../../src/core/ports/gateway.js'
import type { Identity } from '../../src/core/ports/odoo.js'
import type { Caller } from '../../src/core/ports/sessions.js'
import { identityOf } from '../core/fake-odoo.js'

export interface Call {
  /** The session that asked. */
  session: string
  tool: string
  input: JsonObject
}

/** A record, as all users see it. */
export interface Stored extends JsonObject {
  id: number
  write_date: string | false
}

/** Something to wait for until it is given. */
export function held(): { promise: Promise<void>; give: () => void } {
  let give: () => void = () => {}
  const promise = new Promise<void>(resolve => {
    give = resolve
  })
  return { promise, give }
}

/** A caller with a session of its own. */
export function callerOf(session: string): Caller {
  return { principal: 'local', surface: 'rest', opens: 'bearer', bearer: session, requestId: `of ${session}` }
}

/** The door to an Odoo that holds one table of records, and fails when told to. */
export class FakeGateway implements Pick<Gateway, 'call' | 'hold'> {
  readonly rows = new Map<number, Stored>()
  readonly calls: Call[] = []
  /** Who holds which session. */
  readonly holds = new Map<(reason: EndReason) => void, string>()
  /** Whose sessions see which Odoo, as whom; user 2 of one database where not said. */
  readonly identities = new Map<string, Partial<Identity>>()
  /** What becomes of a call instead of an answer, or before it. */
  before: (call: Call) => void | Promise<void> = () => {}
  /** False: the records have no dates. */
  dated = true

  put(id: number, values: JsonObject, write_date: string | false = '2026-01-01 00:00:00'): void {
    this.rows.set(id, { ...this.rows.get(id), id, ...values, write_date })
  }

  /** What reached Odoo since the last time, as `tool(number of ids)` or `tool`. */
  asked(): string[] {
    return this.calls.splice(0).map(({ tool, input }) => {
      const what = Array.isArray(input.fields) && input.fields[0] === 'write_date' ? 'dates' : tool
      return Array.isArray(input.ids) ? `${what}(${input.ids.length})` : what
    })
  }

  async call({ tool, input, caller, signal }: CallRequest): Promise<JsonObject> {
    const call: Call = { session: caller.bearer ?? '', tool, input: input as JsonObject }
    this.calls.push(call)
    // Answers show what was there when they were made.
    const answer = this.#answer(call)
    await this.before(call)
    if (signal.aborted) throw new GatewayError('cancelled', 'the caller went away')
    return answer()
  }

  async hold(caller: Caller, _signal: AbortSignal, ended: (reason: EndReason) => void): Promise<Hold> {
    const sessionId = caller.bearer ?? ''
    this.holds.set(ended, sessionId)
    const identity = { ...identityOf(), ...this.identities.get(sessionId) }
    return { sessionId, identity, caller, release: () => void this.holds.delete(ended) }
  }

  /** Ends a session. */
  end(session: string, reason: EndReason): void {
    for (const [ended, of] of [...this.holds]) {
      if (of === session && this.holds.delete(ended)) ended(reason)
    }
  }

  #answer({ tool, input }: Call): () => JsonObject {
    const fields = input.fields as string[] | undefined
    if (fields?.includes('write_date') && !this.dated) {
      return () => {
        throw new GatewayError('invalid_input', 'fields[0]: "write_date" does not exist')
      }
    }
    if (tool === 'odoo_search') {
      const records = [...this.rows.values()].filter(row => `${row.name}`.startsWith(String(input.domain ?? '')))
      return structuredCloneOf({ count: records.length, records, total: records.length, offset: 0 })
    }
    const ids = input.ids as number[]
    const records = ids.flatMap(id => this.rows.get(id) ?? []).map(row => shown(row, fields))
    return structuredCloneOf({ records, missing: ids.filter(id => !this.rows.has(id)) })
  }
}

function structuredCloneOf(answer: JsonObject): () => JsonObject {
  const copy = structuredClone(answer)
  return () => copy
}

function shown({ id, write_date, ...values }: Stored, fields: string[] | undefined): JsonObject {
  if (fields === undefined) return { id, ...values }
  const all: JsonObject = { ...values, write_date }
  return { id, ...Object.fromEntries(fields.filter(name => name !== 'id').map(name => [name, all[name] ?? false])) }
}
