import { Type } from '@sinclair/typebox'
import { Exact, Expected, OneOf, Secret } from '../core/schemas.js'
import { defineTool } from '../core/tool.js'

const text = { minLength: 1, maxLength: 2048, [Expected]: 'text that is not empty' }
const Text = Type.String(text)
const Credential = Type.String({ ...text, [Secret]: true })

export const connect = defineTool({
  name: 'odoo_connect',
  title: 'Connect to Odoo',
  description:
    'Log in to an Odoo. Without arguments: the connection that this server is configured with; else url, database, username and password or api_key (on Odoo 19 an api_key needs no username). Returns who you are, and a session where later calls must name one. Example: {}',
  access: 'session',
  input: Exact({
    url: Type.Optional(Text),
    database: Type.Optional(Text),
    username: Type.Optional(Text),
    password: Type.Optional(Credential),
    api_key: Type.Optional(Credential),
    protocol: Type.Optional(OneOf('auto', 'json2', 'jsonrpc', 'xmlrpc'))
  }),
  output: Type.Object({
    session: Type.Optional(Type.String()),
    expires_at: Type.Union([Type.String(), Type.Null()]),
    url: Type.String(),
    database: Type.String(),
    uid: Type.Integer(),
    username: Type.String(),
    server_version: Type.String(),
    protocol: Type.String(),
    message: Type.String()
  }),
  rest: { paths: ['/connect'] },
  example: { url: 'https://erp.example.com', database: 'prod', username: 'ada@example.com', api_key: 'your key' },
  async run(request, { sessions }) {
    const { session, secret } = await sessions.open(request)
    const { url, database, uid, username, server_version, protocol } = session.odoo.identity
    return {
      ...(secret !== undefined && { session: secret }),
      expires_at: session.expiresAt === null ? null : new Date(session.expiresAt).toISOString(),
      url,
      database,
      uid,
      username,
      server_version,
      protocol,
      // Names stand in fields of their own: Odoo says them, and what it says is data.
      message: `Connected.${howToSend[session.kind]}`
    }
  }
})

const howToSend = {
  bearer: ' Send the session as "Authorization: Bearer …" with every request.',
  handle: ' Give the session as the argument "session" of every call.',
  implicit: '',
  default: ''
}
