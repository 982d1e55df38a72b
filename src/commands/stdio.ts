import { composeCore, composeStdio, graceMs } from '../compose.js'
import type { Config } from '../config/config.js'
import { endIfStuck, endOnCrash } from './crash.js'
import { stopSignal } from './stop-signal.js'

/** `odoo-mcp stdio`: one MCP client on the standard streams, until it closes them, or SIGINT or SIGTERM. */
export async function stdio(config: Config): Promise<void> {
  const core = composeCore(config)
  endOnCrash(core.log)
  const server = await composeStdio(core)
  const stopped = stopSignal().then(signal => core.log.info({ signal }, 'stopping'))
  await Promise.race([server.closed, stopped])
  endIfStuck(core.log, 2 * graceMs)
  await server.close()
}
