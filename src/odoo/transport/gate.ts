import type { Ending } from './ending.js'

/** Lets a fixed number in at a time, in the order they came. Who leaves the queue was never in. */
export class Gate {
  readonly #waiting = new Set<() => void>()
  #free: number

  constructor(places: number) {
    this.#free = places
  }

  /** Waits for a place; returns what gives it back. Throws the ending's error if that comes first. */
  async enter(ending: Ending): Promise<() => void> {
    ending.throwIfEnded()
    if (this.#free > 0) this.#free--
    else await this.#wait(ending)
    let inside = true
    return () => {
      if (inside) this.#leave()
      inside = false
    }
  }

  #wait(ending: Ending): Promise<void> {
    return new Promise((resolve, reject) => {
      const letIn = () => {
        stopListening()
        resolve()
      }
      this.#waiting.add(letIn)
      const stopListening = ending.on(error => {
        this.#waiting.delete(letIn)
        reject(error)
      })
    })
  }

  #leave(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#free++
      return
    }
    // The place goes straight to the next: a newcomer cannot slip in between.
    this.#waiting.delete(next)
    next()
  }
}
