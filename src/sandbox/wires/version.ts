import type { Database } from '../database.js'
import { versionOf } from '../service.js'
import { envelope } from './jsonrpc.js'
import { methodNotAllowed } from './pages.js'
import { type Call, type Incoming, reply } from './wire.js'

const wire = 'http'

/** `/web/version` and `/json/version`, which came with JSON-2. */
export function versionCall({ release }: Database): Call {
  const body = JSON.stringify({ version_info: release.versionInfo, version: release.version })
  return { wire, method: 'version', run: () => reply(200, 'application/json; charset=utf-8', body) }
}

/** `/web/health`: for load balancers, from 15 on. */
export function healthCall(): Call {
  const run = () => reply(200, 'application/json', '{"status": "pass"}', { 'cache-control': 'no-store' })
  return { wire, method: 'health', run }
}

/** `/web/webclient/version_info` */
export function versionInfoCall(database: Database, incoming: Incoming): Call {
  const route = { path: '/web/webclient/version_info', controller: 'WebClient.version_info', wire: 'web' as const }
  return envelope(database, incoming, route, () => ({
    method: 'version_info',
    run: () => versionOf(database.release)
  }))
}

/** `/web/database/list` */
export function databaseListCall(database: Database, incoming: Incoming): Call {
  const route = { path: '/web/database/list', controller: 'Database.list', wire: 'web' as const }
  return envelope(database, incoming, route, () => ({ method: 'list', run: () => [database.name] }))
}

/** A page that takes no POST. */
export function readOnly(database: Database, incoming: Incoming, call: Call): Call {
  if (incoming.method === 'GET' || incoming.method === 'HEAD') return call
  return { wire, run: () => methodNotAllowed(database.release.major) }
}
