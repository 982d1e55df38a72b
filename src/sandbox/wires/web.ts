import { randomBytes } from 'node:crypto'
import type { Database } from '../database.js'
import { accessDenied, accessError, keyError, OdooException } from '../exceptions.js'
import { isObject, type Json, type JsonObject } from '../json.js'
import { createEnv } from '../orm/env.js'
import { checkDatabase } from '../service.js'
import { checkParameters, envelope, type Inside, notFound } from './jsonrpc.js'
import { type Call, type Incoming, type Outcome, type Reply, sessionId } from './wire.js'

/** Who is logged in, by the cookie `session_id`. */
export type Sessions = Map<string, number>

interface WebRoute {
  controller: string
  parameters: readonly string[]
  /** Works without a session. */
  open?: boolean
  /** Looks at the parameters before it is asked who is there. */
  before?(database: Database, params: JsonObject): void
  run(visit: Visit, params: JsonObject): Outcome
}

interface Visit {
  database: Database
  sessions: Sessions
  sid: string | undefined
  /** The user of the session; 0 on an open route without one. */
  uid: number
  cookie(sid: string): void
}

const callKw: WebRoute = {
  controller: 'DataSet.call_kw',
  parameters: ['model', 'method', 'args', 'kwargs'],
  // 19 looks whether the method may run on a replica, and finds no such route before anything else.
  before({ models, release }, { model }) {
    if (release.major === 19 && models.get(String(model)) === undefined) throw notFound()
  },
  run({ database, uid }, { model = null, method = null, args = null, kwargs = null }) {
    if (database.models.get(String(model)) === undefined) throw keyError(String(model))
    return database.executeKw(uid, model, method, args, kwargs)
  }
}

const routes: { [path: string]: WebRoute } = {
  '/web/session/authenticate': {
    controller: 'Session.authenticate',
    parameters: ['db', 'login', 'password'],
    open: true,
    run: logIn
  },
  '/web/session/get_session_info': {
    controller: 'Session.get_session_info',
    parameters: [],
    run: ({ database, uid }) => sessionInfo(database, uid)
  },
  '/web/session/check': { controller: 'Session.check', parameters: [], run: () => undefined },
  '/web/session/destroy': { controller: 'Session.destroy', parameters: [], run: logOut },
  '/web/dataset/call_kw': callKw,
  '/web/dataset/call_button': {
    ...callKw,
    controller: 'DataSet.call_button',
    run(visit, params) {
      const action = callKw.run(visit, params)
      return isObject(action) ? action : false
    }
  }
}

/** The routes of the web client that programs use with a session; undefined for other paths. */
export function webCall(database: Database, sessions: Sessions, incoming: Incoming): Call | undefined {
  const path = incoming.path.replace(/^(\/web\/dataset\/call_(?:kw|button))\/.*$/, '$1')
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined
  if (route === undefined) return undefined
  const where = { path, controller: route.controller, wire: 'web' as const }
  return envelope(database, incoming, where, params => {
    const headers: Reply['headers'] = {}
    const inside: Inside = { ...described(path, params), headers, run: given => run(given) }
    const run = (given: JsonObject) => {
      const sid = sessionId(incoming.headers)
      const uid = sid === undefined ? undefined : sessions.get(sid)
      route.before?.(database, given)
      if (uid === undefined && !route.open) {
        throw new OdooException('odoo.http.SessionExpiredException', 'Session expired')
      }
      checkParameters(database, route.controller, route.parameters, given)
      const cookie = (value: string) => {
        headers['set-cookie'] = cookieOf(database, value)
      }
      return route.run({ database, sessions, sid, uid: uid ?? 0, cookie }, given)
    }
    return inside
  })
}

function described(path: string, { model, method }: JsonObject): Omit<Inside, 'run'> {
  if (!path.startsWith('/web/dataset/')) return { method: path.slice(path.lastIndexOf('/') + 1) }
  return { ...(typeof model === 'string' && { model }), ...(typeof method === 'string' && { method }) }
}

/** Passwords only: the web client takes no API keys. */
function logIn({ database, sessions, sid, cookie }: Visit, { db = null, login = null, password = null }: JsonObject) {
  if (database.release.major !== 14 && db !== database.name) throw accessError('Database not found.')
  checkDatabase(database, db)
  const isKey = typeof password === 'string' && database.userOfKey(password) !== undefined
  const uid = isKey ? false : database.authenticate(login, password)
  if (uid === false) throw accessDenied()
  if (sid !== undefined) sessions.delete(sid)
  const fresh = randomBytes(32).toString('base64url')
  sessions.set(fresh, uid)
  cookie(fresh)
  return sessionInfo(database, uid)
}

function logOut({ sessions, sid, cookie }: Visit): undefined {
  if (sid !== undefined) sessions.delete(sid)
  cookie(randomBytes(32).toString('base64url'))
}

/** What the web client starts with, as far as programs look at it. */
function sessionInfo(database: Database, uid: number): JsonObject {
  const { release, models, tables } = database
  const env = createEnv({ release, models, tables, uid })
  const read = (model: string, ids: number[], fields: string[]) =>
    database.executeKw(uid, model, 'read', [ids, fields], {}) as JsonObject[]
  const [user = {}] = read(
    'res.users',
    [uid],
    ['name', 'login', 'lang', 'tz', 'partner_id', 'company_id', 'company_ids']
  )
  const companies = read('res.company', user.company_ids as number[], ['name'])
  const [companyId] = user.company_id as [number]
  const [partnerId, partnerName] = user.partner_id as [number, string]
  return {
    uid,
    is_system: env.hasGroup('base.group_system'),
    is_admin: env.hasGroup('base.group_erp_manager'),
    user_context: { lang: user.lang as Json, tz: user.tz as Json, uid },
    db: database.name,
    server_version: release.version,
    server_version_info: [...release.versionInfo],
    name: user.name as Json,
    username: user.login as Json,
    partner_display_name: partnerName,
    partner_id: partnerId,
    ...(release.major === 14 && { company_id: companyId }),
    user_companies: release.major === 14 ? listed(companyId, companies) : mapped(companyId, companies),
    ...(release.major !== 14 && { max_file_upload_size: 134_217_728 })
  }
}

function listed(current: number, companies: JsonObject[]): JsonObject {
  const pairs = companies.map(({ id = null, name = null }) => [id, name])
  return { current_company: pairs.find(([id]) => id === current) ?? null, allowed_companies: pairs }
}

function mapped(current: number, companies: JsonObject[]): JsonObject {
  const allowed: JsonObject = {}
  for (const { id = null, name = null } of companies) {
    allowed[String(id)] = { id, name, sequence: 10, child_ids: [], parent_id: false }
  }
  return { current_company: current, allowed_companies: allowed, disallowed_ancestor_companies: {} }
}

export function cookieOf({ release }: Database, sid: string): string {
  const age = release.major === 14 ? 7_776_000 : 604_800
  return `session_id=${sid}; Max-Age=${age}; HttpOnly; Path=/`
}
