import { createHash } from 'node:crypto'
import type { Clock } from '../../core/ports/log.js'
import type { CallScope, Identity } from '../../core/ports/odoo.js'
import { isObject, parseJson } from '../parse-json.js'
import type { Download } from '../transport/download.js'
import { orEnded } from '../transport/ending.js'
import type { Transport } from '../transport/transport.js'

/** Whose web session it is. */
export interface WebLogin {
  identity: Identity
  secret: string
  isKey?: true
}

/** A cookie is used for so long, and a refusal believed: Odoo 14 blocks an address after ten refused logins a minute. */
const keptMs = 10 * 60_000
const most = 1000
const loginTimeoutMs = 30_000
const largestAnswer = 1024 * 1024

/** Sessions with Odoo's web server, which gives files as they are; kept in memory, one for each login. */
export class WebSessions {
  readonly #transport: Transport
  readonly #clock: Clock
  /** By a hash of the login; a cookie of `undefined` is a refused login. */
  readonly #known = new Map<string, { cookie: Promise<string | undefined>; until: number }>()

  constructor({ transport, clock }: { transport: Transport; clock: Clock }) {
    this.#transport = transport
    this.#clock = clock
  }

  /**
   * The cookie of a login, and whether it is a new one. Undefined where there is none to be had: API keys open no web
   * session, and Odoo may ask for a second factor.
   */
  async cookie(login: WebLogin, scope: CallScope): Promise<{ cookie: string; isNew: boolean } | undefined> {
    if (login.isKey || looksLikeKey(login.secret) || login.identity.protocol === 'json2') return undefined
    const key = keyOf(login)
    const known = this.#known.get(key)
    const isKnown = known !== undefined && known.until > this.#clock()
    const cookie = await orEnded(isKnown ? known.cookie : this.#open(key, login), scope, this.#clock)
    return cookie === undefined ? undefined : { cookie, isNew: !isKnown }
  }

  /** A cookie that does not work any more. */
  forget(login: WebLogin): void {
    this.#known.delete(keyOf(login))
  }

  /** Everybody who comes meanwhile waits for the same login, so it is nobody's own to cancel. */
  #open(key: string, login: WebLogin): Promise<string | undefined> {
    const scope = { signal: new AbortController().signal, deadline: this.#clock() + loginTimeoutMs, turn: key }
    const cookie = logIn(this.#transport, login, scope)
    this.#known.delete(key)
    this.#known.set(key, { cookie, until: this.#clock() + keptMs })
    const [oldest] = this.#known.keys()
    if (this.#known.size > most && oldest !== undefined) this.#known.delete(oldest)
    cookie.catch(() => {
      if (this.#known.get(key)?.cookie === cookie) this.#known.delete(key)
    })
    return cookie
  }
}

/** Odoo's own API keys, which people also send as passwords (14 to 19): a password like this goes another way. */
function looksLikeKey(secret: string): boolean {
  return /^[0-9a-f]{40}$/.test(secret)
}

function keyOf({ identity, secret }: WebLogin): string {
  const { url, database, uid } = identity
  return createHash('sha256')
    .update(JSON.stringify([url, database, uid, secret]))
    .digest('base64')
}

async function logIn(transport: Transport, login: WebLogin, scope: CallScope): Promise<string | undefined> {
  const { url, database, username, uid } = login.identity
  const params = { db: database, login: username, password: login.secret }
  const answer = await transport.open({
    url,
    method: 'POST',
    path: '/web/session/authenticate',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', method: 'call', params }),
    scope
  })
  const reply = parseJson(await textOf(answer))
  const result = isObject(reply) && isObject(reply.result) ? reply.result : {}
  // With a second factor to come, there is a session, but nobody in it.
  return answer.status === 200 && result.uid === uid ? sessionCookie(answer) : undefined
}

async function textOf({ body }: Download): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestAnswer) break
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** 19 sets the cookie twice, other addons set others. */
function sessionCookie({ headers }: Download): string | undefined {
  const cookies = [headers['set-cookie'] ?? []].flat().map(cookie => cookie.split(';', 1)[0] as string)
  return cookies.findLast(cookie => /^session_id=[\w-]+$/.test(cookie))
}
