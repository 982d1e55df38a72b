import { GatewayError } from '../../core/errors.js'
import type { Ending } from './ending.js'

export interface GateOptions {
  /** How many may be inside at a time. */
  places: number
  /** How many may wait. */
  maxWaiting: number
}

/**
 * Lets a fixed number in at a time, fairly: a free place goes to the turn that has the fewest inside, and among those
 * to the one whose turn was longest ago. So one caller with a thousand calls, or with a few that take minutes, delays
 * the calls of others by little. Within a turn the first to come is the first to enter. Who leaves the queue was never
 * in.
 */
export class Gate {
  readonly #options: GateOptions
  /** Turns with somebody inside or waiting; the one that was let in last is at the end. */
  readonly #turns = new Map<string, Turn>()
  #inside = 0
  #waiting = 0

  constructor(options: GateOptions) {
    this.#options = options
  }

  get inside(): number {
    return this.#inside
  }

  get waiting(): number {
    return this.#waiting
  }

  /**
   * Waits for a place; returns what gives it back. Throws the ending's error if that comes first, and `busy` when too
   * many wait: a full queue refuses those of whom the most are waiting.
   */
  async enter(ending: Ending, name = ''): Promise<() => void> {
    ending.throwIfEnded()
    const turn = this.#turns.get(name) ?? { name, inside: 0, waiting: new Set() }
    if (turn.waiting.size === 0 && this.#hasPlaceFor(turn)) this.#letIn(turn)
    else await this.#wait(turn, ending)
    let inside = true
    return () => {
      if (inside) this.#leave(turn)
      inside = false
    }
  }

  /** The last place is for a turn that has none, or a caller whose calls all hang would shut everybody out. */
  #hasPlaceFor({ inside }: Turn): boolean {
    const { places } = this.#options
    const free = places - this.#inside
    return free > 1 || (free === 1 && (inside === 0 || places < leastToKeepOne))
  }

  #letIn(turn: Turn): void {
    turn.inside += 1
    this.#inside += 1
    this.#turns.delete(turn.name)
    this.#turns.set(turn.name, turn)
  }

  #wait(turn: Turn, ending: Ending): Promise<void> {
    if (this.#waiting >= this.#options.maxWaiting) this.#makeRoomFor(turn)
    this.#turns.set(turn.name, turn)
    this.#waiting += 1
    return new Promise((resolve, reject) => {
      const stopWaiting = () => {
        stopListening()
        turn.waiting.delete(waiter)
        this.#waiting -= 1
        this.#forgetIfIdle(turn)
      }
      const waiter: Waiter = {
        letIn: () => {
          this.#letIn(turn)
          stopWaiting()
          resolve()
        },
        refuse: error => {
          stopWaiting()
          reject(error)
        }
      }
      turn.waiting.add(waiter)
      const stopListening = ending.on(waiter.refuse)
    })
  }

  /** Whoever fills the queue loses the last of his own, and cannot make others be refused. */
  #makeRoomFor(turn: Turn): void {
    let longest = turn
    for (const other of this.#turns.values()) if (other.waiting.size > longest.waiting.size) longest = other
    const last = [...longest.waiting].at(-1)
    // Of two that have as many, or nearly, nobody gives way to whoever comes later.
    if (last === undefined || longest.waiting.size <= turn.waiting.size + 1) throw tooMany()
    last.refuse(tooMany())
  }

  #leave(turn: Turn): void {
    turn.inside -= 1
    this.#inside -= 1
    this.#forgetIfIdle(turn)
    for (let next = this.#next(); next !== undefined; next = this.#next()) next.letIn()
  }

  #next(): Waiter | undefined {
    let best: Turn | undefined
    for (const turn of this.#turns.values()) {
      if (turn.waiting.size > 0 && (best === undefined || turn.inside < best.inside)) best = turn
    }
    if (best === undefined || !this.#hasPlaceFor(best)) return undefined
    const [first] = best.waiting
    return first
  }

  #forgetIfIdle({ name, inside, waiting }: Turn): void {
    if (inside === 0 && waiting.size === 0) this.#turns.delete(name)
  }
}

interface Turn {
  name: string
  inside: number
  waiting: Set<Waiter>
}

interface Waiter {
  letIn(): void
  refuse(error: GatewayError): void
}

/** With fewer places than this, one that is kept would cost the only caller too much. */
const leastToKeepOne = 4

// A call takes Odoo 10 to 100 ms: in this time a full queue has mostly gone through.
const retryAfterSeconds = 5

function tooMany(): GatewayError {
  return new GatewayError('busy', 'Too many calls are waiting for this Odoo.', {
    retry_after_s: retryAfterSeconds,
    hint: 'Wait before you call again, and send fewer calls at a time.'
  })
}
