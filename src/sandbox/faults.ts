import { checkFault } from './fault-check.js'
import type { Call } from './wires/wire.js'

/** The requests that a fault is for: all that is named must fit. */
export interface When {
  path?: string
  wire?: Call['wire']
  service?: string
  model?: string
  method?: string
}

/** What goes wrong. `applied` says whether the call is done first; without it, it is not. */
export type Effect =
  /** The answer comes later. */
  | { kind: 'delay'; ms: number; applied?: boolean }
  /** No answer ever, the socket stays open. */
  | { kind: 'hang'; applied?: boolean }
  /** The connection is reset instead of an answer. */
  | { kind: 'reset'; applied?: boolean }
  /**
   * A good answer that keeps the connection; the next request on it, which is not applied, finds it dead. A websocket
   * opens, and is silent from then on.
   */
  | { kind: 'half-open'; next?: 'reset' | 'silence' }
  /** What a proxy says: any status from 400 to 599, with `Retry-After` if given. */
  | { kind: 'status'; status: number; retryAfter?: number | string; applied?: boolean }
  /** A page of HTML with status 200, as the login page of a proxy. */
  | { kind: 'html'; applied?: boolean }
  /** The good answer up to a byte (default half of it), then the connection ends. */
  | { kind: 'truncate'; keep?: number }
  /** The good answer, so many bytes at a time (default 1), so many milliseconds apart (default 10). */
  | { kind: 'drip'; bytes?: number; ms?: number }
  /** The good answer, made this long with white space behind it. */
  | { kind: 'huge'; bytes: number }
  /** `Content-Length` is this much more, or less, than what comes. */
  | { kind: 'length'; by: number }
  /** The good answer in two packets, cut in the middle of the body. */
  | { kind: 'split'; ms?: number }
  /** The call is done, but the method seems to have returned None. */
  | { kind: 'none' }

export type FaultKind = Effect['kind']

/** An effect, the requests it is for (default all), and how often it happens (default until it is removed). */
export type Fault = Effect & { when?: When; times?: number }

export interface FaultHandle {
  remove(): void
  /** How often it has happened. */
  readonly fired: number
}

export interface Faults {
  /** Of several that fit a request, the one that was added first happens. Throws for a fault that is none. */
  add(fault: Fault): FaultHandle
  clear(): void
}

/** The faults that wait for their request. */
export class FaultList implements Faults {
  private entries: { fault: Fault; fired: number }[] = []

  add(fault: Fault): FaultHandle {
    const entry = { fault: checkFault(fault), fired: 0 }
    this.entries.push(entry)
    return {
      remove: () => {
        this.entries = this.entries.filter(other => other !== entry)
      },
      get fired() {
        return entry.fired
      }
    }
  }

  clear(): void {
    this.entries = []
  }

  /** The fault for a call, which has then happened. With `kinds` only faults of these count. */
  take(path: string, call: Call, kinds?: readonly FaultKind[]): Fault | undefined {
    const entry = this.entries.find(
      ({ fault, fired }) =>
        fired < (fault.times ?? Number.POSITIVE_INFINITY) &&
        (kinds?.includes(fault.kind) ?? true) &&
        fits(fault.when, path, call)
    )
    if (entry === undefined) return undefined
    entry.fired += 1
    return entry.fault
  }
}

function fits(when: When = {}, path: string, call: Call): boolean {
  const about: When = { ...call, path }
  return (Object.keys(when) as (keyof When)[]).every(key => when[key] === about[key])
}
