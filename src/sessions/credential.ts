import { GatewayError } from '../core/errors.js'
import { normaliseUrl } from '../core/odoo-url.js'
import type { Credential } from '../core/ports/odoo.js'
import type { ConnectRequest } from '../core/ports/sessions.js'

/** The connection from the settings: a complete credential, or undefined. */
export type DefaultConnection = Credential | undefined

/**
 * Decides what `odoo_connect` logs in with. A configured secret only ever goes to the configured url, database and
 * user: else one injected prompt would mail the password to a stranger. So either nothing is given that differs from
 * the settings, or a complete credential is. Throws `invalid_input` that names the part.
 */
export function chooseCredential(request: ConnectRequest, configured: DefaultConnection): Credential {
  const hasSecret = request.password !== undefined || request.api_key !== undefined
  return hasSecret ? ownCredential(request, configured) : configuredCredential(request, configured)
}

function configuredCredential(request: ConnectRequest, configured: DefaultConnection): Credential {
  if (configured === undefined) {
    const missing = request.url === undefined ? 'url' : request.database === undefined ? 'database' : 'password'
    throw invalid(
      `${missing}: missing; expected url, database, username and password or api_key, because this server has no default connection`
    )
  }
  const given = { ...request, ...(request.url !== undefined && { url: normaliseUrl(request.url) }) }
  for (const part of ['url', 'database', 'username'] as const) {
    if (given[part] !== undefined && given[part] !== configured[part]) {
      throw invalid(
        `${part}: differs from the default connection of this server, and no password or api_key was given; expected a complete credential, or no arguments at all`
      )
    }
  }
  return { ...configured, protocol: request.protocol ?? configured.protocol }
}

function ownCredential(request: ConnectRequest, configured: DefaultConnection): Credential {
  if (request.password !== undefined && request.api_key !== undefined) {
    throw invalid('api_key: given together with password; expected one of them')
  }
  const url = request.url === undefined ? configured?.url : normaliseUrl(request.url)
  const database = request.database ?? configured?.database
  // A user name from the settings fits only the place from the settings.
  const isConfiguredPlace = url === configured?.url && database === configured?.database
  const username = request.username ?? (isConfiguredPlace ? configured?.username : undefined)
  if (url === undefined)
    throw invalid('url: missing; expected the address of an Odoo, such as "https://erp.example.com"')
  if (database === undefined) throw invalid('database: missing; expected the name of a database')
  // An API key alone is enough over JSON-2; whether it can be spoken is seen at login.
  if (username === undefined && request.password !== undefined)
    throw invalid('username: missing; expected the login name that the password belongs to')
  return {
    url,
    database,
    ...(username !== undefined && { username }),
    secret: (request.password ?? request.api_key) as string,
    ...(request.api_key !== undefined && { isKey: true as const }),
    protocol: request.protocol ?? 'auto'
  }
}

function invalid(detail: string): GatewayError {
  return new GatewayError('invalid_input', detail, {
    hint: 'odoo_connect takes nothing, for the default connection, or url, database, username and password or api_key; on Odoo 19 and later no username is needed with an api_key.'
  })
}
