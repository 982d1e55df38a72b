import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Caller } from '../core/ports/sessions.js'
import { traceIdOf } from '../core/trace.js'
import { callerAddress } from './caller-address.js'
import type { RateLimit } from './rate-limit.js'
import { HttpRefusal } from './refusal.js'
import '../rest/route-config.js'

/** A named access key, which lets a program in. */
export interface AccessKey {
  name: string
  secret: string
}

/** What a request says about its caller. Each surface adds what it knows itself. */
export type Authenticated = Pick<Caller, 'principal' | 'bearer' | 'handle' | 'requestId' | 'address' | 'traceId'>

/** Throws `auth_required`, worded the same whatever was wrong, or `rate_limited`. Asked again, it answers the same. */
export type Authenticate = (request: FastifyRequest) => Authenticated

export interface AuthOptions {
  accessKeys: readonly AccessKey[]
  /** Who opened the live bearer session of this secret; undefined when there is none. */
  principalOfBearer: (secret: string) => string | undefined
}

/**
 * The reader of callers: access key, session secret, or nobody in particular when there are no keys.
 * @param connects whether there is a `/connect` to speak of
 * @param limit of requests: the caller pays for this one, or the address when there is no caller
 */
export function createAuthenticate(options: AuthOptions, connects: boolean, limit?: RateLimit): Authenticate {
  const identify = createIdentify(options, connects)
  const hasKeys = options.accessKeys.length > 0
  const seen = new WeakMap<FastifyRequest, Authenticated>()

  return request => {
    const before = seen.get(request)
    if (before !== undefined) return before
    const token = bearerOf(request.headers.authorization)
    const hash = token === undefined ? undefined : sha256(token)
    const tokenHash = hash?.toString('hex')
    if (hasKeys || hash !== undefined) limit?.assertMayGuess(request, tokenHash)
    let who: Who
    try {
      who = identify(token, hash)
    } catch (error) {
      limit?.guessed(request)
      throw error
    }
    if (tokenHash !== undefined) limit?.recognised(request, tokenHash)
    if (request.routeOptions.config.rate !== 'free') limit?.spend(request, bucketOf(who, tokenHash))
    const authenticated = {
      ...who,
      requestId: request.id,
      address: callerAddress(request),
      ...traceOf(request),
      ...handleOf(request)
    }
    seen.set(request, authenticated)
    return authenticated
  }
}

/** Who has a token, whatever else the request says. */
type Who = Pick<Caller, 'principal' | 'bearer'>

function createIdentify({ accessKeys, principalOfBearer }: AuthOptions, connects: boolean) {
  const keys = accessKeys.map(({ name, secret }) => ({ principal: `key:${name}`, hash: sha256(secret) }))
  // A session lives no longer than the key of its principal.
  const principals = new Set(keys.length === 0 ? ['local'] : keys.map(({ principal }) => principal))

  return (token: string | undefined, hash: Buffer | undefined): Who => {
    if (token === undefined || hash === undefined) {
      if (keys.length > 0) throw authRequired(connects)
      return { principal: 'local' }
    }
    // All keys are compared, so that the time taken does not tell which one was near.
    const keyHolder = keys.filter(key => timingSafeEqual(key.hash, hash))[0]?.principal
    if (keyHolder !== undefined) return { principal: keyHolder }

    // A token that is neither a key nor a live session must not fall through to the default connection.
    const opener = token.startsWith('oms_b_') ? principalOfBearer(token) : undefined
    if (opener === undefined || !principals.has(opener)) throw authRequired(connects)
    return { principal: opener, bearer: token }
  }
}

/** A key has one bucket wherever it is used from, a session one of its own; undefined: the address pays. */
function bucketOf({ principal, bearer }: Who, tokenHash: string | undefined): string | undefined {
  if (bearer !== undefined) return `session:${tokenHash}`
  return tokenHash === undefined ? undefined : principal
}

/** Asks every route for its caller, but those that do so themselves. Routes that do not exist are asked too. */
export function requireAuthentication(app: FastifyInstance, authenticate: Authenticate): void {
  app.addHook('onRequest', async request => {
    if (request.routeOptions.config.auth === undefined) authenticate(request)
  })
}

function authRequired(connects: boolean): HttpRefusal {
  return new HttpRefusal('auth_required', 'The access key or session is missing or not valid.', {
    hint: `Send "Authorization: Bearer" with an access key of this server${connects ? ', or with the session that /connect answered' : ''}.`
  })
}

/** The token after `Bearer`, the empty string when it is malformed, undefined for no or another scheme. */
function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined || !/^bearer(?: |$)/i.test(header)) return undefined
  return /^bearer +(\S+) *$/i.exec(header)?.[1] ?? ''
}

function traceOf(request: FastifyRequest): { traceId?: string } {
  const traceId = traceIdOf(request.headers.traceparent)
  return traceId === undefined ? {} : { traceId }
}

function handleOf(request: FastifyRequest): { handle?: string } {
  const header = request.headers['odoo-session']
  return typeof header === 'string' && header !== '' ? { handle: header } : {}
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
