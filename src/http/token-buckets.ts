import type { Clock } from '../core/ports/log.js'

export interface TokenBucketOptions {
  /** Tokens that every bucket is given in a minute; more than 0. */
  perMinute: number
  /** Tokens that a bucket holds: full at first. */
  burst: number
  /** Buckets that are kept; the one that was used longest ago goes first, and would be full again. */
  maxBuckets: number
  clock: Clock
}

interface Bucket {
  tokens: number
  /** When that many were in it. */
  at: number
}

/**
 * A bucket of tokens per name, refilled all the time. Memory is bounded, and there is no timer: a library for this counts
 * in windows, which let twice as much through where two of them meet, and keeps whatever names it is given.
 */
export class TokenBuckets {
  readonly #options: TokenBucketOptions
  // In the order of their last use.
  readonly #buckets = new Map<string, Bucket>()

  constructor(options: TokenBucketOptions) {
    this.#options = options
  }

  /** How many are kept. */
  get size(): number {
    return this.#buckets.size
  }

  /** Milliseconds until there are so many tokens, or as many as a bucket holds if that is less; 0: there are. */
  wait(name: string, tokens = 1): number {
    return this.#missing(this.#filled(name), tokens)
  }

  /** Takes so many tokens, or all that a bucket holds if that is less. Takes nothing where `wait` is not 0, and gives it. */
  take(name: string, tokens = 1): number {
    const bucket = this.#filled(name)
    const missing = this.#missing(bucket, tokens)
    if (missing === 0) bucket.tokens -= Math.min(tokens, this.#options.burst)
    this.#keep(name, bucket)
    return missing
  }

  #missing({ tokens }: Bucket, wanted: number): number {
    const short = Math.min(wanted, this.#options.burst) - tokens
    // Less than a millionth is an error of rounding.
    return short < 1e-6 ? 0 : (short * 60_000) / this.#options.perMinute
  }

  #filled(name: string): Bucket {
    const { perMinute, burst, clock } = this.#options
    const now = clock()
    const { tokens, at } = this.#buckets.get(name) ?? { tokens: burst, at: now }
    return { tokens: Math.min(burst, tokens + (Math.max(0, now - at) * perMinute) / 60_000), at: now }
  }

  #keep(name: string, bucket: Bucket): void {
    this.#buckets.delete(name)
    this.#buckets.set(name, bucket)
    if (this.#buckets.size <= this.#options.maxBuckets) return
    const [oldest = ''] = this.#buckets.keys()
    this.#buckets.delete(oldest)
  }
}
