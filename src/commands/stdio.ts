import { composeCore, composeStdio } from '../compose.js'
import type { Config } from '../config/config.js'

/** `odoo-mcp stdio`: one MCP client on the standard streams, until it closes them. */
export async function stdio(config: Config): Promise<void> {
  const core = composeCore(config)
  const server = await composeStdio(core)
  const stop = () => void server.close()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  await server.closed
  core.hub.close()
  await core.odoo.close()
}
