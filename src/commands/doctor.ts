import { composeCore } from '../compose.js'
import type { Config } from '../config/config.js'
import { type ErrorCode, GatewayError } from '../core/errors.js'
import type { CallScope, Credential, Identity, OdooLogin } from '../core/ports/odoo.js'

type Say = (line: string) => void

/**
 * `odoo-mcp doctor`: logs in to the default connection step by step and says in plain words what works and what does
 * not. Gives whether all is well.
 */
export async function doctor(config: Config, say: Say = line => process.stdout.write(`${line}\n`)): Promise<boolean> {
  if (config.odoo === undefined) {
    say(
      'There is no default connection to check. Set ODOO_URL, ODOO_DATABASE, ODOO_USERNAME and ODOO_API_KEY (on Odoo 19 the user name may be left out).'
    )
    return false
  }
  const core = composeCore({ ...config, log: { ...config.log, level: 'silent' } })
  const scope = (): CallScope => ({
    signal: new AbortController().signal,
    deadline: Date.now() + config.timeouts.read
  })
  try {
    say(`ok    settings   ${config.odoo.url}, database ${config.odoo.database}, ${userOf(config.odoo)}`)
    const login = await core.odoo.login(config.odoo, scope())
    sayLogin(login.identity, config.odoo, config, say)
    return await checkRights(login, scope, say)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    sayFailure(error, config.odoo, say)
    return false
  } finally {
    await core.odoo.close()
  }
}

function userOf({ username, uid }: Credential): string {
  if (username !== undefined) return `user ${username}`
  return uid === undefined ? 'an API key alone' : `user ${uid}`
}

function sayLogin(identity: Identity, odoo: Credential, { tls }: Config, say: Say): void {
  const isTls = odoo.url.startsWith('https:')
  say(`ok    reach      Odoo ${identity.server_version} answers`)
  if (isTls && tls.verify) say('ok    TLS        the certificate is trusted')
  else
    say(
      `warn  TLS        ${isTls ? 'ssl_verify is off: the certificate is not checked' : 'the connection is not encrypted; use https beyond this machine'}`
    )
  say(`ok    database   ${identity.database}`)
  say(
    `ok    login      ${identity.username} (user ${identity.uid}), companies: ${identity.companies.map(({ name }) => name).join(', ')}`
  )
  sayWire(identity, odoo, say)
}

/** Which wire it is, why that one, and what to do about one that is not the best. */
function sayWire({ protocol, major }: Identity, { protocol: wanted, username, uid }: Credential, say: Say): void {
  const isKeyAlone = username === undefined && uid === undefined
  if (wanted !== 'auto') say(`ok    wire       ${protocol}, because protocol says so`)
  else if (protocol === 'jsonrpc') say('ok    wire       jsonrpc, because this Odoo answers on /jsonrpc')
  else if (isKeyAlone) say('ok    wire       json2, because there is an API key alone, and no user name')
  else if (protocol === 'xmlrpc') say('warn  wire       xmlrpc, because /jsonrpc is closed; opening it is faster')
  else say('ok    wire       json2, because /jsonrpc and /xmlrpc/2 are closed')
  if (wanted === 'xmlrpc') {
    say(
      `                 jsonrpc${major >= 19 ? ', or json2 with an API key,' : ''} is faster and says more of errors: set protocol to auto.`
    )
  }
}

async function checkRights(login: OdooLogin, scope: () => CallScope, say: Say): Promise<boolean> {
  const port = login.port(scope())
  const models = await port.models()
  if (models.length === 0) {
    say('fail  rights     this user may read no model: it is a portal user, or has no groups')
    return false
  }
  say(`ok    rights     ${models.length} models can be read`)
  if (login.identity.uid <= 2) {
    say(
      'warn  rights     this is an administrator: a user with few rights is safer, whatever the policy of this server says'
    )
  }
  return true
}

/**
 * Which step failed follows from the code: a login asks first for the server, then chooses the wire (`invalid_input`
 * when the one that is set, or no user name, does not fit), then for the database, then for the user.
 */
function sayFailure({ code, detail, extra }: GatewayError, { database }: Credential, say: Say): void {
  const step = failedSteps[code]
  if (step !== undefined && step !== 'address') say('ok    reach      an Odoo answers')
  if (code === 'auth_failed') say(`ok    database   ${database}`)
  say(`fail  ${(step ?? 'reach').padEnd(9)}  ${detail}`)
  if (extra.hint !== undefined) say(`                 ${extra.hint}`)
}

const failedSteps: Partial<Record<ErrorCode, string>> = {
  not_found: 'database',
  auth_failed: 'login',
  policy_denied: 'address',
  access_denied: 'rights',
  invalid_input: 'wire'
}
