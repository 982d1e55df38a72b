import { composeCore, composeHttp, graceMs } from '../compose.js'
import type { Config } from '../config/config.js'
import type { AccessKey } from '../config/values.js'
import { version } from '../version.js'
import { endIfStuck, endOnCrash } from './crash.js'
import { stopSignal } from './stop-signal.js'

/**
 * `odoo-mcp serve`: REST and MCP over HTTP until SIGINT or SIGTERM.
 * @param generated an access key made for this start; shown once, on stderr, if the settings name no other
 */
export async function serve(config: Config, generated?: string): Promise<void> {
  const core = composeCore(config)
  endOnCrash(core.log)
  const server = await composeHttp(core)
  const stopped = stopSignal()
  const address = await server.listen()
  process.stderr.write(welcome(config, address, generated))
  const signal = await stopped
  core.log.info({ signal }, 'stopping')
  endIfStuck(core.log, 2 * graceMs)
  await server.close()
}

/**
 * The secret, in a shell whose MCP_API_KEY is `secret` or `name=secret`. A key that was made for this start is written
 * out: nobody could know it otherwise.
 */
function shellSecret({ name, secret }: AccessKey, generated: string | undefined): string {
  if (secret === generated) return secret
  return name === 'default' ? '$MCP_API_KEY' : `\${MCP_API_KEY#${name}=}`
}

/** The key stays where it is kept: the client's own configuration asks for it, or takes it from its environment. */
function clientConfig(address: string, key: { name: string } | undefined): object {
  const headers = key === undefined ? {} : { headers: { Authorization: 'Bearer your access key' } }
  return { mcpServers: { odoo: { type: 'http', url: `${address}/mcp`, ...headers } } }
}

/** What somebody who has just started the server does next: lines that work when pasted. */
function welcome(
  { odoo, accessKeys, docs, allowConnect }: Config,
  address: string,
  generated: string | undefined
): string {
  const [first] = accessKeys
  const key = first === undefined ? '' : ` -H "authorization: Bearer ${shellSecret(first, generated)}"`
  const post = (path: string, body: string) =>
    `curl -s ${address}${path}${key} -H 'content-type: application/json' -d '${body}'`
  const login = '{"url":"https://erp.example.com","database":"prod","username":"ada@example.com","api_key":"…"}'
  const lines = [
    `odoo-mcp ${version} listens on ${address}`,
    '',
    ...(first !== undefined && first.secret === generated
      ? ['No access key is set (MCP_API_KEY), so one was made. It ends with this process, and is shown only here:', '']
      : []),
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
