import type { FaultKind } from './faults.js'
import type { Tables } from './orm/tables.js'
import type { Call } from './wires/wire.js'

/** What the sandbox really saw and did since it started, or since `reset`. */
export interface Counts {
  /** Requests that arrived whole, whatever became of them. */
  readonly requests: number
  readonly connections: number
  /** Transactions that changed something and were committed. */
  readonly writes: number
  /** Faults that happened, by kind. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>
  /** Requests of a wire, a model, a method; all that is named must fit. */
  calls(of?: CountedCall): number
  reset(): void
  toJSON(): CountsReport
}

export type CountedCall = Partial<Pick<Call, 'wire' | 'service' | 'model' | 'method'>>

export interface CountsReport {
  requests: number
  connections: number
  writes: number
  faults: Partial<Record<FaultKind, number>>
  calls: (CountedCall & { count: number })[]
}

/** Counts as requests go through the server. */
export class Counter implements Counts {
  requests = 0
  connections = 0
  faults: Partial<Record<FaultKind, number>> = {}
  private seen = new Map<string, CountedCall & { count: number }>()
  private before: number
  private readonly tables: Pick<Tables, 'writes'>

  constructor(tables: Pick<Tables, 'writes'>) {
    this.tables = tables
    this.before = tables.writes
  }

  get writes(): number {
    return this.tables.writes - this.before
  }

  request({ wire, service, model, method }: Call): void {
    this.requests += 1
    const key = JSON.stringify([wire, service, model, method])
    const entry = this.seen.get(key) ?? { wire, ...defined({ service, model, method }), count: 0 }
    entry.count += 1
    this.seen.set(key, entry)
  }

  fault(kind: FaultKind): void {
    this.faults[kind] = (this.faults[kind] ?? 0) + 1
  }

  calls(of: CountedCall = {}): number {
    const keys = Object.keys(of) as (keyof CountedCall)[]
    const fitting = [...this.seen.values()].filter(entry => keys.every(key => of[key] === entry[key]))
    return fitting.reduce((sum, { count }) => sum + count, 0)
  }

  reset(): void {
    this.requests = 0
    this.connections = 0
    this.faults = {}
    this.seen.clear()
    this.before = this.tables.writes
  }

  toJSON(): CountsReport {
    const { requests, connections, writes, faults } = this
    return { requests, connections, writes, faults, calls: [...this.seen.values()] }
  }
}

function defined(names: { [key: string]: string | undefined }): { [key: string]: string } {
  return Object.fromEntries(Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
