import type { Major } from '../release.js'
import { errorPage, serverErrorPage } from '../wires/pages.js'
import type { Incoming, Reply } from '../wires/wire.js'

const required = ['connection', 'host', 'sec-websocket-key', 'sec-websocket-version', 'upgrade', 'origin']

/** Why Odoo opens no websocket for a request; undefined if it does. */
export function refusal(major: Major, { method, path, headers }: Incoming): Reply | undefined {
  const refuse = (text: string) => errorPage(major, 400, 'Bad Request', text)
  // A form would need a token.
  if (method !== 'GET') return refuse('Session expired (invalid CSRF token)')
  if (path.replace(/\/$/, '') !== '/websocket' || headers.upgrade?.toLowerCase() !== 'websocket') {
    return refuse('The browser (or proxy) sent a request that this server could not understand.')
  }
  const missing = required.filter(name => headers[name] === undefined)
  if (missing.length > 0) return refuse(`Empty or missing header(s): ${missing.join(', ')}`)
  // Odoo means to say 426, and stumbles over it (19).
  if (headers['sec-websocket-version'] !== '13') return serverErrorPage(major)
  const key = String(headers['sec-websocket-key'])
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(key)) {
    return refuse('Sec-WebSocket-Key should be b64 encoded')
  }
  if (Buffer.from(key, 'base64').length !== 16) {
    return refuse('Sec-WebSocket-Key should be of length 16 once decoded')
  }
  return undefined
}

/** Whether this is the web client of another release: it is told to reload. Programs other than browsers are not. */
export function isOutdated(major: Major, { headers, query }: Incoming): boolean {
  const isBrowser = /mozilla|chrome|firefox|safari|opera|msie/i.test(headers['user-agent'] ?? '')
  const version = query.get('version') ?? ''
  return isBrowser && !(major < 19 ? /^17\.0-\d+$/ : /^19\.0-2$/).test(version)
}
