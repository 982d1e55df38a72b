import { ConfigError } from '../config/config.js'
import { type Sandbox, type SandboxUser, startSandbox } from '../sandbox/sandbox.js'
import type { SandboxWish } from './sandbox-flags.js'
import { stopSignal } from './stop-signal.js'

/** `odoo-mcp sandbox`: the embedded Odoo alone, on a port of loopback, until SIGINT or SIGTERM. */
export async function sandbox(wish: SandboxWish, port: string | boolean | undefined): Promise<void> {
  const server = await startSandbox({ ...wish, port: portOf(port) })
  const stopped = stopSignal()
  process.stderr.write(welcome(server, wish))
  await stopped
  await server.close()
}

/** Odoo's own port where none is named. */
function portOf(port: string | boolean | undefined): number {
  if (port === undefined) return 8069
  const number = typeof port === 'string' && /^\d+$/.test(port) ? Number(port) : Number.NaN
  if (number <= 65535) return number
  throw new ConfigError([`--port: expected a port from 0 to 65535 (given: ${JSON.stringify(port)})`])
}

function welcome({ url, database, version, users }: Sandbox, { control }: SandboxWish): string {
  const { uid, password } = users.admin
  const call = {
    jsonrpc: '2.0',
    method: 'call',
    params: {
      service: 'object',
      method: 'execute_kw',
      args: [database, uid, password, 'res.partner', 'search_read', [[]], { fields: ['name', 'email'], limit: 3 }]
    }
  }
  const lines = [
    `An embedded Odoo ${version} with demo data listens on ${url}, database ${database}. Nothing of it is kept.`,
    '',
    ...Object.values(users).map(describe),
    '',
    'Ask something:',
    `  curl -s ${url}/jsonrpc -H 'content-type: application/json' -d '${JSON.stringify(call)}'`,
    '',
    ...(control ? [`Its faults: POST and DELETE ${url}/sandbox/faults; what it saw: GET ${url}/sandbox/counts`] : []),
    'Ctrl+C stops it.'
  ]
  return `${lines.join('\n')}\n\n`
}

function describe({ username, password, uid, apiKey }: SandboxUser): string {
  return `  ${username.padEnd(6)}  password ${password.padEnd(6)}  user ${uid}  API key ${apiKey}`
}
