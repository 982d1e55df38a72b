import { GatewayError } from '../core/errors.js'
import type { Json, JsonObject } from '../core/json.js'
import type { CallScope, Credential, Identity, NamedId, Protocol } from '../core/ports/odoo.js'
import type { ChosenWire } from './choose-wire.js'
import { loginHint } from './faults/faults.js'
import { isObject } from './parse-json.js'
import { execute, type Login, type Rpc } from './rpc.js'

/** Logs in to the Odoo that has answered: is the login good, and who is it? */
export async function logIn(
  { rpc, protocol, version }: ChosenWire,
  url: string,
  credential: Credential,
  scope: CallScope
): Promise<Identity> {
  const login = {
    database: credential.database,
    uid: await authenticate(rpc, protocol, credential, scope),
    secret: credential.secret
  }
  const user = await fetchUser(rpc, login, scope)
  if (protocol === 'json2') assertOwner(credential, login.uid, user)
  const company = toNamedId(user.company_id)
  return {
    url,
    database: login.database,
    uid: login.uid,
    username: text(user.login) ?? credential.username ?? String(login.uid),
    lang: text(user.lang),
    tz: text(user.tz),
    company,
    companies: await fetchCompanies(rpc, login, company, user.company_ids, scope),
    server_version: version.text,
    major: version.major,
    protocol
  }
}

async function authenticate(rpc: Rpc, protocol: Protocol, credential: Credential, scope: CallScope): Promise<number> {
  const { database, username = '', uid, secret } = credential
  // A uid is proved by the first call that is made with it. Over JSON-2 the key alone says who it is.
  if (username === '' && uid !== undefined && protocol !== 'json2') return uid
  // A wrong login is no fault here, but the value false (14 to 19); on 14 also while too many failures are cooling down.
  const answer = await rpc.read({ kind: 'authenticate', database, username, secret }, scope)
  if (typeof answer === 'number') return answer
  throw new GatewayError('auth_failed', 'Odoo refused the login.', { hint: loginHint })
}

/** A key of somebody else than who was named: calls would run as the wrong user, and nobody would notice. */
function assertOwner({ username, uid }: Credential, owner: number, { login }: JsonObject): void {
  if ((username ?? login) === login && (uid ?? owner) === owner) return
  throw new GatewayError('auth_failed', 'The API key belongs to another user than the one that was named.', {
    hint: 'Leave username (and uid) out over JSON-2, or name the user whom the key belongs to.'
  })
}

async function fetchUser(rpc: Rpc, login: Login, scope: CallScope): Promise<JsonObject> {
  const fields = ['login', 'name', 'lang', 'tz', 'company_id', 'company_ids']
  const rows = await rpc.read(execute(login, 'res.users', 'read', [[login.uid]], { fields }), scope)
  const [user] = Array.isArray(rows) ? rows : []
  if (isObject(user)) return user
  throw new GatewayError('auth_failed', 'Odoo refused the login.', { hint: loginHint })
}

async function fetchCompanies(
  rpc: Rpc,
  login: Login,
  current: NamedId,
  companyIds: Json | undefined,
  scope: CallScope
): Promise<NamedId[]> {
  const ids = Array.isArray(companyIds) ? companyIds.filter(id => typeof id === 'number') : [current.id]
  const known = new Map([[current.id, current.name]])
  const unknown = ids.filter(id => !known.has(id))
  for (const { id, name } of await fetchNames(rpc, login, unknown, scope)) known.set(id, name)
  return ids.map(id => ({ id, name: known.get(id) ?? `Company ${id}` }))
}

/** A user may belong to companies without the right to read them. */
async function fetchNames(rpc: Rpc, login: Login, ids: number[], scope: CallScope): Promise<NamedId[]> {
  if (ids.length === 0) return []
  try {
    const rows = await rpc.read(execute(login, 'res.company', 'read', [ids], { fields: ['display_name'] }), scope)
    return (rows as { id: number; display_name: string }[]).map(({ id, display_name }) => ({ id, name: display_name }))
  } catch (error) {
    if (error instanceof GatewayError && ['access_denied', 'not_found'].includes(error.code)) return []
    throw error
  }
}

/** A many2one as Odoo gives it: `[id, name]`. Every user has a company. */
function toNamedId(value: Json | undefined): NamedId {
  const [id, name] = Array.isArray(value) ? value : []
  return { id: typeof id === 'number' ? id : 0, name: typeof name === 'string' ? name : '' }
}

/** Odoo says `false` for an empty text. */
function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
