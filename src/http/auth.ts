import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Caller } from '../core/ports/sessions.js'
import { HttpRefusal } from './refusal.js'
import '../rest/route-config.js'

/** A named access key, which lets a program in. */
export interface AccessKey {
  name: string
  secret: string
}

/** What a request says about its caller. Each surface adds what it knows itself. */
export type Authenticated = Pick<Caller, 'principal' | 'bearer' | 'handle' | 'requestId'>

/** Throws `auth_required`, worded the same whatever was wrong. */
export type Authenticate = (request: FastifyRequest) => Authenticated

export interface AuthOptions {
  accessKeys: readonly AccessKey[]
  /** Who opened the live bearer session of this secret; undefined when there is none. */
  principalOfBearer: (secret: string) => string | undefined
}

/**
 * The reader of callers: access key, session secret, or nobody in particular when there are no keys.
 * @param connects whether there is a `/connect` to speak of
 */
export function createAuthenticate({ accessKeys, principalOfBearer }: AuthOptions, connects: boolean): Authenticate {
  const keys = accessKeys.map(({ name, secret }) => ({ principal: `key:${name}`, hash: sha256(secret) }))
  // A session lives no longer than the key of its principal.
  const principals = new Set(keys.length === 0 ? ['local'] : keys.map(({ principal }) => principal))

  const principalOfKey = (token: string): string | undefined => {
    const hash = sha256(token)
    // All keys are compared, so that the time taken does not tell which one was near.
    return keys.filter(key => timingSafeEqual(key.hash, hash))[0]?.principal
  }

  return request => {
    const common = { requestId: request.id, ...handleOf(request) }
    const token = bearerOf(request.headers.authorization)
    if (token === undefined) {
      if (keys.length > 0) throw authRequired(connects)
      return { principal: 'local', ...common }
    }
    const keyHolder = principalOfKey(token)
    if (keyHolder !== undefined) return { principal: keyHolder, ...common }

    // A token that is neither a key nor a live session must not fall through to the default connection.
    const opener = token.startsWith('oms_b_') ? principalOfBearer(token) : undefined
    if (opener === undefined || !principals.has(opener)) throw authRequired(connects)
    return { principal: opener, bearer: token, ...common }
  }
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

function handleOf(request: FastifyRequest): { handle?: string } {
  const header = request.headers['odoo-session']
  return typeof header === 'string' && header !== '' ? { handle: header } : {}
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
