import { composeCore, composeHttp } from '../compose.js'
import type { Config } from '../config/config.js'
import { version } from '../version.js'
import { stopSignal } from './stop-signal.js'

/** `odoo-mcp serve`: REST and MCP over HTTP until SIGINT or SIGTERM. */
export async function serve(config: Config): Promise<void> {
  const core = composeCore(config)
  const server = await composeHttp(core)
  const stopped = stopSignal()
  const address = await server.listen()
  process.stderr.write(welcome(config, address))
  const signal = await stopped
  core.log.info({ signal }, 'stopping')
  await server.close()
}

/** The secret, in a shell whose MCP_API_KEY is `secret` or `name=secret`. */
function shellSecret(name: string): string {
  return name === 'default' ? '$MCP_API_KEY' : `\${MCP_API_KEY#${name}=}`
}

/** The key stays where it is kept: the client's own configuration asks for it, or takes it from its environment. */
function clientConfig(address: string, key: { name: string } | undefined): object {
  const headers = key === undefined ? {} : { headers: { Authorization: 'Bearer your access key' } }
  return { mcpServers: { odoo: { type: 'http', url: `${address}/mcp`, ...headers } } }
}

/** What somebody who has just started the server does next: lines that work when pasted. */
function welcome({ odoo, accessKeys, docs, allowConnect }: Config, address: string): string {
  const [first] = accessKeys
  const key = first === undefined ? '' : ` -H "authorization: Bearer ${shellSecret(first.name)}"`
  const post = (path: string, body: string) =>
    `curl -s ${address}${path}${key} -H 'content-type: application/json' -d '${body}'`
  const login = '{"url":"https://erp.example.com","database":"prod","username":"ada@example.com","api_key":"…"}'
  const lines = [
    `odoo-mcp ${version} listens on ${address}`,
    '',
    ...(odoo === undefined && allowConnect
      ? ['Log in, then send the session that it answers as "Authorization: Bearer …":', `  ${post('/connect', login)}`]
      : ['Ask something:', `  ${post('/search', '{"model":"res.partner","fields":["name","email"],"limit":3}')}`]),
    '',
    'Paste this into the configuration of an MCP client:',
    `  ${JSON.stringify(clientConfig(address, first))}`,
    '',
    ...(docs ? [`Every route, to try out in a browser: ${address}/docs`] : []),
    'Ctrl+C stops the server.'
  ]
  return `${lines.join('\n')}\n\n`
}
