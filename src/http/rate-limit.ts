import type { FastifyInstance, FastifyRequest } from 'fastify'
import { addressGroup } from '../core/address.js'
import type { Clock } from '../core/ports/log.js'
import { callerAddress } from './caller-address.js'
import { HttpRefusal } from './refusal.js'
import { TokenBuckets } from './token-buckets.js'
import '../rest/route-config.js'

export interface RateOptions {
  /** Requests that a caller may send in a minute; 0 is no limit. */
  perMinute: number
  /** Requests that a caller may send at once, before that counts. */
  burst: number
  clock?: Clock
}

/** Counts requests by who sends them, whatever the surface. */
export interface RateLimit {
  /**
   * To be asked before keys are compared. Throws `rate_limited` when the address has nothing left, but for a token that
   * was right from there before: strangers behind the same proxy lock nobody out.
   */
  assertMayGuess(request: FastifyRequest, tokenHash: string | undefined): void
  /** Nobody was let in: the address pays. */
  guessed(request: FastifyRequest): void
  /** The token was right. */
  recognised(request: FastifyRequest, tokenHash: string): void
  /**
   * Has a caller pay for a request: a key, a session, or the address when it is undefined. Throws `rate_limited` when
   * there is nothing left, at once or when the body has shown what it is.
   */
  spend(request: FastifyRequest, caller?: string): void
}

export class RateLimited extends HttpRefusal {
  constructor(waitMs: number) {
    super('rate_limited', 'This caller has sent more requests than it may.', {
      retry_after_s: Math.max(1, Math.ceil(waitMs / 1000)),
      retryable: true,
      hint: 'Wait as long as retry_after_s says, and ask for more in one request.'
    })
  }
}

/** Callers and addresses, each, of which is remembered what they have left. */
const maxBuckets = 20_000
/** Tokens that were right, by address. */
const maxKnown = 10_000

/** Undefined where there is no limit. */
export function createRateLimit({ perMinute, burst, clock = Date.now }: RateOptions): RateLimit | undefined {
  if (perMinute === 0) return undefined
  const options = { perMinute, burst, maxBuckets, clock }
  // Apart, so that strangers with many addresses push out nobody who was let in.
  const [addresses, callers] = [new TokenBuckets(options), new TokenBuckets(options)]
  const known = new Set<string>()
  const groupOf = (request: FastifyRequest) => addressGroup(callerAddress(request))

  return {
    assertMayGuess(request, tokenHash) {
      const group = groupOf(request)
      if (tokenHash !== undefined && known.has(`${group} ${tokenHash}`)) return
      const wait = addresses.wait(group)
      if (wait > 0) throw new RateLimited(wait)
    },

    guessed(request) {
      addresses.take(groupOf(request))
    },

    recognised(request, tokenHash) {
      const entry = `${groupOf(request)} ${tokenHash}`
      known.delete(entry)
      known.add(entry)
      const [oldest = ''] = known
      if (known.size > maxKnown) known.delete(oldest)
    },

    spend(request, caller) {
      const take = (tokens: number) =>
        caller === undefined ? addresses.take(groupOf(request), tokens) : callers.take(caller, tokens)
      const wait = take(1)
      const refusal = wait > 0 ? new RateLimited(wait) : undefined
      if (refusal !== undefined && !isReadFirst(request)) throw refusal
      if (isMcp(request)) undecided.set(request, { refusal, take })
    }
  }
}

/** Requests to /mcp, about which their bodies decide. */
const undecided = new WeakMap<FastifyRequest, { refusal: RateLimited | undefined; take(tokens: number): number }>()

/**
 * Has those pay whom nobody authenticates, and every message of a batch. To be called before `requireAuthentication`.
 * A cancellation is let through always: it makes work less.
 */
export function limitRequests(app: FastifyInstance, limit: RateLimit | undefined): void {
  if (limit === undefined) return
  app.addHook('onRequest', async request => {
    const { auth, rate } = request.routeOptions.config
    const hasTicket = auth === 'own' && (request.query as Record<string, unknown>).ticket !== undefined
    if (rate !== 'free' && (auth === 'none' || hasTicket)) limit.spend(request)
  })
  app.addHook('preHandler', async request => {
    const { body } = request
    const { refusal, take } = undecided.get(request) ?? {}
    if (refusal !== undefined && !isCancellation(body)) throw refusal
    if (take === undefined || !Array.isArray(body) || body.length < 2) return
    const wait = take(body.length - 1)
    if (wait > 0) throw new RateLimited(wait)
  })
}

function isMcp({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'POST' && routeOptions.url === '/mcp'
}

/** Bytes of a body that is read although its sender has nothing left: no cancellation is larger. */
const smallBody = 4096

function isReadFirst(request: FastifyRequest): boolean {
  return isMcp(request) && Number(request.headers['content-length'] ?? Number.NaN) <= smallBody
}

function isCancellation(body: unknown): boolean {
  const message = body as { method?: unknown; id?: unknown } | null | undefined
  return message?.method === 'notifications/cancelled' && message.id === undefined
}
