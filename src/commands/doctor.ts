import { composeCore } from '../compose.js'
import type { Config } from '../config/config.js'
import { GatewayError } from '../core/errors.js'
import type { CallScope, Credential, Identity, OdooLogin } from '../core/ports.js'

type Say = (line: string) => void

/**
 * `odoo-mcp doctor`: logs in to the default connection step by step and says in plain words what works and what does
 * not. Gives whether all is well.
 */
export async function doctor(config: Config, say: Say = line => process.stdout.write(`${line}\n`)): Promise<boolean> {
  if (config.odoo === undefined) {
    say('There is no default connection to check. Set ODOO_URL, ODOO_DATABASE, ODOO_USERNAME and ODOO_API_KEY.')
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
    sayLogin(login.identity, config, say)
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
  return username === undefined ? `user ${uid}` : `user ${username}`
}

function sayLogin(identity: Identity, { odoo, tls }: Config, say: Say): void {
  const isTls = odoo?.url.startsWith('https:')
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
  say(`ok    wire       ${identity.protocol}`)
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

/** Which step failed follows from the code: a login asks first for the server, then the database, then the user. */
function sayFailure({ code, detail, extra }: GatewayError, { database }: Credential, say: Say): void {
  const reached = code === 'not_found' || code === 'auth_failed' || code === 'access_denied'
  if (reached) say('ok    reach      an Odoo answers')
  if (code === 'auth_failed') say(`ok    database   ${database}`)
  const step = { not_found: 'database', auth_failed: 'login', policy_denied: 'address', access_denied: 'rights' }[
    code as string
  ]
  say(`fail  ${(step ?? 'reach').padEnd(9)}  ${detail}`)
  if (extra.hint !== undefined) say(`                 ${extra.hint}`)
}
