import type { Bus } from './bus/bus.js'
import { busCall } from './bus/routes.js'
import type { Database } from './database.js'
import { contentCall } from './wires/content.js'
import { json2Call } from './wires/json2.js'
import { jsonNotFound, jsonrpcCall } from './wires/jsonrpc.js'
import { notFoundPage } from './wires/pages.js'
import { databaseListCall, healthCall, readOnly, versionCall, versionInfoCall } from './wires/version.js'
import { type Sessions, webCall } from './wires/web.js'
import type { Call, Incoming } from './wires/wire.js'
import { xmlrpcCall } from './wires/xmlrpc.js'

/** What requests are about. */
export interface Place {
  database: Database
  sessions: Sessions
  bus: Bus
}

/** What answers a request. Every release has its own set of paths; a slash at the end makes no difference. */
export function callOf({ database, sessions, bus }: Place, given: Incoming): Call {
  const { major } = database.release
  const incoming = { ...given, path: given.path.length > 1 ? given.path.replace(/\/$/, '') : given.path }
  const { path } = incoming
  if (path === '/jsonrpc') return jsonrpcCall(database, incoming)
  const xmlrpc = /^\/xmlrpc(\/2)?\/([^/]+)$/.exec(path)
  if (xmlrpc !== null) {
    return xmlrpcCall(database, incoming, xmlrpc[2] as string, xmlrpc[1] === undefined ? 1 : 2)
  }
  if (major === 19 && (path === '/json/2' || path.startsWith('/json/2/'))) return json2Call(database, incoming)
  if (major === 19 && (path === '/web/version' || path === '/json/version')) {
    return readOnly(database, incoming, versionCall(database))
  }
  if (major !== 14 && path === '/web/health') return readOnly(database, incoming, healthCall())
  if (path === '/web/webclient/version_info') return versionInfoCall(database, incoming)
  if (path === '/web/database/list') return databaseListCall(database, incoming)
  return (
    webCall(database, sessions, incoming) ??
    busCall(database, bus, incoming) ??
    contentCall(database, sessions, incoming) ??
    nowhere(database, incoming)
  )
}

/** 14 answers in JSON where the request was JSON. */
function nowhere({ release }: Database, incoming: Incoming): Call {
  const asJson = release.major === 14 ? jsonNotFound(incoming) : undefined
  return { wire: 'http', run: () => asJson ?? notFoundPage(release.major) }
}
