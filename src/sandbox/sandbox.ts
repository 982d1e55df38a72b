import { createHash } from 'node:crypto'
import type { SandboxBus } from './bus/bus.js'
import { createDatabase } from './call.js'
import type { Counts } from './counts.js'
import type { Faults } from './faults.js'
import { serve } from './http.js'
import type { Major } from './release.js'

export interface SandboxOptions {
  /** The release of Odoo to behave as. Default 19. */
  version?: Major
  /** Default: one that is free. */
  port?: number
  /** What the data are made from: the same number, the same data and API keys. Default 1. */
  seed?: number
  /** 100,000 contacts, for load tests. */
  scale?: boolean
  /** Speak HTTPS. */
  tls?: { key: string | Buffer; cert: string | Buffer }
  /** Serve `/sandbox/…`, by which programs in other languages script faults and read the counts. */
  control?: boolean
  /** Keep connections after an answer, as a proxy in front of Odoo does. Default true. */
  keepAlive?: boolean
  /** How long a long poll of the bus waits, in milliseconds. Default 50,000, as Odoo does. */
  pollMs?: number
}

export interface SandboxUser {
  uid: number
  username: string
  password: string
  apiKey: string
}

/** A small Odoo that listens on the loopback address. */
export interface Sandbox {
  url: string
  database: string
  version: Major
  users: { admin: SandboxUser; sales: SandboxUser; portal: SandboxUser }
  faults: Faults
  counts: Counts
  bus: SandboxBus
  /** Ends every connection. */
  close(): Promise<void>
}

/** Starts a sandbox with its own data. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { version = 19, seed = 1, scale = false, port, tls, control, keepAlive, pollMs } = options
  const database = createDatabase({ major: version, seed, scale, name: 'sandbox' })
  const server = await serve({
    database,
    ...(port !== undefined && { port }),
    ...(tls !== undefined && { tls }),
    ...(control !== undefined && { control }),
    ...(keepAlive !== undefined && { keepAlive }),
    ...(pollMs !== undefined && { pollMs })
  })
  const user = (login: string): SandboxUser => {
    const uid = database.authenticate(login, login)
    if (uid === false) throw new Error(`the sandbox has no user ${login}`)
    return { uid, username: login, password: login, apiKey: apiKeyOf(seed, login) }
  }
  return {
    url: server.url,
    database: database.name,
    version,
    users: { admin: user('admin'), sales: user('sales'), portal: user('portal') },
    faults: server.faults,
    counts: server.counts,
    bus: server.bus,
    close: () => server.close()
  }
}

/** The API key of a login: known beforehand, so that it can be pasted. */
export function apiKeyOf(seed: number, login: string): string {
  return createHash('sha1').update(`odoo-mcp sandbox ${seed} ${login}`).digest('hex')
}
