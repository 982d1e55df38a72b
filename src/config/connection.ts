import type { Credential, Protocol } from '../core/ports/odoo.js'
import type { Setting } from './setting.js'
import { reasonOf } from './unreadable.js'
import type { Values } from './values.js'

export const connectionSettings = {
  odoo_url: { kind: 'url', description: 'Address of the default Odoo, such as `https://erp.example.com`' },
  database: { kind: 'text', variables: ['ODOO_DATABASE', 'ODOO_DB'], description: 'Database of the default Odoo' },
  username: {
    kind: 'text',
    variables: ['ODOO_USERNAME', 'ODOO_USER'],
    description: 'Login name of the default user; not needed with an API key on Odoo 19'
  },
  uid: {
    kind: 'user',
    minimum: 1,
    maximum: 2147483647,
    description:
      'Id of the default user, or the login name as early servers have it; a variable UID of digits is that of a shell, and not read'
  },
  password: { kind: 'secret', variables: ['ODOO_PASSWORD'], description: 'Password of the default user' },
  api_key: {
    kind: 'secret',
    variables: ['ODOO_API_KEY'],
    description: 'API key of the default user, better than a password'
  },
  protocol: {
    kind: ['auto', 'json2', 'jsonrpc', 'xmlrpc'],
    variables: ['ODOO_PROTOCOL'],
    default: 'auto',
    description:
      'Wire to Odoo; `auto`: JSON-2 with an API key alone (Odoo 19), else JSON-RPC, or XML-RPC where that is closed'
  },
  ssl_verify: {
    kind: 'boolean',
    variables: ['ODOO_SSL_VERIFY'],
    default: 'true',
    description: 'Check the certificate of Odoo; false logs a warning at every start'
  },
  ca_file: { kind: 'text', description: 'PEM file of certificate authorities to trust besides the usual ones' }
} as const satisfies Record<string, Setting>

/** The default connection, complete or absent; half of one is a problem. */
export function defaultConnection(values: Values): Credential | undefined {
  const url = values.text('odoo_url')
  const protocol = values.word<'auto' | Protocol>('protocol') ?? 'auto'
  if (url === undefined) {
    const parts = (['database', 'username', 'uid', 'password', 'api_key'] as const).filter(name => values.has(name))
    if (parts[0] !== undefined)
      values.report(parts[0], 'given without odoo_url; expected the whole connection or none of it')
    return undefined
  }
  const database = values.text('database')
  const { username, uid } = userOf(values)
  const secret = values.text('api_key') ?? values.text('password')
  if (database === undefined) values.report('database', 'missing; expected the database of odoo_url (ODOO_DATABASE)')
  if (username === undefined && uid === undefined) reportNobody(values, protocol)
  if (secret === undefined) values.report('api_key', 'missing; expected ODOO_API_KEY or ODOO_PASSWORD')
  return {
    url: values.url('odoo_url', url),
    database: database ?? '',
    ...(username !== undefined && { username }),
    ...(uid !== undefined && { uid }),
    secret: secret ?? '',
    ...(values.has('api_key') && { isKey: true as const }),
    protocol
  }
}

/** Who logs in. Early servers give the login name as `uid`. */
function userOf(values: Values): { username?: string | undefined; uid?: number | undefined } {
  const username = values.text('username')
  const user = values.text('uid')
  if (user === undefined || !Number.isNaN(Number(user))) return { username, uid: values.optionalInteger('uid') }
  if (username !== undefined && username !== user)
    values.report('uid', 'is a login name, given beside username; expected one of the two')
  return { username: username ?? user }
}

/** An API key alone is enough where JSON-2 may be spoken: it says whose it is. */
function reportNobody(values: Values, protocol: Credential['protocol']): void {
  if (protocol === 'jsonrpc' || protocol === 'xmlrpc') {
    values.report('username', `missing; expected the login name (ODOO_USERNAME), which ${protocol} needs`)
  } else if (!values.has('api_key')) {
    values.report(
      'username',
      'missing; expected the login name (ODOO_USERNAME), or an API key in place of the password'
    )
  }
}

/** @param readFile throws when a file cannot be read */
export function tls(values: Values, readFile: (path: string) => string): { verify: boolean; ca?: string } {
  const verify = values.boolean('ssl_verify')
  const file = values.text('ca_file')
  if (file === undefined) return { verify }
  try {
    const ca = readFile(file)
    if (!ca.includes('-----BEGIN '))
      values.report('ca_file', 'is not a PEM file; expected "-----BEGIN CERTIFICATE-----"')
    return { verify, ca }
  } catch (error) {
    values.report('ca_file', `cannot be read, ${reasonOf(error)}; expected a PEM file`)
    return { verify }
  }
}
