import { Writable } from 'node:stream'
import { composeCore, composeHttp } from '../../src/compose.js'
import { loadConfig } from '../../src/config/config.js'
import { createLog } from '../../src/log.js'
import { keepLog, keepSecret } from '../evidence.js'
import type { LabOdoo } from '../lab/odoos.js'
import { addCanary, assertNoCanary } from './canary.js'

export type Flags = Record<string, string | boolean>

export interface TestServer {
  url: string
  /** Every log line so far, parsed. */
  log: Record<string, unknown>[]
  close(): Promise<void>
}

/** The settings that make a real Odoo the default connection. */
export function connectionFlags(odoo: LabOdoo): Flags {
  if (odoo.api_key !== undefined) addCanary(odoo.api_key)
  const secret: Flags = odoo.api_key === undefined ? { password: odoo.password } : { 'api-key': odoo.api_key }
  return { 'odoo-url': odoo.url, database: odoo.database, username: odoo.username, ...secret }
}

/** Starts the real server in this process on a free port of loopback; its whole log is watched for secrets. */
export async function startServer(flags: Flags): Promise<TestServer> {
  const config = loadConfig('http', {
    flags: { port: '0', 'log-level': 'debug', 'log-format': 'json', ...flags },
    env: {},
    readFile: () => ''
  })
  for (const { secret } of config.accessKeys) addCanary(secret)
  keepSecret(config.odoo?.secret ?? '')
  keepSecret(config.live.bus?.channel ?? '')
  const log: Record<string, unknown>[] = []
  const keep = keepLog()
  let leak: unknown
  const stream = new Writable({
    write(chunk, _encoding, done) {
      const text = String(chunk)
      keep(text)
      try {
        assertNoCanary('the log', text)
      } catch (error) {
        // Thrown here it would end in whatever wrote the line; closing the server fails the test for sure.
        leak ??= error
      }
      for (const line of text.trim().split('\n')) log.push(JSON.parse(line))
      done()
    }
  })
  // Without the secrets in its redaction list: the log must be clean before it is washed.
  const server = await composeHttp(composeCore(config, createLog({ ...config.log, stream })))
  const url = await server.listen()
  return {
    url,
    log,
    async close() {
      await server.close(500)
      if (leak !== undefined) throw leak
    }
  }
}
