/** Pseudo-random choices, the same for the same seed. */
export interface Random {
  /** From 0 to below 1. */
  next(): number
  /** From 0 to below `n`. */
  below(n: number): number
  pick<T>(items: readonly T[]): T
  /** Some of the items, at most `n`, in their order. */
  some<T>(items: readonly T[], n: number): T[]
  chance(probability: number): boolean
}

/** Mulberry32: short, and good enough to choose cases with. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    next,
    below,
    pick: <T>(items: readonly T[]) => {
      if (items.length === 0) throw new Error('Nothing to pick from')
      return items[below(items.length)] as T
    },
    some(items, n) {
      const rest = items.map((_, index) => index)
      const chosen = Array.from({ length: Math.min(n, rest.length) }, () => rest.splice(below(rest.length), 1)[0])
      return (chosen as number[]).sort((a, b) => a - b).map(index => items[index] as (typeof items)[number])
    },
    chance: probability => next() < probability
  }
}
